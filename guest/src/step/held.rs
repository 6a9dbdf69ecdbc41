//! Links that wait, in scans that one instance does alone.

use super::Work;
use crate::tree::join;

/// Links that are held back until all else is done, as `held` in `wit/scan.wit` asks of hosts.
#[derive(Default)]
pub struct Held(Vec<Work>);

impl Held {
    /// Takes the links out of some work, and gives the rest.
    pub fn keep(&mut self, work: Vec<Work>) -> Vec<Work> {
        let (links, rest) = work.into_iter().partition(|item| item.held);
        self.0.append(&mut { links });
        rest
    }

    /// The links with the fewest links on their way, in the order of their paths.
    pub fn next(&mut self) -> Vec<Work> {
        let least = self.0.iter().map(|link| link.links).min();
        let (mut next, later) = std::mem::take(&mut self.0).into_iter().partition(|link| Some(link.links) == least);
        self.0 = later;
        next.sort_by_cached_key(path);
        next
    }
}

fn path(link: &Work) -> String {
    let name = link.files.iter().flat_map(|names| names.iter()).next().map_or("", |(name, _)| name);
    join(&link.folder, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mt_scanner_contract::Slice;

    fn link(links: u32, folder: &str, name: &str) -> Work {
        Work { links, held: true, ..Work::files(folder.into(), Slice::from(format!("{name}\0"))) }
    }

    #[test]
    fn links_come_by_their_number_and_then_by_their_path() {
        let mut held = Held::default();
        let folder = Work::folder("x".into(), None);
        let links = [link(2, "", "a"), link(1, "b", "c"), folder.clone(), link(1, "", "b-"), link(1, "", "z")];
        assert_eq!(held.keep(links.to_vec()), [folder]);
        assert_eq!(held.next(), [link(1, "", "b-"), link(1, "b", "c"), link(1, "", "z")]);
        assert_eq!(held.next(), [link(2, "", "a")]);
        assert!(held.next().is_empty());
    }
}
