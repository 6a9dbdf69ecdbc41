//! What the component says of a file, typed.

use serde::Deserialize;

use crate::runtime::error::Error;

/// How closely files are looked at. Each depth does what those before it do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Depth {
    /// The beginning, the end and the tables.
    Header,
    /// The whole file without decoding: every frame, page, box, packet and checksum.
    #[default]
    Stream,
    /// The audio too, decoded to its end.
    Audio,
}

/// The judgement of a file, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// A changed byte of the audio would have been seen.
    Intact,
    /// No damage was found, and a changed byte could have gone unseen: [`FileReport::proof`] says
    /// what held.
    Unchecked,
    /// Something is as no encoder leaves it, and the audio may be whole all the same.
    Suspicious,
    /// The end is missing.
    Truncated,
    /// Bytes are not as they were written.
    Damaged,
}

impl Depth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Header, Self::Stream, Self::Audio];

    /// The depth of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|depth| depth.name() == name)
    }

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Stream => "stream",
            Self::Audio => "audio",
        }
    }
}

impl Verdict {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 5] = [Self::Intact, Self::Unchecked, Self::Suspicious, Self::Truncated, Self::Damaged];

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Unchecked => "unchecked",
            Self::Suspicious => "suspicious",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
        }
    }

    /// Whether audio is lost: damaged or truncated.
    pub fn is_bad(self) -> bool {
        self >= Self::Truncated
    }
}

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

/// What was found out about one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    /// The judgement.
    pub verdict: Verdict,
    /// What held.
    pub proof: Proof,
    /// The first things that were found, in the order in which they were.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub more_findings: u64,
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
        let of_file = self.findings.iter().find(|finding| finding.verdict == Some(self.verdict));
        of_file.or_else(|| self.findings.iter().find(|finding| finding.verdict.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: &str, findings: &str) -> FileReport {
        let text = format!(
            r#"{{"path":"a.flac","size":7,"format":"flac","codec":null,"depth":"stream","verdict":"{verdict}",
            "proof":"header","findings":[{findings}],"more_findings":0,"payload_hash":null}}"#
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
