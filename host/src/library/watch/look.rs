//! Looks at a root. Storage may never answer: each is made on a thread of its own, one at a time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::network;
use crate::runtime::apart::PULSE;
use crate::runtime::identity::{Identity, identity};

/// How long a look is waited for. One that takes longer is asked for again later.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// What a look has shown.
#[derive(Clone)]
pub(super) struct Seen {
    /// `None` if no folder is there.
    pub identity: Option<Identity>,
    /// `None` also if it was not asked for.
    pub place: Option<Place>,
}

/// More of a root that is there.
#[derive(Clone)]
pub(super) struct Place {
    /// The root with links followed: what events are about.
    pub real: PathBuf,
    /// The name of the network filesystem that it is on.
    pub network: Option<String>,
    /// Whether it can be listed.
    pub readable: bool,
}

/// The looks at one root.
#[derive(Default)]
pub(super) struct Looks {
    under_way: Option<(Instant, Receiver<Seen>)>,
}

impl Looks {
    /// Takes a look, unless one is under way. At `known` no second one is taken: it is as it was.
    pub fn ask(&mut self, root: &Path, known: Option<Identity>) {
        if self.under_way.is_some() {
            return;
        }
        let (sender, seen) = channel();
        let root = root.to_owned();
        let run = move || drop(sender.send(look(&root, known)));
        // Without a thread nothing is seen; the next look may have one.
        if thread::Builder::new().name("mt-scanner look".into()).spawn(run).is_ok() {
            self.under_way = Some((Instant::now(), seen));
        }
    }

    /// What the look shows that is under way, so long after its begin; `None` if the storage does
    /// not answer as long as `goes_on` says so.
    pub fn seen(&mut self, patience: Duration, goes_on: &mut dyn FnMut() -> bool) -> Option<Seen> {
        let (since, answer) = self.under_way.as_ref()?;
        loop {
            let left = patience.saturating_sub(since.elapsed());
            match answer.recv_timeout(left.min(PULSE)) {
                Ok(seen) => {
                    self.under_way = None;
                    return Some(seen);
                }
                Err(_) if left.is_zero() || !goes_on() => return None,
                Err(_) => {}
            }
        }
    }

    /// How long the storage has not answered.
    pub fn silence(&self) -> Duration {
        self.under_way.as_ref().map_or(Duration::ZERO, |(since, _)| since.elapsed())
    }
}

/// What is there now.
fn look(root: &Path, known: Option<Identity>) -> Seen {
    let identity = identity(root);
    let place = || {
        let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let network = network::filesystem(&real);
        let readable = root.read_dir().is_ok_and(|mut entries| entries.next().is_none_or(|first| first.is_ok()));
        Place { real, network, readable }
    };
    Seen { identity, place: (identity.is_some() && identity != known).then(place) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::apart::patiently;

    #[test]
    fn a_look_shows_the_rest_only_of_what_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        let long = Duration::from_secs(60);
        let mut looks = Looks::default();
        assert!(looks.seen(Duration::ZERO, &mut patiently).is_none());
        looks.ask(folder.path(), None);
        let first = looks.seen(long, &mut patiently).unwrap();
        assert!(first.place.is_some_and(|place| place.readable));
        looks.ask(folder.path(), first.identity);
        let second = looks.seen(long, &mut patiently).unwrap();
        assert!(second.identity == first.identity && second.place.is_none());
        looks.ask(&folder.path().join("none"), first.identity);
        assert!(looks.seen(long, &mut patiently).unwrap().identity.is_none() && looks.silence() == Duration::ZERO);
    }
}
