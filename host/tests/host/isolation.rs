//! A file that ends an instance costs one problem; everything else is scanned.

use std::time::{Duration, Instant};

use mt_scanner::{Error, Outcome, Scanner, ScannerBuilder};

use crate::support::{Folder, all, misbehaving, outcomes, paths_of, plugin};

fn scanner(folder: &Folder) -> ScannerBuilder {
    Scanner::builder()
        .root(folder.path())
        .component(misbehaving())
        .file_timeout(Duration::from_secs(3))
        .memory_limit(64 << 20)
}

#[test]
fn a_loop_a_bloat_and_a_panic_are_named_and_the_rest_is_scanned() {
    let folder = Folder::new()
        .tracks(6, 5)
        .file("Artist 01/Album 001/loop.mp3", b"MT-MISBEHAVE loop")
        .file("Artist 01/Album 001/allocate.mp3", b"MT-MISBEHAVE allocate")
        .file("Artist 05/deep/er/panic.mp3", b"MT-MISBEHAVE panic");
    for workers in [1, 4] {
        let (tracks, problems) = all(&scanner(&folder).workers(workers).build().unwrap());
        assert_eq!(tracks.len(), 33, "{:?}", paths_of(&tracks));
        let ended: Vec<_> =
            outcomes(&problems).into_iter().filter(|(_, outcome)| !matches!(*outcome, "malformed")).collect();
        assert_eq!(
            ended,
            [
                ("Artist 01/Album 001/allocate.mp3", "memory"),
                ("Artist 01/Album 001/loop.mp3", "timeout"),
                ("Artist 05/deep/er/panic.mp3", "trap"),
            ]
        );
        // Its fingerprint is known all the same.
        let guilty = tracks.iter().find(|track| track.path.ends_with("panic.mp3")).unwrap();
        assert_eq!(guilty.size, 18);
        assert!(guilty.mtime_ns > 0 && guilty.format.is_none());
    }
}

#[test]
fn rows_of_such_files_have_every_column_as_well() {
    let folder = Folder::new().file("panic.mp3", b"MT-MISBEHAVE panic").file("fine.mp3", b"");
    let scanner = scanner(&folder).build().unwrap();
    let columns = scanner.columns().unwrap().len();
    let mut scan = scanner.rows().unwrap();
    let mut count = 0;
    for rows in scan.by_ref() {
        for row in rows.unwrap().iter() {
            assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(row).unwrap().len(), columns);
            count += 1;
        }
    }
    assert_eq!(count, 2);
    let problems = scan.problems();
    let trap = problems.iter().find(|problem| problem.outcome == Outcome::Trap).unwrap();
    assert!(trap.detail.starts_with("reading the file: it crashed the component: "), "{}", trap.detail);
    assert!(trap.detail.contains("panicked"), "{}", trap.detail);
}

#[test]
fn a_scan_that_is_dropped_does_not_wait_for_an_endless_loop() {
    let folder = Folder::new().file("loop.mp3", b"MT-MISBEHAVE loop").tracks(3, 3);
    let endless = scanner(&folder).file_timeout(Duration::from_secs(3600)).workers(2).build().unwrap();
    let mut scan = endless.scan().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let control = scan.control();
    let start = Instant::now();
    control.cancel();
    while scan.next().is_some() {}
    drop(scan);
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
}

#[test]
fn inspecting_such_a_file_is_an_error_of_its_own() {
    let folder = Folder::new().file("panic.mp3", b"MT-MISBEHAVE panic").file("good.mp3", b"123");
    let scanner = scanner(&folder).build().unwrap();
    for _ in 0..3 {
        match scanner.inspect("panic.mp3") {
            Err(Error::Ended { outcome: Outcome::Trap, detail, .. }) => assert!(detail.contains("asked to panic")),
            other => panic!("{other:?}"),
        }
        assert_eq!(scanner.inspect("good.mp3").unwrap().track.size, 3);
    }
}

#[test]
fn a_folder_may_take_longer_than_a_file_to_be_listed() {
    let folder = Folder::new().file("a/on a slow disk/one.mod", b"M.K.").file("b/two.mod", b"M.K.");
    let impatient = Scanner::builder().root(folder.path()).component(plugin()).file_timeout(Duration::from_millis(200));
    let (tracks, problems) = all(&impatient.clone().build().unwrap());
    assert_eq!(paths_of(&tracks), ["a/on a slow disk/one.mod", "b/two.mod"], "{problems:?}");
    assert_eq!(problems, []);
    let (tracks, problems) = all(&impatient.listing_timeout(Duration::from_millis(300)).build().unwrap());
    assert_eq!(paths_of(&tracks), ["b/two.mod"]);
    assert_eq!(outcomes(&problems), [("a/on a slow disk", "timeout")]);
    assert!(problems[0].detail.contains("longer than 0.3 s"), "{}", problems[0].detail);
}

#[test]
fn a_component_that_sleeps_is_woken_when_its_time_is_over() {
    let folder = Folder::new().file("a/asleep/one.mod", b"M.K.").file("b/two.mod", b"M.K.");
    let impatient = Scanner::builder().root(folder.path()).component(plugin()).file_timeout(Duration::from_millis(200));
    let scanner = impatient.listing_timeout(Duration::from_millis(300)).build().unwrap();
    let start = Instant::now();
    let (tracks, problems) = all(&scanner);
    assert_eq!(paths_of(&tracks), ["b/two.mod"]);
    assert_eq!(outcomes(&problems), [("a/asleep", "timeout")]);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
