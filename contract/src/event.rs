//! Events of `--events`: one JSON object a line, with the key `event` first.

use serde::Serialize;

use crate::Problem;
use crate::report::Reached;

/// What has happened. Tracks (`track`) and changes (`change`) are events too: the columns of a
/// track, and a line of the statement `changes`, behind the key `event`. `R` is the report.
///
/// ```
/// use mt_scanner_contract::event::Event;
///
/// let event: Event<()> = Event::Notice { notice: "busy".into(), detail: "wait".into() };
/// let line = serde_json::to_string(&event).unwrap();
/// assert_eq!(line, r#"{"event":"notice","notice":"busy","detail":"wait"}"#);
/// ```
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a, R> {
    /// How far the work is; ten to twenty times a second.
    Progress(Advance),
    /// A file or folder that could not be read or followed as usual.
    Problem(ProblemEvent<'a>),
    /// What should be known of a watch.
    Notice {
        /// Its name.
        notice: String,
        /// The same in words.
        detail: String,
    },
    /// The work is done: the last line, or in a watch the last of a sync.
    Report(R),
}

/// The fields of a problem.
#[derive(Debug, Serialize)]
pub struct ProblemEvent<'a> {
    root: &'a str,
    path: &'a str,
    outcome: &'a str,
    detail: &'a str,
}

impl<'a> From<&'a Problem> for ProblemEvent<'a> {
    fn from(Problem { root, path, outcome, detail }: &'a Problem) -> Self {
        Self { root, path, outcome: outcome.name(), detail }
    }
}

/// How far the work is. The hosts' `Progress` explains the fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advance {
    /// `waiting`, `scanning`, `paused`, `finishing` or `done`.
    pub phase: &'static str,
    /// Folders that were listed, or are as the library knows them.
    pub folders: u64,
    /// Audio files that were found.
    pub files: u64,
    /// Audio files whose turn has come.
    pub done: u64,
    /// Audio files that were read.
    pub tracks: u64,
    /// Problems.
    pub problems: u64,
    /// Audio files of other extensions.
    pub passed_over: u64,
    /// Playlists.
    pub playlists: u64,
    /// Audio files that are to be done; 0 where folders alone tell.
    pub total_files: u64,
    /// Folders that are to be listed.
    pub total_folders: u64,
    /// Bytes of the files that are done; 0 where they are not counted.
    pub done_bytes: u64,
    /// Bytes of the files that are to be done; 0 where nobody knows them.
    pub total_bytes: u64,
    /// Whether the totals may still change.
    pub is_estimated: bool,
    /// A folder that is being worked on.
    pub folder: Option<String>,
    /// Time since the start in s.
    pub seconds: f64,
    /// Files per second.
    pub files_per_second: f64,
    /// The part that is done, between 0 and 1.
    pub fraction: Option<f64>,
    /// The time that is left in s.
    pub seconds_left: Option<f64>,
}

/// The report of a scan or a count.
#[derive(Debug, Clone, Serialize)]
pub struct Scanned {
    /// Audio files that were found.
    pub files: u64,
    /// Problems.
    pub problems: u64,
    /// Counts and time.
    pub progress: Reached,
}
