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
    /// The share of the root that is done.
    done: f64,
}

struct Task<W> {
    work: W,
    /// Its share of the root, as far as one can tell: the root is 1, and what is found in a folder
    /// shares the share of the folder (D. E. Knuth, Estimating the efficiency of backtrack
    /// programs, 1975).
    share: f64,
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
        /// Its share of the root.
        share: f64,
    },
    /// One folder to be listed, or one file to be read.
    Suspect { root: usize, work: W, suspicion: Suspicion, share: f64 },
}

impl<W> Load<W> {
    pub fn root(&self) -> usize {
        match self {
            Self::Step { root, .. } | Self::Suspect { root, .. } => *root,
        }
    }

    /// Its share of the root.
    fn share(&self) -> f64 {
        match self {
            Self::Step { share, .. } | Self::Suspect { share, .. } => *share,
        }
    }

    pub fn work(&self) -> &[W] {
        match self {
            Self::Step { work, .. } => work,
            Self::Suspect { work, .. } => std::slice::from_ref(work),
        }
    }
}

impl<W: Item> Load<W> {
    /// Parts the items at or below a folder from the rest; `None` if there are not both. Links are
    /// not parted: they are judged in order.
    pub fn parted(&self, folder: &str) -> Option<(Self, Self)> {
        let Self::Step { root, work, items, only_list, place: None, share } = self else { return None };
        let is_below = |item: &W| {
            let rest = item.folder().strip_prefix(folder);
            folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let (below, rest): (Vec<W>, Vec<W>) = work.iter().cloned().partition(is_below);
        if below.is_empty() || rest.is_empty() || work.iter().any(W::is_held) {
            return None;
        }
        let part = |part: Vec<W>| {
            let share = share * part.len() as f64 / work.len() as f64;
            Self::Step { root: *root, work: part, items: *items, only_list: *only_list, place: None, share }
        };
        Some((part(below), part(rest)))
    }
}

impl<W: Item> Stack<W> {
    /// The work that a scan of a root begins with, the first on top.
    pub fn new(root: usize, begin: Vec<W>) -> Self {
        let share = 1.0 / begin.len().max(1) as f64;
        let tasks = begin.into_iter().rev().map(|work| Task { work, share, suspicion: None }).collect();
        Self { root, tasks, done: 0.0 }
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// How many folders wait to be listed.
    pub fn folders(&self) -> u64 {
        self.tasks.iter().filter(|task| !task.work.is_files()).count() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The share of the root that is done, as far as one can tell.
    pub fn done(&self) -> f64 {
        self.done
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
            let Task { work, share, .. } = self.tasks.remove(place);
            let (work, items) = (vec![work], bounds.items);
            return Some(Load::Step { root, work, items, only_list: false, place: early, share });
        }
        let Task { work, suspicion, mut share } = self.tasks.pop()?;
        if let Some(suspicion) = suspicion.filter(|suspicion| suspicion.fetch_sub(1, Ordering::Relaxed) > 0) {
            let (work, share) = self.first_of(work, &suspicion, share);
            return Some(Load::Suspect { root, work, suspicion, share });
        }
        let enough = (pending / bounds.workers).min(bounds.handed_in);
        let mut taken = vec![work];
        while taken.len() < enough {
            match self.tasks.pop_if(|next| next.suspicion.is_none()) {
                Some(next) => {
                    taken.push(next.work);
                    share += next.share;
                }
                None => break,
            }
        }
        let spread = self.tasks.len() + others < idle || pending < bounds.workers;
        let items = if spread { bounds.items.min(ITEMS_TO_SPREAD) } else { bounds.items };
        let are_read = |item: &W| item.is_files() || item.is_archive();
        let only_list = spread && bounds.reads && !taken.iter().any(are_read);
        Some(Load::Step { root, work: taken, items, only_list, place: None, share })
    }

    /// Where a page is that should be listed although it is not on top.
    fn early_page(&self, workers: usize) -> Option<usize> {
        let near = EARLY * workers.saturating_sub(1);
        let is_page = |task: &Task<W>| task.work.is_page() && task.suspicion.is_none();
        let above = self.tasks.iter().rev().take(near).position(is_page)?;
        (above > 0).then(|| self.tasks.len() - 1 - above)
    }

    /// Leaves all but the first file of a slice on the stack, and its share with them.
    fn first_of(&mut self, mut work: W, suspicion: &Suspicion, share: f64) -> (W, f64) {
        match work.take_rest() {
            Some(rest) => {
                self.tasks.push(Task { work: rest, share, suspicion: Some(suspicion.clone()) });
                (work, 0.0)
            }
            None => (work, share),
        }
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
        if work.is_empty() {
            self.done += load.share();
        }
        let share = load.share() / work.len().max(1) as f64;
        let tasks = work.into_iter().map(|work| Task { work, share, suspicion: suspicion.cloned() });
        self.tasks.splice(place..place, tasks);
    }

    /// Takes back the items of a step that ended its instance; gives how many they are.
    pub fn suspect(&mut self, load: Load<W>) -> usize {
        let Load::Step { work, items, share, .. } = load else { return 0 };
        let suspicion = Arc::new(AtomicI64::new(i64::from(items) + work.len() as i64));
        let more = work.len();
        let share = share / more.max(1) as f64;
        let tasks = work.into_iter().rev().map(|work| Task { work, share, suspicion: Some(suspicion.clone()) });
        self.tasks.extend(tasks);
        more
    }

    /// Takes back the items of a step that did not return; gives how many they are.
    pub fn put_back(&mut self, load: Load<W>) -> usize {
        let before = self.tasks.len();
        match load {
            Load::Step { work, share, .. } => {
                let share = share / work.len().max(1) as f64;
                self.tasks.extend(work.into_iter().rev().map(|work| Task { work, share, suspicion: None }));
            }
            Load::Suspect { work, suspicion, share, .. } => {
                self.tasks.push(Task { work, share, suspicion: Some(suspicion) });
            }
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
    fn what_a_step_is_at_is_parted_from_the_rest_of_its_load() {
        let folder = |name: &str| Work { folder: name.into(), ..Work::whole() };
        let work: Vec<Work> = ["a", "a/b", "ab", "c"].map(folder).to_vec();
        let load = take(&mut Stack::new(0, work), Bounds { workers: 1, ..BOUNDS }).unwrap();
        let names = |load: &Load<Work>| load.work().iter().map(|item| item.folder.clone()).collect::<Vec<_>>();
        let (at, rest) = load.parted("a").unwrap();
        assert_eq!((names(&at), names(&rest)), (vec!["a".into(), "a/b".into()], vec!["ab".into(), "c".into()]));
        assert!((at.share() + rest.share() - load.share()).abs() < 1e-9);
        // Nothing is parted where all of it, or none, may be what the step is at.
        assert!(load.parted("").is_none() && load.parted("d").is_none() && at.parted("a").is_none());
    }

    #[test]
    fn what_is_found_in_a_folder_shares_the_share_of_the_folder() {
        let mut stack = Stack::new(0, vec![Work::whole()]);
        let whole = take(&mut stack, BOUNDS).unwrap();
        stack.give(&whole, brought("a", 3).split_off(1).into_iter().chain([Work::whole()]).collect());
        let alone = Bounds { workers: 8, ..BOUNDS };
        // The first of four is done, the second brings two others, of which one is done.
        for (brings, done) in [(0, 0.25), (2, 0.25), (0, 0.375)] {
            let load = take(&mut stack, alone).unwrap();
            stack.give(&load, brought("b", 1).into_iter().take(brings).collect());
            assert!((stack.done() - done).abs() < 1e-9, "{}", stack.done());
        }
        while let Some(load) = take(&mut stack, BOUNDS) {
            stack.give(&load, Vec::new());
        }
        assert!((stack.done() - 1.0).abs() < 1e-9, "{}", stack.done());
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
