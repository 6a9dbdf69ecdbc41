//! The stack of work, and how much of it goes into one step.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Plan;
use crate::door::Item;

/// Files and folders a step while there is less work than workers.
const ITEMS_TO_SPREAD: u32 = 8;

/// Work that is pending.
pub(super) struct Stack<W>(Vec<Task<W>>);

struct Task<W> {
    root: usize,
    work: W,
    suspicion: Option<Suspicion>,
}

/// Something in a step has ended its instance. It had a budget of so many files and folders, so the guilty one is among as
/// many: they are looked at one by one, and what comes after is above suspicion again.
pub(super) type Suspicion = Arc<AtomicI64>;

/// The work of one step.
pub(super) enum Load<W> {
    /// Some items.
    Step { root: usize, work: Vec<W>, items: u32 },
    /// One folder to be listed, or one file to be read.
    Suspect { root: usize, work: W, suspicion: Suspicion },
}

impl<W> Load<W> {
    pub fn root(&self) -> usize {
        match self {
            Self::Step { root, .. } | Self::Suspect { root, .. } => *root,
        }
    }
}

impl<W: Item> Stack<W> {
    /// The work that a scan begins with, by root; the first of the first on top.
    pub fn new(begin: impl DoubleEndedIterator<Item = (usize, Vec<W>)>) -> Self {
        let tasks = begin
            .rev()
            .flat_map(|(root, work)| work.into_iter().rev().map(move |work| Task { root, work, suspicion: None }));
        Self(tasks.collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes what one step should do.
    pub fn take(&mut self, plan: &Plan, most: usize, spread: bool) -> Option<Load<W>> {
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
    fn first_of(&mut self, root: usize, mut work: W, suspicion: &Suspicion) -> W {
        if let Some(work) = work.take_rest() {
            self.0.push(Task { root, work, suspicion: Some(suspicion.clone()) });
        }
        work
    }

    /// Takes in what a step has left of its load, or found.
    pub fn give(&mut self, load: &Load<W>, work: Vec<W>) {
        let (root, suspicion) = match load {
            Load::Step { root, .. } => (*root, None),
            Load::Suspect { root, suspicion, .. } => (*root, Some(suspicion)),
        };
        // The component's own order is depth first from its end.
        self.0.extend(work.into_iter().map(|work| Task { root, work, suspicion: suspicion.cloned() }));
    }

    /// Takes back the items of a step that did not return; gives how many they are.
    pub fn suspect(&mut self, load: Load<W>) -> usize {
        let Load::Step { root, work, items } = load else { return 0 };
        let suspicion = Arc::new(AtomicI64::new(i64::from(items) + work.len() as i64));
        let more = work.len();
        let tasks = work.into_iter().rev().map(|work| Task { root, work, suspicion: Some(suspicion.clone()) });
        self.0.extend(tasks);
        more
    }
}
