//! Symbolic links, which are done after all else of their root: so neither the order of steps nor
//! the number of workers shows in what they lead to.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::stack::{Load, Stack};
use crate::work::door::item::Item;

/// The most links in one step. All of them are of one number, and in order.
const IN_A_STEP: usize = 256;

/// Links that are held back, and what links have led to so far, for each root.
pub(super) struct Links<W>(Vec<OfRoot<W>>);

struct OfRoot<W> {
    held: Vec<W>,
    /// Steps on work of the root that are under way.
    under_way: usize,
    entered: Arc<str>,
    /// So many links are looked at one by one, because a step on several of them has ended its
    /// instance.
    suspects: usize,
}

impl<W: Item> Links<W> {
    /// None yet, for so many roots.
    pub fn new(roots: usize) -> Self {
        let none = || OfRoot { held: Vec::new(), under_way: 0, entered: Arc::from(""), suspects: 0 };
        Self((0..roots).map(|_| none()).collect())
    }

    /// What a step on work of the root is to be asked with.
    pub fn entered(&self, root: usize) -> Arc<str> {
        self.0[root].entered.clone()
    }

    /// A step on work of the root begins.
    pub fn begin(&mut self, root: usize) {
        self.0[root].under_way += 1;
    }

    /// A step on work of the root has ended, and has led to these places. Takes the links out of
    /// what it has left or found.
    pub fn end(&mut self, root: usize, work: Vec<W>, entered: Option<String>) -> Vec<W> {
        let of_root = &mut self.0[root];
        of_root.under_way -= 1;
        if let Some(entered) = entered {
            of_root.entered = Arc::from(entered);
        }
        let (mut links, rest) = work.into_iter().partition(W::is_held);
        of_root.held.append(&mut links);
        rest
    }

    /// A step did not return. Takes its links back, and gives any other load.
    pub fn suspect(&mut self, load: Load<W>) -> Option<Load<W>> {
        let of_root = &mut self.0[load.root()];
        of_root.under_way -= 1;
        match load {
            Load::Step { work, .. } if work.iter().all(W::is_held) => {
                of_root.suspects = work.len();
                of_root.held.extend(work);
                None
            }
            load => Some(load),
        }
    }

    /// The next links of a root of which nothing else is pending or under way.
    pub fn next(&mut self, stack: &Stack<W>, items: u32) -> Option<Load<W>> {
        let is_due = |root: &usize| {
            let OfRoot { held, under_way, .. } = &self.0[*root];
            !held.is_empty() && *under_way == 0 && !stack.has_work_of(*root)
        };
        let root = (0..self.0.len()).find(is_due)?;
        let OfRoot { held, suspects, .. } = &mut self.0[root];
        let alone = *suspects > 0;
        *suspects = suspects.saturating_sub(1);
        let mut work = least(held, if alone { 1 } else { IN_A_STEP });
        if alone && let Some(work) = work.pop() {
            return Some(Load::Suspect { root, work, suspicion: Arc::new(AtomicI64::new(1)) });
        }
        Some(Load::Step { root, work, items, only_list: false, place: None })
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

    fn taken(links: &mut Links<Work>, stack: &Stack<Work>) -> Vec<String> {
        match links.next(stack, 64) {
            None => Vec::new(),
            Some(Load::Step { work, .. }) => work.iter().map(path).collect(),
            Some(Load::Suspect { work, .. }) => vec![format!("alone: {}", path(&work))],
        }
    }

    fn done() -> Stack<Work> {
        Stack::new(std::iter::empty())
    }

    #[test]
    fn links_come_by_number_and_path_when_nothing_else_of_their_root_is_left() {
        let mut links = Links::new(1);
        links.begin(0);
        links.begin(0);
        let found = vec![link(2, "", "a"), Work::whole(), link(1, "b", "c"), link(1, "", "b-")];
        assert_eq!(links.end(0, found, Some("x".into())).len(), 1);
        assert_eq!(&*links.entered(0), "x");
        assert!(taken(&mut links, &done()).is_empty(), "a step is under way");
        links.end(0, Vec::new(), None);
        let whole = Stack::new([(0, vec![Work::whole()])].into_iter());
        assert!(taken(&mut links, &whole).is_empty(), "a folder is pending");
        assert_eq!(taken(&mut links, &done()), ["b-", "b/c"]);
        assert_eq!(taken(&mut links, &done()), ["a"]);
    }

    #[test]
    fn links_wait_for_no_other_root() {
        let mut links = Links::new(2);
        links.begin(0);
        links.begin(1);
        links.end(1, vec![link(1, "", "a")], None);
        assert_eq!(taken(&mut links, &Stack::new([(0, vec![Work::whole()])].into_iter())), ["a"]);
    }

    #[test]
    fn links_of_a_step_that_did_not_return_are_followed_one_by_one() {
        let mut links = Links::new(1);
        links.begin(0);
        links.end(0, vec![link(1, "", "b"), link(1, "", "a")], None);
        let load = links.next(&done(), 64).unwrap();
        links.begin(0);
        assert!(links.suspect(load).is_none());
        assert_eq!(taken(&mut links, &done()), ["alone: a"]);
        assert_eq!(taken(&mut links, &done()), ["alone: b"]);
    }

    #[test]
    fn very_many_links_are_several_steps() {
        let mut links = Links::new(1);
        links.begin(0);
        links.end(0, (0..600).rev().map(|number| link(1, "", &format!("{number:03}"))).collect(), None);
        let all: Vec<Vec<String>> = (0..3).map(|_| taken(&mut links, &done())).collect();
        assert!(all.iter().map(Vec::len).eq([IN_A_STEP, IN_A_STEP, 600 - 2 * IN_A_STEP]));
        assert!(all.concat().is_sorted());
    }
}
