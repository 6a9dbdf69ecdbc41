//! Looking into audio: `Analyser`, and `mt-scan validate`, `hash`, `loudness` and `fingerprint`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use mt_scanner::{
    Analyser, Depth, Error, Examination, FileReport, LoadError, Problem, Proof, Request, Scanner, ScannerBuilder,
    Verdict, Walking,
};
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

/// A tone of so many seconds.
fn tone(seconds: u32) -> Vec<u8> {
    const RATE: u32 = 11_025;
    let samples = (0..seconds * RATE).map(|place| ((f64::from(place) * 0.25).sin() * 8000.0) as i16);
    let audio: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let size = u32::try_from(audio.len()).unwrap();
    let numbers = [16, 0x0001_0001, RATE, RATE * 2, 0x0010_0002].map(u32::to_le_bytes).concat();
    [b"RIFF", &(36 + size).to_le_bytes()[..], b"WAVEfmt ", &numbers, b"data", &size.to_le_bytes(), &audio].concat()
}

fn scanner(root: &Path) -> ScannerBuilder {
    Scanner::builder().root(root)
}

fn analyser(scanner: ScannerBuilder) -> Analyser {
    Analyser::new(&scanner.build().unwrap()).unwrap()
}

fn misbehaving(scanner: ScannerBuilder) -> Analyser {
    Analyser::with_component(&scanner.build().unwrap(), misbehaving_analyser()).unwrap()
}

/// All reports and problems of a validation, sorted by path.
fn all(analyser: &Analyser) -> (Vec<FileReport>, Vec<Problem>) {
    sorted(analyser.validate(Depth::Stream).unwrap())
}

fn sorted(mut examination: Examination) -> (Vec<FileReport>, Vec<Problem>) {
    let mut reports: Vec<FileReport> = examination.by_ref().map(Result::unwrap).collect();
    let mut problems = examination.problems();
    reports.sort_by(|one, other| one.path.cmp(&other.path));
    problems.sort_by(|one, other| one.path.cmp(&other.path));
    (reports, problems)
}

fn verdicts(reports: &[FileReport]) -> Vec<(&str, Verdict)> {
    reports.iter().map(|report| (report.path.as_str(), report.verdict.unwrap())).collect()
}

#[test]
fn each_file_gets_its_verdict_however_many_workers_there_are() {
    let folder = mixed();
    for workers in [1, 4] {
        let (reports, problems) = all(&analyser(scanner(folder.path()).workers(workers)));
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
        assert_eq!((reports[2].depth, reports[2].proof), (Some(Depth::Stream), Some(Proof::Checksums)));
        let finding = reports[0].first_finding().unwrap();
        assert!(finding.kind == "checksum" && finding.position.is_some() && finding.position_ms.is_some());
    }
}

#[test]
fn a_depth_finds_what_it_looks_at() {
    let folder = mixed();
    let changed = folder.path().join("deep/changed.flac");
    let found = |depth| {
        let (reports, _) = sorted(analyser(scanner(&changed)).validate(depth).unwrap());
        (reports[0].verdict.unwrap(), reports[0].json.contains(&format!("\"depth\":\"{}\"", depth.name())))
    };
    assert_eq!(found(Depth::Header), (Verdict::Unchecked, true));
    assert_eq!(found(Depth::Stream), (Verdict::Damaged, true));
    assert_eq!(found(Depth::Audio), (Verdict::Damaged, true));
    let (reports, _) = sorted(analyser(scanner(&folder.path().join("good.flac"))).validate(Depth::Audio).unwrap());
    assert_eq!((reports.len(), reports[0].proof), (1, Some(Proof::Md5)));
}

#[test]
fn what_is_asked_for_is_in_the_report_and_nothing_else() {
    let folder = Folder::new().file("good.flac", &fixture("flac-16-44.flac")).file("cut.mp3", b"no audio");
    let analyser = analyser(scanner(folder.path()));
    let found = |request| sorted(analyser.examine(request).unwrap()).0;
    let reports = found(Request::EVERYTHING);
    let [bad, good] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((bad.verdict, &bad.payload_hash, &bad.loudness), (Some(Verdict::Damaged), &None, &None));
    assert_eq!((good.verdict, good.payload_hash.as_ref().map(String::len)), (Some(Verdict::Intact), Some(64)));
    let (loudness, audio) = (good.loudness.as_ref().unwrap(), good.audio.as_ref().unwrap());
    let (integrated, gain) = (loudness.integrated.unwrap(), loudness.gain.unwrap());
    // ReplayGain 2.0 leads to -18 LUFS.
    assert!((integrated + gain + 18.0).abs() < 0.01, "{loudness:?}");
    assert!(loudness.true_peak.unwrap() < 3.0 && loudness.peak.unwrap() > 0.0, "{loudness:?}");
    assert_eq!((audio.sample_rate, audio.channels, audio.is_silent), (44100, 2, false));
    let hashed = found(Request { hashes: true, ..Request::default() });
    assert_eq!((&hashed[1].payload_hash, &hashed[1].file_hash), (&good.payload_hash, &good.file_hash));
    let FileReport { depth, verdict, proof, loudness, fingerprint, .. } = &hashed[1];
    assert_eq!((depth, verdict, proof, loudness, fingerprint), (&None, &None, &None, &None, &None));
    assert!(hashed[0].file_hash.is_some() && hashed[0].payload_hash.is_none(), "{:?}", hashed[0]);
    let nothing = found(Request::default());
    assert_eq!((nothing.len(), &nothing[1].file_hash, nothing[1].size), (2, &None, good.size));
}

#[test]
fn files_are_those_of_a_scan_but_for_archives() {
    let folder = mixed().file("skipped/.nomedia", b"").file("skipped/a.mp3", b"").file("a.zip", b"PK");
    let walking = Walking { hidden_folders: true, ignored_folders: true, archives: true, ..Walking::default() };
    let walking = Walking { extensions: vec!["TXT".to_owned()], ..walking };
    let (reports, problems) = all(&analyser(scanner(folder.path()).walking(walking)));
    let paths: Vec<_> = reports.iter().map(|report| report.path.as_str()).collect();
    let first = [".hidden/bad.flac", "deep/changed.flac", "deep/cut.flac", "good.flac", "notes.txt", "plain.m4a"];
    assert_eq!(paths, [&first[..], &["skipped/a.mp3", "wrong.flac"]].concat());
    assert!(problems.is_empty(), "{problems:?}");
    let inside = analyser(scanner(folder.path()).root(folder.path().join("deep")));
    assert_eq!(inside.scanner().notices()[0].kind, "root-inside");
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
        let scanner = scanner(folder.path()).workers(workers);
        let (reports, problems) =
            all(&misbehaving(scanner.file_timeout(Duration::from_secs(3)).memory_limit(64 << 20)));
        assert_eq!(reports.len(), 20);
        assert!(reports.iter().all(|report| report.verdict == Some(Verdict::Intact)));
        let ended = [("allocate.mp3", "memory"), ("loop.mp3", "timeout"), ("panic.mp3", "trap")];
        assert_eq!(outcomes(&problems), ended);
        assert_eq!(problems[1].detail, "reading the file: it took longer than 3 s and was stopped");
        assert!(problems[2].detail.contains("asked to panic"), "{}", problems[2].detail);
    }
}

#[test]
fn who_cancels_is_not_kept_waiting_and_progress_is_told() {
    let folder = Folder::new().file("loop.mp3", b"MT-MISBEHAVE loop").file("good.flac", &fixture("flac-16-44.flac"));
    let analyser = misbehaving(scanner(folder.path()).workers(2));
    let mut validation = analyser.validate(Depth::Stream).unwrap();
    assert_eq!(validation.next().unwrap().unwrap().path, "good.flac");
    assert!(matches!(validation.next_within(Duration::from_millis(10)), Some(Ok(None))));
    let progress = validation.progress();
    assert_eq!((progress.files, progress.done, progress.tracks), (2, 1, 1));
    let (control, start) = (validation.control(), Instant::now());
    control.cancel();
    assert!(validation.next().is_none() && control.is_cancelled());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let validation = analyser.validate(Depth::Stream).unwrap();
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
    let (reports, problems) = all(&analyser(scanner(mount.path()).workers(1).file_timeout(limit)));
    assert_eq!(reports.len(), 4);
    assert_eq!(outcomes(&problems), [("good.flac", "timeout")]);
    assert_eq!(problems[0].detail, "reading the file: it took longer than 0.7 s and was stopped");
}

#[test]
fn what_cannot_run_is_an_error_before_anything_starts() {
    let folder = Folder::new().file("scanner.wasm", mt_scanner::Scanner::built_in_component());
    let gone = analyser(scanner(&folder.path().join("gone")));
    assert!(matches!(gone.examine(Request::default()).err(), Some(Error::RootNotFound { .. })));
    let other = Analyser::with_component(gone.scanner(), folder.path().join("scanner.wasm"));
    assert!(matches!(other.err(), Some(Error::Load(LoadError::NotAnAnalyser { .. }))));
    assert!(Analyser::built_in_component().starts_with(b"\0asm"));
}

fn mt_scan(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mt-scan"));
    command.args(arguments).stdin(Stdio::null()).output().expect("mt-scan runs")
}

fn validate(arguments: &[&str]) -> Output {
    mt_scan(&[&["validate"], arguments].concat())
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

#[test]
fn a_hash_is_a_line_and_copies_with_other_tags_have_the_same() {
    let folder = Folder::new().file("a.wav", &fixture("wav-pcm16.wav")).file("none.mp3", b"no audio");
    let mut longer = fixture("wav-pcm16.wav");
    // A chunk behind the audio, which the size of the whole covers.
    longer.extend(b"junk\x02\0\0\0ab");
    let size = u32::try_from(longer.len() - 8).unwrap();
    longer[4..8].copy_from_slice(&size.to_le_bytes());
    let folder = folder.file("b.wav", &longer);
    let told = |arguments: &[&str]| {
        let done = mt_scan(&[&["hash"], arguments, &[folder.path().to_str().unwrap()]].concat());
        assert_eq!((text(&done.stderr), done.status.code()), ("", Some(0)));
        let mut lines: Vec<(String, String)> = text(&done.stdout)
            .lines()
            .map(|line| line.split_once("  ").map(|(hash, path)| (path.to_owned(), hash.to_owned())).unwrap())
            .collect();
        lines.sort_unstable();
        lines
    };
    let (audio, whole) = (told(&["--workers", "2"]), told(&["--file"]));
    assert_eq!(audio[0].0, folder.path().join("a.wav").to_str().unwrap());
    assert!(audio[0].1 == audio[1].1 && whole[0].1 != whole[1].1, "{audio:?} {whole:?}");
    assert_eq!((audio[2].1.as_str(), whole[2].1.len()), ("-".repeat(64).as_str(), 64));
}

#[test]
fn loudness_is_a_table_by_path_and_fingerprints_are_lines() {
    let folder = Folder::new().file("b.wav", &tone(12)).file("a.mp3", b"no audio").file("two/c.wav", &tone(2));
    let folder = folder.file("two/d.wav", &tone(4));
    let root = folder.path().to_str().unwrap();
    let done = mt_scan(&["loudness", root]);
    let lines: Vec<Vec<&str>> = text(&done.stdout).lines().map(|line| line.split_whitespace().collect()).collect();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let head = |last| vec!["LUFS", "LU", "dBTP", "gain", "dB", last];
    assert_eq!((lines[0].clone(), lines[1].clone()), (head("file"), vec!["-", "-", "-", "-", path("a.mp3").as_str()]));
    assert_eq!(lines[2].last(), Some(&path("b.wav").as_str()));
    assert!(lines[2][0].parse::<f64>().unwrap() < -1.0, "{lines:?}");
    assert_eq!((lines[5].clone(), lines[6].clone(), lines.len()), (Vec::new(), head("album"), 8));
    // The same tone, for some longer: within what is reckoned from steps of 0.1 LU.
    let loudness = |line: usize| lines[line][0].parse::<f64>().unwrap();
    assert!((loudness(7) - loudness(3)).abs() < 0.15, "{lines:?}");
    assert_eq!(lines[7].last(), Some(&path("two").as_str()));
    let done = mt_scan(&["fingerprint", root]);
    let mut lines: Vec<&str> = text(&done.stdout).lines().collect();
    lines.sort_unstable_by_key(|line| line.rsplit('/').next());
    assert!(lines[0].contains("-  ") && lines[1].contains("AQ") && lines.len() == 4, "{lines:?}");
}

#[test]
fn programs_are_told_of_all_that_happens() {
    let folder = mixed().file("list.m3u", b"");
    let root = folder.path().to_str().unwrap();
    let done = validate(&["--events", root]);
    let told = rows(&done.stdout);
    let of = |kind: &str| told.iter().filter(|event| event["event"] == kind).cloned().collect::<Vec<_>>();
    assert_eq!((text(&done.stderr), done.status.code()), ("", Some(1)));
    assert!(of("file").len() == 5 && of("file").iter().all(|file| file["root"] == root && file["depth"] == "stream"));
    let (first, last) = (&of("progress")[0], &of("progress")[of("progress").len() - 1]);
    assert_eq!((&first["phase"], &last["phase"], &last["fraction"]), (&"scanning".into(), &"done".into(), &1.0.into()));
    let report = &told[told.len() - 1];
    assert_eq!((&report["event"], &report["files"], &report["problems"]), (&"report".into(), &5.into(), &0.into()));
    assert_eq!((&report["verdicts"]["damaged"], &report["progress"]["playlists"]), (&1.into(), &1.into()));
    let told = rows(&mt_scan(&["hash", "--events", root]).stdout);
    assert_eq!(told[told.len() - 1].get("verdicts"), None);
}
