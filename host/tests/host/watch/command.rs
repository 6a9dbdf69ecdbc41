//! `mt-scan watch`. Linux alone lets a process miss so much that its queue overflows, by sleeping.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{artists, copy};
use crate::support::Folder;

#[test]
fn the_command_says_that_events_were_lost_and_ends_with_ctrl_c() {
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
        thread::sleep(Duration::from_millis(10));
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
