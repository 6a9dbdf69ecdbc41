//! The rows, and that they do not depend on how the work was done.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mt_scanner::Scanner;
use walkdir::WalkDir;

use crate::support::{Folder, all, samples};

fn found_by_walkdir(root: &std::path::Path, scanner: &Scanner) -> BTreeSet<PathBuf> {
    let extensions = scanner.audio_extensions().unwrap();
    let is_audio = |path: &std::path::Path| {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        extensions.contains(&format!(".{extension}"))
    };
    let entries = WalkDir::new(root).into_iter().map(Result::unwrap);
    entries
        .filter(|entry| entry.file_type().is_file() && is_audio(entry.path()))
        .map(|entry| entry.into_path())
        .collect()
}

#[test]
fn the_paths_are_those_that_walkdir_finds() {
    // Windows holds no such name as the other.
    let broken = if cfg!(windows) { "line break/x.Flac" } else { "line\nbreak/x.Flac" };
    let folder = Folder::new()
        .tracks(12, 9)
        .file("a b/\u{1f3b5} n\u{e4}me.MP3", b"")
        .file(broken, b"")
        .file("notes.txt", b"")
        .file("empty/cover.jpg", b"");
    let scanner = Scanner::new(folder.path()).unwrap();
    let found: BTreeSet<PathBuf> = scanner.paths().unwrap().map(Result::unwrap).collect();
    assert_eq!(found, found_by_walkdir(folder.path(), &scanner));
    assert_eq!(scanner.count(None).unwrap(), found.len() as u64);
}

#[test]
fn every_sample_is_a_track() {
    let scanner = Scanner::new(samples()).unwrap();
    let (tracks, _) = all(&scanner);
    let paths: BTreeSet<PathBuf> = tracks.iter().map(|track| samples().join(&track.path)).collect();
    assert_eq!(paths, found_by_walkdir(&samples(), &scanner));
    let read = tracks.iter().filter(|track| track.title.is_some() && track.duration_ms.is_some());
    assert!(read.count() > tracks.len() / 2, "{tracks:#?}");
}

#[test]
fn the_number_of_workers_and_the_budget_make_no_difference() {
    let folder = Folder::new().tracks(40, 13);
    let sees = |workers, items| {
        let builder = Scanner::builder().root(folder.path()).root(samples()).workers(workers).items(items);
        all(&builder.build().unwrap())
    };
    let alone = sees(1, 256);
    assert_eq!(alone.0.len(), 40 * 13 + all(&Scanner::new(samples()).unwrap()).0.len());
    for (workers, items) in [(2, 256), (8, 256), (1, 1), (8, 1), (3, 2)] {
        assert!(sees(workers, items) == alone, "{workers} workers, {items} items a step");
    }
}

#[test]
fn rows_have_a_cell_for_each_column() {
    let scanner = Scanner::new(samples()).unwrap();
    let columns = scanner.columns().unwrap();
    assert_eq!(columns[..3], ["root", "path", "size"]);
    let mut count = 0;
    for rows in scanner.rows().unwrap() {
        for row in rows.unwrap().iter() {
            let cells: Vec<serde_json::Value> = serde_json::from_str(row).unwrap();
            assert_eq!(cells.len(), columns.len());
            assert!(cells.iter().any(|cell| cell.is_array()) && cells.iter().any(|cell| cell.is_boolean()), "{row}");
            count += 1;
        }
    }
    assert_eq!(count, scanner.count(None).unwrap());
}

#[test]
fn one_file_is_inspected_as_it_is_scanned() {
    let scanner = Scanner::new(samples()).unwrap();
    let (tracks, problems) = all(&scanner);
    for track in &tracks {
        let found = scanner.inspect(&track.path).unwrap();
        assert_eq!(found.track, *track);
        assert_eq!(scanner.inspect(samples().join(&track.path)).unwrap().track, *track);
        let expected: Vec<_> = problems.iter().filter(|problem| problem.path == track.path).cloned().collect();
        assert_eq!(found.problems, expected);
    }
}

#[cfg(unix)]
#[test]
fn times_are_those_of_the_filesystem() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new().file("a.mp3", b"x");
    let file = folder.path().join("a.mp3");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_nanos(1_000_000_001);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    let (tracks, _) = all(&Scanner::new(folder.path()).unwrap());
    let status = file.metadata().unwrap();
    assert_eq!(tracks[0].mtime_ns, 1_000_000_001);
    assert_eq!(tracks[0].ctime_ns, status.ctime() * 1_000_000_000 + status.ctime_nsec());
}
