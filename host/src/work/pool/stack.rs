//! The stack of a root's work, and how much of it goes into one step.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::work::door::item::Item;

/// Files and folders a step while there is less work than workers. Where files are what takes the
/// time, folders are only listed then, and their files are left: they spread at once, and a chain
/// of folders, each alone in the one above, is listed in one go instead of each by its whole path.
const ITEMS_TO_SPREAD: u32 = 8;
/// The next page of a wide folder is listed as soon as no more items than this are left above it
/// for each other worker: while one lists, which takes long, the others have these to do.
const EARLY: usize = 128;

/// Work of a root that is pending.
pub(super) struct Stack<W> {
    root: usize,
    tasks: Vec<Task<W>>,
}

struct Task<W> {
    work: W,
    suspicion: Option<Suspicion>,
}

/// Something in a step has ended its instance. The budget of the step bounds the suspects: that
/// many files and folders are looked at one by one, and the rest of its work is above suspicion
/// again.
pub(super) type Suspicion = Arc<AtomicI64>;

/// How much goes into one step at most.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Workers that share the work.
    pub workers: usize,
    /// Files and folders.
    pub items: u32,
    /// Items of work.
    pub handed_in: usize,
    /// Whether files are read, and not only found.
    pub reads: bool,
}

/// The work of one step.
#[derive(Clone)]
pub(super) enum Load<W> {
    /// Some items.
    Step {
        root: usize,
        work: Vec<W>,
        items: u32,
        /// List folders and read no file.
        only_list: bool,
        /// Where in the stack to put what it finds, if not on top.
        place: Option<usize>,
    },
    /// One folder to be listed, or one file to be read.
    Suspect { root: usize, work: W, suspicion: Suspicion },
}

impl<W> Load<W> {
    pub fn root(&self) -> usize {
        match self {
            Self::Step { root, .. } | Self::Suspect { root, .. } => *root,
        }
    }

    pub fn work(&self) -> &[W] {
        match self {
            Self::Step { work, .. } => work,
            Self::Suspect { work, .. } => std::slice::from_ref(work),
        }
    }
}

impl<W: Item> Stack<W> {
    /// The work that a scan of a root begins with, the first on top.
    pub fn new(root: usize, begin: Vec<W>) -> Self {
        let tasks = begin.into_iter().rev().map(|work| Task { work, suspicion: None }).collect();
        Self { root, tasks }
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    pub fn clear(&mut self) {
        self.tasks.clear();
    }

    /// Takes the work of one step, of `pending` items in all roots, while `idle` workers have
    /// nothing to do.
    pub fn take(&mut self, bounds: Bounds, pending: usize, idle: usize) -> Option<Load<W>> {
        let root = self.root;
        let others = pending.saturating_sub(self.tasks.len());
        let early = self.early_page(bounds.workers);
        if let Some(place) = early {
            let Task { work, .. } = self.tasks.remove(place);
            return Some(Load::Step { root, work: vec![work], items: bounds.items, only_list: false, place: early });
        }
        let Task { work, suspicion } = self.tasks.pop()?;
        if let Some(suspicion) = suspicion.filter(|suspicion| suspicion.fetch_sub(1, Ordering::Relaxed) > 0) {
            return Some(Load::Suspect { root, work: self.first_of(work, &suspicion), suspicion });
        }
        let share = (pending / bounds.workers).min(bounds.handed_in);
        let mut taken = vec![work];
        while taken.len() < share {
            match self.tasks.pop_if(|next| next.suspicion.is_none()) {
                Some(next) => taken.push(next.work),
                None => break,
            }
        }
        let spread = self.tasks.len() + others < idle || pending < bounds.workers;
        let items = if spread { bounds.items.min(ITEMS_TO_SPREAD) } else { bounds.items };
        let only_list = spread && bounds.reads && !taken.iter().any(W::is_files);
        Some(Load::Step { root, work: taken, items, only_list, place: None })
    }

    /// Where a page is that should be listed although it is not on top.
    fn early_page(&self, workers: usize) -> Option<usize> {
        let near = EARLY * workers.saturating_sub(1);
        let is_page = |task: &Task<W>| task.work.is_page() && task.suspicion.is_none();
        let above = self.tasks.iter().rev().take(near).position(is_page)?;
        (above > 0).then(|| self.tasks.len() - 1 - above)
    }

    /// Leaves all but the first file of a slice on the stack.
    fn first_of(&mut self, mut work: W, suspicion: &Suspicion) -> W {
        if let Some(work) = work.take_rest() {
            self.tasks.push(Task { work, suspicion: Some(suspicion.clone()) });
        }
        work
    }

    /// Takes in what a step has left of its load, or found.
    pub fn give(&mut self, load: &Load<W>, work: Vec<W>) {
        let suspicion = match load {
            Load::Step { .. } => None,
            Load::Suspect { suspicion, .. } => Some(suspicion),
        };
        // The component's own order is depth first from its end. What an early page brings goes
        // below what was above it, or that would stay to the end, page by page.
        let place = match load {
            Load::Step { place: Some(place), .. } => self.tasks.len().min(*place),
            _ => self.tasks.len(),
        };
        let tasks = work.into_iter().map(|work| Task { work, suspicion: suspicion.cloned() });
        self.tasks.splice(place..place, tasks);
    }

    /// Takes back the items of a step that ended its instance; gives how many they are.
    pub fn suspect(&mut self, load: Load<W>) -> usize {
        let Load::Step { work, items, .. } = load else { return 0 };
        let suspicion = Arc::new(AtomicI64::new(i64::from(items) + work.len() as i64));
        let more = work.len();
        let tasks = work.into_iter().rev().map(|work| Task { work, suspicion: Some(suspicion.clone()) });
        self.tasks.extend(tasks);
        more
    }

    /// Takes back the items of a step that did not return; gives how many they are.
    pub fn put_back(&mut self, load: Load<W>) -> usize {
        let before = self.tasks.len();
        match load {
            Load::Step { work, .. } => {
                self.tasks.extend(work.into_iter().rev().map(|work| Task { work, suspicion: None }));
            }
            Load::Suspect { work, suspicion, .. } => self.tasks.push(Task { work, suspicion: Some(suspicion) }),
        }
        self.tasks.len() - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::bindings::exports::mt::scanner::scan::Work;

    const BOUNDS: Bounds = Bounds { workers: 2, items: 64, handed_in: 8, reads: true };

    fn page(after: &str) -> Work {
        Work { folder: "wide".into(), after: Some(after.into()), ..Work::whole() }
    }

    /// The work that a page brings: the next page, and slices on top of it.
    fn brought(next: &str, slices: usize) -> Vec<Work> {
        let slice = |number| Work { files: Some(format!("{next} {number:03}\0")), after: None, ..page("") };
        [page(next)].into_iter().chain((0..slices).map(slice)).collect()
    }

    fn take(stack: &mut Stack<Work>, bounds: Bounds) -> Option<Load<Work>> {
        stack.take(bounds, stack.len(), 0)
    }

    /// Takes steps until one is a page; gives how many were not, and the page.
    fn to_the_next_page(stack: &mut Stack<Work>) -> (usize, Load<Work>) {
        let mut before = 0;
        loop {
            let load = take(stack, BOUNDS).unwrap();
            let Load::Step { work, .. } = &load else { panic!("no item is suspect") };
            if work[0].is_page() {
                assert_eq!(work.len(), 1);
                return (before, load);
            }
            before += work.len();
        }
    }

    #[test]
    fn the_next_page_is_listed_while_there_is_something_else_to_do_and_no_earlier() {
        let mut stack = Stack::new(0, vec![Work::whole()]);
        let whole = take(&mut stack, BOUNDS).unwrap();
        stack.give(&whole, brought("a", 200));
        let (slices, _) = to_the_next_page(&mut stack);
        assert!((200 - EARLY..200).contains(&slices) && stack.len() == 200 - slices, "{slices}");
    }

    #[test]
    fn what_an_early_page_brings_waits_for_what_was_there_before() {
        let mut stack = Stack::new(0, vec![Work::whole()]);
        let whole = take(&mut stack, BOUNDS).unwrap();
        stack.give(&whole, brought("a", 200));
        let mut most = 0;
        for next in ["b", "c", "d", "e", "f"] {
            let (_, page) = to_the_next_page(&mut stack);
            let left = stack.len();
            stack.give(&page, brought(next, 200));
            most = most.max(stack.len());
            let Some(Load::Step { work, .. }) = take(&mut stack, BOUNDS) else { panic!("there is more") };
            let name = work[0].first_file();
            assert!(left == 0 || !name.starts_with(next), "{name} before {left} others");
        }
        assert!(most <= 201 + EARLY, "{most} items wait");
    }

    #[test]
    fn folders_are_only_listed_while_others_have_nothing_to_do() {
        let folder = |name: &str| Work { folder: name.into(), ..Work::whole() };
        let taken = |work: Vec<Work>, bounds: Bounds| match take(&mut Stack::new(0, work), bounds) {
            Some(Load::Step { items, only_list, .. }) => (items, only_list),
            _ => panic!("no item is suspect"),
        };
        let many: Vec<Work> = ["a", "b", "c", "d"].map(folder).to_vec();
        assert_eq!(taken(vec![folder("a")], BOUNDS), (ITEMS_TO_SPREAD, true));
        assert_eq!(taken(vec![folder("a")], Bounds { reads: false, ..BOUNDS }), (ITEMS_TO_SPREAD, false));
        assert_eq!(taken(brought("b", 1).split_off(1), BOUNDS), (ITEMS_TO_SPREAD, false));
        assert_eq!(taken(many, BOUNDS), (BOUNDS.items, false));
    }
}
