//! The corruption drill: the repository's own files, cut off and changed by one byte, in the same
//! places each time.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use mt_scanner_formats::reader::FileReader;
use mt_scanner_formats::structure::{self, FlacFrame};
use serde_json::Value;

use crate::analysis::{Analysis, Request};
use crate::checksum::FLAC;
use crate::input::tests::source;
use crate::report::Depth;

/// Cuts, and changes, of each file.
const TRIALS: usize = 50;
/// The same where each is decoded, without the compiler's optimisations.
const DECODED: usize = 2;

/// The report on these bytes.
pub fn report(name: &str, bytes: &[u8], request: Request) -> Value {
    let mut work = Analysis::new(name, source(bytes.to_vec()), bytes.len() as u64, request);
    loop {
        if let Some(report) = work.report() {
            return serde_json::from_str(report).unwrap();
        }
        work.step();
    }
}

fn verdict(name: &str, bytes: &[u8], depth: Depth) -> String {
    let report = report(name, bytes, Request { depth: Some(depth), ..Request::default() });
    report["verdict"].as_str().unwrap().to_owned()
}

/// Every fixture, by name.
pub fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Numbers that look like chance (xorshift64).
pub struct Chance(pub u64);

impl Chance {
    /// A number below this one.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn within(&mut self, range: &Range<u64>) -> usize {
        (range.start + self.below(range.end - range.start)) as usize
    }
}

/// Where the coded audio is: behind the tags and tables in front, which no checksum covers.
fn audio(name: &str, bytes: &[u8]) -> Range<u64> {
    let place = structure::place(&mut FileReader::new(bytes, bytes.len() as u64)).unwrap();
    let find = |mark: &[u8]| memchr::memmem::find(bytes, mark).unwrap() as u64;
    let start = match name.rsplit('.').next().unwrap() {
        "flac" => find(b"\xff\xf8"),
        "wav" => find(b"data") + 8,
        "m4a" => find(b"mdat") + 4,
        _ => place.start,
    };
    let end = match name {
        "m4a-moov-end.m4a" => find(b"moov") - 4,
        _ => place.end,
    };
    start..end
}

/// The verdicts on the file, cut off in its audio.
fn cuts(name: &str, bytes: &[u8], depth: Depth, trials: usize) -> Vec<(usize, String)> {
    let audio = audio(name, bytes);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut cut = || chance.within(&(audio.start + 1..audio.end));
    (0..trials).map(|_| cut()).map(|at| (at, verdict(name, &bytes[..at], depth))).collect()
}

/// The verdicts on the file with another byte in its audio.
fn changes(name: &str, bytes: &[u8], depth: Depth, trials: usize) -> Vec<(usize, String)> {
    let audio = audio(name, bytes);
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let changed = |_| {
        let (at, by) = (chance.within(&audio), chance.below(255) as u8 + 1);
        let mut changed = bytes.to_vec();
        changed[at] ^= by;
        (at, verdict(name, &changed, depth))
    };
    (0..trials).map(changed).collect()
}

fn is_found(verdict: &str) -> bool {
    !["intact", "unchecked"].contains(&verdict)
}

/// Whether every byte of the audio is under a checksum: FLAC, Ogg, and what LAME says of its music.
fn has_checksums(name: &str) -> bool {
    let by_lame = ["mp3-abr.mp3", "mp3-cbr.mp3", "mp3-mono.mp3", "mp3-vbr.mp3"];
    [".flac", ".ogg", ".opus"].iter().any(|extension| name.ends_with(extension)) || by_lame.contains(&name)
}

#[test]
fn what_is_intact_is_found_to_be_at_every_depth() {
    for (name, bytes) in fixtures() {
        for depth in [Depth::Header, Depth::Stream, Depth::Audio] {
            let report = report(&name, &bytes, Request { depth: Some(depth), ..Request::default() });
            let expected = if depth >= Depth::Stream && has_checksums(&name) { "intact" } else { "unchecked" };
            assert_eq!(report["verdict"], expected, "{report}");
        }
    }
}

#[test]
fn where_there_are_checksums_every_cut_and_change_is_found() {
    for (name, bytes) in fixtures().into_iter().filter(|(name, _)| has_checksums(name)) {
        for (at, verdict) in cuts(&name, &bytes, Depth::Stream, TRIALS) {
            assert!(is_found(&verdict), "{name} cut off at {at}: {verdict}");
        }
        for (at, verdict) in changes(&name, &bytes, Depth::Stream, TRIALS) {
            // Behind LAME's header its frame is filled up with what nobody reads.
            let is_filling = name.ends_with(".mp3") && at < audio(&name, &bytes).start as usize + 500;
            assert!(is_found(&verdict) || is_filling, "{name} changed at {at}: {verdict}");
        }
    }
}

#[test]
fn without_checksums_cuts_are_found_and_no_change_is_called_intact() {
    for (name, bytes) in fixtures().into_iter().filter(|(name, _)| !has_checksums(name)) {
        let missed = cuts(&name, &bytes, Depth::Stream, TRIALS).into_iter().filter(|(_, verdict)| !is_found(verdict));
        // Between two frames nothing tells.
        assert!(
            missed.count() <= if name.ends_with(".mp3") || name.ends_with(".aac") { TRIALS / 15 } else { 0 },
            "{name}"
        );
        for (at, verdict) in changes(&name, &bytes, Depth::Stream, TRIALS) {
            assert_ne!(verdict, "intact", "{name} changed at {at}");
        }
        for (at, verdict) in changes(&name, &bytes, Depth::Audio, DECODED) {
            assert_ne!(verdict, "intact", "{name} changed at {at}");
        }
    }
}

#[test]
fn declared_sizes_show_a_cut_without_reading_the_audio() {
    for (name, bytes) in fixtures() {
        let says_its_size = [".wav", ".m4a", ".wma", ".ogg", ".opus"].iter().any(|end| name.ends_with(end));
        if says_its_size || name.ends_with(".mp3") && has_checksums(&name) {
            for (at, verdict) in cuts(&name, &bytes, Depth::Header, TRIALS) {
                assert!(is_found(&verdict), "{name} cut off at {at}: {verdict}");
            }
        }
    }
}

#[test]
fn zeros_and_junk_behind_the_audio_are_suspicious() {
    let end_with_tags = ["mp3-id3v1.mp3", "mp3-id3v24-apev2.mp3"];
    for (name, bytes) in fixtures().into_iter().filter(|(name, _)| !end_with_tags.contains(&name.as_str())) {
        for junk in [[0; 600], [b'<'; 600]] {
            let verdict = verdict(&name, &[bytes.as_slice(), &junk].concat(), Depth::Stream);
            assert_eq!(verdict, "suspicious", "{name}");
        }
    }
}

#[test]
fn a_checksum_may_end_in_a_zero() {
    let (name, whole) = fixtures().into_iter().find(|(name, _)| name == "flac-16-44.flac").unwrap();
    let last = (0..whole.len() - 16).rev().find(|&at| FlacFrame::of(&whole[at..]).is_some()).unwrap();
    let end = whole.len() - 2;
    let ending = |changes: u16| {
        let mut bytes = whole[..end].to_vec();
        bytes[end - 2..].copy_from_slice(&changes.to_be_bytes());
        let checksum = FLAC.checksum(&bytes[last..]).to_be_bytes();
        (checksum[1] == 0).then(|| [bytes, checksum.to_vec()].concat())
    };
    let bytes = (0..).find_map(ending).unwrap();
    assert_eq!(verdict(&name, &bytes, Depth::Stream), "intact");
    assert_eq!(verdict(&name, &[bytes, vec![0; 7]].concat(), Depth::Stream), "suspicious");
}

#[test]
fn a_hole_is_told_with_its_place_and_time() {
    for name in ["mp3-untagged.mp3", "aac-adts.aac", "flac-16-44.flac"] {
        let (_, mut bytes) = fixtures().into_iter().find(|(fixture, _)| fixture == name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 700].fill(0);
        let report = report(name, &bytes, Request { depth: Some(Depth::Stream), ..Request::default() });
        assert_eq!(report["verdict"], "damaged", "{report}");
        let finding = &report["findings"][0];
        let (position, ms) = (finding["position"].as_u64().unwrap(), finding["position_ms"].as_u64());
        assert!(position.abs_diff(middle as u64) < bytes.len() as u64 / 4, "{report}");
        assert!(ms.is_some_and(|ms| (100..900).contains(&ms)), "{report}");
    }
}

#[test]
fn hostile_files_leave_a_report_and_cost_no_more_than_their_size() {
    let mut chance = Chance(0x1234_5678_9abc_def1);
    for (name, bytes) in fixtures() {
        for _ in 0..mutations() {
            let mut hostile = bytes.clone();
            let reach = [64, 2000, bytes.len() as u64][chance.below(3) as usize].min(bytes.len() as u64);
            for _ in 0..=chance.below(12) {
                let at = chance.below(reach) as usize;
                hostile[at] = [0, 0xff, 0x7f, chance.below(256) as u8][chance.below(4) as usize];
            }
            let request = Request { depth: Some(Depth::Stream), hashes: true, ..Request::default() };
            let mut work = Analysis::new(&name, source(hostile.clone()), hostile.len() as u64, request);
            let steps = (0..).find(|_| {
                work.step();
                work.report().is_some()
            });
            assert!(steps.unwrap() < 100 + hostile.len() / 8, "{name}");
        }
    }
}

/// Hostile files of each fixture.
fn mutations() -> usize {
    std::env::var("MT_SCANNER_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(60)
}

#[test]
fn every_byte_that_is_cut_off_leaves_a_report() {
    for (name, bytes) in fixtures() {
        for len in 0..bytes.len().min(400) {
            let all = Request { depth: Some(Depth::Stream), hashes: true, ..Request::default() };
            assert!(report(&name, &bytes[..len], all)["verdict"].is_string(), "{name} {len}");
        }
    }
}
