//! Looking into audio: `Analyser`, and `mt-scan validate`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use mt_scanner::{Analyser, AnalyserBuilder, Depth, Error, FileReport, LoadError, Problem, Proof, Verdict, Walking};
use serde_json::Value;

use crate::support::{Folder, misbehaving_analyser, outcomes, samples};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(samples().join("../formats").join(name)).unwrap()
}

/// A good file, one that cannot be proved, one that is cut off, one with a changed byte, and one
/// with a wrong name.
fn mixed() -> Folder {
    let whole = fixture("flac-16-44.flac");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    Folder::new()
        .file("good.flac", &whole)
        .file("deep/cut.flac", &whole[..whole.len() / 2])
        .file("deep/changed.flac", &changed)
        .file("plain.m4a", &fixture("m4a-alac-24.m4a"))
        .file("wrong.flac", &fixture("mp3-cbr.mp3"))
        .file(".hidden/bad.flac", b"")
        .file("notes.txt", b"no audio")
}

fn analyser(folder: &Folder) -> AnalyserBuilder {
    Analyser::builder().root(folder.path())
}

/// All reports and problems, sorted by path.
fn all(analyser: &Analyser) -> (Vec<FileReport>, Vec<Problem>) {
    let mut validation = analyser.validate().unwrap();
    let mut reports: Vec<FileReport> = validation.by_ref().map(Result::unwrap).collect();
    let mut problems = validation.problems();
    reports.sort_by(|one, other| one.path.cmp(&other.path));
    problems.sort_by(|one, other| one.path.cmp(&other.path));
    (reports, problems)
}

fn verdicts(reports: &[FileReport]) -> Vec<(&str, Verdict)> {
    reports.iter().map(|report| (report.path.as_str(), report.verdict)).collect()
}

#[test]
fn each_file_gets_its_verdict_however_many_workers_there_are() {
    let folder = mixed();
    for workers in [1, 4] {
        let (reports, problems) = all(&analyser(&folder).workers(workers).build().unwrap());
        assert_eq!(
            verdicts(&reports),
            [
                ("deep/changed.flac", Verdict::Damaged),
                ("deep/cut.flac", Verdict::Truncated),
                ("good.flac", Verdict::Intact),
                ("plain.m4a", Verdict::Unchecked),
                ("wrong.flac", Verdict::Suspicious),
            ]
        );
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(reports[2].proof, Proof::Checksums);
        let finding = reports[0].first_finding().unwrap();
        assert!(finding.kind == "checksum" && finding.position.is_some() && finding.position_ms.is_some());
    }
}

#[test]
fn a_depth_finds_what_it_looks_at() {
    let folder = mixed();
    let changed = folder.path().join("deep/changed.flac");
    let found = |depth| {
        let (reports, _) = all(&Analyser::builder().root(&changed).depth(depth).build().unwrap());
        (reports[0].verdict, reports[0].json.contains(&format!("\"depth\":\"{}\"", depth.name())))
    };
    assert_eq!(found(Depth::Header), (Verdict::Unchecked, true));
    assert_eq!(found(Depth::Stream), (Verdict::Damaged, true));
    assert_eq!(found(Depth::Audio), (Verdict::Damaged, true));
    let (reports, _) =
        all(&Analyser::builder().root(folder.path().join("good.flac")).depth(Depth::Audio).build().unwrap());
    assert_eq!((reports.len(), reports[0].proof), (1, Proof::Md5));
}

#[test]
fn files_are_those_of_a_scan_but_for_archives() {
    let folder = mixed().file("skipped/.nomedia", b"").file("skipped/a.mp3", b"").file("a.zip", b"PK");
    let walking = Walking { hidden_folders: true, ignored_folders: true, archives: true, ..Walking::default() };
    let walking = Walking { extensions: vec!["TXT".to_owned()], ..walking };
    let (reports, problems) = all(&analyser(&folder).walking(walking).build().unwrap());
    let paths: Vec<_> = reports.iter().map(|report| report.path.as_str()).collect();
    let first = [".hidden/bad.flac", "deep/changed.flac", "deep/cut.flac", "good.flac", "notes.txt", "plain.m4a"];
    assert_eq!(paths, [&first[..], &["skipped/a.mp3", "wrong.flac"]].concat());
    assert!(problems.is_empty(), "{problems:?}");
    let inside = Analyser::builder().root(folder.path()).root(folder.path().join("deep")).build().unwrap();
    assert_eq!(inside.notices()[0].kind, "root-inside");
    let (reports, _) = all(&inside);
    let owned = reports.iter().filter(|report| Path::new(&report.root) == folder.path().join("deep")).count();
    assert_eq!((reports.len(), owned), (5, 2));
}

#[test]
fn a_poisoned_file_costs_its_instance_and_has_the_outcome_for_its_name() {
    let good = fixture("flac-16-44.flac");
    let mut folder = Folder::new()
        .file("allocate.mp3", b"MT-MISBEHAVE allocate")
        .file("loop.mp3", b"MT-MISBEHAVE loop")
        .file("panic.mp3", b"MT-MISBEHAVE panic");
    for number in 0..20 {
        folder = folder.file(&format!("good/{number:02}.flac"), &good);
    }
    for workers in [1, 3] {
        let builder = analyser(&folder).component(misbehaving_analyser()).workers(workers);
        let (reports, problems) =
            all(&builder.file_timeout(Duration::from_secs(3)).memory_limit(64 << 20).build().unwrap());
        assert_eq!(reports.len(), 20);
        assert!(reports.iter().all(|report| report.verdict == Verdict::Intact));
        let ended = [("allocate.mp3", "memory"), ("loop.mp3", "timeout"), ("panic.mp3", "trap")];
        assert_eq!(outcomes(&problems), ended);
        assert_eq!(problems[1].detail, "reading the file: it took longer than 3 s and was stopped");
        assert!(problems[2].detail.contains("asked to panic"), "{}", problems[2].detail);
    }
}

#[test]
fn who_cancels_is_not_kept_waiting_and_progress_is_told() {
    let folder = Folder::new().file("loop.mp3", b"MT-MISBEHAVE loop").file("good.flac", &fixture("flac-16-44.flac"));
    let analyser = analyser(&folder).component(misbehaving_analyser()).workers(2).build().unwrap();
    let mut validation = analyser.validate().unwrap();
    assert_eq!(validation.next().unwrap().unwrap().path, "good.flac");
    assert!(matches!(validation.next_within(Duration::from_millis(10)), Some(Ok(None))));
    let progress = validation.progress();
    assert_eq!((progress.files, progress.done, progress.tracks), (2, 1, 1));
    let (control, start) = (validation.control(), Instant::now());
    control.cancel();
    assert!(validation.next().is_none() && control.is_cancelled());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let validation = analyser.validate().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    drop(validation);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_does_not_answer_is_named_and_the_others_are_looked_at() {
    let folder = mixed();
    let Some(mount) = crate::slow::SlowMount::new(folder.path(), &["--stall", "open=good.flac", "--timeout", "0"])
    else {
        return;
    };
    let limit = Duration::from_millis(700);
    let (reports, problems) =
        all(&Analyser::builder().root(mount.path()).workers(1).file_timeout(limit).build().unwrap());
    assert_eq!(reports.len(), 4);
    assert_eq!(outcomes(&problems), [("good.flac", "timeout")]);
    assert_eq!(problems[0].detail, "reading the file: it took longer than 0.7 s and was stopped");
}

#[test]
fn what_cannot_run_is_an_error_before_anything_starts() {
    let folder = Folder::new().file("scanner.wasm", mt_scanner::Scanner::built_in_component());
    let gone = Analyser::builder().root(folder.path().join("gone")).build().unwrap();
    assert!(matches!(gone.validate().err(), Some(Error::RootNotFound { .. })));
    let other = Analyser::builder().component(folder.path().join("scanner.wasm")).build();
    assert!(matches!(other.err(), Some(Error::Load(LoadError::NotAnAnalyser { .. }))));
    assert!(Analyser::built_in_component().starts_with(b"\0asm"));
}

fn validate(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mt-scan"));
    command.arg("validate").args(arguments).stdin(Stdio::null()).output().expect("mt-scan runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn rows(bytes: &[u8]) -> Vec<Value> {
    text(bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn people_are_told_of_each_file_that_is_not_fine_and_of_the_sum() {
    let folder = mixed();
    let root = folder.path().to_str().unwrap();
    let done = validate(&[root]);
    let mut lines: Vec<&str> = text(&done.stdout).lines().collect();
    assert_eq!(lines.pop(), Some("5 files: 1 damaged, 1 truncated, 1 suspicious, 1 unchecked, 1 intact"));
    lines.sort_unstable();
    let line = |name: &str| folder.path().join(name).display().to_string();
    let changed = format!("{}: damaged: checksum, ", line("deep/changed.flac"));
    assert!(lines[0].starts_with(&changed) && lines[0].contains(", at byte "), "{}", lines[0]);
    assert!(lines[0].ends_with(" s"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{}: truncated: ", line("deep/cut.flac"))), "{}", lines[1]);
    assert!(lines[2].starts_with(&format!("{}: suspicious: wrong-extension, ", line("wrong.flac"))), "{}", lines[2]);
    assert_eq!((lines.len(), text(&done.stderr), done.status.code()), (3, "", Some(1)));
    let good = validate(&["--quiet", "--depth", "audio", &line("good.flac")]);
    assert_eq!((text(&good.stdout), good.status.code()), ("", Some(0)));
    let empty = Folder::new();
    assert_eq!(text(&validate(&[empty.path().to_str().unwrap()]).stdout), "0 files: 0 intact\n");
}

#[test]
fn programs_get_the_component_s_report_with_the_root_before_it() {
    let folder = mixed().file("list.m3u", b"");
    let root = folder.path().to_str().unwrap();
    let done = validate(&["--json", "--workers", "2", root]);
    let reports = rows(&done.stdout);
    assert!(reports.len() == 5 && reports.iter().all(|report| report["root"] == root));
    let start = format!("{{\"root\":{},\"path\":\"", serde_json::to_string(root).unwrap());
    assert!(text(&done.stdout).lines().all(|line| line.starts_with(&start)), "{}", text(&done.stdout));
    let notices = rows(&done.stderr);
    assert_eq!((notices[0]["notice"].as_str(), notices[0]["playlists"].as_u64()), (Some("passed-over"), Some(1)));
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn a_lost_instance_is_a_problem_and_strict_tells_it_by_the_exit_code() {
    let folder = Folder::new().file("panic.mp3", b"MT-MISBEHAVE panic");
    let (root, component) = (folder.path().to_str().unwrap(), misbehaving_analyser().to_str().unwrap());
    let done = validate(&["--json", "--component", component, root]);
    let problems = rows(&done.stderr);
    assert_eq!((problems[0]["path"].as_str(), problems[0]["outcome"].as_str()), (Some("panic.mp3"), Some("trap")));
    assert_eq!((text(&done.stdout), done.status.code()), ("", Some(0)));
    let done = validate(&["--strict", "--component", component, root]);
    assert!(text(&done.stdout).contains("1 problem: 1 trap\n  panic.mp3: trap: "), "{}", text(&done.stdout));
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn what_cannot_run_exits_with_3() {
    let folder = Folder::new();
    let gone = folder.path().join("gone");
    let done = validate(&[gone.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(3));
    assert!(text(&done.stderr).contains("the root does not exist"), "{}", text(&done.stderr));
    assert_eq!(validate(&["--depth", "deep", "."]).status.code(), Some(2));
}
