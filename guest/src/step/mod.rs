//! The step: a bounded amount of work, and what is left of it.

mod budget;
mod changes;
mod files;
mod folders;
mod held;
mod links;
mod named;
mod sheets;
mod sync;
mod work;

use std::rc::Rc;

use mt_scanner_contract::{Budget, Problem, Reading, Request, ScanError, Slice, Track, Walking};
use mt_scanner_formats::LegacyCharset;
use mt_scanner_formats::extension::Extensions;

use crate::bindings::exports::mt::scanner::scan::{self, StepResult};
use crate::inspect::charset;
use crate::tree::{ErrorCode, Folder, Place, Root, archive_of_folder, is_streamed, leaves_root};
use crate::walk::{Entered, Reach};
use budget::Meter;
use sheets::Shelved;

pub use changes::{Changes, ChangesOf, Rows};
pub use held::Held;
pub use work::Work;

/// What a host asks for.
pub struct Step<'a> {
    /// The root's name.
    pub root: &'a str,
    /// How much to do.
    pub budget: Budget,
    /// What to look for.
    pub mode: Mode,
    /// Where to go.
    pub walking: &'a Walking,
    /// What shapes values.
    pub reading: &'a Reading,
    /// The places that links have led to so far, as the last step that added some handed them out.
    pub entered: &'a str,
}

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The number of audio files.
    Count,
    /// Their paths.
    Paths,
    /// Tracks.
    Tracks,
    /// What differs from the library.
    Sync {
        /// Whether folders that the library knows are entered from above.
        deep: bool,
    },
}

/// What a step has done.
#[derive(Default)]
pub struct Found {
    /// Folders that were listed, or are as they were.
    pub folders: u64,
    /// Audio files that were found in them.
    pub files: u64,
    /// Files in them that were passed over for their extension, though it is one of audio too.
    pub passed_over: u64,
    /// Playlists in them.
    pub playlists: u64,
    /// Files that were opened and parsed.
    pub read: u64,
    /// Files whose turn has come, whatever has become of them.
    pub done: u64,
    /// Paths of files, each ended by a NUL.
    pub paths: String,
    /// Tracks that were read.
    pub tracks: Vec<Track>,
    /// What did not go in the ordinary way.
    pub problems: Vec<Problem>,
    /// What differs from the library.
    pub changes: Changes,
    /// What was not done.
    pub work: Vec<Work>,
    /// The places that links have led to, if this step has added some.
    pub entered: Option<String>,
}

/// How many folders a step holds open at most.
const MOST_OPEN: usize = 64;

/// Work in hand, and an open folder that makes it cheap: the one above, or for files their own.
struct Item {
    work: Work,
    open: Option<Rc<Open>>,
}

impl Item {
    /// Whether it is of a solid archive that is open: another step would have to begin it anew.
    fn is_under_way(&self) -> bool {
        self.work.whole && self.open.is_some()
    }

    /// Whether it is an archive of which only reading all of it tells what is in it.
    fn is_streamed(&self) -> bool {
        archive_of_folder(&self.work.folder).is_some_and(is_streamed)
    }

    /// The work that it is for another step. `archives`: whether the walk looks into them.
    fn left(self, archives: bool) -> Work {
        let is_whole = self.work.files.is_none() && archives && self.is_streamed();
        Work { whole: self.work.whole || is_whole, ..self.work }
    }
}

/// A place that is held open for the work in it.
struct Open {
    place: Place,
    /// Its strong count is how many folders are open.
    _counted: Rc<()>,
}

/// A step under way.
struct Run<'a> {
    root: Root,
    mode: Mode,
    walking: &'a Walking,
    charset: LegacyCharset,
    /// Whether sheets divide albums in one file.
    cue: bool,
    extensions: Extensions,
    meter: Meter,
    /// Last in, first out: depth first, so that little is open and little is pending.
    stack: Vec<Item>,
    /// Folders of which only the host can say what the library knows.
    for_the_host: Vec<Work>,
    open: Rc<()>,
    /// The folder whose files were read last, and its path.
    last: Option<(String, Rc<Open>)>,
    /// The sheets of the folder whose files were read last.
    shelved: Shelved,
    /// The places that the walk comes to without links.
    reach: Reach,
    /// Those that it has come to by links.
    entered: Entered,
    found: Found,
}

/// The work that a scan begins with.
pub fn whole_root() -> Work {
    Work::folder(String::new(), Some(Vec::new()))
}

impl<'a> Step<'a> {
    /// The step that a request asks for, and its work.
    pub fn of(request: &'a mut Request<'_, Work>) -> (Self, Vec<Work>) {
        let work = request.work.take().unwrap_or_else(|| vec![whole_root()]);
        let mode = match request.mode {
            mt_scanner_contract::Mode::Count => Mode::Count,
            mt_scanner_contract::Mode::Paths => Mode::Paths,
            mt_scanner_contract::Mode::Tracks => Mode::Tracks,
            mt_scanner_contract::Mode::Sync => Mode::Sync { deep: request.deep },
        };
        (
            Self {
                root: &request.root,
                budget: request.budget,
                mode,
                walking: &request.walking,
                reading: &request.reading,
                entered: &request.entered,
            },
            work,
        )
    }
}

impl Step<'_> {
    /// Does up to the budget of `work`.
    pub fn run(&self, work: Vec<Work>) -> Result<Found, ScanError> {
        for item in &work {
            check(item)?;
        }
        let charset = charset(self.reading)?;
        let extensions = Extensions::with(&self.walking.extensions).map_err(ScanError::InvalidRequest)?;
        let root = Root::open(self.root, self.walking.follow_links.any())?.without(&self.walking.roots_inside);
        let root = root.with_archives(self.walking.archives);
        let stack = work.into_iter().rev().map(|work| Item { work, open: None }).collect();
        let mut run = Run {
            root,
            mode: self.mode,
            walking: self.walking,
            charset,
            cue: self.reading.cue,
            extensions,
            meter: Meter::new(&self.budget),
            stack,
            for_the_host: Vec::new(),
            open: Rc::new(()),
            last: None,
            shelved: Shelved::default(),
            reach: Reach::new(self.walking),
            entered: Entered::read(self.entered),
            found: Found::default(),
        };
        if self.budget.only_list {
            run.only_list()?
        } else {
            run.go()?
        }
        Ok(run.finish())
    }
}

impl Run<'_> {
    fn go(&mut self) -> Result<(), ScanError> {
        while !self.meter.is_spent() || self.stack.last().is_some_and(Item::is_under_way) {
            let Some(item) = self.stack.pop() else { break };
            match item.work.files {
                None => self.folder(item)?,
                Some(_) if item.work.held => self.link(item),
                Some(_) if item.work.named => self.named(item),
                Some(_) => self.files(item),
            }
        }
        Ok(())
    }

    /// Lists folders, those that it finds there too, and hands back every file. Archives that it
    /// finds and can only list by a pass through all of them are handed back too: the step that
    /// reads them takes the same pass.
    fn only_list(&mut self) -> Result<(), ScanError> {
        let mut for_later = Vec::new();
        while !self.meter.is_spent() {
            let Some(item) = self.stack.pop() else { break };
            match item.work.files {
                None if self.meter.has_begun() && item.is_streamed() => for_later.push(item),
                None => self.folder(item)?,
                Some(_) if item.work.held => self.link(item),
                Some(_) if item.work.named => self.named(item),
                Some(_) => for_later.push(item),
            }
        }
        // As before: the first of them come first.
        self.stack.extend(for_later.into_iter().rev());
        Ok(())
    }

    /// Opens a folder for what is in it.
    fn open(&self, path: &str) -> Result<Folder, ErrorCode> {
        self.root.open_below(self.last_above(path), path)
    }

    /// The last folder if this one is below it, and the path from there.
    fn last_above<'p>(&self, path: &'p str) -> Option<(&Folder, &'p str)> {
        let (last, open) = self.last.as_ref()?;
        let below = path.strip_prefix(last.as_str())?;
        Some((open.place.folder()?, if below.is_empty() { below } else { below.strip_prefix('/')? }))
    }

    /// Holds a folder open, unless too many are.
    fn hold(&self, place: Place) -> Option<Rc<Open>> {
        (Rc::strong_count(&self.open) <= MOST_OPEN).then(|| Rc::new(Open { place, _counted: self.open.clone() }))
    }

    fn finish(mut self) -> Found {
        self.found.entered = self.entered.into_text();
        let mut left: Vec<_> = self.for_the_host.into_iter().map(|work| Item { work, open: None }).collect();
        left.extend(self.stack);
        self.found.work = left.into_iter().map(|item| item.left(self.walking.archives)).collect();
        self.found
    }

    fn is_sync(&self) -> bool {
        matches!(self.mode, Mode::Sync { .. })
    }
}

fn check(work: &Work) -> Result<(), ScanError> {
    // Members of an archive have the path that they have there.
    let is_archive = archive_of_folder(&work.folder).is_some();
    let name_leaves = |name: &str| name.is_empty() || leaves_root(name) || (name.contains('/') && !is_archive);
    let leaves = leaves_root(&work.folder)
        || work.place.as_deref().is_some_and(leaves_root)
        || work.ignored_by.iter().flatten().any(|folder| leaves_root(folder))
        || work.files.iter().flat_map(Slice::iter).any(|(name, _)| name_leaves(name))
        || work.sheets.iter().any(|(_, sheet)| name_leaves(sheet));
    if leaves { Err(ScanError::EscapesRoot(work.folder.clone())) } else { Ok(()) }
}

impl From<scan::Mode> for Mode {
    fn from(mode: scan::Mode) -> Self {
        match mode {
            scan::Mode::Count => Self::Count,
            scan::Mode::Paths => Self::Paths,
            scan::Mode::Tracks => Self::Tracks,
        }
    }
}

impl From<Found> for StepResult {
    fn from(found: Found) -> Self {
        let Found { folders, files, passed_over, playlists, paths, tracks, problems, work, entered, .. } = found;
        Self {
            folders,
            files,
            passed_over,
            playlists,
            paths,
            tracks: tracks.into_iter().map(Into::into).collect(),
            problems: problems.into_iter().map(Into::into).collect(),
            work: work.into_iter().map(scan::Work::from).collect(),
            entered,
        }
    }
}
