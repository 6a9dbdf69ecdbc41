//! Work, as a step has it in hand and as it is written in JSON.

use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::known::{Fingerprint, KnownFile, KnownFolder};
use crate::bindings::exports::mt::scanner::scan;

/// A folder, or some files of a folder. See `step-json` in `wit/scan.wit`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The folder, relative to the root.
    pub folder: String,
    /// `None`: list the folder.
    #[serde(default)]
    pub files: Option<Vec<File>>,
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

/// A file of a folder. In JSON its name, or where something is known of it an array with the name and that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    /// Its name in the folder.
    pub name: String,
    /// What the library has in this place: at most one track that is there, and any number that are missing.
    pub known: Vec<KnownFile>,
}

impl Work {
    /// A folder to list.
    pub fn folder(folder: String, ignored_by: Vec<String>) -> Self {
        Self { folder, ignored_by: Some(ignored_by), ..Self::default() }
    }

    /// Files to read.
    pub fn files(folder: String, files: Vec<File>) -> Self {
        Self { folder, files: Some(files), ignored_by: Some(Vec::new()), ..Self::default() }
    }
}

impl From<String> for File {
    fn from(name: String) -> Self {
        Self { name, known: Vec::new() }
    }
}

impl From<scan::Work> for Work {
    fn from(work: scan::Work) -> Self {
        let files = work.files.map(|names| names.into_iter().map(File::from).collect());
        Self { folder: work.folder, files, after: work.after, ignored_by: Some(work.ignored_by), ..Self::default() }
    }
}

impl From<Work> for scan::Work {
    fn from(work: Work) -> Self {
        let files = work.files.map(|files| files.into_iter().map(|file| file.name).collect());
        Self { folder: work.folder, files, after: work.after, ignored_by: work.ignored_by.unwrap_or_default() }
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.known.is_empty() {
            return serializer.serialize_str(&self.name);
        }
        let mut file = serializer.serialize_seq(Some(1 + self.known.len()))?;
        file.serialize_element(&self.name)?;
        for known in &self.known {
            file.serialize_element(known)?;
        }
        file.end()
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameAndKnown;

        impl<'de> Visitor<'de> for NameAndKnown {
            type Value = File;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a name, or an array of a name and what is known")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<File, E> {
                Ok(name.to_owned().into())
            }

            fn visit_string<E: de::Error>(self, name: String) -> Result<File, E> {
                Ok(name.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<File, A::Error> {
                let name = cells.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let mut known = Vec::new();
                while let Some(file) = cells.next_element()? {
                    known.push(file);
                }
                Ok(File { name, known })
            }
        }

        deserializer.deserialize_any(NameAndKnown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_name_or_an_array() {
        let work: Work = serde_json::from_str(
            r#"{"folder":"a","files":["x.mp3",["y.mp3",[7,10,20,30,1,0,"k"],[8,1,2,3,0,1,null]]],"ignored_by":[],"seen":[null,[1,2,3]]}"#,
        )
        .unwrap();
        let files = work.files.as_ref().unwrap();
        assert_eq!((files[0].name.as_str(), files[0].known.len()), ("x.mp3", 0));
        assert_eq!(
            files[1].known.iter().map(|known| (known.id, known.is_missing())).collect::<Vec<_>>(),
            [(7, false), (8, true)]
        );
        assert_eq!(work.seen[1], Some(Fingerprint { size: 1, mtime_ns: 2, ctime_ns: 3 }));
        let text = serde_json::to_string(&work).unwrap();
        assert_eq!(
            text,
            r#"{"folder":"a","files":["x.mp3",["y.mp3",[7,10,20,30,1,0,"k"],[8,1,2,3,0,1,null]]],"ignored_by":[]}"#
        );
    }
}
