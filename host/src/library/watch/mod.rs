//! Watching: events become batches, and each batch one sync of the folders that have changed.

mod eye;
mod inbox;
mod network;
mod notice;
mod options;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Change, Library, LibraryError, Observer, SyncOptions, SyncReport, knowledge};
use crate::door::Item as _;
use crate::{Error, Problem, Progress, Scanner};
use eye::Eye;
use inbox::{Inbox, Pending, native};

pub use notice::{Notice, WatchObserver};
pub use options::WatchOptions;

/// How often to see whether the roots are there.
const BETWEEN_CHECKS: Duration = Duration::from_secs(1);
/// How long to wait before a library that is busy is tried again.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(5);

/// Keeps a library up to date with the roots of a scanner; made by [`Library::watch`].
pub struct Watch<'a> {
    library: &'a Library,
    scanner: &'a Scanner,
    options: WatchOptions,
    inbox: Arc<Inbox>,
    eyes: Vec<Eye>,
}

/// Ends a watch, from any thread.
#[derive(Clone)]
pub struct StopWatch(Arc<Inbox>);

impl StopWatch {
    /// Ends it: at once while it waits, and after 100 ms or so in a sync, whose transactions so far stay and are true.
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// What a sync begins with.
enum Extent {
    Folders(Vec<(usize, String)>),
    Whole(SyncOptions),
}

impl Library {
    /// A watch of the scanner's roots, to be [run](Watch::run).
    pub fn watch<'a>(&'a self, scanner: &'a Scanner, options: WatchOptions) -> Watch<'a> {
        let eyes: Vec<Eye> = scanner.roots().map(Eye::new).collect();
        Watch { library: self, scanner, options, inbox: Arc::new(Inbox::new(eyes.len())), eyes }
    }
}

impl Watch<'_> {
    /// What ends it.
    pub fn stopper(&self) -> StopWatch {
        StopWatch(self.inbox.clone())
    }

    /// Syncs every root, then what changes, until it is stopped. Events are waited for before the first sync begins, so that
    /// nothing in between is missed.
    ///
    /// What happens at a time is one batch and one sync: it ends with a silence ([`WatchOptions::debounce`]). A root that vanishes,
    /// or is empty all of a sudden, changes no row; it is waited for. Links to folders are followed by syncs, not by
    /// events: what is changed in a folder shows under the links to it at the next full sync.
    ///
    /// # Errors
    ///
    /// Those of [`Library::sync`]; after the first sync only those of the component and the database.
    pub fn run(mut self, observer: &mut impl WatchObserver) -> Result<(), LibraryError> {
        self.scanner.check()?;
        for place in 0..self.eyes.len() {
            self.open(place, observer);
        }
        let first = self.options.first.clone();
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        if let Some(report) = self.sync(&all, &first, observer)? {
            self.settle(&all, &report, observer);
        }
        let mut checked = Instant::now();
        loop {
            let due = self.eyes.iter().filter_map(Eye::due).chain([checked + BETWEEN_CHECKS]).min();
            let until = due.unwrap_or(checked);
            let Some(batch) = self.inbox.take(until, self.options.silence, self.options.longest) else { return Ok(()) };
            let is_quiet = batch.iter().all(Pending::is_empty);
            if !is_quiet || checked.elapsed() >= BETWEEN_CHECKS {
                self.check(observer);
                checked = Instant::now();
            }
            self.deal_with(batch, observer)?;
        }
    }

    /// Opens the eye on a root.
    fn open(&mut self, place: usize, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if let Some(why) = eye.open(place, &self.inbox, self.options.poll) {
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why: &why });
        }
    }

    /// Sees whether roots have come or gone.
    fn check(&mut self, observer: &mut impl WatchObserver) {
        for place in 0..self.eyes.len() {
            let eye = &mut self.eyes[place];
            if eye.is_gone() {
                let why = format!("{}: the root does not exist", eye.root.display());
                self.lose(place, &why, observer);
            } else if eye.is_new() {
                if eye.is_open() {
                    eye.close();
                } else {
                    // Its sync says whether it is as it was.
                    eye.emptied = true;
                }
                self.open(place, observer);
                self.eyes[place].full = Some(Instant::now());
            }
        }
    }

    /// A root is not there.
    fn lose(&mut self, place: usize, why: &str, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if eye.is_open() && !eye.emptied {
            observer.notice(Notice::RootGone { root: &eye.root, why });
        }
        eye.close();
    }

    fn deal_with(&mut self, batch: Vec<Pending>, observer: &mut impl WatchObserver) -> Result<(), LibraryError> {
        for (place, pending) in batch.iter().enumerate() {
            self.judge(place, pending, observer);
        }
        let now = Instant::now();
        let touched = |place: usize| !batch[place].is_empty();
        let open = || self.eyes.iter().enumerate().filter(|(_, eye)| eye.is_open());
        let mut whole: Vec<usize> = open().filter(|(_, eye)| eye.wants_full(now)).map(|(place, _)| place).collect();
        let quick: Vec<usize> = open().filter(|(_, eye)| eye.wants_quick(now)).map(|(place, _)| place).collect();
        let partly: Vec<usize> = open().map(|(place, _)| place).filter(|&place| touched(place)).collect();
        if !whole.is_empty() {
            // What has moved from one root to another is seen within one sync.
            whole.extend(partly.iter().filter(|place| !whole.contains(place)).copied().collect::<Vec<_>>());
            self.bring(whole, Extent::Whole(SyncOptions::full()), observer)?;
        } else if !partly.is_empty() {
            let mut folders = Vec::new();
            for &place in &partly {
                folders.extend(self.folders(place, &batch[place])?.into_iter().map(|folder| (place, folder)));
            }
            self.bring(partly, Extent::Folders(folders), observer)?;
        }
        if !quick.is_empty() && !self.inbox.is_stopped() {
            self.bring(quick, Extent::Whole(SyncOptions::quick()), observer)?;
        }
        Ok(())
    }

    /// What a batch says of the way in which a root is watched.
    fn judge(&mut self, place: usize, pending: &Pending, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if !eye.is_open() {
            return;
        }
        if let Some(why) = &pending.blind {
            eye.poll();
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why });
        }
        if let Some(why) = &pending.lost {
            eye.lost_events();
            observer.notice(Notice::EventsLost { root: &eye.root, why });
        }
        if eye.emptied && !pending.is_empty() {
            eye.full = Some(Instant::now());
        }
    }

    /// The folders of a batch as the library knows them. What it does not know is found from the folder above that it does.
    fn folders(&self, place: usize, pending: &Pending) -> Result<BTreeSet<String>, LibraryError> {
        let eye = &self.eyes[place];
        let name = self.scanner.names().nth(place).unwrap_or_default();
        let Library { connection, schema, .. } = self.library;
        let known = knowledge::folders(connection, schema, name).map_err(|error| self.library.unwritten(error))?;
        let known: BTreeSet<String> = known.iter().map(|work| work.folder().to_owned()).collect();
        let mut folders = BTreeSet::new();
        let mut add = |folder: &str, below: bool| {
            if below && folder.is_empty() {
                folders.extend(known.iter().cloned());
            } else if below {
                // `0` is the character after `/`.
                folders.extend(known.range(format!("{folder}/")..format!("{folder}0")).cloned());
            }
            folders.insert(folder.to_owned());
        };
        for (folder, &below) in &pending.folders {
            let nearest = nearest(folder, &known);
            add(nearest, below && nearest == folder);
        }
        for (path, &below) in &pending.candidates {
            if known.contains(path) && native(&eye.real, path).is_dir() {
                add(path, below);
            }
        }
        Ok(folders)
    }

    /// Syncs roots or folders in them; those that are not there are left out.
    fn bring(
        &mut self,
        mut places: Vec<usize>,
        extent: Extent,
        observer: &mut impl WatchObserver,
    ) -> Result<(), LibraryError> {
        while !places.is_empty() {
            let options = match &extent {
                Extent::Whole(options) => options.clone(),
                Extent::Folders(folders) => {
                    let there = folders.iter().filter(|(place, _)| places.contains(place));
                    SyncOptions::folders(there.map(|(place, folder)| (&self.eyes[*place].root, folder.clone())))
                }
            };
            let error = match self.sync(&places, &options, observer) {
                Ok(None) => return Ok(()),
                Ok(Some(report)) => {
                    if let Extent::Whole(_) = extent {
                        self.settle(&places, &report, observer);
                    }
                    return Ok(());
                }
                Err(LibraryError::Busy { .. }) => {
                    observer.notice(Notice::Busy);
                    for &place in &places {
                        self.eyes[place].full.get_or_insert(Instant::now() + BETWEEN_ATTEMPTS);
                    }
                    return Ok(());
                }
                Err(error) => error,
            };
            let Some(place) = self.blamed(&error).filter(|place| places.contains(place)) else { return Err(error) };
            places.retain(|&other| other != place);
            if let LibraryError::RootEmptied { .. } = error {
                let eye = &mut self.eyes[place];
                if !eye.emptied {
                    observer.notice(Notice::RootGone { root: &eye.root, why: &error.to_string() });
                }
                eye.emptied = true;
                eye.synced(Duration::ZERO, self.options.interval);
            } else {
                self.lose(place, &error.to_string(), observer);
            }
        }
        Ok(())
    }

    /// The root that cannot be synced.
    fn blamed(&self, error: &LibraryError) -> Option<usize> {
        let root = match error {
            LibraryError::RootEmptied { root } => Path::new(root),
            LibraryError::Scan(
                Error::RootNotFound { path, .. } | Error::RootNotAFolder { path } | Error::RootUnreadable { path, .. },
            ) => path,
            _ => return None,
        };
        self.eyes.iter().position(|eye| eye.root == root)
    }

    /// These roots are as the disk is.
    fn settle(&mut self, places: &[usize], report: &SyncReport, observer: &mut impl WatchObserver) {
        for &place in places {
            let eye = &mut self.eyes[place];
            eye.synced(report.progress.elapsed, self.options.interval);
            if std::mem::take(&mut eye.emptied) {
                observer.notice(Notice::RootBack { root: &eye.root });
            }
        }
    }

    /// One sync; `None` if it was stopped.
    fn sync(
        &self,
        places: &[usize],
        options: &SyncOptions,
        observer: &mut impl WatchObserver,
    ) -> Result<Option<SyncReport>, LibraryError> {
        let scanner = self.scanner.only(places);
        match self.library.sync(&scanner, options, &mut Seen { observer, inbox: &self.inbox }) {
            Ok(report) => {
                observer.synced(&report);
                if observer.is_cancelled() {
                    self.inbox.stop();
                }
                Ok(Some(report))
            }
            Err(LibraryError::Cancelled) => {
                self.inbox.stop();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The folder itself, or the nearest above it that is known.
fn nearest<'a>(folder: &'a str, known: &BTreeSet<String>) -> &'a str {
    let mut folder = folder;
    while !folder.is_empty() && !known.contains(folder) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folder
}

/// Whoever watches, and the handle that stops.
struct Seen<'a, O> {
    observer: &'a mut O,
    inbox: &'a Inbox,
}

impl<O: WatchObserver> Observer for Seen<'_, O> {
    fn progress(&mut self, progress: &Progress) {
        self.observer.progress(progress);
    }

    fn is_cancelled(&mut self) -> bool {
        self.inbox.is_stopped() || self.observer.is_cancelled()
    }

    fn wants_changes(&self) -> bool {
        self.observer.wants_changes()
    }

    fn change(&mut self, change: Change<'_>) {
        self.observer.change(change);
    }

    fn problem(&mut self, problem: &Problem) {
        self.observer.problem(problem);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::{Sender, channel};
    use std::thread;

    use notify::event::{EventKind, Flag};
    use notify::{Error as NotifyError, ErrorKind, Event};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    struct Told(Sender<String>);

    impl Observer for Told {}

    impl WatchObserver for Told {
        fn synced(&mut self, report: &SyncReport) {
            let SyncReport { added, modified, .. } = report;
            let _ = self.0.send(format!("{added} added, {modified} modified"));
        }

        fn notice(&mut self, notice: Notice<'_>) {
            let _ = self.0.send(notice.name().to_owned());
        }
    }

    #[test]
    fn lost_events_lead_to_a_full_sync_and_a_limit_to_polling() {
        let folder = tempfile::tempdir().expect("a folder");
        let (music, db) = (folder.path().join("music"), folder.path().join("library.db"));
        fs::create_dir(&music).expect("a folder");
        fs::write(music.join("a.mp3"), b"one").expect("a file");
        let (tell, told) = channel();
        let (lend, lent) = channel();
        let root = music.clone();
        let watching = thread::spawn(move || {
            let scanner = Scanner::new(&root).expect("a scanner");
            let library = Library::open(db, &scanner).expect("a library");
            // It polls once an hour: what the test sees is what it feeds.
            let options = WatchOptions::default().poll(true).poll_interval(Duration::from_secs(3600));
            let watch = library.watch(&scanner, options);
            lend.send(watch.inbox.clone()).expect("a test");
            watch.run(&mut Told(tell))
        });
        let inbox = lent.recv().expect("an inbox");
        let next = || told.recv_timeout(PATIENCE).expect("something is told");
        assert_eq!([next(), next()], ["polling", "1 added, 0 modified"]);

        fs::write(music.join("a.mp3"), b"two").expect("a file");
        inbox.put(0, &music, Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert_eq!([next(), next()], ["events-lost", "0 added, 1 modified"]);

        fs::write(music.join("a.mp3"), b"three").expect("a file");
        inbox.put(0, &music, Err(NotifyError::new(ErrorKind::MaxFilesWatch)));
        assert_eq!([next(), next()], ["polling", "0 added, 1 modified"]);

        inbox.stop();
        assert!(watching.join().expect("a thread").is_ok());
    }
}
