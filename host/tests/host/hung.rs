//! Storage that does not answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mt_scanner::{
    Analyser, AnalysisOptions, Error, Library, LibraryError, Observer, Outcome, Problem, Progress, Scanner,
    ScannerBuilder, SyncOptions, WatchObserver, WatchOptions,
};

use crate::slow::SlowMount;
use crate::support::{Folder, all, outcomes, paths_of};

/// What does not answer is given up after this time.
const LIMIT: Duration = Duration::from_millis(700);
/// The end that somebody asks for comes within this time.
const END: Duration = Duration::from_millis(500);
/// Roots are looked at for so long.
const LOOK: Duration = Duration::from_secs(1);

fn music() -> Folder {
    ["a.mp3", "album/b.mp3", "album/c.mp3", "other/d.mp3"].into_iter().fold(Folder::new(), |f, path| f.file(path, b""))
}

fn patient(mount: &SlowMount) -> ScannerBuilder {
    Scanner::builder().root(mount.path()).file_timeout(LIMIT).listing_timeout(LIMIT)
}

/// The outcomes of what is no empty file.
fn troubles(problems: &[Problem]) -> Vec<(&str, &str)> {
    outcomes(problems).into_iter().filter(|(_, outcome)| *outcome != "malformed").collect()
}

#[test]
fn a_call_that_stalls_is_named_and_the_rest_is_scanned() {
    let folder = music();
    let cases: [(&str, (&str, &str), &[&str]); 4] = [
        ("list=album", ("album", "listing the folder"), &["a.mp3", "other/d.mp3"]),
        ("open=album/b.mp3", ("album/b.mp3", "reading the file"), &["a.mp3", "album/c.mp3", "other/d.mp3"]),
        ("look=album", ("album", "listing the folder"), &["a.mp3", "other/d.mp3"]),
        ("look=**/c.mp3", ("album/c.mp3", "reading the file"), &["a.mp3", "album/b.mp3", "other/d.mp3"]),
    ];
    for (stall, (path, tried), rest) in cases {
        let Some(mount) = SlowMount::new(folder.path(), &["--stall", stall, "--timeout", "0"]) else { return };
        for workers in [1, 4] {
            let (tracks, problems) = all(&patient(&mount).workers(workers).build().unwrap());
            assert_eq!(paths_of(&tracks), rest, "{stall}");
            assert_eq!(troubles(&problems), [(path, "timeout")], "{stall}");
            let detail = &problems.iter().find(|problem| problem.path == path).unwrap().detail;
            assert_eq!(*detail, format!("{tried}: it took longer than 0.7 s and was stopped"), "{stall}");
        }
    }
}

#[test]
fn a_root_that_cannot_be_listed_is_one_problem_and_other_roots_are_scanned() {
    let (folder, good) = (music(), Folder::new().tracks(3, 5));
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "list=."]) else { return };
    let (tracks, problems) = all(&patient(&mount).root(good.path()).build().unwrap());
    assert_eq!(tracks.len(), 15);
    assert_eq!(troubles(&problems), [("", "timeout")]);
}

#[test]
fn a_root_that_answers_nothing_is_given_up() {
    let folder = (0..40).fold(Folder::new(), |folder, number| folder.file(&format!("{number:02}.mp3"), b"x"));
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "open=**"]) else { return };
    let start = Instant::now();
    let (tracks, problems) = all(&patient(&mount).build().unwrap());
    assert!(tracks.is_empty());
    assert!(problems.iter().all(|problem| problem.outcome == Outcome::Timeout));
    let whole = problems.iter().find(|problem| problem.path.is_empty()).expect("the root is a problem");
    assert_eq!(whole.detail, "8 calls to the storage did not return: the rest of the root was not looked at");
    // Two workers try it at a time.
    assert!(problems.len() <= 1 + 2 * 8, "{problems:?}");
    assert!(start.elapsed() < 12 * (LIMIT + Duration::from_millis(500)), "{:?}", start.elapsed());
}

#[test]
fn a_worker_that_was_abandoned_touches_nothing_when_its_call_returns() {
    let folder = music();
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "open=album/b.mp3"]) else { return };
    let mut scan = patient(&mount).build().unwrap().scan().unwrap();
    let paths: Vec<_> = scan.by_ref().map(|track| track.unwrap().path).collect();
    let end = scan.progress();
    mount.release();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!((paths.len(), scan.progress()), (3, end));
    assert!(scan.next().is_none());
    let (tracks, _) = all(&patient(&mount).build().unwrap());
    assert_eq!(tracks.len(), 4);
}

#[test]
fn a_scan_ends_at_once_whatever_stalls() {
    let folder = music();
    for stall in ["list=.", "list=album", "open=**", "look=**"] {
        let Some(mount) = SlowMount::new(folder.path(), &["--stall", stall]) else { return };
        let scanner = Scanner::new(mount.path()).unwrap();
        let scan = scanner.scan().unwrap();
        std::thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        drop(scan);
        assert!(start.elapsed() < END, "{stall}: {:?}", start.elapsed());
        let mut scan = scanner.scan().unwrap();
        let control = scan.control();
        std::thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        control.cancel();
        while scan.next_step().is_some() {}
        assert!(start.elapsed() < END, "{stall}: {:?}", start.elapsed());
    }
}

#[test]
fn who_waits_for_a_step_is_not_kept_waiting() {
    let folder = music();
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "list=."]) else { return };
    let mut scan = Scanner::new(mount.path()).unwrap().scan().unwrap();
    let start = Instant::now();
    assert!(matches!(scan.next_step_within(Duration::from_millis(50)), Some(Ok(None))));
    assert!(start.elapsed() < END);
}

#[test]
fn a_file_that_does_not_answer_cannot_be_inspected() {
    let folder = music();
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "open=a.mp3"]) else { return };
    let start = Instant::now();
    let scanner = patient(&mount).build().unwrap();
    assert_eq!(scanner.inspect("album/b.mp3").unwrap().track.size, 0);
    match scanner.inspect("a.mp3") {
        Err(Error::Ended { outcome: Outcome::Timeout, detail, .. }) => {
            assert_eq!(detail, "it took longer than 0.7 s and was stopped");
        }
        other => panic!("{other:?}"),
    }
    assert!(start.elapsed() < LIMIT + 2 * END, "{:?}", start.elapsed());
    // The instance that hangs is nobody's any more.
    assert_eq!(scanner.inspect("album/b.mp3").unwrap().track.size, 0);
}

#[test]
fn the_same_is_found_however_many_workers_there_are() {
    let folder = music();
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "open=album/b.mp3"]) else { return };
    let mut found: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for workers in [1, 2, 8] {
        let (tracks, _) = all(&patient(&mount).workers(workers).build().unwrap());
        found.entry(tracks.into_iter().map(|track| track.path).collect()).or_default().push(workers);
    }
    assert_eq!(found.len(), 1, "{found:?}");
}

/// Asks for an end at a moment, and notes how long it was told nothing.
struct Ends {
    at: Instant,
    told: Instant,
    longest: Duration,
}

impl Ends {
    fn after(delay: Duration) -> Self {
        let now = Instant::now();
        Self { at: now + delay, told: now, longest: Duration::ZERO }
    }

    /// It has ended soon, and was told of progress before.
    fn is_heard(&self, whatever: &str) {
        assert!(self.at.elapsed() < END, "{whatever}: {:?}", self.at.elapsed());
        assert!(self.longest < END, "{whatever}: {:?} of silence", self.longest);
    }
}

impl Observer for Ends {
    fn progress(&mut self, _: &Progress) {
        self.longest = self.longest.max(self.told.elapsed());
        self.told = Instant::now();
    }

    fn is_cancelled(&mut self) -> bool {
        Instant::now() >= self.at
    }
}

impl WatchObserver for Ends {}

#[test]
fn whoever_stops_a_library_s_work_is_heard_while_roots_answer_no_look() {
    let folder = music();
    let mounts = ["look=**", "look=**"].map(|stall| SlowMount::new(folder.path(), &["--stall", stall]));
    let [Some(one), Some(other)] = mounts else { return };
    // Both are looked at side by side, for a second.
    let start = Instant::now();
    let scanner = Scanner::builder().roots([one.path(), other.path()]).build().unwrap();
    assert!(start.elapsed() < Duration::from_secs(1) + END, "{:?}", start.elapsed());
    let place = Folder::new();
    let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
    let analyser = Analyser::new(&scanner).unwrap();
    for delay in [0, 300, 1200, 2200].map(Duration::from_millis) {
        let mut ends = Ends::after(delay);
        let ended = library.sync(&scanner, &SyncOptions::full(), &mut ends);
        assert!(matches!(ended, Err(LibraryError::Cancelled)), "{ended:?}");
        ends.is_heard("a sync");
        let mut ends = Ends::after(delay);
        library.watch(&scanner, WatchOptions::default()).run(&mut ends).unwrap();
        ends.is_heard("a watch");
    }
    for delay in [0, 300, 1200, 2200].map(Duration::from_millis) {
        let job = library.start(&scanner, &SyncOptions::full(), ()).unwrap();
        std::thread::sleep(delay);
        let start = Instant::now();
        job.cancel();
        assert!(job.is_done() && start.elapsed() < END, "a job: {:?}", start.elapsed());
    }
    for delay in [0, 300].map(Duration::from_millis) {
        let mut ends = Ends::after(delay);
        let ended = library.analyse(&analyser, &AnalysisOptions::default(), &mut ends);
        assert!(matches!(ended, Err(LibraryError::Cancelled)), "{ended:?}");
        ends.is_heard("an analysis");
    }
}

#[test]
fn who_makes_a_scanner_or_starts_a_sync_does_not_wait_for_its_roots() {
    let (folder, place) = (music(), Folder::new());
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "look=**"]) else { return };
    let start = Instant::now();
    let scanner = Scanner::new(mount.path()).unwrap();
    let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
    let job = library.start(&scanner, &SyncOptions::full(), ()).unwrap();
    assert!(start.elapsed() < LOOK, "{:?}", start.elapsed());
    // Somebody does, and an end that is asked for is heard meanwhile.
    std::thread::sleep(LOOK / 4);
    assert!(!job.is_done());
    job.cancel();
    assert!(job.is_done());
    assert!(matches!(job.result(), Err(LibraryError::Cancelled)));
}

#[test]
fn what_a_scanner_did_not_see_at_first_it_looks_for_again() {
    struct Impatient;
    impl Observer for Impatient {
        fn is_cancelled(&mut self) -> bool {
            true
        }
    }
    impl WatchObserver for Impatient {}
    let (folder, place) = (music(), Folder::new());
    let Some(mount) = SlowMount::new(folder.path(), &["--stall", "look=a.mp3"]) else { return };
    // Nobody can tell by its name that this is a file.
    let scanner = Scanner::new(mount.path().join("a.mp3")).unwrap();
    let library = Library::open(place.path().join("library.db"), &scanner).unwrap();
    library.watch(&scanner, WatchOptions::default()).run(&mut Impatient).unwrap();
    mount.release();
    assert_eq!(scanner.roots().collect::<Vec<_>>(), [mount.path()]);
}
