//! The entries of one folder.

use wasip2::filesystem::types::{DescriptorType, ErrorCode};

use super::root::Folder;

/// How many names of a folder are taken in at a time. A folder that holds more is listed in pages, each with the next names in
/// the order of their bytes, so that memory is bounded however many files lie in one folder. Each page costs a listing: small
/// pages cost time, large ones memory.
pub const PAGE: usize = 12 * 1024;
/// A folder counts as so many names: it becomes a piece of work of its own, and files share one.
const FOLDER: usize = 4;

/// Which names of a folder to take in.
#[derive(Default)]
pub struct Page<'a> {
    /// Those behind this one; `None`: from the first.
    pub after: Option<&'a str>,
    /// Up to this one at most.
    pub through: Option<&'a str>,
    /// Files are counted with the first page, and their names are not wanted.
    pub only_count: bool,
}

/// What a page of a folder holds that matters here, each kind in the order of the filesystem.
#[derive(Debug, Default, PartialEq)]
pub struct Listing {
    /// Audio files, by their own name.
    pub files: Vec<String>,
    /// Folders.
    pub folders: Vec<String>,
    /// Symbolic links, to be judged by their targets.
    pub links: Vec<String>,
    /// Audio files that were only counted.
    pub counted: u64,
    /// The last name of the page; `None` if no other page follows.
    pub last: Option<String>,
    /// Entries of the whole folder whose name is not UTF-8.
    pub lost_names: u64,
    /// Whether there is a `.nomedia`: this folder and those below hold no music.
    pub nomedia: bool,
    /// Whether there is a `.mtignore`.
    pub mtignore: bool,
}

/// Lists a folder. One that cannot be read to its end is an error: what was listed is not handed out as if it were all.
pub fn list(folder: &Folder, page: &Page<'_>) -> Result<Listing, ErrorCode> {
    let entries = folder.0.read_directory()?;
    let mut listing = Listing { last: page.through.map(str::to_owned), ..Listing::default() };
    loop {
        match entries.read_directory_entry() {
            Ok(Some(entry)) => listing.take(entry.name, entry.type_, page, PAGE),
            Ok(None) => break,
            // The name is lost, and the next call goes on with the next entry.
            Err(ErrorCode::IllegalByteSequence) => listing.lost_names += 1,
            Err(code) => return Err(code),
        }
    }
    listing.cut(PAGE);
    Ok(listing)
}

impl Listing {
    fn take(&mut self, name: String, kind: DescriptorType, page: &Page<'_>, size: usize) {
        let names = match kind {
            DescriptorType::RegularFile => match name.as_str() {
                ".nomedia" => return self.nomedia = true,
                ".mtignore" => return self.mtignore = true,
                name if !crate::extension::is_audio_file(name) => return,
                _ if page.only_count => return self.counted += u64::from(page.after.is_none()),
                _ => &mut self.files,
            },
            DescriptorType::Directory => &mut self.folders,
            // Some filesystems do not say what an entry is: a look at the target tells, as for a link.
            DescriptorType::SymbolicLink | DescriptorType::Unknown => &mut self.links,
            _ => return,
        };
        let before = page.after.is_some_and(|after| name.as_str() <= after);
        let behind = self.last.as_deref().is_some_and(|last| name.as_str() > last);
        if before || behind {
            return;
        }
        names.push(name);
        if self.size() > size + size / 2 {
            self.cut(size);
        }
    }

    fn len(&self) -> usize {
        self.files.len() + self.folders.len() + self.links.len()
    }

    fn size(&self) -> usize {
        self.len() + (FOLDER - 1) * self.folders.len()
    }

    /// Keeps the first names, as many as fit, and leaves the others to the next page.
    fn cut(&mut self, size: usize) {
        while self.size() > size && self.len() > 1 {
            // As many as would fit if every kind were spread evenly.
            self.keep((self.len() * size / self.size()).max(1));
        }
    }

    fn keep(&mut self, count: usize) {
        let mut names: Vec<&str> =
            [&self.files, &self.folders, &self.links].into_iter().flatten().map(String::as_str).collect();
        let last = names.select_nth_unstable(count - 1).1.to_owned();
        for names in [&mut self.files, &mut self.folders, &mut self.links] {
            names.retain(|name| *name <= last);
        }
        self.last = Some(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DescriptorType::{Directory, RegularFile, SymbolicLink};

    /// Lists these entries in pages of so many names.
    fn paged(entries: &[(String, DescriptorType)], size: usize, only_count: bool) -> Vec<Listing> {
        let mut pages: Vec<Listing> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.last.clone());
            if after.is_none() && !pages.is_empty() {
                return pages;
            }
            let page = Page { after: after.as_deref(), through: None, only_count };
            let mut listing = Listing::default();
            for (name, kind) in entries {
                listing.take(name.clone(), *kind, &page, size);
            }
            listing.cut(size);
            pages.push(listing);
        }
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

    #[test]
    fn a_small_folder_is_one_page_in_the_order_of_the_filesystem() {
        let [page] = &paged(&entries(), 131, false)[..] else { panic!("more than one page") };
        assert_eq!((page.files.len(), page.folders.len(), page.links.len()), (56, 15, 15));
        assert_eq!(page.files[..3], ["Song 74.flac", "Song 11.flac", "Song 48.flac"]);
    }

    #[test]
    fn pages_hold_every_name_once() {
        let whole = paged(&entries(), 131, false).remove(0);
        for size in [1, 2, 7, 43, 85, 130] {
            let pages = paged(&entries(), size, false);
            assert!(pages.len() > 1 && pages.iter().all(|page| page.size() <= size || page.len() == 1));
            assert!(pages.len() <= 86.min(4 * 131 / size), "{} pages of {size}", pages.len());
            let files = |page: &Listing| page.files.clone();
            let folders = |page: &Listing| page.folders.clone();
            let links = |page: &Listing| page.links.clone();
            for kind in [files, folders, links] as [fn(&Listing) -> Vec<String>; 3] {
                let (mut paged, mut once): (Vec<_>, Vec<_>) = (pages.iter().flat_map(kind).collect(), kind(&whole));
                paged.sort();
                once.sort();
                assert_eq!(paged, once);
            }
        }
    }

    #[test]
    fn files_that_are_only_counted_are_counted_once() {
        let pages = paged(&entries(), 5, true);
        assert!(pages.len() > 6);
        assert!(pages.iter().map(|page| page.counted).eq([56].into_iter().chain([0; 99]).take(pages.len())));
        assert!(pages.iter().all(|page| page.files.is_empty()));
    }

    #[test]
    fn what_comes_and_goes_between_pages_hides_nothing_else() {
        let mut entries = entries();
        let first = paged(&entries, 30, false).remove(0);
        let last = first.last.clone().unwrap();
        // Everything of the first page goes, and as much comes before it.
        entries.retain(|(name, _)| *name > last);
        entries.extend((0..20).map(|number| (format!("A {number}.mp3"), RegularFile)));
        let expected = |name: &String| *name > last && !name.starts_with("Text");
        let mut left: Vec<_> = entries.iter().map(|(name, _)| name.clone()).filter(expected).collect();
        left.sort();
        let page = Page { after: Some(&last), ..Page::default() };
        let mut second = Listing::default();
        entries.iter().for_each(|(name, kind)| second.take(name.clone(), *kind, &page, 30));
        second.cut(30);
        let mut names: Vec<_> = [second.files, second.folders, second.links].concat();
        names.sort();
        assert!(names.len() > 5);
        assert_eq!(names, left[..names.len()]);
    }
}
