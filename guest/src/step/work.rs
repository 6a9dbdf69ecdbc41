//! Work as a step has it in hand, and the typed contract's.

use mt_scanner_contract::{KnownFolder, Slice};

use crate::bindings::exports::mt::scanner::scan;

/// A folder, or some files of a folder.
pub type Work = mt_scanner_contract::Work<Slice, Box<KnownFolder>>;

impl From<scan::Work> for Work {
    fn from(work: scan::Work) -> Self {
        let scan::Work { folder, files, after, ignored_by, links, place, held, named, sheets } = work;
        let folder = Self::folder(folder, Some(ignored_by));
        Self { files: files.map(Slice::from), after, links, place, held, named, sheets, ..folder }
    }
}

impl From<Work> for scan::Work {
    fn from(work: Work) -> Self {
        let Work { folder, files, after, ignored_by, links, place, held, named, sheets, .. } = work;
        Self {
            folder,
            files: files.map(String::from),
            after,
            ignored_by: ignored_by.unwrap_or_default(),
            links,
            place,
            held,
            named,
            sheets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_contract_is_the_same_work() {
        let record = scan::Work {
            folder: "a".into(),
            files: Some("x.mp3\0y.mp3\0".into()),
            after: None,
            ignored_by: vec!["b".into()],
            links: 2,
            place: Some(".c".into()),
            held: true,
            named: true,
            sheets: vec![("x.mp3".into(), "x.cue".into())],
        };
        let work = Work::from(record.clone());
        assert!(work.files.as_ref().is_some_and(|files| files.iter().map(|(name, _)| name).eq(["x.mp3", "y.mp3"])));
        assert_eq!(scan::Work::from(work), record);
    }
}
