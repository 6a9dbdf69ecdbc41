//! What the component says of a file, typed.

use mt_scanner_contract::analysis::Verdict;
use serde::{Deserialize, Serialize};

use super::request::Depth;
use crate::runtime::error::Error;

/// How much of a file held, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Proof {
    /// Nothing was looked at, or nothing held.
    Nothing,
    /// Beginning, end and tables.
    Header,
    /// Frames, boxes and tables follow each other to the end.
    Structure,
    /// The audio was decoded without an error and is as long as the file says.
    Decoded,
    /// All of the audio is under checksums, which are right.
    Checksums,
    /// The decoded samples have the MD5 that the file names.
    Md5,
}

/// Something that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What it is: `checksum`, `cut-off`, `lost-sync`, ...; `wit/analysis.wit` lists them.
    pub kind: String,
    /// What it alone would lead to; `None` for a remark.
    pub verdict: Option<Verdict>,
    /// In words for people.
    pub detail: String,
    /// Where, in bytes from the beginning of the file.
    pub position: Option<u64>,
    /// When, in ms from the beginning of the audio.
    pub position_ms: Option<u64>,
}

/// What the decoded audio is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Audio {
    /// Samples of each channel.
    pub samples: u64,
    /// In Hz.
    pub sample_rate: u32,
    /// Their number.
    pub channels: u32,
    /// The greatest sample, where 1.0 is full scale.
    pub peak: Option<f64>,
    /// Samples that stand in rows of at least three at full scale.
    pub clipped: u64,
    /// Whether it is silent throughout.
    pub is_silent: bool,
}

/// How loud a track is, or an album. What silence and very short audio do not have is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Loudness {
    /// Integrated loudness in LUFS (ITU-R BS.1770-4).
    pub integrated: Option<f64>,
    /// The range in LU (EBU Tech 3342).
    pub range: Option<f64>,
    /// The true peak in dBTP (ITU-R BS.1770-4, annex 2).
    pub true_peak: Option<f64>,
    /// The gain of ReplayGain 2.0 in dB, of the track or of the album.
    #[serde(alias = "replaygain_track_gain", alias = "replaygain_album_gain")]
    pub gain: Option<f64>,
    /// The peak of ReplayGain 2.0, where 1.0 is full scale.
    #[serde(alias = "replaygain_track_peak", alias = "replaygain_album_peak")]
    pub peak: Option<f64>,
    /// Of a track, what the loudness of its album is reckoned from: opaque text.
    #[serde(skip_serializing)]
    pub blocks: Option<String>,
}

/// What was found out about one file. What was not asked for is `None`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct FileReport {
    /// The root, as an absolute path.
    #[serde(skip)]
    pub root: String,
    /// The file, relative to the root and with `/` on every system.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The container, as in [`Track`](crate::Track).
    pub format: Option<String>,
    /// The codec, as in [`Track`](crate::Track).
    pub codec: Option<String>,
    /// How closely damage was looked for.
    pub depth: Option<Depth>,
    /// The judgement.
    pub verdict: Option<Verdict>,
    /// What held.
    pub proof: Option<Proof>,
    /// The first things that were found, in the order in which they were.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub more_findings: u64,
    /// BLAKE3 of the coded audio, 64 hexadecimal digits; copies with other tags or in another
    /// container have the same. Also `None` if there is no audio.
    pub payload_hash: Option<String>,
    /// BLAKE3 of the file.
    pub file_hash: Option<String>,
    /// What the audio is; also `None` if not all of it was decoded.
    pub audio: Option<Audio>,
    /// How loud it is; also `None` if the audio is not decoded.
    pub loudness: Option<Loudness>,
    /// AcoustID's fingerprint of the first two minutes; also `None` if the audio is not decoded, or
    /// too short.
    pub fingerprint: Option<String>,
    /// All of the report as the component gives it, JSON text with `root` before it.
    #[serde(skip)]
    pub json: String,
}

impl FileReport {
    /// Reads the component's report of a file of this root.
    pub(super) fn of(root: &str, text: &str) -> Result<Self, Error> {
        let invalid = |error: serde_json::Error| Error::InvalidAnswer { source: error.into() };
        let mut report: Self = serde_json::from_str(text).map_err(invalid)?;
        // An object with keys, as it could be read: it goes on behind its brace.
        let keys = text.trim_start().get(1..).unwrap_or_default();
        report.json = format!("{{\"root\":{},{keys}", serde_json::to_string(root).map_err(invalid)?);
        report.root = root.to_owned();
        Ok(report)
    }

    /// The finding that people are told of first: the first that has the file's verdict, else the
    /// first that has one. `None`: there are at most remarks, and the file is fine as far as one
    /// can see.
    pub fn first_finding(&self) -> Option<&Finding> {
        let mut judged = self.findings.iter().filter(|finding| finding.verdict.is_some());
        let first = judged.clone().next();
        judged.find(|finding| finding.verdict == self.verdict).or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: &str, findings: &str) -> FileReport {
        let text = format!(
            r#"{{"path":"a.flac","size":7,"format":"flac","codec":null,"depth":"stream","verdict":"{verdict}",
            "proof":"header","findings":[{findings}],"more_findings":0,"payload_hash":null,"loudness":{{
            "integrated":-18.5,"range":null,"true_peak":-1,"replaygain_track_gain":0.5,"replaygain_track_peak":0.9}}}}"#
        );
        FileReport::of("/m \"x\"", &text).unwrap()
    }

    fn finding(kind: &str, verdict: &str) -> String {
        format!(r#"{{"kind":"{kind}","verdict":{verdict},"detail":"x","position":1,"position_ms":null}}"#)
    }

    #[test]
    fn a_report_is_the_component_s_with_the_root_before_it() {
        let report = report("intact", "");
        let json: serde_json::Value = serde_json::from_str(&report.json).unwrap();
        assert_eq!((&json["root"], &json["path"], &json["size"]), (&r#"/m "x""#.into(), &"a.flac".into(), &7.into()));
        assert!(report.json.starts_with(r#"{"root":"/m \"x\"","path":"a.flac","#), "{}", report.json);
        assert_eq!((report.depth, report.file_hash, report.audio), (Some(Depth::Stream), None, None));
        let loudness = report.loudness.unwrap();
        assert_eq!((loudness.integrated, loudness.gain, loudness.range), (Some(-18.5), Some(0.5), None));
        assert!(FileReport::of("/m", "{}").is_err());
    }

    #[test]
    fn the_finding_that_decides_is_told_first_and_remarks_are_not() {
        let remark = finding("no-decoder", "null");
        assert_eq!(report("unchecked", &remark).first_finding(), None);
        let findings = [remark, finding("trailing", r#""suspicious""#), finding("checksum", r#""damaged""#)].join(",");
        assert_eq!(report("damaged", &findings).first_finding().unwrap().kind, "checksum");
        assert_eq!(report("truncated", &findings).first_finding().unwrap().kind, "trailing");
    }

    #[test]
    fn verdicts_are_in_order() {
        assert!(Verdict::ALL.is_sorted());
        assert_eq!(Verdict::ALL.map(Verdict::is_bad), [false, false, false, true, true]);
    }
}
