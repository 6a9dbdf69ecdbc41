//! The queue: the work of every root, and whose turn it is.
//!
//! The next work is that of the root with the fewest steps under way. So a root whose storage does
//! not answer keeps its own steps waiting, and no other's.

use std::sync::Arc;

use super::hung::Hung;
use super::links::Links;
use super::stack::{Bounds, Load, Stack};
use crate::work::door::item::Item;

/// Steps of a root that stalls, until one of its steps returns.
const TRYING: usize = 2;

/// The work that a step brings.
pub(super) struct Brought<W> {
    pub work: Vec<W>,
    /// The places that links have led to, where it has judged some.
    pub entered: Option<String>,
}

/// Work that is pending, by root.
pub(super) struct Queue<W>(Vec<OfRoot<W>>);

struct OfRoot<W> {
    stack: Stack<W>,
    links: Links<W>,
    /// A step stalls, and none has returned since.
    stalls: bool,
    /// A step that stalled has returned: the storage answers, if late.
    is_slow: bool,
    hung: Hung,
}

impl<W: Item> Queue<W> {
    /// The work that a scan begins with, for each root.
    pub fn new(begin: impl Iterator<Item = Vec<W>>) -> Self {
        let of_root = |(root, work)| OfRoot {
            stack: Stack::new(root, work),
            links: Links::new(root),
            stalls: false,
            is_slow: false,
            hung: Hung::default(),
        };
        Self(begin.enumerate().map(of_root).collect())
    }

    /// How many items may be taken now. Links of a root count as one, when it is their turn.
    pub fn len(&self) -> usize {
        let items = |of_root: &OfRoot<W>| of_root.stack.len().max(usize::from(of_root.links.are_due()));
        self.0.iter().filter(|of_root| of_root.may_be_tried()).map(items).sum()
    }

    /// How many folders wait to be listed.
    pub fn folders(&self) -> u64 {
        self.0.iter().map(|of_root| of_root.stack.folders()).sum()
    }

    /// The share of the work that is done, as far as one can tell.
    pub fn done(&self) -> f64 {
        let done: f64 = self.0.iter().map(|of_root| of_root.stack.done()).sum();
        done / self.0.len().max(1) as f64
    }

    /// Takes the work of one step, while `idle` workers have nothing to do.
    pub fn take(&mut self, bounds: Bounds, idle: usize) -> Option<Load<W>> {
        let pending = self.len();
        let of_root = self.0.iter_mut().filter(|of_root| of_root.has_work() && of_root.may_be_tried());
        let OfRoot { stack, links, .. } = of_root.min_by_key(|of_root| of_root.links.under_way())?;
        let load = stack.take(bounds, pending, idle).or_else(|| links.next(bounds.items))?;
        links.begin();
        Some(load)
    }

    /// What a step on work of a root is to be asked with.
    pub fn entered(&self, root: usize) -> Arc<str> {
        self.0[root].links.entered()
    }

    /// Takes in the work of a step; gives how many items there are more.
    pub fn give(&mut self, load: &Load<W>, brought: Brought<W>) -> usize {
        let of_root = &mut self.0[load.root()];
        of_root.stalls = false;
        let work = of_root.links.end(brought.work, brought.entered);
        if of_root.hung.is_given_up() {
            of_root.clear();
            return 0;
        }
        let more = work.len();
        of_root.stack.give(load, work);
        more
    }

    /// Takes back the load of a step that ended its instance; gives how many items it is.
    pub fn suspect(&mut self, load: Load<W>) -> usize {
        let of_root = &mut self.0[load.root()];
        of_root.stalls = false;
        let more = of_root.links.suspect(load).map_or(0, |load| of_root.stack.suspect(load));
        of_root.without_given_up(more)
    }

    /// Takes back the load of a step that did not return; gives how many items it is.
    pub fn put_back(&mut self, load: Load<W>) -> usize {
        let of_root = &mut self.0[load.root()];
        let more = of_root.links.put_back(load).map_or(0, |load| of_root.stack.put_back(load));
        of_root.without_given_up(more)
    }

    /// Takes a part of the load of a step that stalls, for others to do. False if its root is known
    /// to be slow: there each step may stall, and would do all for nothing.
    pub fn lend(&mut self, load: Load<W>) -> bool {
        let of_root = &mut self.0[load.root()];
        if of_root.is_slow || of_root.hung.is_given_up() {
            return false;
        }
        of_root.stack.put_back(load);
        true
    }

    /// Takes back what was left to a step that is back after it stalled: it is done one by one.
    /// Gives how many items it is.
    pub fn retry(&mut self, load: Load<W>) -> usize {
        self.0[load.root()].is_slow = true;
        self.suspect(load)
    }

    /// A step on work of a root stalls.
    pub fn stalls(&mut self, root: usize) {
        self.0[root].stalls = true;
    }

    /// What of a root did not answer.
    pub fn hung(&mut self, root: usize) -> &mut Hung {
        &mut self.0[root].hung
    }

    /// Whether a root was given up.
    pub fn is_given_up(&self, root: usize) -> bool {
        self.0[root].hung.is_given_up()
    }

    /// Drops the work of a root.
    pub fn clear(&mut self, root: usize) {
        self.0[root].clear();
    }
}

impl<W: Item> OfRoot<W> {
    fn has_work(&self) -> bool {
        !self.stack.is_empty() || self.links.are_due()
    }

    fn may_be_tried(&self) -> bool {
        !self.stalls || self.links.under_way() < TRYING
    }

    fn clear(&mut self) {
        self.stack.clear();
        self.links.clear();
    }

    fn without_given_up(&mut self, more: usize) -> usize {
        if self.hung.is_given_up() {
            self.clear();
            return 0;
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::bindings::exports::mt::scanner::scan::Work;

    const BOUNDS: Bounds = Bounds { workers: 1, items: 64, handed_in: 1, reads: true };

    fn folder(name: &str) -> Work {
        Work { folder: name.into(), ..Work::whole() }
    }

    fn link(name: &str) -> Work {
        Work { files: Some(format!("{name}\0")), links: 1, held: true, ..Work::whole() }
    }

    fn queue(roots: usize, each: usize) -> Queue<Work> {
        Queue::new((0..roots).map(|_| (0..each).map(|number| folder(&number.to_string())).collect()))
    }

    fn take(queue: &mut Queue<Work>) -> Option<Load<Work>> {
        queue.take(BOUNDS, 0)
    }

    fn nothing() -> Brought<Work> {
        Brought { work: Vec::new(), entered: None }
    }

    #[test]
    fn the_root_with_the_fewest_steps_under_way_is_next() {
        let mut queue = queue(3, 9);
        let loads: Vec<_> = (0..3).map(|_| take(&mut queue).unwrap()).collect();
        assert!(loads.iter().map(Load::root).eq([0, 1, 2]));
        queue.give(&loads[1], nothing());
        assert_eq!(take(&mut queue).unwrap().root(), 1);
    }

    #[test]
    fn two_workers_try_a_root_that_stalls_until_one_of_its_steps_returns() {
        let mut queue = queue(1, 9);
        let first = take(&mut queue).unwrap();
        queue.stalls(0);
        assert_eq!(queue.len(), 8);
        assert!(take(&mut queue).is_some());
        assert!(take(&mut queue).is_none());
        assert_eq!(queue.len(), 0);
        queue.give(&first, nothing());
        assert!(take(&mut queue).is_some() && take(&mut queue).is_some());
    }

    #[test]
    fn the_load_of_a_step_that_did_not_return_comes_again() {
        let mut queue = queue(1, 1);
        let load = take(&mut queue).unwrap();
        assert!(take(&mut queue).is_none());
        assert_eq!(queue.put_back(load), 1);
        assert_eq!(take(&mut queue).unwrap().work()[0].folder, "0");
    }

    #[test]
    fn a_step_that_stalls_lends_a_part_until_its_root_is_known_to_be_slow() {
        let mut queue = queue(1, 8);
        let load = queue.take(Bounds { handed_in: 8, ..BOUNDS }, 0).unwrap();
        let (at, rest) = load.parted("3").unwrap();
        assert!(queue.lend(rest.clone()) && queue.len() == 7);
        assert_eq!(queue.retry(at), 1);
        assert!(matches!(take(&mut queue), Some(Load::Suspect { work, .. }) if work.folder == "3"));
        assert!(!queue.lend(rest) && queue.len() == 7);
    }

    #[test]
    fn links_wait_for_all_else_of_their_root_and_for_no_other_root() {
        let mut queue = queue(2, 1);
        let (first, second) = (take(&mut queue).unwrap(), take(&mut queue).unwrap());
        queue.give(&second, Brought { work: vec![link("a"), folder("b")], entered: None });
        let rest = take(&mut queue).unwrap();
        assert!(take(&mut queue).is_none());
        queue.give(&rest, nothing());
        assert!(take(&mut queue).unwrap().work()[0].held);
        queue.give(&first, nothing());
        assert!(take(&mut queue).is_none());
    }
}
