//! Work, as a step has it in hand and as it is written in JSON.

use serde::{Deserialize, Serialize};

use super::known::{Fingerprint, KnownFolder};
use super::slice::Slice;
use crate::bindings::exports::mt::scanner::scan;

/// A folder, or some files of a folder. See `step-json` in `wit/scan.wit`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The folder, relative to the root.
    pub folder: String,
    /// `None`: list the folder.
    #[serde(default)]
    pub files: Option<Slice>,
    /// Of a folder to list: only names behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The folders above whose `.mtignore` applies here; `None` if that is to be found out.
    pub ignored_by: Option<Vec<String>>,
    /// What the library knows of the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Box<KnownFolder>>,
    /// Do not look into the folder if this is its time of last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless_mtime_ns: Option<i64>,
    /// What the host has seen of the files, in their order.
    #[serde(default, skip_serializing)]
    pub seen: Vec<Option<Fingerprint>>,
    /// Do not open the files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
}

impl Work {
    /// A folder to list.
    pub fn folder(folder: String, ignored_by: Vec<String>) -> Self {
        Self { folder, ignored_by: Some(ignored_by), ..Self::default() }
    }

    /// Files to read.
    pub fn files(folder: String, files: Slice) -> Self {
        Self { folder, files: Some(files), ignored_by: Some(Vec::new()), ..Self::default() }
    }
}

impl From<scan::Work> for Work {
    fn from(work: scan::Work) -> Self {
        let files = work.files.map(Slice::from);
        Self { folder: work.folder, files, after: work.after, ignored_by: Some(work.ignored_by), ..Self::default() }
    }
}

impl From<Work> for scan::Work {
    fn from(work: Work) -> Self {
        let files = work.files.map(String::from);
        Self { folder: work.folder, files, after: work.after, ignored_by: work.ignored_by.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_has_seen_is_not_handed_back() {
        let text = r#"{"folder":"a","files":["x.mp3","y.mp3"],"ignored_by":[],"seen":[null,[1,2,3]]}"#;
        let work: Work = serde_json::from_str(text).unwrap();
        assert_eq!(work.seen, [None, Some(Fingerprint { size: 1, mtime_ns: 2, ctime_ns: 3 })]);
        let text = serde_json::to_string(&work).unwrap();
        assert_eq!(text, r#"{"folder":"a","files":["x.mp3","y.mp3"],"ignored_by":[]}"#);
    }

    #[test]
    fn a_record_of_the_contract_is_the_same_work() {
        let record = scan::Work {
            folder: "a".into(),
            files: Some("x.mp3\0y.mp3\0".into()),
            after: None,
            ignored_by: vec!["b".into()],
        };
        let work = Work::from(record.clone());
        assert!(work.files.as_ref().is_some_and(|files| files.iter().map(|(name, _)| name).eq(["x.mp3", "y.mp3"])));
        assert_eq!(scan::Work::from(work), record);
    }
}
