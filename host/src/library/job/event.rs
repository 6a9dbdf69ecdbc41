//! What happens in a sync.

use mt_scanner_contract::Problem;
use mt_scanner_contract::roots::RootNotice;

use crate::library::report::{Change, SyncReport};
use crate::work::progress::Progress;

/// What has happened in a sync in the background.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SyncEvent {
    /// How far it is: ten to twenty times a second, whatever happens. Of what nobody has read the
    /// latest is told.
    Progress(Progress),
    /// What should be known of a root, before the sync begins.
    Notice(RootNotice),
    /// A track that the sync has changed, at the end. It is read from the library when it is asked
    /// for, as the track is then.
    Change(OwnedChange),
    /// A problem that stands, at the end.
    Problem(Problem),
    /// The report: the last event of a sync that came to its end.
    Report(SyncReport),
}

/// A [`Change`] that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedChange {
    /// The number of the sync.
    pub scan: i64,
    /// The id of the track in the library.
    pub id: i64,
    /// `added`, `modified`, `moved`, `missing`, `restored` or `reread`.
    pub change: String,
    /// The root where it is, or was.
    pub root: String,
    /// Its path there.
    pub path: String,
    /// Of a moved one, the root where it was.
    pub former_root: Option<String>,
    /// Of a moved one, its path there.
    pub former_path: Option<String>,
    /// All of this and every column of the track, as a JSON object.
    pub json: String,
}

impl From<Change<'_>> for OwnedChange {
    fn from(Change { scan, id, change, root, path, former_root, former_path, json }: Change<'_>) -> Self {
        Self {
            scan,
            id,
            change: change.to_owned(),
            root: root.to_owned(),
            path: path.to_owned(),
            former_root: former_root.map(str::to_owned),
            former_path: former_path.map(str::to_owned),
            json: json.to_owned(),
        }
    }
}
