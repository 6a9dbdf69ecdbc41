//! Symbolic links: which are passed over, which wait until all else is done, and which then add
//! something.

use std::rc::Rc;

use mt_scanner_contract::{FollowLinks, KnownFile, KnownFolder, Names, Outcome, Slice};

use super::sheets::of_slice;
use super::{Item, Mode, Run, Work};
use crate::outcome::problem;
use crate::tree::{ErrorCode, Folder, Link, Place, Target, join, split};
use crate::walk::{Ignored, Listing, is_hidden_folder, is_track};

/// How the walk comes to a folder.
#[derive(Clone, Default)]
pub struct Way {
    /// The number of links on it.
    pub links: u32,
    /// Where the folder is without them, if there are some.
    pub place: Option<String>,
}

impl Way {
    /// Work that is come to in this way.
    pub fn to(self, work: Work) -> Work {
        Work { links: self.links, place: self.place, ..work }
    }

    /// The way into a folder of this one.
    pub fn deeper(&self, name: &str) -> Self {
        Self { links: self.links, place: self.place.as_ref().map(|place| join(place, name)) }
    }

    /// The place of the folder at `path`.
    pub fn place<'a>(&'a self, path: &'a str) -> &'a str {
        self.place.as_deref().unwrap_or(path)
    }
}

impl Run<'_> {
    /// The folder is listed, and these patterns hold in it.
    pub(super) fn note_reached(&mut self, path: &str, listing: &Listing, patterns: &Ignored) {
        if self.walking.follow_links.any() && !listing.links.is_empty() {
            self.reach.note(path, patterns);
        }
    }

    /// Leaves out what a link has led to before this folder was come to through another.
    pub(super) fn leave_out_entered(&mut self, path: &str, way: &Way, listing: &mut Listing) {
        if way.links > 0 {
            let is_new = |name: &str| !self.entered.has(&join(way.place(path), name));
            listing.folders.retain(is_new);
            listing.files.retain(is_new);
        }
    }

    /// Says of each link what is wrong with it, and gives those that may add something.
    pub(super) fn judge_links(
        &mut self,
        path: &str,
        way: &Way,
        folder: &Folder,
        listing: &mut Listing,
        known: Option<&KnownFolder>,
    ) -> Names {
        let mut held = Names::default();
        let links = std::mem::take(&mut listing.links);
        if !self.walking.follow_links.any() {
            return held;
        }
        let place = way.place(path);
        for name in links.iter() {
            let followed = self.root.target_of(&Link { folder, place, name });
            let (target, is_folder) = match &followed {
                Ok(Target::Folder(target)) => (target, true),
                Ok(Target::File(target)) if self.is_track_at(target) => (target, false),
                _ => {
                    self.tell_of_link(&join(path, name), followed);
                    continue;
                }
            };
            let is_hidden = is_folder && is_hidden_folder(name) && !self.walking.hidden_folders;
            if is_hidden {
                continue;
            }
            if *target == join(place, name) {
                // The filesystem does not say what its entries are, and this one is no link.
                if is_folder { &mut listing.folders } else { &mut listing.files }.push(name);
            } else if is_folder && self.comes_by_itself(known, name) {
                listing.folders.push(name);
            } else if self.adds(target, is_folder) {
                held.push(name);
            }
        }
        held
    }

    fn is_track_at(&self, place: &str) -> bool {
        is_track(&self.extensions, split(place).1)
    }

    /// Whether a link to a place may add something to what the walk comes to by names.
    pub(super) fn adds(&mut self, place: &str, is_folder: bool) -> bool {
        self.walking.follow_links == FollowLinks::All || !self.reach.comes_to(&self.root, place, is_folder)
    }

    /// Whether the host hands in a known folder by itself, as it does in a quick sync. Through a
    /// link too it is as it was.
    fn comes_by_itself(&self, known: Option<&KnownFolder>, name: &str) -> bool {
        self.mode == Mode::Sync { deep: false }
            && known.is_some_and(|known| known.folders.iter().any(|folder| folder == name))
    }

    /// Hands links to the host, each alone.
    pub(super) fn hold_links(
        &mut self,
        path: &str,
        way: &Way,
        links: Vec<Slice>,
        ignored_by: &[String],
        sheets: &[(String, String)],
    ) {
        self.for_the_host.extend(links.into_iter().map(|link| Work {
            ignored_by: Some(ignored_by.to_vec()),
            links: way.links + 1,
            place: Some(way.place(path).to_owned()),
            held: true,
            sheets: of_slice(sheets, &link),
            ..Work::files(path.to_owned(), link)
        }));
    }

    /// Follows a link that was held back. What it leads to is work, unless another link has led
    /// there.
    pub(super) fn link(&mut self, item: Item) {
        self.meter.count();
        let Work { folder, files, ignored_by, links, place, sheets, blind, .. } = item.work;
        let slice = files.unwrap_or_default();
        let Some((name, known)) = slice.iter().next().map(|(name, known)| (name.to_owned(), known.to_vec())) else {
            return;
        };
        let path = join(&folder, &name);
        let place = place.unwrap_or_else(|| folder.clone());
        let opened = self.open(&folder);
        let followed = match &opened {
            Ok(open) => self.root.target_of(&Link { folder: open, place: &place, name: &name }),
            Err(code) => Err(*code),
        };
        let (target, is_folder) = match followed {
            Ok(Target::Folder(target)) => (target, true),
            Ok(Target::File(target)) if self.is_track_at(&target) => (target, false),
            followed => {
                if followed.is_ok() {
                    self.lose(&path, &known, true);
                }
                return self.tell_of_link(&path, followed);
            }
        };
        if self.entered.covers(&self.root, &mut self.reach, &target, is_folder) {
            return self.lose(&path, &known, true);
        }
        self.entered.add(target.clone(), path.clone());
        self.lose(&path, if is_folder { &known } else { &[] }, !is_folder);
        if is_folder {
            let work = Way { links, place: Some(target) }.to(Work::folder(path, ignored_by));
            if self.is_sync() {
                self.for_the_host.push(work);
            } else {
                self.stack.push(Item { work, open: None });
            }
            return;
        }
        self.found.files += 1;
        let open = opened.ok().and_then(|open| self.hold(Place::Folder(Rc::new(open))));
        if blind {
            self.stack.push(Item { work: Work { blind, sheets, ..Work::files(folder, slice) }, open });
        } else {
            self.push_files(&folder, vec![slice], &sheets, open.as_ref());
        }
    }

    /// Of a sync: the link's place has no such file or folder any more.
    fn lose(&mut self, path: &str, files: &[KnownFile], folder: bool) {
        if self.is_sync() {
            let changes = &mut self.found.changes;
            changes.gone.extend(files.iter().filter(|known| !known.is_missing()).map(|known| known.id));
            if folder {
                changes.gone_folder.push(path.to_owned());
            }
        }
    }

    /// Says what is wrong with a link that leads to neither music nor a folder.
    fn tell_of_link(&mut self, path: &str, followed: Result<Target, ErrorCode>) {
        let (outcome, detail) = match followed {
            Ok(Target::Broken) if !is_track(&self.extensions, split(path).1) => return,
            Ok(Target::Broken) => (Outcome::Vanished, "the symbolic link leads to nothing"),
            Ok(Target::Endless) => (Outcome::LinkLoop, "symbolic links lead to each other and to nothing else"),
            Ok(Target::Outside) => (Outcome::EscapesRoot, "the symbolic link leads out of the root"),
            Ok(_) => return,
            Err(code) => return self.refuse(path, "following the symbolic link", code),
        };
        self.found.problems.push(problem(&self.root.name, path, outcome, detail));
    }
}

/// Names as work, each alone; `known`: what the library has in each place.
pub fn one_by_one(names: Names, mut known: impl FnMut(&str) -> Vec<KnownFile>) -> Vec<Slice> {
    let alone = |name: &str| {
        let mut one = Names::default();
        one.push(name);
        Slice::of(one, &mut known)
    };
    names.iter().flat_map(alone).collect()
}
