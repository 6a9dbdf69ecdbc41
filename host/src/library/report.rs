//! The report of a sync, and its observer.

use crate::analysis::report::FileReport;
use crate::work::progress::Progress;
use mt_scanner_contract::Problem;
use mt_scanner_contract::roots::RootNotice;

/// Counts of a sync that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncReport {
    /// The number of the sync, for [`Library::changes`](crate::Library::changes). Later ones have
    /// greater numbers.
    pub scan: i64,
    /// Tracks that the library did not have.
    pub added: u64,
    /// Tracks whose files have changed.
    pub modified: u64,
    /// Tracks whose files were found in another place. They keep their rows.
    pub moved: u64,
    /// Tracks whose files are not there any more. They are kept, and marked so.
    pub missing: u64,
    /// Missing tracks whose files are back.
    pub restored: u64,
    /// Tracks whose files are as before, and were read again, because the reader or one of its
    /// options is another than when they were read.
    pub reread: u64,
    /// Tracks that are as before.
    pub unchanged: u64,
    /// Problems of these roots that stand, found now or known from before.
    pub problems: u64,
    /// Counts and time of the scan.
    pub progress: Progress,
}

impl SyncReport {
    /// Tracks that the sync has changed.
    pub fn changed(&self) -> u64 {
        self.added + self.modified + self.moved + self.missing + self.restored + self.reread
    }
}

/// One track that a sync has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<'a> {
    /// The number of the sync.
    pub scan: i64,
    /// The id of the track in the library.
    pub id: i64,
    /// `added`, `modified`, `moved`, `missing`, `restored` or `reread`.
    pub change: &'a str,
    /// The root where it is, or was.
    pub root: &'a str,
    /// Its path there.
    pub path: &'a str,
    /// Of a moved one, the root where it was.
    pub former_root: Option<&'a str>,
    /// Of a moved one, its path there.
    pub former_path: Option<&'a str>,
    /// All of this and every column of the track, as a JSON object.
    pub json: &'a str,
}

/// Watches a sync or an analysis. Every method has a default, which does nothing.
pub trait Observer {
    /// Takes how far it is: at the beginning, ten to twenty times a second whatever happens,
    /// and at the end. A transaction that storage keeps waiting may come between.
    fn progress(&mut self, _progress: &Progress) {}

    /// Takes what should be known of a root: it lies inside another one, for example. Called before
    /// the sync begins.
    fn root(&mut self, _notice: &RootNotice) {}

    /// Whether to end it. Asked as often as `progress` is called. What was written until then
    /// stays, and is true.
    fn is_cancelled(&mut self) -> bool {
        false
    }

    /// Whether to rest, once what was found is written. Asked as often as `progress` is called. The
    /// library stays locked for other syncs; anybody may read it.
    fn is_paused(&mut self) -> bool {
        false
    }

    /// Whether [`change`](Self::change) is to be called.
    fn wants_changes(&self) -> bool {
        false
    }

    /// Takes a track that the sync has changed. Called at the end of the sync, once for each.
    fn change(&mut self, _change: Change<'_>) {}

    /// Takes the report of a file that an analysis has looked at.
    fn file(&mut self, _report: &FileReport) {}

    /// Takes a problem: one that stands, called at the end of a sync, once for each; or one that an
    /// analysis has met, called when it has.
    fn problem(&mut self, _problem: &Problem) {}
}

/// Watches nothing.
impl Observer for () {}
