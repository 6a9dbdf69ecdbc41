//! The entries of one folder.

use std::collections::HashSet;

use mt_scanner_formats::extension::Extensions;

use mt_scanner_contract::{Names, Walking};

use super::names::{is_hidden_folder, is_passed_over, is_playlist, is_sheet, is_track};
use super::told::Told;
use crate::tree::{Archive, ErrorCode, Kind, Place, another, folder_of_archive, split};

/// How much of a folder is taken in at a time: so many bytes of names. A folder that holds more is
/// listed in pages, each with the next names in the order of their bytes, so that memory is bounded
/// however many files lie in one folder. Each page costs a listing of the whole folder: small pages
/// cost time, large ones memory.
const PAGE: usize = 560 * 1024;
/// What a folder takes beside its name, in bytes: it becomes a piece of work of its own, and files
/// share one.
const FOLDER: usize = 240;
/// What a link takes beside its name, in bytes: it may become a folder, or a problem.
const LINK: usize = 120;

/// So many names are all put in order to see where a page has to end; of more, some.
const FEW: usize = 1000;

/// The most cue sheets of a folder that are looked at: the first by name.
pub const MOST_SHEETS: usize = 1000;

/// Which names of a folder to take in.
#[derive(Clone, Copy, Default)]
pub struct Page<'a> {
    /// Those behind this one; `None`: from the first.
    pub after: Option<&'a str>,
    /// Up to this one at most.
    pub through: Option<&'a str>,
    /// What a file takes beside its name, in bytes.
    pub beside: usize,
    /// Files are counted with the first page, and their names are not wanted.
    pub only_count: bool,
    /// Archives are folders.
    pub archives: bool,
}

/// What a page of a folder holds that matters here, each kind in the order of the filesystem.
#[derive(Debug, Default, PartialEq)]
pub struct Listing {
    /// Audio files, by their own name.
    pub files: Names,
    /// Folders.
    pub folders: Names,
    /// Archives, by the names of the folders that they are.
    pub archives: Names,
    /// Symbolic links, to be judged by their targets.
    pub links: Names,
    /// Audio files that were only counted.
    pub counted: u64,
    /// Files that are not looked for, though their extension is one of audio.
    pub passed_over: Told,
    /// Lists of what to play.
    pub playlists: Told,
    /// Cue sheets of the whole folder, whatever the page: those that are looked at, and some more.
    pub sheets: Vec<String>,
    /// The last name of the page; `None` if no other page follows.
    pub last: Option<String>,
    /// Entries of the whole folder whose name is not UTF-8.
    pub lost_names: u64,
    /// Whether there is a `.nomedia`: this folder and those below hold no music.
    pub nomedia: bool,
    /// Whether there is a `.mtignore`.
    pub mtignore: bool,
}

/// Lists a place. One that cannot be read to its end is an error: what was listed is not handed out
/// as if it were all.
pub fn list(place: &Place, page: &Page<'_>, extensions: &Extensions, walking: &Walking) -> Result<Listing, ErrorCode> {
    let page = &Page { archives: walking.archives, ..*page };
    let mut listing = Listing { last: page.through.map(str::to_owned), ..Listing::default() };
    let folder = match place {
        Place::Folder(folder) => folder,
        Place::Archive(archive) => {
            listing.take_members(archive, page, extensions, walking);
            return Ok(listing);
        }
    };
    let mut entries = folder.entries()?;
    loop {
        match entries.next() {
            Ok(Some((name, kind))) => listing.take(&name, kind, page, PAGE, extensions),
            Ok(None) => break,
            // The name is lost, and the next call goes on with the next entry.
            Err(ErrorCode::IllegalByteSequence) => listing.lost_names += 1,
            Err(code) => return Err(code),
        }
    }
    listing.cut(page, PAGE);
    Ok(listing)
}

impl Listing {
    fn take(&mut self, name: &str, kind: Kind, page: &Page<'_>, size: usize, extensions: &Extensions) {
        match kind {
            Kind::File => self.take_file(name, page, size, extensions),
            Kind::Folder => self.push(|listing| &mut listing.folders, name, page, size),
            Kind::Link => {
                if is_sheet(name) {
                    self.note_sheet(name);
                }
                self.push(|listing| &mut listing.links, name, page, size);
            }
            Kind::Other => {}
        }
    }

    fn take_file(&mut self, name: &str, page: &Page<'_>, size: usize, extensions: &Extensions) {
        match name {
            ".nomedia" => self.nomedia = true,
            ".mtignore" => self.mtignore = true,
            _ if !is_track(extensions, name) => match folder_of_archive(name).filter(|_| page.archives) {
                Some(folder) => self.push(|listing| &mut listing.archives, &folder, page, size),
                None => self.pass_over(name, page, size),
            },
            _ if page.only_count => self.counted += u64::from(page.after.is_none()),
            _ => self.push(|listing| &mut listing.files, name, page, size),
        }
    }

    /// Takes a name in if it is one of the page.
    fn push(&mut self, kind: fn(&mut Self) -> &mut Names, name: &str, page: &Page<'_>, size: usize) {
        let before = page.after.is_some_and(|after| name <= after);
        let behind = self.last.as_deref().is_some_and(|last| name > last);
        if before || behind {
            return;
        }
        kind(self).push(name);
        if self.size(page) > size + size / 4 {
            self.cut(page, size);
        }
    }

    /// Takes in what is in an archive: as if it were folders, of which some may be hidden.
    fn take_members(&mut self, archive: &Archive, page: &Page<'_>, extensions: &Extensions, walking: &Walking) {
        let ends_in = |name: &str| split(name).1 == ".nomedia";
        let no_media: HashSet<&str> = match walking.ignored_folders {
            true => HashSet::new(),
            false => archive.names().filter(|name| ends_in(name)).map(|name| split(name).0).collect(),
        };
        for name in archive.names() {
            let (folder, file) = split(name);
            let is_hidden = !walking.hidden_folders && folder.split('/').any(is_hidden_folder);
            if is_hidden || is_in_one(folder, &no_media) {
                continue;
            }
            if is_track(extensions, file) {
                self.take(name, Kind::File, page, PAGE, extensions);
            } else if is_sheet(file) {
                self.note_sheet(name);
            } else {
                self.pass_over(file, page, PAGE);
            }
        }
        self.cut(page, PAGE);
    }

    /// Archives are folders from now on. A folder on the disk that has the name of one keeps it.
    pub fn archives_as_folders(&mut self) {
        for name in std::mem::take(&mut self.archives).iter() {
            let mut name = name.to_owned();
            while self.folders.iter().any(|folder| folder == name) {
                name = another(&name);
            }
            self.folders.push(&name);
        }
    }

    /// Notes a file that is not looked for, if it is a cue sheet; with the first page of its folder
    /// also if its extension is one of audio or of a playlist. Many names of these are only
    /// counted.
    fn pass_over(&mut self, name: &str, page: &Page<'_>, size: usize) {
        if is_sheet(name) {
            self.note_sheet(name);
        } else if page.after.is_none() && is_passed_over(name) {
            self.passed_over.push(name, size);
        } else if page.after.is_none() && is_playlist(name) {
            self.playlists.push(name, size);
        }
    }

    /// Notes a cue sheet. Of very many the first by name stay.
    fn note_sheet(&mut self, name: &str) {
        self.sheets.push(name.to_owned());
        if self.sheets.len() == 2 * MOST_SHEETS {
            self.sheets.sort_unstable();
            self.sheets.truncate(MOST_SHEETS);
        }
    }

    fn len(&self) -> usize {
        self.files.len() + self.folders.len() + self.archives.len() + self.links.len()
    }

    fn size(&self, page: &Page<'_>) -> usize {
        let size = |names: &Names, beside| names.size() + beside * names.len();
        size(&self.files, page.beside)
            + size(&self.folders, FOLDER)
            + size(&self.archives, FOLDER)
            + size(&self.links, LINK)
    }

    /// Keeps the first names, as many as fit, and leaves the others to the next page.
    fn cut(&mut self, page: &Page<'_>, size: usize) {
        while self.size(page) > size && self.len() > 1 {
            // As many as would fit if all were of the same size.
            let count = self.len() as u64 * size as u64 / self.size(page) as u64;
            self.keep(count as usize);
        }
    }

    /// Keeps about so many of the first names, and not all.
    fn keep(&mut self, count: usize) {
        let one_in = if self.len() < FEW { 1 } else { 64 };
        let kinds = [&self.files, &self.folders, &self.archives, &self.links];
        let mut sample: Vec<&str> = kinds.into_iter().flat_map(|names| names.sample(one_in)).collect();
        let place = (sample.len() * count / self.len()).clamp(1, sample.len() - 1) - 1;
        let last = sample.select_nth_unstable(place).1.to_owned();
        for kind in [&mut self.files, &mut self.folders, &mut self.archives, &mut self.links] {
            kind.retain(|name| name <= last.as_str());
        }
        self.last = Some(last);
    }
}

/// Whether a folder is one of these, or is in one. An archive may have very many of them.
fn is_in_one(folder: &str, folders: &HashSet<&str>) -> bool {
    let mut above = folder;
    while !folders.contains(above) {
        if above.is_empty() {
            return false;
        }
        above = split(above).0;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists these entries in pages of so many bytes.
    fn paged(entries: &[(String, Kind)], size: usize, only_count: bool) -> Vec<Listing> {
        let mut pages: Vec<Listing> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.last.clone());
            if after.is_none() && !pages.is_empty() {
                return pages;
            }
            pages.push(listed(entries, size, &Page { after: after.as_deref(), only_count, ..Page::default() }));
        }
    }

    fn listed(entries: &[(String, Kind)], size: usize, page: &Page<'_>) -> Listing {
        let mut listing = Listing::default();
        entries.iter().for_each(|(name, kind)| listing.take(name, *kind, page, size, &Extensions::default()));
        listing.cut(page, size);
        listing
    }

    fn entries() -> Vec<(String, Kind)> {
        let kind = |number| match number % 7 {
            0 => ("Folder", "", Kind::Folder),
            1 => ("Link", ".mp3", Kind::Link),
            2 => ("Text", ".txt", Kind::File),
            _ => ("Song", ".flac", Kind::File),
        };
        // Out of order, as a filesystem has them.
        let numbers = (0..100).map(|number| number * 37 % 100);
        let entry = |number| {
            let (name, extension, kind) = kind(number);
            (format!("{name} {number}{extension}"), kind)
        };
        numbers.map(entry).collect()
    }

    /// All that is listed of the entries, in bytes.
    fn whole_size() -> usize {
        listed(&entries(), usize::MAX / 2, &Page::default()).size(&Page::default())
    }

    fn sorted<'a>(pages: impl IntoIterator<Item = &'a Names>) -> Vec<&'a str> {
        let mut names: Vec<&str> = pages.into_iter().flat_map(Names::iter).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_small_folder_is_one_page_in_the_order_of_the_filesystem() {
        let [page] = &paged(&entries(), whole_size(), false)[..] else { panic!("more than one page") };
        assert_eq!((page.files.len(), page.folders.len(), page.links.len()), (56, 15, 15));
        assert!(page.files.iter().take(3).eq(["Song 74.flac", "Song 11.flac", "Song 48.flac"]));
        assert_eq!(paged(&entries(), whole_size() - 1, false).len(), 2);
    }

    #[test]
    fn pages_hold_every_name_once() {
        let whole = paged(&entries(), whole_size(), false).remove(0);
        for size in [1, 30, 250, 1000, 2000, whole_size() - 1] {
            let pages = paged(&entries(), size, false);
            let fits = |page: &Listing| page.size(&Page::default()) <= size || page.len() == 1;
            assert!(pages.len() > 1 && pages.iter().all(fits));
            assert!(pages.len() <= 86.min(4 * whole_size() / size), "{} pages of {size}", pages.len());
            assert_eq!(sorted(pages.iter().map(|page| &page.files)), sorted([&whole.files]));
            assert_eq!(sorted(pages.iter().map(|page| &page.folders)), sorted([&whole.folders]));
            assert_eq!(sorted(pages.iter().map(|page| &page.links)), sorted([&whole.links]));
        }
    }

    #[test]
    fn what_a_file_takes_beside_its_name_makes_pages_shorter() {
        let entries: Vec<_> = entries().into_iter().filter(|(_, kind)| *kind == Kind::File).collect();
        let files = |beside| listed(&entries, 13 * 10, &Page { beside, ..Page::default() }).files.len();
        assert_eq!((files(0), files(13), files(13 * 9)), (10, 5, 1));
    }

    #[test]
    fn files_that_are_only_counted_are_counted_once() {
        let pages = paged(&entries(), 600, true);
        assert!(pages.len() > 6);
        assert!(pages.iter().map(|page| page.counted).eq([56].into_iter().chain([0; 99]).take(pages.len())));
        assert!(pages.iter().all(|page| page.files.is_empty()));
    }

    #[test]
    fn other_audio_is_told_with_the_first_page() {
        let others = (0..50).map(|number| (format!("Other {number}.aiff"), Kind::File));
        let entries: Vec<_> = entries().into_iter().chain(others).collect();
        for size in [100, 600, 5000] {
            let pages = paged(&entries, size, false);
            let told = |page: &Listing| page.passed_over.count();
            assert!(pages.iter().map(told).eq([50].into_iter().chain([0; 99]).take(pages.len())));
        }
    }

    #[test]
    fn playlists_are_told_with_the_first_page_and_sheets_with_each() {
        let others = (0..9).flat_map(|number| [format!("List {number}.m3u"), format!("Sheet {number}.cue")]);
        let entries: Vec<_> = entries().into_iter().chain(others.map(|name| (name, Kind::File))).collect();
        let pages = paged(&entries, 600, false);
        assert!(pages.iter().map(|page| page.playlists.count()).eq([9].into_iter().chain([0; 99]).take(pages.len())));
        assert!(pages.iter().all(|page| page.sheets.len() == 9));
    }

    #[test]
    fn of_very_many_sheets_the_first_are_kept_whatever_the_order() {
        let sheet = |number: usize| (format!("{number:05}.cue"), Kind::File);
        for step in [1, 7, 4_999] {
            let entries: Vec<_> = (0..5_000).map(|number| sheet(number * step % 5_000)).collect();
            let mut sheets = paged(&entries, 600, false).remove(0).sheets;
            sheets.sort_unstable();
            assert!(sheets.len() < 2 * MOST_SHEETS && sheets[MOST_SHEETS - 1] == "00999.cue");
        }
    }

    #[test]
    fn a_folder_is_in_those_above_it_and_in_no_neighbour() {
        let skipped = HashSet::from(["a/b", "c"]);
        for (folder, expected) in
            [("a/b", true), ("a/b/d/e", true), ("c/x", true), ("a", false), ("a/bc", false), ("", false), ("cc", false)]
        {
            assert_eq!(is_in_one(folder, &skipped), expected, "{folder}");
        }
        assert!(is_in_one("x/y", &HashSet::from([""])));
    }

    #[test]
    fn what_comes_and_goes_between_pages_hides_nothing_else() {
        let mut entries = entries();
        let first = paged(&entries, 3000, false).remove(0);
        let last = first.last.unwrap();
        // Everything of the first page goes, and as much comes before it.
        entries.retain(|(name, _)| *name > last);
        entries.extend((0..20).map(|number| (format!("A {number}.mp3"), Kind::File)));
        let expected = |name: &&str| **name > *last && !name.starts_with("Text");
        let mut left: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).filter(expected).collect();
        left.sort_unstable();
        let second = listed(&entries, 3000, &Page { after: Some(&last), ..Page::default() });
        let names = sorted([&second.files, &second.folders, &second.links]);
        assert!(names.len() > 5);
        assert_eq!(names, left[..names.len()]);
    }
}
