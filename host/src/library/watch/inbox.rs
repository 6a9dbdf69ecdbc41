//! The inbox of a watch: events are put together to folders until the loop takes them.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mt_scanner_contract::Event as Happened;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Error, ErrorKind, Event};

/// On Windows, where notify 8 does not tell when the system's buffer overflows (its issue 963):
/// more events than this in a batch may be more than the buffer has held, which is 16 KiB.
/// Elsewhere it does tell.
const CROWD: usize = if cfg!(windows) { 64 } else { usize::MAX };
const CROWDED: &str = "so much has happened at a time that the system's buffer of events may have overflowed";

/// Events under one root since the loop took the last ones.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Pending {
    /// Paths below the root that something has happened to, as the contract writes them.
    pub events: BTreeMap<String, Happened>,
    /// Events were lost, for this reason.
    pub lost: Option<String>,
    /// There will be no more events, for this reason.
    pub blind: Option<String>,
    /// The number of events.
    heard: usize,
}

impl Pending {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes in what the system says about the root at `root`. Nothing is judged by its name: what
    /// is an audio file is for the component to know.
    pub fn note(&mut self, root: &Path, event: Result<Event, Error>) {
        match event {
            Ok(event) if event.need_rescan() => {
                self.lost = Some("the system's queue of events has overflowed".to_owned());
            }
            Ok(event) => {
                for path in event.paths.iter().filter_map(|path| path.strip_prefix(root).ok()) {
                    self.note_path(path, event.kind);
                }
            }
            Err(Error { kind: ErrorKind::MaxFilesWatch, .. }) => {
                self.blind = Some("the system watches no more folders (fs.inotify.max_user_watches)".to_owned());
            }
            Err(error) => self.lost = Some(error.to_string()),
        }
    }

    fn note_path(&mut self, path: &Path, kind: EventKind) {
        let is_written = matches!(kind, EventKind::Access(AccessKind::Close(AccessMode::Write)));
        if kind.is_access() && !is_written {
            // Our own reading as well.
            return;
        }
        let event = match kind {
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) => Happened::Made,
            EventKind::Modify(ModifyKind::Data(_)) | EventKind::Access(_) => Happened::Written,
            _ => Happened::Changed,
        };
        self.add(contract_path(path), event);
    }

    fn add(&mut self, path: String, event: Happened) {
        let known = self.events.entry(path).or_insert(event);
        *known = event.max(*known);
    }

    /// Takes in another event; too many of them may be a loss.
    fn join(&mut self, other: Self, crowd: usize) {
        for (path, event) in other.events {
            self.add(path, event);
        }
        self.heard += 1;
        let crowded = || (self.heard > crowd).then(|| CROWDED.to_owned());
        self.lost = self.lost.take().or(other.lost).or_else(crowded);
        self.blind = self.blind.take().or(other.blind);
    }
}

/// A path below the root, as the contract writes paths. From a name on that is not UTF-8 it is left
/// out: something in the folder above, whose path then ends in `/`.
fn contract_path(path: &Path) -> String {
    let names = path.components().map(|component| match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let mut names: Vec<&str> = names.take_while(Option::is_some).flatten().collect();
    if names.len() < path.components().count() {
        names.push("");
    }
    names.join("/")
}

/// Where watchers put events and the loop takes them from.
#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopped: bool,
    roots: Vec<Pending>,
    /// When the first and the latest of the events came.
    since: Option<(Instant, Instant)>,
}

impl Inbox {
    /// Expects events of so many roots.
    pub fn expect(&self, roots: usize) {
        self.lock().roots.resize_with(roots, Pending::default);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in an event, or an error, of the root at `root`.
    pub fn put(&self, place: usize, root: &Path, event: Result<Event, Error>) {
        let mut news = Pending::default();
        news.note(root, event);
        if news.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.roots[place].join(news, CROWD);
        let now = Instant::now();
        state.since = Some((state.since.map_or(now, |(first, _)| first), now));
        self.changed.notify_all();
    }

    /// Ends the loop.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Waits for an event and for the silence after it, until then at the latest. `None`: it was
    /// stopped.
    pub fn take(&self, until: Instant, silence: Duration, longest: Duration) -> Option<Vec<Pending>> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            let now = Instant::now();
            let due = state.since.map_or(until, |(first, latest)| (latest + silence).min(first + longest));
            if now >= due {
                state.since = None;
                return Some(state.roots.iter_mut().map(std::mem::take).collect());
            }
            state = self.changed.wait_timeout(state, due - now).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, Flag, MetadataKind, RemoveKind, RenameMode};

    use super::*;

    fn noted(events: impl IntoIterator<Item = Event>) -> Pending {
        let mut pending = Pending::default();
        for event in events {
            pending.note(Path::new("/music"), Ok(event));
        }
        pending
    }

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(Path::new("/music").join(path))
    }

    fn told<const N: usize>(entries: [(&str, Happened); N]) -> BTreeMap<String, Happened> {
        entries.map(|(path, event)| (path.to_owned(), event)).into()
    }

    #[test]
    fn every_path_keeps_the_greatest_of_its_events() {
        let made = event(EventKind::Create(CreateKind::Folder), "a/b");
        let written = event(EventKind::Modify(ModifyKind::Data(DataChange::Any)), "a/b");
        let from = event(EventKind::Modify(ModifyKind::Name(RenameMode::From)), "c");
        let removed = event(EventKind::Remove(RemoveKind::Any), "d/e");
        let rights = event(EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), "f");
        let pending = noted([made, written.clone(), from, removed, rights, written]);
        let (made, changed) = (Happened::Made, Happened::Changed);
        assert_eq!(pending.events, told([("a/b", made), ("c", made), ("d/e", changed), ("f", changed)]));
    }

    #[test]
    fn reading_is_no_change() {
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        assert!(noted([event(opened, "a/b.mp3"), event(EventKind::Access(AccessKind::Any), "a")]).is_empty());
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(noted([event(written, "a/b.mp3")]).events, told([("a/b.mp3", Happened::Written)]));
    }

    #[test]
    fn an_overflow_is_a_loss_and_a_limit_is_the_end_of_events() {
        let pending = noted([Event::new(EventKind::Other).set_flag(Flag::Rescan)]);
        assert!(pending.lost.is_some() && pending.blind.is_none());
        let mut pending = Pending::default();
        pending.note(Path::new("/music"), Err(Error::new(ErrorKind::MaxFilesWatch)));
        assert!(pending.lost.is_none() && pending.blind.is_some());
    }

    #[test]
    fn a_crowd_of_events_may_be_a_loss() {
        let mut pending = Pending::default();
        for number in 1..=4 {
            let written = event(EventKind::Modify(ModifyKind::Data(DataChange::Any)), "a/b.mp3");
            pending.join(noted([written]), 3);
            assert_eq!(pending.lost.is_some(), number > 3);
        }
    }

    #[cfg(unix)]
    #[test]
    fn below_a_name_that_is_not_utf8_the_folder_above_stands_for_it() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;

        let path = Path::new("/music/a").join(OsStr::from_bytes(b"\xff")).join("b/c.mp3");
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        assert_eq!(noted([Event::new(written).add_path(path)]).events, told([("a/", Happened::Written)]));
    }

    #[test]
    fn a_batch_waits_for_silence_but_not_for_ever() {
        let inbox = Inbox::default();
        inbox.expect(1);
        let written = || Ok(event(EventKind::Modify(ModifyKind::Data(DataChange::Any)), "a/b.mp3"));
        inbox.put(0, Path::new("/music"), written());
        let ever = Instant::now() + Duration::from_secs(3600);
        let longest = Duration::from_millis(50);
        let batch = inbox.take(ever, Duration::from_secs(3600), longest).expect("a batch");
        assert_eq!(batch[0].events, told([("a/b.mp3", Happened::Written)]));
        let batch = inbox.take(Instant::now(), Duration::ZERO, longest).expect("nothing");
        assert!(batch[0].is_empty());
        inbox.stop();
        assert!(inbox.take(ever, longest, longest).is_none());
    }
}
