//! The entries of one folder.

use mt_scanner_formats::extension::Extensions;
use wasip2::filesystem::types::{DescriptorType, ErrorCode};

use mt_scanner_contract::Names;

use super::names::{is_passed_over, is_playlist, is_sheet, is_track};
use super::root::Folder;
use super::told::Told;

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
#[derive(Default)]
pub struct Page<'a> {
    /// Those behind this one; `None`: from the first.
    pub after: Option<&'a str>,
    /// Up to this one at most.
    pub through: Option<&'a str>,
    /// What a file takes beside its name, in bytes.
    pub beside: usize,
    /// Files are counted with the first page, and their names are not wanted.
    pub only_count: bool,
}

/// What a page of a folder holds that matters here, each kind in the order of the filesystem.
#[derive(Debug, Default, PartialEq)]
pub struct Listing {
    /// Audio files, by their own name.
    pub files: Names,
    /// Folders.
    pub folders: Names,
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

/// Lists a folder. One that cannot be read to its end is an error: what was listed is not handed
/// out as if it were all.
pub fn list(folder: &Folder, page: &Page<'_>, extensions: &Extensions) -> Result<Listing, ErrorCode> {
    let entries = folder.0.read_directory()?;
    let mut listing = Listing { last: page.through.map(str::to_owned), ..Listing::default() };
    loop {
        match entries.read_directory_entry() {
            Ok(Some(entry)) => listing.take(&entry.name, entry.type_, page, PAGE, extensions),
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
    fn take(&mut self, name: &str, kind: DescriptorType, page: &Page<'_>, size: usize, extensions: &Extensions) {
        let names = match kind {
            DescriptorType::RegularFile => match name {
                ".nomedia" => return self.nomedia = true,
                ".mtignore" => return self.mtignore = true,
                name if !is_track(extensions, name) => return self.pass_over(name, page, size),
                _ if page.only_count => return self.counted += u64::from(page.after.is_none()),
                _ => &mut self.files,
            },
            DescriptorType::Directory => &mut self.folders,
            // Some filesystems do not say what an entry is: a look at the target tells, as for a
            // link.
            DescriptorType::SymbolicLink | DescriptorType::Unknown => {
                if is_sheet(name) {
                    self.note_sheet(name);
                }
                &mut self.links
            }
            _ => return,
        };
        let before = page.after.is_some_and(|after| name <= after);
        let behind = self.last.as_deref().is_some_and(|last| name > last);
        if before || behind {
            return;
        }
        names.push(name);
        if self.size(page) > size + size / 4 {
            self.cut(page, size);
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
        self.files.len() + self.folders.len() + self.links.len()
    }

    fn size(&self, page: &Page<'_>) -> usize {
        let size = |names: &Names, beside| names.size() + beside * names.len();
        size(&self.files, page.beside) + size(&self.folders, FOLDER) + size(&self.links, LINK)
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
        let kinds = [&self.files, &self.folders, &self.links];
        let mut sample: Vec<&str> = kinds.into_iter().flat_map(|names| names.sample(one_in)).collect();
        let place = (sample.len() * count / self.len()).clamp(1, sample.len() - 1) - 1;
        let last = sample.select_nth_unstable(place).1.to_owned();
        for kind in [&mut self.files, &mut self.folders, &mut self.links] {
            kind.retain(|name| name <= last.as_str());
        }
        self.last = Some(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DescriptorType::{Directory, RegularFile, SymbolicLink};

    /// Lists these entries in pages of so many bytes.
    fn paged(entries: &[(String, DescriptorType)], size: usize, only_count: bool) -> Vec<Listing> {
        let mut pages: Vec<Listing> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.last.clone());
            if after.is_none() && !pages.is_empty() {
                return pages;
            }
            pages.push(listed(entries, size, &Page { after: after.as_deref(), only_count, ..Page::default() }));
        }
    }

    fn listed(entries: &[(String, DescriptorType)], size: usize, page: &Page<'_>) -> Listing {
        let mut listing = Listing::default();
        entries.iter().for_each(|(name, kind)| listing.take(name, *kind, page, size, &Extensions::default()));
        listing.cut(page, size);
        listing
    }

    fn entries() -> Vec<(String, DescriptorType)> {
        let kind = |number| match number % 7 {
            0 => ("Folder", "", Directory),
            1 => ("Link", ".mp3", SymbolicLink),
            2 => ("Text", ".txt", RegularFile),
            _ => ("Song", ".flac", RegularFile),
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
        let entries: Vec<_> = entries().into_iter().filter(|(_, kind)| *kind == RegularFile).collect();
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
        let others = (0..50).map(|number| (format!("Other {number}.aiff"), RegularFile));
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
        let entries: Vec<_> = entries().into_iter().chain(others.map(|name| (name, RegularFile))).collect();
        let pages = paged(&entries, 600, false);
        assert!(pages.iter().map(|page| page.playlists.count()).eq([9].into_iter().chain([0; 99]).take(pages.len())));
        assert!(pages.iter().all(|page| page.sheets.len() == 9));
    }

    #[test]
    fn of_very_many_sheets_the_first_are_kept_whatever_the_order() {
        let sheet = |number: usize| (format!("{number:05}.cue"), RegularFile);
        for step in [1, 7, 4_999] {
            let entries: Vec<_> = (0..5_000).map(|number| sheet(number * step % 5_000)).collect();
            let mut sheets = paged(&entries, 600, false).remove(0).sheets;
            sheets.sort_unstable();
            assert!(sheets.len() < 2 * MOST_SHEETS && sheets[MOST_SHEETS - 1] == "00999.cue");
        }
    }

    #[test]
    fn what_comes_and_goes_between_pages_hides_nothing_else() {
        let mut entries = entries();
        let first = paged(&entries, 3000, false).remove(0);
        let last = first.last.unwrap();
        // Everything of the first page goes, and as much comes before it.
        entries.retain(|(name, _)| *name > last);
        entries.extend((0..20).map(|number| (format!("A {number}.mp3"), RegularFile)));
        let expected = |name: &&str| **name > *last && !name.starts_with("Text");
        let mut left: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).filter(expected).collect();
        left.sort_unstable();
        let second = listed(&entries, 3000, &Page { after: Some(&last), ..Page::default() });
        let names = sorted([&second.files, &second.folders, &second.links]);
        assert!(names.len() > 5);
        assert_eq!(names, left[..names.len()]);
    }
}
