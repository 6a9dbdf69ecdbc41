//! What a watch does with events and locks that are hard to come by.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use notify::event::{DataChange, EventKind, Flag, ModifyKind};
use notify::{Error as NotifyError, ErrorKind, Event};
use rusqlite::Connection;
use tempfile::TempDir;

use super::notice::{Notice, WatchObserver};
use super::*;
use crate::library::error::LibraryError;
use crate::library::report::{Observer, SyncReport};

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

/// A root with one track, and a place for a library.
struct Place {
    _folder: TempDir,
    music: PathBuf,
    db: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (music, db) = (folder.path().join("music"), folder.path().join("library.db"));
        fs::create_dir(&music).unwrap();
        fs::write(music.join("a.mp3"), b"one").unwrap();
        Self { _folder: folder, music, db }
    }

    /// Another sync, for as long as it lives.
    fn other_sync(&self) -> Connection {
        let other = Connection::open(self.db.with_file_name("library.db-sync")).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        other
    }
}

/// A watch in a thread of its own. It polls once an hour: what a test sees is what it feeds.
struct Watched {
    inbox: Arc<Inbox>,
    told: Receiver<String>,
    thread: JoinHandle<Result<(), LibraryError>>,
}

impl Watched {
    fn new(place: &Place) -> Self {
        Self::waiting(place, Duration::from_millis(100))
    }

    /// One that waits so long for other syncs.
    fn waiting(place: &Place, patience: Duration) -> Self {
        let (tell, told) = channel();
        let (lend, lent) = channel();
        let (music, db) = (place.music.clone(), place.db.clone());
        let thread = thread::spawn(move || {
            let scanner = Scanner::new(music)?;
            let mut library = Library::open(db, &scanner)?;
            library.patience = patience;
            let options = WatchOptions::default().poll(true).poll_interval(Duration::from_secs(3600));
            let watch = library.watch(&scanner, options);
            lend.send(watch.inbox.clone()).unwrap();
            watch.run(&mut Told(tell))
        });
        Self { inbox: lent.recv().unwrap(), told, thread }
    }

    fn next(&self) -> String {
        self.told.recv_timeout(PATIENCE).expect("something is told")
    }

    fn end(self) -> Result<(), LibraryError> {
        self.inbox.stop();
        self.thread.join().unwrap()
    }
}

fn written(path: &Path) -> Event {
    Event::new(EventKind::Modify(ModifyKind::Data(DataChange::Any))).add_path(path.to_owned())
}

#[test]
fn lost_events_lead_to_a_full_sync_and_a_limit_to_polling() {
    let place = Place::new();
    let (music, song) = (&place.music, place.music.join("a.mp3"));
    let watched = Watched::new(&place);
    assert_eq!([watched.next(), watched.next()], ["polling", "1 added, 0 modified"]);

    fs::write(&song, b"two").unwrap();
    watched.inbox.put(0, music, Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    assert_eq!([watched.next(), watched.next()], ["events-lost", "0 added, 1 modified"]);

    fs::write(&song, b"three").unwrap();
    watched.inbox.put(0, music, Err(NotifyError::new(ErrorKind::MaxFilesWatch)));
    assert_eq!([watched.next(), watched.next()], ["polling", "0 added, 1 modified"]);
    assert!(watched.end().is_ok());
}

#[test]
fn a_library_that_is_busy_is_said_and_tried_again() {
    let place = Place::new();
    let song = place.music.join("a.mp3");
    let watched = Watched::new(&place);
    assert_eq!([watched.next(), watched.next()], ["polling", "1 added, 0 modified"]);

    let other = place.other_sync();
    fs::write(&song, b"two").unwrap();
    watched.inbox.put(0, &place.music, Ok(written(&song)));
    // And again, without another event.
    assert_eq!([watched.next(), watched.next()], ["busy", "busy"]);
    drop(other);
    assert_eq!(watched.next(), "0 added, 1 modified");
    assert!(watched.end().is_ok());
}

#[test]
fn who_waits_for_another_sync_can_be_stopped() {
    let place = Place::new();
    let _other = place.other_sync();
    let watched = Watched::waiting(&place, PATIENCE);
    assert_eq!(watched.next(), "polling");
    thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    assert!(watched.end().is_ok());
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[test]
fn a_library_that_is_busy_in_the_beginning_is_an_error() {
    let place = Place::new();
    let _other = place.other_sync();
    let watched = Watched::new(&place);
    assert_eq!(watched.next(), "polling");
    assert!(matches!(watched.thread.join().unwrap(), Err(LibraryError::Busy { .. })));
}
