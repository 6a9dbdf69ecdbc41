//! One folder of a step.

use std::rc::Rc;

use mt_scanner_contract::{KnownFolder, Names, Outcome, ScanError, Slice};

use super::links::{Way, one_by_one};
use super::sheets::{names, of_slice};
use super::sync::now;
use super::{Item, Mode, Open, Run, Work};
use crate::outcome::{in_archive, problem, refused};
use crate::tree::{Archive, ErrorCode, Place, append, archive_of_folder, join, root_error, split};
use crate::walk::{Ignored, Listing, Page, is_hidden_folder, list};

/// A page of a folder, as it was listed.
pub struct Listed<'a> {
    /// The folder.
    pub path: &'a str,
    /// The last name of the page before it.
    pub after: Option<&'a str>,
    /// Its own last name, if there are more.
    pub last: Option<&'a str>,
    /// What tells later whether something in it has changed: as it was before the listing, if that
    /// can be trusted.
    pub trusted: Option<i64>,
    /// How the walk came to it.
    pub way: &'a Way,
}

impl Listed<'_> {
    /// Whether a name that is not in the page would have been in it.
    pub fn covers(&self, name: &str) -> bool {
        self.after.is_none_or(|after| name > after) && self.last.is_none_or(|last| name <= last)
    }
}

impl Run<'_> {
    /// Lists a folder, or a page of it: its files are taken on, its folders become work, and so
    /// does the next page.
    pub fn folder(&mut self, item: Item) -> Result<(), ScanError> {
        let Item { mut work, open } = item;
        self.meter.count();
        if self.is_sync() && self.is_settled_from_outside(&mut work) {
            return Ok(());
        }
        let Work { folder: path, after, ignored_by, known, links, place, seen, .. } = work;
        let way = Way { links, place };
        let is_first = after.is_none();
        let (path, ignored_by) = (&path, ignored_by.unwrap_or_default());
        let above = match open.as_ref().and_then(|above| above.place.folder()) {
            Some(above) => Some((above, split(path).1)),
            None => self.last_above(path),
        };
        let opened = self.root.place_to_list(above, path, seen.first().copied().flatten());
        let listed = opened.and_then(|place| {
            // Before the listing: what changes from now on shows in it.
            let trusted = if self.is_sync() { place.trusted(now())? } else { None };
            let through = known.as_ref().and_then(|known| known.through.as_deref());
            // Each file's path takes the folder's, where paths are what is asked for.
            let beside = if self.mode == Mode::Paths { path.len() + 1 } else { 0 };
            let mut page = Page { after: after.as_deref(), through, beside, ..Page::default() };
            // Some files may have been entered through other links.
            let may_count = ignored_by.is_empty() && way.links == 0;
            Ok((self.list(&place, &mut page, may_count)?, place, trusted))
        });
        let (mut listing, place, trusted) = match listed {
            Ok(listed) => listed,
            // Nothing leads out of a root on the way to the root itself: whatever the code, it may
            // not be listed.
            Err(ErrorCode::NotPermitted) if path.is_empty() => {
                return Err(ScanError::RootUnreadable(self.root.name.clone()));
            }
            Err(code) if path.is_empty() => return Err(root_error(&self.root.name, code)),
            Err(code) => {
                if !self.is_gone(path, code) {
                    self.refuse(path, "listing the folder", code);
                    if self.is_sync() {
                        // Without a time that could be trusted, so that a quick sync looks again.
                        self.found.changes.need_folder(path);
                    }
                }
                return Ok(());
            }
        };
        if listing.lost_names > 0 && is_first {
            let detail = match listing.lost_names {
                1 => "1 name in this folder is not UTF-8".to_owned(),
                count => format!("{count} names in this folder are not UTF-8"),
            };
            self.found.problems.push(problem(&self.root.name, path, Outcome::NameNotUtf8, detail));
        }
        let last = listing.last.take();
        let listed = Listed { path, after: after.as_deref(), last: last.as_deref(), trusted, way: &way };
        if listing.nomedia && !self.walking.ignored_folders {
            if let Some(known) = known {
                // It stays known, so that a quick sync sees when it is skipped no more.
                self.push_next_page(&listed, &ignored_by, Some(&known));
                self.compare(&listed, &known, Names::default(), &Names::default(), Names::default());
            }
            return Ok(());
        }
        self.found.folders += u64::from(is_first);
        self.push_next_page(&listed, &ignored_by, known.as_deref());
        let ignored_by = self.sift(path, &mut listing, &ignored_by);
        listing.archives_as_folders();
        self.found.passed_over += listing.passed_over.count();
        self.found.playlists += listing.playlists.count();
        self.leave_out_entered(path, &way, &mut listing);
        self.leave_out_roots(path, &way, &mut listing);
        let links = match place.folder() {
            Some(folder) => self.judge_links(path, &way, folder, &mut listing, known.as_deref()),
            None => Names::default(),
        };
        if let Some(archive) = place.archive().filter(|_| is_first) {
            let troubles = archive.troubles().map(|trouble| in_archive(&self.root.name, path, trouble));
            self.found.problems.extend(troubles);
        }
        let Listing { files, folders, counted, sheets, .. } = listing;
        let sheets = self.find_sheets(path, &place, sheets, names(&files, &links), is_first);
        let open = self.hold(place);
        self.found.files += counted + files.len() as u64;
        let files = match known {
            Some(known) if !known.new => {
                let (files, links) = self.compare(&listed, &known, files, &folders, links);
                self.hold_links(path, &way, links, &ignored_by, &sheets);
                self.leave_folders(path, &way, &known, &folders, &ignored_by);
                files
            }
            // Where nothing is known of a folder, nothing is of what is below either.
            known => {
                if let Some(known) = &known {
                    self.compare_itself(&listed, known);
                }
                self.hold_links(path, &way, one_by_one(links, |_| Vec::new()), &ignored_by, &sheets);
                self.push_folders(path, &way, &folders, &ignored_by, known, open.as_ref());
                Slice::of(files, |_| Vec::new())
            }
        };
        self.push_files(path, files, &sheets, open.as_ref());
        Ok(())
    }

    /// Lists a page. Where nothing asks for the names of files, they are only counted.
    fn list(&self, place: &Place, page: &mut Page<'_>, may_count: bool) -> Result<Listing, ErrorCode> {
        page.only_count = self.mode == Mode::Count && may_count;
        let listing = list(place, page, &self.extensions, self.walking)?;
        if page.only_count && listing.mtignore && !self.walking.ignored_folders {
            page.only_count = false;
            return list(place, page, &self.extensions, self.walking);
        }
        Ok(listing)
    }

    /// Leaves out folders that are roots of their own.
    fn leave_out_roots(&self, path: &str, way: &Way, listing: &mut Listing) {
        if self.root.has_roots_inside() {
            let place = way.place(path);
            listing.folders.retain(|name| !self.root.is_in_inner(&join(place, name)));
        }
    }

    /// Leaves out what is hidden or ignored, and gives the folders whose `.mtignore` holds below
    /// this one.
    fn sift(&mut self, path: &str, listing: &mut Listing, ignored_by: &[String]) -> Vec<String> {
        if !self.walking.hidden_folders {
            listing.folders.retain(|name| !is_hidden_folder(name));
            listing.archives.retain(|name| !is_hidden_folder(name));
        }
        if self.walking.ignored_folders || (ignored_by.is_empty() && !listing.mtignore) {
            self.note_reached(path, listing, &Ignored::default());
            return Vec::new();
        }
        let read = Ignored::read(&self.root, ignored_by).and_then(|ignored| {
            if listing.mtignore {
                ignored.with(&self.root, path).map_err(|code| (path.to_owned(), code))
            } else {
                Ok(ignored)
            }
        });
        match read {
            Ok(ignored) => {
                self.note_reached(path, listing, &ignored);
                listing.folders.retain(|name| !ignored.covers(path, name, true));
                listing.files.retain(|name| !ignored.covers_file(path, name));
                // Patterns are about the archive's file.
                let file_of = |folder: &str| archive_of_folder(folder).map(str::to_owned);
                listing.archives.retain(|name| file_of(name).is_some_and(|file| !ignored.covers(path, &file, false)));
                listing.passed_over.retain(|name| !ignored.covers(path, name, false));
                listing.playlists.retain(|name| !ignored.covers(path, name, false));
                listing.sheets.retain(|name| !ignored.covers(path, name, false));
                listing.links.retain(|name| !ignored.covers(path, name, false) && !ignored.covers(path, name, true));
                ignored.folders()
            }
            Err((folder, code)) => {
                self.refuse(&join(&folder, ".mtignore"), "reading the patterns", code);
                ignored_by.to_vec()
            }
        }
    }

    /// What a page has left of its folder. Pushed before what the page holds, so that this is done
    /// first.
    fn push_next_page(&mut self, listed: &Listed<'_>, ignored_by: &[String], known: Option<&KnownFolder>) {
        let Some(last) = listed.last else { return };
        let work = Work::folder(listed.path.to_owned(), Some(ignored_by.to_vec()));
        let work = listed.way.clone().to(Work { after: Some(last.to_owned()), ..work });
        match known {
            Some(known) if !known.new => self.for_the_host.push(work),
            known => {
                let known = known.map(|_| Box::new(KnownFolder::none()));
                self.stack.push(Item { work: Work { known, ..work }, open: None });
            }
        }
    }

    fn push_folders(
        &mut self,
        path: &str,
        way: &Way,
        folders: &Names,
        ignored_by: &[String],
        known: Option<Box<KnownFolder>>,
        open: Option<&Rc<Open>>,
    ) {
        let known = known.map(|_| Box::new(KnownFolder::none()));
        for name in folders.iter().rev() {
            let folder = Work::folder(join(path, name), Some(ignored_by.to_vec()));
            let work = way.deeper(name).to(Work { known: known.clone(), ..folder });
            if self.is_sync() && archive_of_folder(name).is_some() {
                // A host may see more of the file than the sandbox does.
                self.for_the_host.push(work);
            } else {
                self.stack.push(Item { work, open: open.cloned() });
            }
        }
    }

    fn tell_path(&mut self, folder: &str, name: &str) {
        append(&mut self.found.paths, folder, name);
        self.found.paths.push('\0');
    }

    pub(super) fn push_files(
        &mut self,
        path: &str,
        files: Vec<Slice>,
        sheets: &[(String, String)],
        open: Option<&Rc<Open>>,
    ) {
        match self.mode {
            Mode::Count => {}
            Mode::Paths => files.iter().flat_map(Slice::iter).for_each(|(name, _)| self.tell_path(path, name)),
            Mode::Tracks | Mode::Sync { .. } => {
                let is_solid = open.and_then(|open| open.place.archive()).is_some_and(Archive::is_solid);
                let files = if is_solid { vec![Slice::joined(files)] } else { files };
                let work = files.into_iter().rev().map(|slice| Work {
                    sheets: of_slice(sheets, &slice),
                    whole: is_solid,
                    ..Work::files(path.to_owned(), slice)
                });
                self.stack.extend(work.map(|work| Item { work, open: open.cloned() }));
            }
        }
    }

    /// Notes that the filesystem refused something.
    pub fn refuse(&mut self, path: &str, tried: &str, code: ErrorCode) {
        self.found.problems.push(refused(&self.root.name, path, tried, code));
    }
}
