//! The calls of one worker to the filesystem, as a thread beside it sees them.
//!
//! A call to storage that does not answer does not return, and nothing in the process can end it:
//! deadlines interrupt the code of a component, and no call of the system. So each call is noted
//! with the path that it is about. Another thread reads the note, names the path, and closes the
//! worker's filesystem: whenever the call returns, none follows.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

/// The most files, folders and listings that an instance holds open. A step holds 64 folders open,
/// and a file; what is above that is a component that means to use up the process's descriptors.
const MOST_OPEN: usize = 256;

/// A file or folder in a root of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The number of the root.
    pub root: usize,
    /// The path below the root, as the component has written it.
    pub path: String,
}

/// Files and folders whose calls did not return. Nothing is asked of them any more.
#[derive(Debug, Default)]
pub(crate) struct Avoided {
    any: AtomicBool,
    places: RwLock<HashSet<Place>>,
}

impl Avoided {
    /// From now on this one is avoided; false if it was already.
    pub fn add(&self, place: Place) -> bool {
        let added = self.places.write().unwrap_or_else(PoisonError::into_inner).insert(place);
        self.any.store(true, Ordering::Release);
        added
    }

    /// Whether there are some.
    pub fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    fn has(&self, place: &Place) -> bool {
        self.places.read().unwrap_or_else(PoisonError::into_inner).contains(place)
    }
}

/// The reason for a call not to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The worker was abandoned.
    Closed,
    /// The file or folder did not answer before.
    Avoided,
    /// Too many descriptors are open.
    TooMany,
}

/// A call that has not returned yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnderWay {
    /// Its number among those of the worker.
    pub number: u64,
    /// When the component was called that has made it.
    pub since: Instant,
    /// Whether it opens or lists a folder, and not a file.
    pub of_folder: bool,
}

/// The calls of one worker. All of its instances make theirs through it, one at a time.
#[derive(Debug)]
pub(crate) struct Calls {
    /// Odd while a call is under way. Written by the worker alone.
    number: AtomicU64,
    state: Mutex<State>,
    avoided: Arc<Avoided>,
}

#[derive(Debug)]
struct State {
    closed: bool,
    /// When the component was called last.
    since: Instant,
    /// The descriptor that the call is made on, and the path from there.
    from: u32,
    path: String,
    of_folder: bool,
    /// The root that is opened, if the call is about that.
    root: Option<usize>,
    /// Descriptors of the instance, by their numbers.
    open: Vec<Option<Open>>,
    /// How many of them are counted.
    count: usize,
}

/// A descriptor that is open.
#[derive(Debug, Clone)]
struct Open {
    place: Place,
    is_folder: bool,
    /// Roots are open whatever the instance does.
    counted: bool,
}

/// A call that a component asks for.
pub(crate) struct Asked<'a> {
    /// The descriptor that it is made on.
    pub from: u32,
    /// The path from there.
    pub path: &'a str,
    /// Whether it opens or lists a folder, and not a file.
    pub of_folder: bool,
    /// Whether it opens something.
    pub opens: bool,
}

/// A call under way. It is over when this is dropped.
pub(crate) struct Call<'a>(&'a AtomicU64);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.store(self.0.load(Ordering::Relaxed) + 1, Ordering::Release);
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self::new(Arc::default())
    }
}

impl Calls {
    /// None yet; calls about what is to be avoided are refused.
    pub fn new(avoided: Arc<Avoided>) -> Self {
        let state = State {
            closed: false,
            since: Instant::now(),
            from: 0,
            path: String::new(),
            of_folder: false,
            root: None,
            open: Vec::new(),
            count: 0,
        };
        Self { number: AtomicU64::new(0), state: Mutex::new(state), avoided }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // It is whole between any two statements that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A component is called, which may call the filesystem.
    pub fn begin_step(&self) {
        self.lock().since = Instant::now();
    }

    /// A new instance takes the place of the last one: nothing is open.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.open.clear();
        state.count = 0;
    }

    /// A call begins.
    pub fn begin(&self, asked: Asked<'_>) -> Result<Call<'_>, Refused> {
        let Asked { from, path, of_folder, opens } = asked;
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        if opens && state.count >= MOST_OPEN {
            return Err(Refused::TooMany);
        }
        state.root = None;
        state.from = from;
        state.of_folder = of_folder || (path.is_empty() && state.is_folder(from));
        state.path.clear();
        state.path.push_str(path);
        if self.avoided.any() && state.place().is_some_and(|place| self.avoided.has(&place)) {
            return Err(Refused::Avoided);
        }
        Ok(self.enter())
    }

    /// The call that opens a root begins.
    pub fn begin_root(&self, root: usize) -> Call<'_> {
        let mut state = self.lock();
        state.since = Instant::now();
        state.root = Some(root);
        state.of_folder = true;
        self.enter()
    }

    /// The instance is about to go. The system may wait for storage when its files are closed.
    pub fn begin_leaving(&self) -> Call<'_> {
        self.lock().since = Instant::now();
        self.enter()
    }

    fn enter(&self) -> Call<'_> {
        self.number.store(self.number.load(Ordering::Relaxed) + 1, Ordering::Release);
        Call(&self.number)
    }

    /// The call that was begun last has opened this descriptor.
    pub fn opened(&self, descriptor: u32) {
        let mut state = self.lock();
        if let Some(place) = state.place() {
            state.count += 1;
            let is_folder = state.of_folder;
            state.put(descriptor, Some(Open { place, is_folder, counted: true }));
        }
    }

    /// The instance has got this descriptor for a root.
    pub fn preopened(&self, descriptor: u32, root: usize) {
        let place = Place { root, path: String::new() };
        self.lock().put(descriptor, Some(Open { place, is_folder: true, counted: false }));
    }

    /// The descriptor is closed.
    pub fn closed(&self, descriptor: u32) {
        let mut state = self.lock();
        if state.put(descriptor, None).is_some_and(|open| open.counted) {
            state.count -= 1;
        }
    }

    /// The call that has not returned yet.
    pub fn under_way(&self) -> Option<UnderWay> {
        let state = self.lock();
        let number = self.number.load(Ordering::Acquire);
        (number % 2 == 1).then(|| UnderWay { number, since: state.since, of_folder: state.of_folder })
    }

    /// The folder that the call under way is about, or that its file is in; `None` if there is no
    /// call.
    pub fn folder(&self) -> Option<Place> {
        let state = self.lock();
        let Place { root, mut path } = self.is_under_way().then(|| state.place())??;
        if !state.of_folder {
            path.truncate(path.rfind('/').unwrap_or(0));
        }
        Some(Place { root, path })
    }

    /// Refuses all calls from now on; gives the place that the call under way is about, if there is
    /// one.
    pub fn close(&self) -> Option<Place> {
        let mut state = self.lock();
        state.closed = true;
        if self.is_under_way() { state.place() } else { None }
    }

    fn is_under_way(&self) -> bool {
        self.number.load(Ordering::Acquire) % 2 == 1
    }
}

impl State {
    /// The place that the call is about.
    fn place(&self) -> Option<Place> {
        if let Some(root) = self.root {
            return Some(Place { root, path: String::new() });
        }
        let Place { root, path } = &self.open.get(self.from as usize)?.as_ref()?.place;
        let below = if self.path == "." { "" } else { self.path.as_str() };
        let path = match (path.is_empty(), below.is_empty()) {
            (true, _) => below.to_owned(),
            (false, true) => path.clone(),
            (false, false) => format!("{path}/{below}"),
        };
        Some(Place { root: *root, path })
    }

    fn is_folder(&self, descriptor: u32) -> bool {
        matches!(self.open.get(descriptor as usize), Some(Some(open)) if open.is_folder)
    }

    /// Puts something, or nothing, in a descriptor's place; gives what was there.
    fn put(&mut self, descriptor: u32, open: Option<Open>) -> Option<Open> {
        let descriptor = descriptor as usize;
        if self.open.len() <= descriptor {
            self.open.resize(descriptor + 1, None);
        }
        std::mem::replace(&mut self.open[descriptor], open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: u32, path: &str) -> Asked<'_> {
        Asked { from, path, of_folder: false, opens: true }
    }

    fn place(root: usize, path: &str) -> Place {
        Place { root, path: path.to_owned() }
    }

    #[test]
    fn a_call_is_named_by_its_path_from_the_root() {
        let calls = Calls::new(Arc::default());
        calls.preopened(0, 1);
        let call = calls.begin(asked(0, "a")).unwrap();
        calls.opened(1);
        assert!(calls.under_way().is_some());
        drop(call);
        assert!(calls.under_way().is_none());
        // The folder above it may be closed meanwhile, and its number given to another.
        let call = calls.begin(asked(1, "b/c.mp3")).unwrap();
        calls.opened(2);
        drop(call);
        calls.closed(1);
        let _call = calls.begin(asked(2, ".")).unwrap();
        assert_eq!(calls.folder(), Some(place(1, "a/b")));
        assert_eq!(calls.close(), Some(place(1, "a/b/c.mp3")));
    }

    #[test]
    fn nothing_is_called_once_it_is_closed() {
        let calls = Calls::new(Arc::default());
        calls.preopened(0, 0);
        assert_eq!(calls.close(), None);
        assert_eq!(calls.begin(asked(0, "a")).err(), Some(Refused::Closed));
    }

    #[test]
    fn what_did_not_answer_is_not_asked_again() {
        let avoided = Arc::new(Avoided::default());
        let calls = Calls::new(avoided.clone());
        calls.preopened(0, 0);
        calls.preopened(1, 1);
        assert!(avoided.add(place(0, "a")));
        assert!(!avoided.add(place(0, "a")));
        assert_eq!(calls.begin(asked(0, "a")).err(), Some(Refused::Avoided));
        assert!(calls.begin(asked(0, "a/b")).is_ok() && calls.begin(asked(1, "a")).is_ok());
    }

    #[test]
    fn the_number_of_open_descriptors_is_bounded() {
        let calls = Calls::new(Arc::default());
        calls.preopened(0, 0);
        for descriptor in 1..=MOST_OPEN as u32 {
            drop(calls.begin(asked(0, "a")).unwrap());
            calls.opened(descriptor);
        }
        assert_eq!(calls.begin(asked(0, "a")).err(), Some(Refused::TooMany));
        calls.closed(0);
        assert_eq!(calls.begin(Asked { opens: false, ..asked(3, "a") }).err(), None);
        calls.closed(7);
        assert!(calls.begin(asked(3, "b")).is_ok());
    }
}
