//! Work: what a step is to do, and what is left of it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Fingerprint;

/// A folder, or some files of a folder, as JSON has it. `F` is the files and `K` what a library
/// knows of a folder, each as the side that reads or writes has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work<F, K> {
    /// The folder, relative to the root.
    pub folder: String,
    /// `None`: list the folder. Otherwise files in it, known to be audio files by their names.
    #[serde(default = "Option::default")]
    pub files: Option<F>,
    /// Of a folder to list: only names behind this one, in the order of their bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The folders, from the root down to this one's parent, whose `.mtignore` applies here; `None`
    /// if that is to be found out.
    pub ignored_by: Option<Vec<String>>,
    /// What the library knows of the folder: the answer of the statement `known`.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub known: Option<K>,
    /// Of a quick sync: the folder is not looked into if this is its time of last change, in ns
    /// since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless_mtime_ns: Option<i64>,
    /// The fingerprints of the first files as the host has seen them, links followed; `None` for
    /// one that it could not see. They go into the component and never come back.
    #[serde(default, skip_serializing)]
    pub seen: Vec<Option<Fingerprint>>,
    /// How many symbolic links lead here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub links: u32,
    /// Where a folder that is reached through a link is by its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The one file is a symbolic link that waits until all else of its root is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// The files are those that somebody has named, and no listing has found them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// Files, each with the cue sheet in its folder that divides it into tracks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<(String, String)>,
    /// The files get their rows and are not opened, because opening one has ended an instance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
    /// The files are of a solid archive, and are read in one go: whoever divides them has it
    /// decompressed once more for each part. Of a folder: it may be an archive that has to be
    /// decompressed to be listed, so that listing and reading it are best done in one go too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
}

impl<F, K> Work<F, K> {
    /// A folder to list. `ignored_by`: as in the field.
    pub fn folder(folder: String, ignored_by: Option<Vec<String>>) -> Self {
        Self {
            folder,
            files: None,
            after: None,
            ignored_by,
            known: None,
            unless_mtime_ns: None,
            seen: Vec::new(),
            links: 0,
            place: None,
            held: false,
            named: false,
            sheets: Vec::new(),
            blind: false,
            whole: false,
        }
    }

    /// Files that somebody has named.
    pub fn named(folder: String, files: F) -> Self {
        Self { named: true, ..Self::files(folder, files) }
    }

    /// Files to read.
    pub fn files(folder: String, files: F) -> Self {
        Self { files: Some(files), ..Self::folder(folder, Some(Vec::new())) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
fn is_zero(links: &u32) -> bool {
    *links == 0
}

/// A file of a slice for hosts, which hand it on as it is: a name, or an array of a name and what
/// is known of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListedFile(Box<RawValue>);

impl ListedFile {
    /// A file of which nothing is known.
    pub fn of(name: &str) -> Self {
        Self(RawValue::from_string(serde_json::Value::from(name).to_string()).unwrap_or_default())
    }

    /// The name of the file.
    pub fn name(&self) -> String {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum File {
            Name(String),
            Known(Vec<serde_json::Value>),
        }
        match serde_json::from_str(self.0.get()) {
            Ok(File::Name(name)) => name,
            Ok(File::Known(cells)) => cells.first().and_then(|cell| cell.as_str()).unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KnownFolder, Slice};

    #[test]
    fn what_the_host_has_seen_is_not_handed_back() {
        let text = r#"{"folder":"a","files":["x.mp3","y.mp3"],"ignored_by":[],"seen":[null,[1,2,3]]}"#;
        let work: Work<Slice, Box<KnownFolder>> = serde_json::from_str(text).unwrap();
        assert_eq!(work.seen, [None, Some(Fingerprint { size: 1, mtime_ns: 2, ctime_ns: 3 })]);
        let text = serde_json::to_string(&work).unwrap();
        assert_eq!(text, r#"{"folder":"a","files":["x.mp3","y.mp3"],"ignored_by":[]}"#);
    }

    #[test]
    fn a_host_hands_files_on_as_they_are_and_knows_their_names() {
        let text = r#"{"folder":"a","files":["x.mp3",["y.mp3",[7,1,2,3,1,0,null,0]]],"ignored_by":null}"#;
        let work: Work<Vec<ListedFile>, Box<RawValue>> = serde_json::from_str(text).unwrap();
        let names: Vec<String> = work.files.iter().flatten().map(ListedFile::name).collect();
        assert_eq!(names, ["x.mp3", "y.mp3"]);
        assert_eq!(serde_json::to_string(&work).unwrap(), text);
    }
}
