//! The stack of work, and how much of it goes into one step.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Plan;
use crate::bindings::exports::mt::scanner::scan::Work;

/// Files and folders a step while there is less work than workers.
const ITEMS_TO_SPREAD: u32 = 8;

/// Work that is pending.
pub(super) struct Stack(Vec<Task>);

struct Task {
    root: usize,
    work: Work,
    suspicion: Option<Suspicion>,
}

/// Something in a step has ended its instance. It had a budget of so many files and folders, so the guilty one is among as
/// many: they are looked at one by one, and what comes after is above suspicion again.
pub(super) type Suspicion = Arc<AtomicI64>;

/// The work of one step.
pub(super) enum Load {
    /// Some items.
    Step { root: usize, work: Vec<Work>, items: u32 },
    /// One folder to be listed, or one file to be read.
    Suspect { root: usize, work: Work, suspicion: Suspicion },
}

impl Load {
    pub fn root(&self) -> usize {
        match self {
            Self::Step { root, .. } | Self::Suspect { root, .. } => *root,
        }
    }
}

impl Stack {
    /// The roots' own folders, the first on top.
    pub fn new(roots: usize) -> Self {
        let whole = |root| Task {
            root,
            work: Work { folder: String::new(), files: None, ignored_by: Vec::new() },
            suspicion: None,
        };
        Self((0..roots).rev().map(whole).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes what one step should do.
    pub fn take(&mut self, plan: &Plan, most: usize, spread: bool) -> Option<Load> {
        let pending = self.0.len();
        let Task { root, work, suspicion } = self.0.pop()?;
        if let Some(suspicion) = suspicion.filter(|suspicion| suspicion.fetch_sub(1, Ordering::Relaxed) > 0) {
            return Some(Load::Suspect { root, work: self.first_of(root, work, &suspicion), suspicion });
        }
        let share = (pending / plan.workers).min(most);
        let mut taken = vec![work];
        while taken.len() < share {
            match self.0.pop_if(|next| next.root == root && next.suspicion.is_none()) {
                Some(next) => taken.push(next.work),
                None => break,
            }
        }
        let items = if spread { plan.items.min(ITEMS_TO_SPREAD) } else { plan.items };
        Some(Load::Step { root, work: taken, items })
    }

    /// Leaves all but the first file of a slice on the stack.
    fn first_of(&mut self, root: usize, mut work: Work, suspicion: &Suspicion) -> Work {
        if let Some(files) = &mut work.files
            && files.len() > 1
        {
            let rest = files.split_off(1);
            let work = Work { folder: work.folder.clone(), files: Some(rest), ignored_by: work.ignored_by.clone() };
            self.0.push(Task { root, work, suspicion: Some(suspicion.clone()) });
        }
        work
    }

    /// Takes in what a step has left of its load, or found.
    pub fn give(&mut self, load: &Load, work: Vec<Work>) {
        let (root, suspicion) = match load {
            Load::Step { root, .. } => (*root, None),
            Load::Suspect { root, suspicion, .. } => (*root, Some(suspicion)),
        };
        // The component's own order is depth first from its end.
        self.0.extend(work.into_iter().map(|work| Task { root, work, suspicion: suspicion.cloned() }));
    }

    /// Takes back the items of a step that did not return; gives how many they are.
    pub fn suspect(&mut self, load: Load) -> usize {
        let Load::Step { root, work, items } = load else { return 0 };
        let suspicion = Arc::new(AtomicI64::new(i64::from(items) + work.len() as i64));
        let more = work.len();
        let tasks = work.into_iter().rev().map(|work| Task { root, work, suspicion: Some(suspicion.clone()) });
        self.0.extend(tasks);
        more
    }
}
