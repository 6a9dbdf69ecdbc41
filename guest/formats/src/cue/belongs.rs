//! Which sheet is about which file of audio.

use std::collections::HashMap;

use super::Sheet;

/// A sheet in a folder.
pub struct Named<'s> {
    /// The sheet's own name.
    pub name: &'s str,
    /// What it says.
    pub sheet: &'s Sheet,
}

/// How well a file of audio answers to what a sheet calls its file, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// It has the name.
    Same,
    /// It has the name in another case.
    Case,
    /// It has the name with another extension: ripped as `.wav`, kept as `.flac`.
    Stem,
    /// It has the name of the sheet, which was renamed along, or names no file.
    Sheet,
}

/// The audio files of a folder that sheets divide into tracks, each with the place of its sheet
/// among `sheets`, which are in the order of their names.
///
/// A sheet is about the file that it names; else about the one of that name in another case; else
/// about the one of that name but for its extension; and if it names one file alone, else about the
/// one of the sheet's own name. Of several sheets about one file that with the same name but for
/// the extension counts, else the first. A sheet that has one track for a file is not about it.
pub fn belongings<'a>(sheets: &[Named<'_>], audio: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let folder = Folder::of(audio);
    let mut found: HashMap<&str, usize> = HashMap::new();
    for (place, named) in sheets.iter().enumerate() {
        for file in (0..named.sheet.files.len()).filter(|&file| named.sheet.divides(file)) {
            let Some(audio) = folder.answering(named, file) else { continue };
            let best = found.entry(audio).or_insert(place);
            if *best != place && shares_stem(named.name, audio) && !shares_stem(sheets[*best].name, audio) {
                *best = place;
            }
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable();
    found
}

impl Named<'_> {
    /// The file of the sheet that this file of audio is, out of those that it divides into tracks.
    pub fn file_for(&self, audio: &str) -> Option<usize> {
        let files = (0..self.sheet.files.len()).filter(|&file| self.sheet.divides(file));
        files.filter_map(|file| Some((self.likeness(file, audio)?, file))).min().map(|(_, file)| file)
    }

    fn likeness(&self, file: usize, audio: &str) -> Option<Likeness> {
        let name = self.sheet.files[file].name.as_str();
        if name == audio {
            Some(Likeness::Same)
        } else if !name.is_empty() && folded(name) == folded(audio) {
            Some(Likeness::Case)
        } else if shares_stem(name, audio) {
            Some(Likeness::Stem)
        } else {
            (self.sheet.files.len() == 1 && shares_stem(self.name, audio)).then_some(Likeness::Sheet)
        }
    }
}

/// The audio files of a folder, by what they may be called.
struct Folder<'a> {
    by_name: HashMap<String, Vec<&'a str>>,
    by_stem: HashMap<String, Vec<&'a str>>,
}

impl<'a> Folder<'a> {
    fn of(audio: impl Iterator<Item = &'a str>) -> Self {
        let mut folder = Self { by_name: HashMap::new(), by_stem: HashMap::new() };
        for name in audio {
            folder.by_name.entry(folded(name)).or_default().push(name);
            folder.by_stem.entry(folded(stem(name))).or_default().push(name);
        }
        folder
    }

    /// The file that is most like what a sheet names; of several the first by name.
    fn answering(&self, named: &Named<'_>, file: usize) -> Option<&'a str> {
        let name = named.sheet.files[file].name.as_str();
        let stems = [stem(name), stem(named.name)].into_iter().filter_map(|stem| self.by_stem.get(&folded(stem)));
        let candidates = self.by_name.get(&folded(name)).into_iter().chain(stems).flatten();
        let likely = candidates.filter_map(|audio| Some((named.likeness(file, audio)?, *audio)));
        likely.min().map(|(_, audio)| audio)
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// A name without its extension.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

fn shares_stem(one: &str, other: &str) -> bool {
    !one.is_empty() && folded(stem(one)) == folded(stem(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sheet of these files, each with so many tracks.
    fn sheet(files: &[(&str, usize)]) -> Sheet {
        let mut text = String::new();
        for (name, tracks) in files {
            text += &format!("FILE \"{name}\" WAVE\n");
            (0..*tracks).for_each(|number| text += &format!("TRACK {}\nINDEX 01 {number}:00:00\n", number + 1));
        }
        Sheet::of(&text).unwrap()
    }

    /// What sheets of these names and files are about.
    fn about(sheets: &[(&str, &[(&str, usize)])], audio: &[&str]) -> Vec<(String, String)> {
        let read: Vec<_> = sheets.iter().map(|(_, files)| sheet(files)).collect();
        let named: Vec<_> = sheets.iter().zip(&read).map(|((name, _), sheet)| Named { name, sheet }).collect();
        let found = belongings(&named, audio.iter().copied());
        for (audio, place) in &found {
            assert!(named[*place].file_for(audio).is_some(), "{audio}");
        }
        found.into_iter().map(|(audio, place)| (audio.to_owned(), named[place].name.to_owned())).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(audio, sheet)| ((*audio).to_owned(), (*sheet).to_owned())).collect()
    }

    #[test]
    fn a_sheet_is_about_the_file_that_is_most_like_the_one_it_names() {
        let named = |file: &'static str| about(&[("x.cue", &[(file, 2)])], &["A.flac", "A.mp3", "a.FLAC", "x.flac"]);
        assert_eq!(named("A.flac"), pairs(&[("A.flac", "x.cue")]));
        assert_eq!(named("a.FLAC"), pairs(&[("a.FLAC", "x.cue")]));
        assert_eq!(named("A.Flac"), pairs(&[("A.flac", "x.cue")]));
        assert_eq!(named("a.wav"), pairs(&[("A.flac", "x.cue")]));
        assert_eq!(named("B.wav"), pairs(&[("x.flac", "x.cue")]));
        assert_eq!(named(""), pairs(&[("x.flac", "x.cue")]));
    }

    #[test]
    fn a_sheet_whose_audio_is_not_there_is_about_nothing() {
        assert!(about(&[("x.cue", &[("A.flac", 2)])], &["B.flac"]).is_empty());
        assert!(about(&[("x.cue", &[("A.flac", 2), ("C.flac", 2)])], &["x.flac"]).is_empty());
        assert!(about(&[("x.cue", &[("A.flac", 2)])], &[]).is_empty());
    }

    #[test]
    fn a_sheet_of_one_track_for_a_file_adds_nothing_to_it() {
        let files = [("1.flac", 1), ("2.flac", 2), ("3.flac", 3)];
        let found = about(&[("x.cue", &files)], &["1.flac", "2.flac", "3.flac"]);
        assert_eq!(found, pairs(&[("2.flac", "x.cue"), ("3.flac", "x.cue")]));
    }

    #[test]
    fn of_several_sheets_that_of_the_same_name_counts_and_else_the_first() {
        let file: &[(&str, usize)] = &[("A.flac", 2)];
        for (sheets, expected) in [
            (["0.cue", "A.cue", "B.cue"], "A.cue"),
            (["0.cue", "B.cue", "a.CUE"], "a.CUE"),
            (["0.cue", "1.cue", "B.cue"], "0.cue"),
        ] {
            assert_eq!(about(&sheets.map(|name| (name, file)), &["A.flac"]), pairs(&[("A.flac", expected)]));
        }
    }
}
