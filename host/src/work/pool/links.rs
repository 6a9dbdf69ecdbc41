//! Symbolic links, which are done after all else of their root: so neither the order of steps nor
//! the number of workers shows in what they lead to.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::stack::Load;
use crate::work::door::item::Item;

/// The most links in one step. All of them are of one number, and in order.
const IN_A_STEP: usize = 256;

/// Links of a root that are held back, and what links have led to so far.
pub(super) struct Links<W> {
    root: usize,
    held: Vec<W>,
    /// Steps on work of the root that are under way.
    under_way: usize,
    entered: Arc<str>,
    /// So many links are looked at one by one, because a step on several of them has ended its
    /// instance.
    suspects: usize,
}

impl<W: Item> Links<W> {
    /// None yet.
    pub fn new(root: usize) -> Self {
        Self { root, held: Vec::new(), under_way: 0, entered: Arc::from(""), suspects: 0 }
    }

    /// What a step on work of the root is to be asked with.
    pub fn entered(&self) -> Arc<str> {
        self.entered.clone()
    }

    /// How many steps on work of the root are under way.
    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// A step on work of the root begins.
    pub fn begin(&mut self) {
        self.under_way += 1;
    }

    /// A step on work of the root has ended, and has led to these places. Takes the links out of
    /// what it has left or found.
    pub fn end(&mut self, work: Vec<W>, entered: Option<String>) -> Vec<W> {
        self.under_way -= 1;
        if let Some(entered) = entered {
            self.entered = Arc::from(entered);
        }
        let (mut links, rest) = work.into_iter().partition(W::is_held);
        self.held.append(&mut links);
        rest
    }

    /// A step has ended its instance. Takes its links back, and gives any other load.
    pub fn suspect(&mut self, load: Load<W>) -> Option<Load<W>> {
        match load {
            Load::Step { work, .. } if work.iter().all(W::is_held) => {
                self.under_way -= 1;
                self.suspects = work.len();
                self.held.extend(work);
                None
            }
            load => self.put_back(load),
        }
    }

    /// A step did not return. Takes its links back, and gives any other load.
    pub fn put_back(&mut self, load: Load<W>) -> Option<Load<W>> {
        self.under_way -= 1;
        if !load.work().iter().all(W::is_held) {
            return Some(load);
        }
        self.held.extend(load.work().iter().cloned());
        None
    }

    /// Drops the links.
    pub fn clear(&mut self) {
        self.held.clear();
    }

    /// Whether links are next, if nothing else of the root is pending.
    pub fn are_due(&self) -> bool {
        !self.held.is_empty() && self.under_way == 0
    }

    /// The next links, if they are due.
    pub fn next(&mut self, items: u32) -> Option<Load<W>> {
        if !self.are_due() {
            return None;
        }
        let Self { root, held, suspects, .. } = self;
        let (root, alone) = (*root, *suspects > 0);
        *suspects = suspects.saturating_sub(1);
        let mut work = least(held, if alone { 1 } else { IN_A_STEP });
        if alone && let Some(work) = work.pop() {
            return Some(Load::Suspect { root, work, suspicion: Arc::new(AtomicI64::new(1)), share: 0.0 });
        }
        Some(Load::Step { root, work, items, only_list: false, place: None, share: 0.0 })
    }
}

/// Takes the links with the fewest links on their way, in the order of their paths.
fn least<W: Item>(held: &mut Vec<W>, at_most: usize) -> Vec<W> {
    let number = held.iter().map(W::links).min();
    let (mut least, later) = std::mem::take(held).into_iter().partition(|link: &W| Some(link.links()) == number);
    *held = later;
    least.sort_by_cached_key(path);
    held.extend(least.drain(least.len().min(at_most)..));
    least
}

fn path<W: Item>(link: &W) -> String {
    let (folder, name) = (link.folder(), link.first_file());
    if folder.is_empty() { name } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::bindings::exports::mt::scanner::scan::Work;

    fn link(links: u32, folder: &str, name: &str) -> Work {
        Work { folder: folder.into(), files: Some(format!("{name}\0")), links, held: true, ..Work::whole() }
    }

    fn taken(links: &mut Links<Work>) -> Vec<String> {
        match links.next(64) {
            None => Vec::new(),
            Some(Load::Step { work, .. }) => work.iter().map(path).collect(),
            Some(Load::Suspect { work, .. }) => vec![format!("alone: {}", path(&work))],
        }
    }

    fn holding(work: Vec<Work>) -> Links<Work> {
        let mut links = Links::new(0);
        links.begin();
        links.end(work, None);
        links
    }

    #[test]
    fn links_come_by_number_and_path_when_no_step_of_their_root_is_under_way() {
        let mut links = Links::new(0);
        links.begin();
        links.begin();
        let found = vec![link(2, "", "a"), Work::whole(), link(1, "b", "c"), link(1, "", "b-")];
        assert_eq!(links.end(found, Some("x".into())).len(), 1);
        assert_eq!(&*links.entered(), "x");
        assert!(taken(&mut links).is_empty(), "a step is under way");
        links.end(Vec::new(), None);
        assert_eq!(taken(&mut links), ["b-", "b/c"]);
        assert_eq!(taken(&mut links), ["a"]);
    }

    #[test]
    fn links_of_a_step_that_ended_its_instance_are_followed_one_by_one() {
        let mut links = holding(vec![link(1, "", "b"), link(1, "", "a")]);
        let load = links.next(64).unwrap();
        links.begin();
        assert!(links.suspect(load).is_none());
        assert_eq!(taken(&mut links), ["alone: a"]);
        assert_eq!(taken(&mut links), ["alone: b"]);
    }

    #[test]
    fn links_of_a_step_that_did_not_return_come_again() {
        let mut links = holding(vec![link(1, "", "b"), link(1, "", "a")]);
        let load = links.next(64).unwrap();
        links.begin();
        assert!(links.put_back(load).is_none());
        assert_eq!(taken(&mut links), ["a", "b"]);
    }

    #[test]
    fn very_many_links_are_several_steps() {
        let mut links = holding((0..600).rev().map(|number| link(1, "", &format!("{number:03}"))).collect());
        let all: Vec<Vec<String>> = (0..3).map(|_| taken(&mut links)).collect();
        assert!(all.iter().map(Vec::len).eq([IN_A_STEP, IN_A_STEP, 600 - 2 * IN_A_STEP]));
        assert!(all.concat().is_sorted());
    }
}
