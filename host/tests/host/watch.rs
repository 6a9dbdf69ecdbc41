//! Watching.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mt_scanner::{
    Change, Library, LibraryError, Notice, Observer, Scanner, StopWatch, SyncReport, WatchObserver, WatchOptions,
};
use rusqlite::Connection;

use crate::support::{Folder, samples};

/// How long to wait for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
enum Told {
    Synced(SyncReport, Vec<String>),
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
        let _ = self.tell.send(Told::Synced(*report, std::mem::take(&mut self.changes)));
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
                return (report, changes);
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

#[test]
fn a_file_is_added_changed_and_removed() {
    let folder = artists(["A", "B"]);
    let (watched, first) = Watched::new(folder.path(), WatchOptions::default());
    assert_eq!(first.added, 2);
    let file = folder.path().join("A/Album/new.mp3");
    copy("mp3-vbr.mp3", &file);
    watched.until(&["added A/Album/new.mp3"]);
    // In place: the folder does not change.
    let mut content = fs::read(&file).unwrap();
    content.extend_from_slice(b"TAG");
    fs::write(&file, content).unwrap();
    watched.until(&["modified A/Album/new.mp3"]);
    fs::remove_file(&file).unwrap();
    watched.until(&["missing A/Album/new.mp3"]);
    watched.stop().unwrap();
}

#[test]
fn a_folder_that_is_renamed_keeps_its_rows() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let ids = watched.ids();
    fs::rename(folder.path().join("A"), folder.path().join("C")).unwrap();
    watched.until(&["moved C/Album/mp3-cbr.mp3"]);
    assert_eq!(watched.ids(), ids);
    // It is watched in its new place.
    copy("mp3-vbr.mp3", &folder.path().join("C/Album/new.mp3"));
    watched.until(&["added C/Album/new.mp3"]);
}

#[test]
fn folders_that_change_places_are_seen_with_all_that_is_below() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let ids = watched.ids();
    let [one, other, aside] = ["A", "B", "aside"].map(|name| folder.path().join(name));
    fs::rename(&one, &aside).unwrap();
    fs::rename(&other, &one).unwrap();
    fs::rename(&aside, &other).unwrap();
    watched.until(&["moved B/Album/mp3-cbr.mp3", "moved A/Album/flac-16-44.flac"]);
    assert_eq!(watched.ids(), ids);
}

#[test]
fn a_burst_is_one_batch() {
    let folder = artists(["A", "B"]);
    // Longer than by default, for machines that are busy otherwise.
    let options = WatchOptions::default().debounce(Duration::from_secs(2), Duration::from_secs(30));
    let (watched, _) = Watched::new(folder.path(), options);
    let ids = watched.ids();
    let song = fs::read(samples().join("../formats/mp3-cbr.mp3")).unwrap();
    let new = folder.path().join("New/Album");
    fs::create_dir_all(&new).unwrap();
    for number in 0..500 {
        fs::write(new.join(format!("{number:03}.mp3")), &song).unwrap();
    }
    fs::rename(folder.path().join("B"), folder.path().join("Renamed")).unwrap();
    let (report, _) = watched.report();
    assert_eq!((report.added, report.moved, report.missing), (500, 1, 0));
    assert_eq!(watched.ids()[..2], ids);
}

#[test]
fn a_burst_is_committed_soon() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let song = fs::read(samples().join("../formats/mp3-cbr.mp3")).unwrap();
    fs::create_dir(folder.path().join("New")).unwrap();
    for number in 0..500 {
        fs::write(folder.path().join(format!("New/{number:03}.mp3")), &song).unwrap();
    }
    let written = Instant::now();
    let (mut added, mut batches) = (0, 0);
    while added < 500 {
        added += watched.report().0.added;
        batches += 1;
    }
    println!("500 files in {batches} batch(es), {:?} after the last was written", written.elapsed());
    assert!(written.elapsed() < PATIENCE);
}

#[test]
fn what_is_made_below_new_folders_is_seen() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let deep = folder.path().join("B/C/D/E");
    fs::create_dir_all(&deep).unwrap();
    copy("mp3-vbr.mp3", &deep.join("new.mp3"));
    watched.until(&["added B/C/D/E/new.mp3"]);
    copy("flac-24-96.flac", &deep.join("newer.flac"));
    watched.until(&["added B/C/D/E/newer.flac"]);
}

#[test]
fn what_says_that_folders_are_skipped_is_heard() {
    let folder = artists(["A", "B"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    fs::write(folder.path().join("A/.nomedia"), b"").unwrap();
    watched.until(&["missing A/Album/mp3-cbr.mp3"]);
    fs::remove_file(folder.path().join("A/.nomedia")).unwrap();
    watched.until(&["restored A/Album/mp3-cbr.mp3"]);
}

#[test]
fn a_root_that_vanishes_takes_nothing_away_and_is_seen_again() {
    let folder = artists(["music/A", "music/B"]);
    let [root, aside] = ["music", "aside"].map(|name| folder.path().join(name));
    let (watched, _) = Watched::new(&root, WatchOptions::default());
    let ids = watched.ids();
    fs::rename(&root, &aside).unwrap();
    watched.until_notice("root-gone");
    assert_eq!(watched.ids(), ids);
    // As a mount point without its disk.
    fs::create_dir(&root).unwrap();
    fs::write(root.join("note.txt"), b"").unwrap();
    copy("mp3-vbr.mp3", &aside.join("A/Album/new.mp3"));
    fs::remove_dir_all(&root).unwrap();
    fs::rename(&aside, &root).unwrap();
    watched.until(&["added A/Album/new.mp3"]);
    watched.until_notice("root-back");
    assert_eq!(watched.ids()[..2], ids);
    fs::remove_file(root.join("A/Album/new.mp3")).unwrap();
    watched.until(&["missing A/Album/new.mp3"]);
}

#[test]
fn a_root_that_is_suddenly_empty_takes_nothing_away() {
    let folder = artists(["music/A"]);
    let [root, aside] = ["music", "aside"].map(|name| folder.path().join(name));
    let (watched, _) = Watched::new(&root, WatchOptions::default());
    let ids = watched.ids();
    fs::rename(root.join("A"), &aside).unwrap();
    watched.until_notice("root-gone");
    assert_eq!(watched.ids(), ids);
    fs::rename(&aside, root.join("A")).unwrap();
    watched.until_notice("root-back");
    assert_eq!(watched.ids(), ids);
}

#[test]
fn a_root_that_is_polled_is_kept_up_to_date() {
    let folder = artists(["A", "B"]);
    let options = WatchOptions::default().poll(true).poll_interval(Duration::from_millis(20));
    let (watched, _) = Watched::new(folder.path(), options);
    let ids = watched.ids();
    fs::rename(folder.path().join("A"), folder.path().join("C")).unwrap();
    watched.until(&["moved C/Album/mp3-cbr.mp3"]);
    assert_eq!(watched.ids(), ids);
    copy("mp3-vbr.mp3", &folder.path().join("C/Album/mp3-cbr.mp3"));
    // In place, with other audio: the old track is missing, or has changed.
    while watched.report().1.is_empty() {}
}

#[test]
fn a_watch_that_is_stopped_ends_soon() {
    let folder = artists(["A"]);
    let (watched, _) = Watched::new(folder.path(), WatchOptions::default());
    let asked = Instant::now();
    watched.stop().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[test]
fn a_root_that_is_not_there_in_the_beginning_is_an_error() {
    let folder = Folder::new();
    let scanner = Scanner::new(folder.path().join("none")).unwrap();
    let library = Library::open(folder.path().join("library.db"), &scanner).unwrap();
    let error = library.watch(&scanner, WatchOptions::default()).run(&mut ()).unwrap_err();
    assert!(matches!(error, LibraryError::Scan(mt_scanner::Error::RootNotFound { .. })), "{error}");
}

/// Linux alone lets a process miss so much that its queue overflows, by sleeping.
#[cfg(target_os = "linux")]
#[test]
fn the_command_says_that_events_were_lost_and_ends_with_ctrl_c() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let folder = artists(["A"]);
    let db = Folder::new();
    fs::create_dir(folder.path().join("many")).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_mt-scan"))
        .args(["watch", "--json", "--db"])
        .args([&db.path().join("library.db"), folder.path()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let signal = |name: &str, process: u32| {
        assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
    };
    let mut out = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut next = || -> serde_json::Value { serde_json::from_str(&out.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["path"], "A/Album/mp3-cbr.mp3");
    signal("-STOP", process.id());
    // It stops when it comes to it.
    let state = || fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap();
    while !state().rsplit(") ").next().unwrap().starts_with('T') {
        std::thread::sleep(Duration::from_millis(10));
    }
    let room: usize =
        fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().expect("a number");
    // Each makes an event at least.
    for number in 0..room + 100 {
        fs::write(folder.path().join(format!("many/{number}.txt")), b"").unwrap();
    }
    copy("mp3-vbr.mp3", &folder.path().join("many/last.mp3"));
    signal("-CONT", process.id());
    assert_eq!(next()["path"], "many/last.mp3");
    signal("-INT", process.id());
    assert_eq!(process.wait().unwrap().code(), Some(0));
    let said = std::io::read_to_string(process.stderr.take().unwrap()).unwrap();
    assert!(said.lines().any(|line| line.starts_with(r#"{"notice":"events-lost""#)), "{said}");
}
