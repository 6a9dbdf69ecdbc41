//! What an analysis has found, and the verdict that follows from it.

pub use mt_scanner_contract::analysis::Verdict;
use serde::Serialize;

use crate::audio::Decoded;
use crate::loudness::Loudness;

/// The version of what reports say. It goes up when the same bytes get another verdict, hash,
/// loudness or fingerprint, so that libraries are analysed again.
pub const VERSION: u32 = 2;
/// The findings that are told one by one. A damaged file may have one for each frame.
const TOLD: usize = 32;
/// The places of which the time is known. A file of ten hours has one each 9 s.
const MARKS: usize = 4096;

/// How much of a file held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Nothing was looked at, or nothing held.
    Nothing,
    /// Beginning, end and tables.
    Header,
    /// Frames, boxes and tables follow each other to the end.
    Structure,
    /// The audio was decoded and is as long as the file says. Most changed bytes decode too.
    Decoded,
    /// All of the audio is under checksums, which are right.
    Checksums,
    /// The samples have the MD5 that the file names.
    Md5,
}

/// What kind of thing was found. `wit/analysis.wit` has the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in wit/analysis.wit")]
pub enum Kind {
    WrongExtension,
    Empty,
    NoAudio,
    Unreadable,
    Header,
    Size,
    CutOff,
    Trailing,
    LostSync,
    Missing,
    Checksum,
    Order,
    Decode,
    Length,
    Silent,
    Clipped,
    NoDecoder,
    NotFollowed,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// What it alone would lead to; `None` for a remark.
    pub verdict: Option<Verdict>,
    /// For people.
    pub detail: String,
    /// In bytes from the beginning of the file.
    pub position: Option<u64>,
    /// In ms from the beginning of the audio.
    pub position_ms: Option<u64>,
}

/// Findings, and what else is known of a file while it is worked on.
#[derive(Debug, Default)]
pub struct Findings {
    told: Vec<Finding>,
    more: u64,
    worst: Option<Verdict>,
    /// Places of the audio: bytes, and ms.
    marks: Vec<(u64, u64)>,
    /// How many places are passed over for each that is kept.
    stride: u32,
    passed: u32,
}

impl Findings {
    /// Notes something of a place in the file.
    pub fn at(&mut self, position: u64, kind: Kind, verdict: Verdict, detail: impl Into<String>) {
        let position_ms = self.time_of(position);
        self.add(Finding {
            kind,
            verdict: Some(verdict),
            detail: detail.into(),
            position: Some(position),
            position_ms,
        });
    }

    /// Notes something of the whole file.
    pub fn of_file(&mut self, kind: Kind, verdict: Verdict, detail: impl Into<String>) {
        self.add(Finding { kind, verdict: Some(verdict), detail: detail.into(), position: None, position_ms: None });
    }

    /// Notes something of a time in the audio.
    pub fn at_time(&mut self, ms: u64, kind: Kind, verdict: Verdict, detail: impl Into<String>) {
        let position = self.place_of(ms);
        self.add(Finding { kind, verdict: Some(verdict), detail: detail.into(), position, position_ms: Some(ms) });
    }

    /// Makes a remark, which no verdict follows from.
    pub fn remark(&mut self, kind: Kind, detail: impl Into<String>) {
        self.add(Finding { kind, verdict: None, detail: detail.into(), position: None, position_ms: None });
    }

    fn add(&mut self, finding: Finding) {
        self.worst = self.worst.max(finding.verdict);
        if self.told.len() < TOLD {
            self.told.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Notes at which time the audio is that begins at a place. Call in the order of places.
    pub fn mark(&mut self, position: u64, ms: u64) {
        self.passed += 1;
        if self.passed <= self.stride {
            return;
        }
        self.passed = 0;
        if self.marks.len() == MARKS {
            let mut keep = false;
            self.marks.retain(|_| {
                keep = !keep;
                keep
            });
            self.stride = self.stride * 2 + 1;
        }
        self.marks.push((position, ms));
    }

    fn time_of(&self, position: u64) -> Option<u64> {
        let behind = self.marks.partition_point(|(place, _)| *place <= position);
        self.marks.get(behind.checked_sub(1)?).map(|(_, ms)| *ms)
    }

    fn place_of(&self, ms: u64) -> Option<u64> {
        let behind = self.marks.partition_point(|(_, time)| *time <= ms);
        self.marks.get(behind.checked_sub(1)?).map(|(place, _)| *place)
    }

    /// The worst verdict of a finding; `None` if there were only remarks.
    pub fn worst(&self) -> Option<Verdict> {
        self.worst
    }

    /// What was found, and how much more there was.
    pub fn into_parts(self) -> (Vec<Finding>, u64) {
        (self.told, self.more)
    }
}

/// The verdict that follows from the worst finding and from what held.
pub fn verdict(worst: Option<Verdict>, proof: Proof) -> Verdict {
    let best = if proof >= Proof::Checksums { Verdict::Intact } else { Verdict::Unchecked };
    worst.map_or(best, |worst| worst.max(best))
}

/// The whole of it, as `wit/analysis.wit` documents it.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "documented in wit/analysis.wit")]
pub struct Report {
    pub path: String,
    pub size: u64,
    pub format: Option<String>,
    pub codec: Option<String>,
    pub depth: Option<Depth>,
    pub verdict: Option<Verdict>,
    pub proof: Option<Proof>,
    pub findings: Vec<Finding>,
    pub more_findings: u64,
    pub payload_hash: Option<String>,
    pub file_hash: Option<String>,
    pub audio: Option<Decoded>,
    pub loudness: Option<Loudness>,
    pub fingerprint: Option<String>,
}

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Beginning, end and tables.
    Header,
    /// Every byte, without decoding.
    Stream,
    /// Decoded.
    Audio,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_and_without_one_what_held() {
        assert_eq!(verdict(None, Proof::Structure), Verdict::Unchecked);
        assert_eq!(verdict(None, Proof::Decoded), Verdict::Unchecked);
        assert_eq!(verdict(None, Proof::Checksums), Verdict::Intact);
        assert_eq!(verdict(Some(Verdict::Suspicious), Proof::Md5), Verdict::Suspicious);
        let mut findings = Findings::default();
        findings.at(7, Kind::Checksum, Verdict::Damaged, "x");
        findings.of_file(Kind::CutOff, Verdict::Truncated, "y");
        assert_eq!(verdict(findings.worst(), Proof::Header), Verdict::Damaged);
    }

    #[test]
    fn a_remark_leads_to_nothing_and_much_is_counted() {
        let mut findings = Findings::default();
        (0..100).for_each(|_| findings.remark(Kind::NoDecoder, "x"));
        assert_eq!(findings.worst(), None);
        let (told, more) = findings.into_parts();
        assert_eq!((told.len(), more), (TOLD, 100 - TOLD as u64));
    }

    #[test]
    fn places_and_times_lead_to_each_other_however_many_there_are() {
        let mut findings = Findings::default();
        (0..100_000).for_each(|frame| findings.mark(frame * 400, frame * 26));
        assert!(findings.marks.len() <= MARKS);
        let near = findings.time_of(20_000_000).unwrap();
        assert!(near.abs_diff(1_300_000) < 2_000, "{near}");
        assert!(findings.place_of(1_300_000).unwrap().abs_diff(20_000_000) < 40_000);
        assert_eq!(Findings::default().time_of(7), None);
    }
}
