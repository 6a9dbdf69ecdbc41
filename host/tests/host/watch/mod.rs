//! Watching.

mod changes;
#[cfg(target_os = "linux")]
mod command;
mod roots;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mt_scanner::{
    Change, Library, LibraryError, Notice, Observer, Scanner, StopWatch, SyncReport, WatchObserver, WatchOptions,
};
use rusqlite::Connection;

use crate::support::{Folder, samples};

/// How long to wait for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
enum Told {
    Synced(Box<SyncReport>, Vec<String>),
    Notice(&'static str),
}

struct Seen {
    tell: Sender<Told>,
    changes: Vec<String>,
}

impl Observer for Seen {
    fn wants_changes(&self) -> bool {
        true
    }

    fn change(&mut self, change: Change<'_>) {
        self.changes.push(format!("{} {}", change.change, change.path));
    }
}

impl WatchObserver for Seen {
    fn synced(&mut self, report: &SyncReport) {
        let _ = self.tell.send(Told::Synced(Box::new(report.clone()), std::mem::take(&mut self.changes)));
    }

    fn notice(&mut self, notice: Notice<'_>) {
        let _ = self.tell.send(Told::Notice(notice.name()));
    }
}

/// A watch in a thread of its own.
struct Watched {
    _db: Folder,
    path: PathBuf,
    told: Receiver<Told>,
    stop: StopWatch,
    thread: Option<JoinHandle<Result<(), LibraryError>>>,
}

impl Watched {
    /// Watches, and waits for the end of the first sync.
    fn new(root: &Path, options: WatchOptions) -> (Self, SyncReport) {
        let db = Folder::new();
        let path = db.path().join("library.db");
        let (tell, told) = channel();
        let (lend, lent) = channel();
        let (root, library) = (root.to_owned(), path.clone());
        let thread = thread::spawn(move || {
            let scanner = Scanner::new(root)?;
            let library = Library::open(library, &scanner)?;
            let watch = library.watch(&scanner, options);
            lend.send(watch.stopper()).unwrap();
            watch.run(&mut Seen { tell, changes: Vec::new() })
        });
        let watched = Self { _db: db, path, told, stop: lent.recv().unwrap(), thread: Some(thread) };
        let report = watched.report().0;
        (watched, report)
    }

    fn next(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("something is told")
    }

    fn report(&self) -> (SyncReport, Vec<String>) {
        loop {
            if let Told::Synced(report, changes) = self.next() {
                return (*report, changes);
            }
        }
    }

    /// Waits until all of this has happened, in one batch or in several.
    fn until(&self, changes: &[&str]) {
        let mut left: Vec<String> = changes.iter().map(|&change| change.to_owned()).collect();
        while !left.is_empty() {
            let (_, changes) = self.report();
            left.retain(|change| !changes.contains(change));
        }
    }

    fn until_notice(&self, name: &str) {
        while !matches!(self.next(), Told::Notice(told) if told == name) {}
    }

    fn ids(&self) -> Vec<i64> {
        let connection = Connection::open(&self.path).unwrap();
        let mut statement =
            connection.prepare("SELECT id FROM tracks WHERE missing_since IS NULL ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    fn stop(mut self) -> Result<(), LibraryError> {
        self.stop.stop();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Some tracks, no two with the same audio: one by each of these artists.
fn artists<const N: usize>(names: [&str; N]) -> Folder {
    let folder = Folder::new();
    for (name, format) in names.iter().zip(["mp3-cbr.mp3", "flac-16-44.flac"]) {
        let album = folder.path().join(name).join("Album");
        fs::create_dir_all(&album).unwrap();
        copy(format, &album.join(format));
    }
    folder
}

fn copy(format: &str, to: &Path) {
    fs::copy(samples().join("../formats").join(format), to).unwrap();
}
