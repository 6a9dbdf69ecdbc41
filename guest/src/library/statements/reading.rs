//! What is asked of a library, and what is taken out of it.

use serde_json::Value;

use super::{content_columns, one, place};
use crate::bindings::exports::mt::scanner::library::Statement;
use crate::rows::TRACK_COLUMNS;
use mt_scanner_formats::blank_track;

/// Tracks, what a sync has found, and what is to be forgotten.
pub(super) fn statements() -> Vec<Statement> {
    let columns = |table: &str| {
        let columns: Vec<String> = content_columns().iter().map(|name| format!("{table}.{name}")).collect();
        columns.join(", ")
    };
    let from = "JOIN folders ON folders.id = tracks.folder_id JOIN roots ON roots.id = folders.root_id";
    vec![
        // The columns of a track.
        one(
            "track",
            TRACK_COLUMNS,
            format!("SELECT {}", (1..=TRACK_COLUMNS.len()).map(place).collect::<Vec<_>>().join(", ")),
        ),
        one(
            "tracks",
            &[],
            format!(
                "SELECT tracks.id AS id, roots.path AS root, tracks.path AS path, {} FROM tracks {from} \
                 WHERE missing_since IS NULL ORDER BY roots.path, tracks.path",
                columns("tracks")
            ),
        ),
        one(
            "report",
            &[],
            "SELECT (SELECT scan_id FROM syncing) AS scan, coalesce(sum(kind = 'added'), 0) AS added, coalesce(sum(kind = 'modified'), 0) AS modified, \
             coalesce(sum(kind = 'moved'), 0) AS moved, coalesce(sum(kind = 'missing'), 0) AS missing, \
             coalesce(sum(kind = 'restored'), 0) AS restored, coalesce(sum(kind = 'reread'), 0) AS reread, \
             (SELECT count(*) FROM folders JOIN tracks ON tracks.folder_id = folders.id AND missing_since IS NULL \
             WHERE root_id IN (SELECT root_id FROM synced_roots)) \
             - coalesce(sum(kind IN ('added', 'modified', 'moved', 'restored', 'reread')), 0) AS unchanged FROM changes",
        ),
        // The kinds of tracks in the roots of the sync. Reports sort them by their number, so no
        // path has to be looked at. Tracks of a cue sheet are in the file that is counted.
        one(
            "kinds",
            &[],
            "SELECT format, codec, count(*) AS tracks, coalesce(sum(duration_ms), 0) AS milliseconds, \
             sum(size) AS bytes FROM tracks JOIN folders ON folders.id = tracks.folder_id \
             WHERE missing_since IS NULL AND audio_file IS NULL AND root_id IN (SELECT root_id FROM synced_roots) \
             GROUP BY format, codec ORDER BY format, codec",
        ),
        // What the sync has changed. `line` is a JSON object: the columns before it, and those of
        // the track.
        one(
            "changes",
            &[],
            format!(
                "SELECT {} FROM syncing, changes \
                 JOIN tracks ON tracks.id = changes.track_id {from} ORDER BY roots.path, tracks.path, kind",
                change()
            ),
        ),
        // What was changed by the syncs after this one, or by all that are kept, as the tracks are
        // now; in the order of the table, so that the first row waits for no other.
        one(
            "history",
            &["since"],
            format!(
                "SELECT {} FROM history \
                 CROSS JOIN tracks ON tracks.id = history.track_id {from} \
                 WHERE scan_id > coalesce(?1, 0) ORDER BY scan_id, track_id",
                change()
            ),
        ),
        // The latest sync after this one whose changes are not kept any more.
        one(
            "forgotten",
            &["since"],
            "SELECT max(id) AS scan FROM scans WHERE id > ?1 \
             AND added + modified + moved + missing + restored + reread > 0 \
             AND NOT EXISTS (SELECT 1 FROM history WHERE scan_id = scans.id)",
        ),
        // The latest sync that was finished; 0 if there is none.
        one("latest", &[], "SELECT coalesce(max(id), 0) AS scan FROM scans WHERE finished_at IS NOT NULL"),
        one(
            "problems",
            &[],
            "SELECT roots.path AS root, problems.path AS path, outcome, detail FROM problems JOIN roots ON roots.id = root_id \
             WHERE root_id IN (SELECT root_id FROM synced_roots) ORDER BY roots.path, problems.path, outcome",
        ),
        // Forgets tracks that have been missing since this time (Unix time in seconds) or longer;
        // `prune` their folders. Not those of which a sync that was broken off has left open where
        // they are.
        one(
            "purge",
            &["missing_since"],
            "DELETE FROM tracks WHERE missing_since IS NOT NULL AND missing_since <= ?1 \
             AND id NOT IN (SELECT track_id FROM replaced)",
        ),
        one(
            "prune",
            &[],
            "DELETE FROM folders WHERE NOT present AND NOT EXISTS (SELECT 1 FROM tracks WHERE folder_id = folders.id)",
        ),
    ]
}

/// The columns of a change.
fn change() -> String {
    format!(
        "scan_id AS scan, tracks.id AS id, kind AS change, roots.path AS root, tracks.path AS path, \
         former_root, former_path, {} AS line",
        json_line()
    )
}

/// The most members of one `json_object`: a function of SQLite takes 127 arguments by default
/// (`SQLITE_MAX_FUNCTION_ARG`).
const MEMBERS: usize = 60;

/// A JSON object of a change, with what the track's file determines: several objects, of which none
/// ends with another one, made one.
fn json_line() -> String {
    // A track shows which columns are lists and flags, which SQLite has as text and as numbers.
    let example = serde_json::to_value(blank_track("", "")).unwrap_or_default();
    let member = |name: &&str| match example[*name] {
        Value::Array(_) => format!("'{name}', json(tracks.{name})"),
        Value::Bool(_) => format!("'{name}', json(iif(tracks.{name}, 'true', 'false'))"),
        _ => format!("'{name}', tracks.{name}"),
    };
    let mut members = vec![
        "'scan', scan_id".to_owned(),
        "'id', tracks.id".into(),
        "'change', kind".into(),
        "'former_root', former_root".into(),
        "'former_path', former_path".into(),
        "'root', roots.path".into(),
        "'path', tracks.path".into(),
    ];
    members.extend(content_columns().iter().map(member));
    let parts = members.chunks(MEMBERS).map(|part| format!("trim(json_object({}), '{{}}')", part.join(", ")));
    format!("'{{' || {} || '}}'", parts.collect::<Vec<_>>().join(" || ',' || "))
}
