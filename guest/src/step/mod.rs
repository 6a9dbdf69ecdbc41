//! The step: a bounded amount of work, and what is left of it.

mod budget;
mod files;
mod folders;
pub mod request;

use std::rc::Rc;

use crate::bindings::exports::mt::scanner::scan::{Budget, Mode, StepResult, Walking, Work};
use crate::bindings::exports::mt::scanner::types::ScanError;
use crate::walk::{Folder, Root, leaves_root};
use budget::Meter;

/// What a host asks for.
pub struct Step<'a> {
    /// The root's name.
    pub root: &'a str,
    /// How much to do.
    pub budget: Budget,
    /// What to look for.
    pub mode: Mode,
    /// Where to go.
    pub walking: Walking,
}

/// How many folders a step holds open at most.
const MOST_OPEN: usize = 64;

/// Work in hand: what the contract says of it, and an open folder that makes it cheap: the one above, or for files their own.
struct Item {
    work: Work,
    open: Option<Rc<Open>>,
}

/// A folder that is held open for the work in it.
struct Open {
    folder: Folder,
    /// Its strong count is how many folders are open.
    _counted: Rc<()>,
}

/// A step under way.
struct Run<'a> {
    root: Root,
    mode: Mode,
    walking: &'a Walking,
    meter: Meter,
    /// Last in, first out: depth first, so that little is open and little is pending.
    stack: Vec<Item>,
    open: Rc<()>,
    result: StepResult,
}

/// The work that a scan begins with.
pub fn whole_root() -> Work {
    Work { folder: String::new(), files: None, ignored_by: Vec::new() }
}

impl Step<'_> {
    /// Does up to the budget of `work`.
    pub fn run(&self, work: Vec<Work>) -> Result<StepResult, ScanError> {
        for item in &work {
            check(item)?;
        }
        let root = Root::open(self.root, self.walking.follow_links)?;
        let stack = work.into_iter().rev().map(|work| Item { work, open: None }).collect();
        let mut run = Run {
            root,
            mode: self.mode,
            walking: &self.walking,
            meter: Meter::new(&self.budget),
            stack,
            open: Rc::new(()),
            result: StepResult {
                folders: 0,
                files: 0,
                paths: Vec::new(),
                tracks: Vec::new(),
                problems: Vec::new(),
                work: Vec::new(),
            },
        };
        if self.budget.items == 0 {
            run.only_list()?
        } else {
            run.go()?
        }
        Ok(run.finish())
    }
}

impl Run<'_> {
    fn go(&mut self) -> Result<(), ScanError> {
        while !self.meter.is_spent() {
            let Some(item) = self.stack.pop() else { break };
            match item.work.files {
                None => self.folder(&item)?,
                Some(_) => self.files(item),
            }
        }
        Ok(())
    }

    /// With a budget of nothing: lists what was handed in, and hands back everything else.
    fn only_list(&mut self) -> Result<(), ScanError> {
        let (folders, files) = std::mem::take(&mut self.stack).into_iter().partition(|item| item.work.files.is_none());
        self.stack = files;
        let folders: Vec<Item> = folders;
        folders.iter().try_for_each(|item| self.folder(item))
    }

    /// Holds a folder open, unless too many are.
    fn hold(&self, folder: Folder) -> Option<Rc<Open>> {
        (Rc::strong_count(&self.open) <= MOST_OPEN).then(|| Rc::new(Open { folder, _counted: self.open.clone() }))
    }

    fn finish(mut self) -> StepResult {
        self.result.work = self.stack.into_iter().map(|item| item.work).collect();
        self.result
    }
}

fn check(work: &Work) -> Result<(), ScanError> {
    let name_leaves = |name: &String| name.contains('/') || matches!(name.as_str(), "" | "." | "..");
    let leaves = leaves_root(&work.folder)
        || work.ignored_by.iter().any(|folder| leaves_root(folder))
        || work.files.iter().flatten().any(name_leaves);
    if leaves { Err(ScanError::EscapesRoot(work.folder.clone())) } else { Ok(()) }
}
