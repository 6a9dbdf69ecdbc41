//! The binary.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{Folder, misbehaving, samples};

fn mt_scan(arguments: &[&str]) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_mt-scan")).args(arguments))
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("mt-scan runs")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    std::str::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn count_prints_a_number() {
    let folder = Folder::new().tracks(5, 4);
    let output = mt_scan(&["count", text(folder.path())]);
    assert_eq!((stdout(&output), stderr(&output), output.status.code()), ("20\n", "", Some(0)));
    assert_eq!(stdout(&mt_scan(&["count", "--json", text(folder.path())])), "{\"files\":20}\n");
}

#[test]
fn scan_gives_tracks_and_problems_as_json_lines() {
    let folder = Folder::new().file("bad.mp3", b"this is no mp3");
    let output = mt_scan(&["scan", "--json", text(&samples()), text(folder.path())]);
    let tracks = lines(&output.stdout);
    assert!(tracks.iter().all(|track| track["artists"].is_array() && track["has_artwork"].is_boolean()));
    let problems = lines(&output.stderr);
    let bad = problems.iter().find(|problem| problem["path"] == "bad.mp3").unwrap();
    assert_eq!(bad["root"], text(folder.path()));
    assert_eq!(bad["outcome"], "malformed");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(mt_scan(&["scan", "--json", "--strict", text(folder.path())]).status.code(), Some(1));
}

#[test]
fn scan_gives_a_summary() {
    let output = mt_scan(&["scan", text(&samples())]);
    let first = stdout(&output).lines().next().unwrap();
    assert!(first.contains(" tracks, ") && first.contains(" s, "), "{first}");
    assert!(stdout(&output).contains("\n  format "), "{}", stdout(&output));
    assert_eq!(stdout(&mt_scan(&["scan", "--quiet", text(&samples())])), "");
}

#[test]
fn index_makes_a_library() {
    let db = Folder::new();
    let path = db.path().join("library.db");
    let output = mt_scan(&["index", "--db", text(&path), text(&samples())]);
    assert!(stdout(&output).contains(" new, 0 changed, 0 as before ("), "{}{}", stdout(&output), stderr(&output));
    let again = lines(&mt_scan(&["index", "--json", "--db", text(&path), text(&samples())]).stdout);
    assert_eq!((again.len(), again[0]["report"]["added"].as_u64()), (1, Some(0)));
    let other = db.path().join("other.db");
    let mut changes = lines(&mt_scan(&["index", "--json", "--db", text(&other), text(&samples())]).stdout);
    let report = changes.pop().unwrap();
    assert_eq!(report["report"]["added"].as_u64(), Some(changes.len() as u64));
    assert!(changes.iter().all(|change| change["change"] == "added"));
    let connection = rusqlite::Connection::open(&path).unwrap();
    let count: i64 = connection.query_row("SELECT count(*) FROM tracks", [], |row| row.get(0)).unwrap();
    assert_eq!(count as usize, changes.len());
}

#[test]
fn index_tells_what_it_does_and_what_it_would_do() {
    let folder = Folder::new();
    std::fs::copy(samples().join("../formats/mp3-cbr.mp3"), folder.path().join("a.mp3")).unwrap();
    let db = Folder::new();
    let path = db.path().join("library.db");
    let index = |more: &[&str]| {
        let words = ["index", "--db", text(&path), text(folder.path())];
        stdout(&mt_scan(&words.iter().chain(more).copied().collect::<Vec<_>>())).to_owned()
    };
    assert_eq!(index(&["--dry-run"]), "nothing was written; a sync would find: 1 new, 0 changed, 0 as before\n");
    assert!(!path.exists());
    assert!(index(&["--verbose"]).starts_with("added     a.mp3\n\n"), "{}", index(&[]));
    std::fs::rename(folder.path().join("a.mp3"), folder.path().join("b.mp3")).unwrap();
    assert!(index(&["-v", "--mode", "quick"]).starts_with("moved     a.mp3 -> b.mp3\n\n"));
    std::fs::remove_file(folder.path().join("b.mp3")).unwrap();
    let refused = mt_scan(&["index", "--db", text(&path), text(folder.path())]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(stderr(&refused).contains("the root holds no music any more"), "{}", stderr(&refused));
    assert!(index(&["--confirm-empty"]).contains("1 missing"));
    assert_eq!(stdout(&mt_scan(&["purge", "--db", text(&path)])), "1 track forgotten\n");
    assert_eq!(mt_scan(&["purge", "--db", text(&db.path().join("none.db"))]).status.code(), Some(3));
}

#[test]
fn inspect_shows_one_file() {
    let folder = Folder::new().file("a.mp3", b"");
    let path = folder.path().join("a.mp3");
    let output = mt_scan(&["inspect", "--json", text(&path)]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["track"]["path"], "a.mp3");
    assert!(stdout(&mt_scan(&["inspect", text(&path)])).contains("\nsize "));
}

#[test]
fn inspect_shows_several_files_and_one_that_cannot_be_shown_costs_no_other() {
    let folder = Folder::new().file("a.mp3", b"").file("deep/b.mp3", b"");
    let place = |name: &str| folder.path().join(name);
    let [first, second, gone, nowhere] = ["a.mp3", "deep/b.mp3", "gone.mp3", "nowhere/c.mp3"].map(place);
    let files = [text(&first), text(&gone), text(&second), text(&nowhere)];
    let output = mt_scan(&[&["inspect", "--json"][..], &files].concat());
    let paths: Vec<Value> = lines(&output.stdout).iter().map(|found| found["track"]["path"].clone()).collect();
    assert_eq!((paths, output.status.code()), (vec!["a.mp3".into(), "b.mp3".into()], Some(3)));
    let said = format!("mt-scan: {0}: no file is there\nmt-scan: {1}: no file is there\n", files[1], files[3]);
    assert_eq!(stderr(&output), said);
    let people = mt_scan(&["inspect", files[0], files[2]]);
    assert_eq!(people.status.code(), Some(0));
    assert_eq!(stdout(&people).matches("\nmtime ").count(), 2);
    assert!(stdout(&people).contains("\n\nroot ") && stdout(&people).contains(" UTC\n"), "{}", stdout(&people));
}

#[test]
fn benchmark_prints_milliseconds() {
    let folder = Folder::new().tracks(2, 2);
    let output = mt_scan(&["benchmark", "--iterations", "2", text(folder.path())]);
    assert!(stdout(&output).trim().parse::<f64>().unwrap() > 0.0);
}

#[test]
fn what_cannot_run_exits_with_3_and_wrong_words_with_2() {
    let folder = Folder::new();
    let missing = folder.path().join("none");
    for command in ["scan", "count", "index"] {
        let db = folder.path().join("library.db");
        let mut arguments = vec![command, text(&missing)];
        if command == "index" {
            arguments.extend(["--db", text(&db)]);
        }
        let output = mt_scan(&arguments);
        assert_eq!(output.status.code(), Some(3));
        assert!(stderr(&output).starts_with(&format!("mt-scan: {}: the root does not exist", missing.display())));
    }
    assert_eq!(mt_scan(&["scan"]).status.code(), Some(2));
    assert_eq!(mt_scan(&["scan", "--workers", "0", "."]).status.code(), Some(2));
}

#[test]
fn a_lock_that_is_no_database_is_named_in_one_line() {
    let folder = Folder::new().file("music/a.mp3", b"").file("library.db-sync", &[b'x'; 5000]);
    let (music, db) = (folder.path().join("music"), folder.path().join("library.db"));
    for command in ["index", "watch", "purge"] {
        let mut arguments = vec![command, "--db", text(&db)];
        if command == "purge" {
            // There is a library to purge: the command before has made it.
            assert!(db.exists());
        } else {
            arguments.push(text(&music));
        }
        let output = mt_scan(&arguments);
        let said =
            format!("mt-scan: {}-sync: the lock beside the library cannot be used: file is not a database", text(&db));
        assert!(stderr(&output).starts_with(&said), "{}", stderr(&output));
        assert_eq!((stderr(&output).lines().count(), output.status.code()), (1, Some(3)));
        assert_eq!(stderr(&output).matches("file is not a database").count(), 1);
    }
}

// Only Linux is sure to hold such names.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_name_is_not_utf8_cannot_be_inspected_and_is_named_in_one_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = Folder::new();
    for name in [&b"a\xff.mp3"[..], b"b\xff/a.mp3"] {
        let file = folder.path().join(OsStr::from_bytes(name));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, b"").unwrap();
        let output = run(Command::new(env!("CARGO_BIN_EXE_mt-scan")).arg("inspect").arg(file));
        assert!(stderr(&output).contains("name is not valid UTF-8"), "{}", stderr(&output));
        assert_eq!((stderr(&output).lines().count(), output.status.code()), (1, Some(3)));
    }
}

// Windows holds no such names.
#[cfg(unix)]
#[test]
fn a_name_cannot_harm_the_terminal() {
    let folder = Folder::new().file("a\x1b[31m\u{202e}.mp3", b"x");
    let output = mt_scan(&["scan", text(folder.path())]);
    assert!(stdout(&output).contains(r"a\x1b[31m\u202e.mp3: malformed"), "{}", stdout(&output));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = Folder::new().tracks(60, 60);
    let script =
        format!("'{}' scan --json '{}' 2>errors | head -n 1", env!("CARGO_BIN_EXE_mt-scan"), text(folder.path()));
    if cfg!(unix) {
        let output = run(Command::new("sh").args(["-c", &script]).current_dir(folder.path()));
        assert_eq!(lines(&output.stdout).len(), 1);
        let errors = std::fs::read_to_string(folder.path().join("errors")).unwrap();
        assert!(!errors.contains("mt-scan"), "{errors}");
    }
}

#[test]
fn limits_can_be_given() {
    let folder = Folder::new().file("loop.mp3", b"MT-MISBEHAVE loop");
    let component = text(misbehaving());
    let output = mt_scan(&["scan", "--json", "--component", component, "--file-timeout", "0.2", text(folder.path())]);
    let problems = lines(&output.stderr);
    assert_eq!(problems[0]["outcome"], "timeout");
    assert_eq!(problems[0]["detail"], "reading the file: it took longer than 0.2 s and was stopped");
    assert_eq!(lines(&output.stdout).len(), 1);
}

#[test]
fn shells_can_complete_the_words() {
    assert!(stdout(&mt_scan(&["completions", "bash"])).contains("--include-ignored"));
}
