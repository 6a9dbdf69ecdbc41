//! What a sync ends with.

use super::{content_columns, one, several};
use crate::bindings::exports::mt::scanner::library::Statement;
use crate::library::moves;

/// Places where nothing is any more: of tracks that are missing, of those that have moved, and of
/// folders.
const NO_MORE: [&str; 3] = [
    "SELECT folders.root_id, tracks.path FROM changes JOIN tracks ON tracks.id = changes.track_id \
     JOIN folders ON folders.id = tracks.folder_id WHERE changes.kind = 'missing'",
    "SELECT roots.id, former_path FROM changes JOIN roots ON roots.path = former_root WHERE kind = 'moved' \
     AND NOT EXISTS (SELECT 1 FROM folders \
     JOIN tracks ON tracks.folder_id = folders.id AND tracks.path = former_path AND missing_since IS NULL \
     WHERE folders.root_id = roots.id \
     AND folders.path = rtrim(rtrim(former_path, replace(former_path, '/', '')), '/'))",
    "SELECT root_id, path FROM gone_folders JOIN folders ON folders.id = folder_id",
];

/// What is below folders that are gone.
const BELOW_GONE: &str = "SELECT p.root_id, p.path FROM gone_folders CROSS JOIN folders AS f ON f.id = folder_id \
    CROSS JOIN problems AS p ON p.root_id = f.root_id AND p.path > f.path || '/' AND p.path < f.path || '0'";

/// Folders of which the sync has not seen all. Storage took too long to answer: one that was not
/// listed with all below it, and the folder of a file that was not read. Or it went away: all of
/// the root. The next quick sync looks at them.
const UNSEEN: &str = "UPDATE folders SET mtime_ns = NULL WHERE mtime_ns IS NOT NULL AND id IN (SELECT f.id FROM told \
    CROSS JOIN folders AS f ON f.root_id = told.root_id \
    WHERE (told.outcome = 'timeout' OR (told.outcome = 'unreadable' AND told.path = '')) AND (told.path = '' OR f.path = told.path OR substr(f.path, 1, length(told.path) + 1) = told.path || '/' \
    OR f.path = rtrim(rtrim(told.path, replace(told.path, '/', '')), '/')))";

/// The history is that of the last 100 syncs that have changed something.
const KEPT: &str = "DELETE FROM history WHERE scan_id <= (SELECT id FROM scans \
    WHERE added + modified + moved + missing + restored + reread > 0 ORDER BY id DESC LIMIT 1 OFFSET 100)";

/// The last look before anything is marked missing, and all that is left to do.
pub(super) fn statements() -> Vec<Statement> {
    let mut finish: Vec<String> = [
        "UPDATE tracks SET missing_since = unixepoch() WHERE id IN (SELECT track_id FROM gone) AND missing_since IS NULL",
        "INSERT OR REPLACE INTO changes (track_id, kind) SELECT track_id, 'missing' FROM gone \
         UNION ALL SELECT track_id, 'missing' FROM replaced",
    ]
    .map(str::to_owned)
    .into();
    finish.extend(moves::settle(content_columns()));
    finish.extend(NO_MORE.map(|places| {
        format!(
            "DELETE FROM problems WHERE (root_id, path) IN ({places}) \
             AND (root_id, path, outcome) NOT IN (SELECT root_id, path, outcome FROM told)"
        )
    }));
    finish.push(format!("DELETE FROM problems WHERE (root_id, path) IN ({BELOW_GONE})"));
    finish.extend(
        [
            "UPDATE folders SET present = 0, mtime_ns = NULL WHERE id IN (SELECT folder_id FROM gone_folders)",
            "DELETE FROM folders WHERE id IN (SELECT folder_id FROM gone_folders) \
             AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.folder_id = folders.id AND missing_since IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.folder_id = folders.id AND missing_since IS NOT NULL)",
            // All that is in these folders is written.
            "UPDATE folders SET mtime_ns = (SELECT mtime_ns FROM listed WHERE folder_id = folders.id) \
             WHERE id IN (SELECT folder_id FROM listed)",
            UNSEEN,
            "INSERT INTO history (scan_id, track_id, kind, former_root, former_path) \
             SELECT scan_id, track_id, kind, former_root, former_path FROM syncing, changes",
            "UPDATE scans SET finished_at = unixepoch(), (added, modified, moved, missing, restored, reread) = \
             (SELECT coalesce(sum(kind = 'added'), 0), coalesce(sum(kind = 'modified'), 0), coalesce(sum(kind = 'moved'), 0), \
             coalesce(sum(kind = 'missing'), 0), coalesce(sum(kind = 'restored'), 0), coalesce(sum(kind = 'reread'), 0) FROM changes) \
             WHERE id = (SELECT scan_id FROM syncing)",
            "DELETE FROM scans WHERE finished_at IS NULL AND id < (SELECT scan_id FROM syncing)",
            KEPT,
            // Whoever watches by polling makes thousands a day that have found nothing.
            "DELETE FROM scans WHERE id <= (SELECT scan_id FROM syncing) - 100 AND added + modified + moved + missing + restored + reread = 0",
        ]
        .map(str::to_owned),
    );
    vec![
        one(
            "emptied",
            &[],
            "SELECT roots.path AS root FROM synced_roots JOIN roots ON roots.id = root_id \
             WHERE EXISTS (SELECT 1 FROM folders JOIN tracks ON tracks.folder_id = folders.id \
             WHERE folders.root_id = roots.id AND missing_since IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM folders JOIN tracks ON tracks.folder_id = folders.id \
             WHERE folders.root_id = roots.id AND missing_since IS NULL AND tracks.id NOT IN (SELECT track_id FROM gone)) \
             ORDER BY roots.path",
        ),
        several("finish", &[], finish),
    ]
}
