//! Reports that the component puts into words.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::analysis::Health;
use crate::text::thousands;
use crate::words::{self, filled};
use crate::{Outcome, PictureItem, ProblemRow};

/// The request of `in-words`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Report {
    /// A scan.
    Scan {
        /// Tracks by format and codec, in the order in which they were found.
        kinds: Vec<Kind>,
        /// Its problems.
        problems: Problems,
        /// Its counts and time.
        progress: Reached,
    },
    /// A sync of a library.
    Index {
        /// The library's tracks in its roots.
        kinds: Vec<Kind>,
        /// Problems in its roots.
        problems: Problems,
        /// Counts and time of its scan.
        progress: Reached,
        /// Its changes.
        changes: Changed,
        /// The library's path.
        path: String,
        /// The library's size in bytes.
        size: u64,
    },
    /// A sync that would be done.
    Rehearsal {
        /// Problems in its roots.
        problems: Problems,
        /// Its changes.
        changes: Changed,
    },
    /// A sync of watched changes.
    Batch {
        /// Problems that were not told before.
        problems: Problems,
        /// Its changes.
        changes: Changed,
        /// Counts and time of its scan.
        progress: Reached,
    },
    /// Tracks that a sync has changed.
    Changes {
        /// Each with its change (`added`, `moved`, ...), its path, and the path where it was.
        changes: Vec<(String, String, Option<String>)>,
    },
    /// Problems alone.
    Problems {
        /// They.
        problems: Problems,
        /// Files that were passed over for their extension.
        #[serde(default)]
        passed_over: u64,
        /// Playlists that were passed over.
        #[serde(default)]
        playlists: u64,
    },
    /// How loud files are.
    Loudness {
        /// Each file with its `loudness`, as the analyser reports it.
        tracks: Vec<(String, Option<Value>)>,
        /// Each folder with the loudness of its files together, as `album-loudness` gives it.
        albums: Vec<(String, Value)>,
    },
    /// An analysis of a library.
    Analysis {
        /// Files that got a report.
        analysed: u64,
        /// Its time in s.
        seconds: f64,
        /// The row of the statement `analysis-report`.
        library: Health,
        /// Its problems.
        problems: Problems,
    },
    /// Tracks that are the same.
    Duplicates {
        /// The groups of `grouping`.
        groups: Vec<Value>,
        /// Tracks without a fingerprint.
        unfingerprinted: u64,
    },
    /// Files, with all that is known of them.
    Inspect {
        /// The answers of `inspect-json`.
        files: Vec<Value>,
    },
    /// Tracks that were forgotten.
    Purge {
        /// Their number.
        tracks: u64,
    },
    /// Pictures of a file.
    Artwork {
        /// They.
        pictures: Vec<PictureItem>,
    },
}

/// Tracks of one format and codec: these two, their number, their length in ms and their size in
/// bytes. In JSON an array.
pub type Kind = (Option<String>, Option<String>, u64, u64, u64);

/// Problems, added up.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problems {
    /// Their number by outcome, in the order in which they came.
    pub counts: Vec<(Outcome, u64)>,
    /// The first of them in the order of root and path; [`NAMED`](Self::NAMED) are enough.
    pub first: Vec<ProblemRow>,
}

impl Problems {
    /// The most problems that are named one by one.
    pub const NAMED: usize = 5;
}

/// How far a scan has come, at its end.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Folders that were listed.
    pub folders: u64,
    /// Files that were read.
    pub tracks: u64,
    /// Files that were passed over for their extension, though it is one of audio too.
    #[serde(default)]
    pub passed_over: u64,
    /// Playlists that were passed over.
    #[serde(default)]
    pub playlists: u64,
    /// Time since its start in s.
    pub seconds: f64,
    /// Files that were done, or found where they are only counted, per second.
    pub files_per_second: f64,
}

/// The number of a library's tracks by what a sync did with them.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// Tracks that the library did not have.
    pub added: u64,
    /// Tracks whose files have changed.
    pub modified: u64,
    /// Tracks whose files were found in another place.
    pub moved: u64,
    /// Missing tracks whose files are back.
    pub restored: u64,
    /// Tracks whose files are as before, and were read again by another reader.
    pub reread: u64,
    /// Tracks whose files are not there any more.
    pub missing: u64,
    /// Tracks that are as before.
    pub unchanged: u64,
}

/// The report of a sync for machines: the JSON line on stdout behind those of its changes.
///
/// ```
/// use mt_scanner_contract::report::{Changed, Reached, Synced, SyncedLine};
///
/// let changes = Changed { added: 2, ..Changed::default() };
/// let line = SyncedLine { report: Synced { scan: 7, changes, problems: 1, progress: Reached::default() } };
/// let text = serde_json::to_string(&line).unwrap();
/// assert!(text.starts_with(r#"{"report":{"scan":7,"added":2,"modified":0,"#) && text.contains(r#""problems":1,"progress":{"#));
/// ```
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SyncedLine {
    /// The report. Other lines have other keys first.
    pub report: Synced,
}

/// Counts of a sync.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Synced {
    /// The number of the sync. Later ones have greater numbers.
    pub scan: i64,
    /// Its changes, each a key of its own.
    #[serde(flatten)]
    pub changes: Changed,
    /// Problems in its roots.
    pub problems: u64,
    /// Counts and time of its scan.
    pub progress: Reached,
}

/// The notice of a scan for machines that files were passed over for their extension, or because
/// they are playlists: a JSON line beside those of problems, at its end.
///
/// ```
/// use mt_scanner_contract::report::PassedOver;
///
/// let notice = PassedOver::of(2, 1).unwrap();
/// assert_eq!((notice.notice.as_str(), notice.files, notice.playlists), ("passed-over", 2, 1));
/// assert_eq!(
///     notice.detail,
///     "2 audio files of other extensions were passed over: --extension adds them; and 1 playlist"
/// );
/// assert_eq!(PassedOver::of(0, 0), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// `passed-over`.
    pub notice: String,
    /// The same in words.
    pub detail: String,
    /// The number of files of other extensions.
    pub files: u64,
    /// The number of playlists.
    pub playlists: u64,
}

impl PassedOver {
    /// The notice of so many files of other extensions, and of so many playlists; `None` if there
    /// are neither.
    pub fn of(files: u64, playlists: u64) -> Option<Self> {
        let count = |name, number: u64, one: &str, many| match number {
            1 => one.to_owned(),
            _ => filled(many, &[(name, &thousands(number))]),
        };
        let lists = |one, many| count("playlists", playlists, one, many);
        let mut detail = String::new();
        if files > 0 {
            detail += &count("files", files, words::PASSED_OVER_ONE, words::PASSED_OVER);
        }
        if playlists > 0 {
            detail += &match files {
                0 => lists(words::PLAYLIST_PASSED_OVER, words::PLAYLISTS_PASSED_OVER),
                _ => lists(words::AND_PLAYLIST, words::AND_PLAYLISTS),
            };
        }
        (!detail.is_empty()).then(|| Self { notice: "passed-over".to_owned(), detail, files, playlists })
    }
}
