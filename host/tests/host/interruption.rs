//! Ctrl-C while `mt-scan` works: it ends, the library is whole, and the next sync goes on from
//! there.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::support::{Folder, misbehaving_analyser};

const SIGINT: i32 = 2;
/// Times of the interruption in ms: before the first row, among the rows, at the end.
const DELAYS: [u64; 8] = [0, 5, 10, 20, 40, 80, 160, 320];

/// Runs `mt-scan` and interrupts it. `env` undoes what shells do to commands in the background:
/// they ignore the signal.
fn interrupted(arguments: &[&str], after: u64) -> ExitStatus {
    let mut process =
        command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("env of the GNU coreutils");
    begin(&process);
    thread::sleep(Duration::from_millis(after));
    interrupt(&process);
    process.wait().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("env");
    let signals = ["INT", "HUP", "TERM"].map(|name| format!("--default-signal={name}"));
    command.args(signals).arg(env!("CARGO_BIN_EXE_mt-scan")).args(arguments);
    command
}

/// Waits until `env` has become the program, where the system tells. A shell's background ignores
/// the signal, and `env` does until it has put that right.
fn begin(process: &Child) {
    let program = format!("/proc/{}/exe", process.id());
    while std::fs::read_link(&program).is_ok_and(|exe| !exe.ends_with("mt-scan")) {
        thread::sleep(Duration::from_micros(200));
    }
}

fn interrupt(process: &Child) {
    assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
}

/// Ended with 130, or ready before the signal came, or ended by it before anybody took care of it.
fn assert_ended(status: ExitStatus, what: &str) {
    assert!(status.signal() == Some(SIGINT) || matches!(status.code(), Some(0 | 130)), "{what}: {status}");
}

fn assert_whole(db: &Path, what: &str) {
    if !db.exists() {
        return;
    }
    let check: String =
        Connection::open(db).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "{what}");
}

#[test]
fn a_scan_ends_at_once() {
    let folder = Folder::new().tracks(300, 10);
    for after in DELAYS {
        assert_ended(interrupted(&["scan", folder.path().to_str().unwrap()], after), &format!("{after} ms"));
    }
}

#[test]
fn a_scan_that_is_interrupted_says_so_and_writes_whole_lines() {
    let folder = Folder::new().tracks(600, 20);
    // Later each time, until it has begun to write.
    for after in (40..).step_by(40) {
        let mut process = command(&["scan", "--json", folder.path().to_str().unwrap()]);
        let process = process.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        begin(&process);
        thread::sleep(Duration::from_millis(after));
        let began = Instant::now();
        interrupt(&process);
        let output = process.wait_with_output().unwrap();
        assert_ended(output.status, &format!("{after} ms"));
        if began.elapsed() > Duration::from_millis(300) {
            // On a machine that is this busy the process has ended wherever it was.
            continue;
        }
        let (out, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(out.is_empty() || out.ends_with("}\n"), "{after} ms: {out}");
        let last = said.lines().last().unwrap_or_default();
        assert!(output.status.code() != Some(130) || last == "mt-scan: interrupted", "{after} ms: {last}");
        if !out.is_empty() {
            break;
        }
    }
}

#[test]
fn a_validation_ends_at_once_whatever_a_file_does() {
    let folder = Folder::new().file("loop.mp3", b"MT-MISBEHAVE loop");
    let component = misbehaving_analyser().to_str().unwrap();
    let arguments = ["validate", "--component", component, "--file-timeout", "600", folder.path().to_str().unwrap()];
    let process = command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    begin(&process);
    // It compiles the component first, and may still do so.
    thread::sleep(Duration::from_secs(5));
    let began = Instant::now();
    interrupt(&process);
    let output = process.wait_with_output().unwrap();
    assert_ended(output.status, "validate");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "mt-scan: interrupted\n");
}

#[test]
fn a_library_is_whole_after_every_interruption_and_the_next_sync_completes_it() {
    let (folder, place) = (Folder::new().tracks(300, 10), Folder::new());
    let db = place.path().join("library.db");
    let (root, path) = (folder.path().to_str().unwrap(), db.to_str().unwrap());
    let whole = |arguments: &[&str], fresh: bool| {
        for after in DELAYS {
            if fresh {
                for beside in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{path}{beside}"));
                }
            }
            let what = format!("{arguments:?} after {after} ms");
            assert_ended(interrupted(&[arguments, &["--db", path, root]].concat(), after), &what);
            assert_whole(&db, &what);
        }
    };
    whole(&["index"], true);
    let done = Command::new(env!("CARGO_BIN_EXE_mt-scan")).args(["index", "--quiet", "--db", path, root]).status();
    assert!(done.unwrap().success());
    let tracks = |sql: &str| Connection::open(&db).unwrap().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(tracks("SELECT count(*) FROM tracks WHERE missing_since IS NULL"), 3000);
    for arguments in [&["index"][..], &["index", "--mode", "quick"], &["watch"]] {
        whole(arguments, false);
    }
    assert_eq!(tracks("SELECT count(*) FROM tracks WHERE missing_since IS NULL"), 3000);
}
