//! Roots, progress, cancellation.

use std::time::{Duration, Instant};

use mt_scanner::{Error, FollowLinks, Scanner};

use crate::support::{Folder, all};

#[test]
fn a_missing_root_is_an_error_before_anything_starts() {
    let folder = Folder::new();
    let missing = folder.path().join("none");
    match Scanner::new(&missing).unwrap().scan().err() {
        Some(Error::RootNotFound { path, source: Some(_) }) => assert_eq!(path, missing),
        error => panic!("{error:?}"),
    }
}

#[cfg(unix)]
#[test]
fn a_device_is_no_root() {
    let device = std::path::Path::new("/dev/null");
    match Scanner::new(device).unwrap().count(None) {
        Err(Error::RootNotAFolder { path }) => assert_eq!(path, device),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_bad_root_of_several_stops_the_scan_before_it_starts() {
    let folder = Folder::new().file("a.mp3", b"");
    let scanner = Scanner::builder().root(folder.path()).root(folder.path().join("none")).build().unwrap();
    assert!(matches!(scanner.scan().err(), Some(Error::RootNotFound { .. })));
}

#[test]
fn roots_are_absolute_and_each_is_scanned_once() {
    let folder = Folder::new().file("a/one.mp3", b"").file("b/two.mp3", b"");
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let scanner = Scanner::builder().roots([&a, &b, &folder.path().join("a/../a/.")]).build().unwrap();
    assert_eq!(scanner.roots().collect::<Vec<_>>(), [&*a, &*b]);
    let (tracks, _) = all(&scanner);
    let found: Vec<_> = tracks.iter().map(|track| (track.root.as_str(), track.path.as_str())).collect();
    assert_eq!(found, [(a.to_str().unwrap(), "one.mp3"), (b.to_str().unwrap(), "two.mp3")]);
}

#[cfg(unix)]
#[test]
fn a_root_and_a_link_to_it_are_one_root_by_the_first_name() {
    let folder = Folder::new().file("a/one.mp3", b"").file("b/two.mp3", b"");
    let [a, b, link, chain] = ["a", "b", "link", "chain"].map(|name| folder.path().join(name));
    std::os::unix::fs::symlink(&a, &link).unwrap();
    std::os::unix::fs::symlink(&link, &chain).unwrap();
    for (named, kept) in [
        (vec![&a, &b, &link, &chain], vec![&a, &b]),
        (vec![&chain, &b, &a], vec![&chain, &b]),
        (vec![&link], vec![&link]),
    ] {
        let scanner = Scanner::builder().roots(named).build().unwrap();
        assert_eq!(scanner.roots().collect::<Vec<_>>(), kept);
        assert_eq!(scanner.count(None).unwrap(), kept.len() as u64);
    }
}

#[test]
fn a_count_stops_at_its_limit() {
    let folder = Folder::new().tracks(30, 10);
    let scanner = Scanner::new(folder.path()).unwrap();
    assert_eq!(scanner.count(Some(7)).unwrap(), 7);
    assert_eq!(scanner.count(Some(0)).unwrap(), 0);
    assert_eq!(scanner.count(Some(1000)).unwrap(), 300);
}

#[test]
fn progress_counts_everything_in_the_end() {
    let folder = Folder::new().tracks(10, 10);
    let mut scan = Scanner::new(folder.path()).unwrap().scan().unwrap();
    assert_eq!(scan.by_ref().count(), 100);
    let progress = scan.progress();
    // The root, seven artists, ten albums.
    assert_eq!((progress.folders, progress.files, progress.tracks), (18, 100, 100));
    assert_eq!(progress.problems, scan.problems().len() as u64);
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(scan.progress(), progress);
}

#[test]
fn a_count_can_be_watched() {
    let folder = Folder::new().tracks(200, 30);
    let scanner = Scanner::builder().root(folder.path()).workers(2).build().unwrap();
    let mut counting = scanner.counting().unwrap();
    while let Some(step) = counting.next_step() {
        assert!(step.unwrap().problems.is_empty());
    }
    assert_eq!(counting.progress().files, 6000);
}

#[test]
fn a_step_is_handed_over_whole_and_with_its_root() {
    let (one, two) = (Folder::new().tracks(3, 5), Folder::new().tracks(2, 4));
    let mut paths = Scanner::builder().roots([one.path(), two.path()]).build().unwrap().paths().unwrap();
    let mut found = 0;
    while let Some(step) = paths.next_step() {
        let step = step.unwrap();
        assert!(step.items.iter().all(|path| path.starts_with(&step.root) && path.is_file()));
        found += step.items.len();
    }
    assert_eq!(found, 15 + 8);
}

#[test]
fn a_cancelled_scan_ends_early() {
    let folder = Folder::new().tracks(200, 30);
    let mut scan = Scanner::builder().root(folder.path()).workers(2).items(4).build().unwrap().scan().unwrap();
    let control = scan.control();
    assert!(scan.next().is_some());
    control.cancel();
    let rest = scan.count();
    assert!(rest < 5_000, "{rest}");
    assert!(control.is_cancelled());
}

#[test]
fn a_slow_reader_holds_the_workers_back() {
    let folder = Folder::new().tracks(300, 10);
    let mut scan = Scanner::builder().root(folder.path()).workers(2).items(8).build().unwrap().scan().unwrap();
    scan.next();
    std::thread::sleep(Duration::from_millis(200));
    let tracks = scan.progress().tracks;
    assert!(tracks < 1000, "{tracks} tracks were read for a reader of one");
    assert_eq!(scan.count(), 2999);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_root_is_refused_and_one_inside_is_followed() {
    use std::os::unix::fs::symlink;

    use crate::support::outcomes;

    let outside = Folder::new().file("secret.mp3", b"");
    let folder = Folder::new().file("a/one.mp3", b"").file(".hidden/two.mp3", b"");
    symlink(outside.path(), folder.path().join("out")).unwrap();
    symlink(outside.path().join("secret.mp3"), folder.path().join("secret.mp3")).unwrap();
    symlink(".hidden/two.mp3", folder.path().join("two.mp3")).unwrap();
    symlink("../a", folder.path().join("a/up")).unwrap();
    let (tracks, problems) = all(&Scanner::new(folder.path()).unwrap());
    assert_eq!(crate::support::paths_of(&tracks), ["a/one.mp3", "two.mp3"]);
    let links: Vec<_> = outcomes(&problems).into_iter().filter(|(_, outcome)| *outcome != "malformed").collect();
    assert_eq!(links, [("out", "escapes-root"), ("secret.mp3", "escapes-root")]);
    let (tracks, _) = all(&Scanner::builder().root(folder.path()).follow_links(FollowLinks::No).build().unwrap());
    assert_eq!(crate::support::paths_of(&tracks), ["a/one.mp3"]);
}

#[test]
fn a_file_belongs_to_the_nearest_of_its_roots() {
    let folder = Folder::new().file("in/a.mp3", b"");
    let inner = folder.path().join("in");
    let scanner = Scanner::builder().roots([folder.path(), &inner]).build().unwrap();
    let track = scanner.inspect("in/a.mp3").unwrap().track;
    assert_eq!((track.root.as_str(), track.path.as_str()), (inner.to_str().unwrap(), "a.mp3"));
}

#[test]
fn nothing_outside_the_roots_can_be_inspected() {
    let folder = Folder::new().file("in/a.mp3", b"").file("out.mp3", b"");
    let scanner = Scanner::new(folder.path().join("in")).unwrap();
    assert!(matches!(scanner.inspect("../out.mp3"), Err(Error::EscapesRoot { .. })));
    assert!(matches!(scanner.inspect(folder.path().join("out.mp3")), Err(Error::EscapesRoot { .. })));
    assert!(matches!(scanner.inspect("b.mp3"), Err(Error::FileNotFound { .. })));
}

#[test]
fn files_are_inspected_as_they_are_now() {
    let folder = Folder::new().file("in/a.mp3", b"").file("other/a.mp3", b"12345");
    let (inside, other) = (folder.path().join("in"), folder.path().join("other"));
    let scanner = Scanner::new(&inside).unwrap();
    let size = || scanner.inspect("a.mp3").map(|found| found.track.size);
    assert_eq!(size().unwrap(), 0);
    std::fs::write(inside.join("a.mp3"), b"123").unwrap();
    assert_eq!(size().unwrap(), 3);
    // Another folder by the same name.
    std::fs::rename(&inside, folder.path().join("old")).unwrap();
    assert!(matches!(size(), Err(Error::RootNotFound { .. })));
    std::fs::rename(&other, &inside).unwrap();
    assert_eq!(size().unwrap(), 5);
    std::fs::remove_dir_all(&inside).unwrap();
    std::fs::write(&inside, b"").unwrap();
    assert!(matches!(size(), Err(Error::RootNotAFolder { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_inspected_is_let_go_after_a_moment() {
    let albums: Vec<_> = (0..40).map(|number| format!("{number}")).collect();
    let folder = albums.iter().fold(Folder::new(), |folder, album| folder.file(&format!("{album}/a.mp3"), b""));
    let opened = || {
        let descriptors = std::fs::read_dir("/proc/self/fd").unwrap();
        let targets = descriptors.filter_map(|descriptor| std::fs::read_link(descriptor.ok()?.path()).ok());
        targets.filter(|target| target.starts_with(folder.path())).count()
    };
    for album in &albums {
        Scanner::new(folder.path().join(album)).unwrap().inspect("a.mp3").unwrap();
        // However many folders it was asked about.
        assert!(opened() <= 8, "{}", opened());
    }
    let end = Instant::now() + Duration::from_secs(20);
    while opened() > 0 {
        assert!(Instant::now() < end, "{} are open", opened());
        std::thread::sleep(Duration::from_millis(20));
    }
}
