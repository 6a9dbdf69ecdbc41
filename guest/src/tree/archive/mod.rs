//! Archives: each is a folder, which is named as its file is, with a `!` behind.
//!
//! `Album.zip` holds `Album.zip!/01.mp3`. A folder on the disk that has this name keeps it, and the
//! archive beside it gets one more `!`. Members lie in the one folder, whatever folders the
//! archive has: their names have slashes.

mod member;

use std::rc::Rc;

use mt_scanner_archives::{self as archives, Limits, Trouble, is_archive};
use mt_scanner_contract::defaults::ARCHIVE_MARK as MARK;
use mt_scanner_contract::{Fingerprint, is_settled};
use twox_hash::XxHash3_64;

use super::{Content, split};
pub use member::Refusal;
pub use mt_scanner_archives::is_streamed;

/// An open archive.
pub struct Archive {
    opened: Result<archives::Archive, Trouble>,
    fingerprint: Fingerprint,
}

impl Archive {
    /// Reads the directory of an archive. `fingerprint`: that of its file.
    pub(super) fn open(file: Content, fingerprint: Fingerprint) -> Self {
        let opened = archives::Archive::open(Rc::new(file), fingerprint.size, &Limits::default());
        Self { opened, fingerprint }
    }

    /// The names of its members, in its order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.opened.iter().flat_map(archives::Archive::entries).map(|entry| entry.name.as_str())
    }

    /// What of its directory cannot be read.
    pub fn troubles(&self) -> impl Iterator<Item = &Trouble> {
        self.opened.as_ref().err().into_iter().chain(self.opened.iter().flat_map(archives::Archive::troubles))
    }

    /// Whether its members are best read in their order and in one go.
    pub fn is_solid(&self) -> bool {
        self.opened.as_ref().is_ok_and(archives::Archive::is_solid)
    }

    /// What changes when its file does, as one number, if that can be trusted by now.
    pub fn trusted(&self, now_ns: i64) -> Option<i64> {
        trusted(&self.fingerprint, now_ns)
    }
}

/// What changes when the file of an archive does, as one number that takes the place of a folder's
/// time of last change; `None` while a change that follows would not show.
pub fn trusted(file: &Fingerprint, now_ns: i64) -> Option<i64> {
    let Fingerprint { size, mtime_ns, ctime_ns } = *file;
    let settled = is_settled(mtime_ns, now_ns) && is_settled(ctime_ns, now_ns);
    settled.then(|| stamp([size, mtime_ns as u64, ctime_ns as u64]))
}

/// A hash that is no negative number, as times are.
fn stamp(parts: [u64; 3]) -> i64 {
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_le_bytes()).collect();
    (XxHash3_64::oneshot(&bytes) >> 1) as i64
}

/// The folder that an archive is, if a file of this name may be one.
pub fn folder_of_archive(name: &str) -> Option<String> {
    is_archive(name).then(|| format!("{name}{MARK}"))
}

/// The path of the archive that a folder at `path` is, if it is none on the disk.
pub fn archive_of_folder(path: &str) -> Option<&str> {
    let file = path.trim_end_matches(MARK);
    (file.len() < path.len() && is_archive(split(file).1)).then_some(file)
}

/// The name of a folder for one more archive, where `name` is taken.
pub fn another(name: &str) -> String {
    format!("{name}{MARK}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_a_folder_with_a_mark() {
        assert_eq!(folder_of_archive("Album.zip").as_deref(), Some("Album.zip!"));
        assert_eq!(folder_of_archive("Help!"), None);
        assert_eq!(archive_of_folder("a/Album.zip!"), Some("a/Album.zip"));
        assert_eq!(archive_of_folder(&another("Album.zip!")), Some("Album.zip"));
        for path in ["a/Help!", "Album.zip", "Album.zip!/x", "!", ""] {
            assert_eq!(archive_of_folder(path), None, "{path}");
        }
    }

    #[test]
    fn a_stamp_tells_every_part_and_is_trusted_when_it_has_settled() {
        let file = |size, mtime_ns, ctime_ns| Fingerprint { size, mtime_ns, ctime_ns };
        let later = 10_000_000_000;
        let all =
            [file(1, 2, 3), file(2, 2, 3), file(1, 3, 3), file(1, 2, 4)].map(|file| trusted(&file, later).unwrap());
        assert!(all.iter().all(|stamp| *stamp >= 0));
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 4);
        assert_eq!(trusted(&file(1, later - 1, 3), later), None);
        assert_eq!(trusted(&file(1, 2, later - 1), later), None);
    }
}
