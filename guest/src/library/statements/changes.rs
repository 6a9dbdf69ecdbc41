//! Those that take the rows of a sync's `changes`.

use mt_scanner_contract::ProblemRow;

use super::{BELOW, FOLDER, FOLDER_PROBLEMS, content_columns, one, place, several};
use crate::bindings::exports::mt::scanner::library::Statement;
use crate::rows::{ADDED_COLUMNS, MODIFIED_COLUMNS, TRACK_COLUMNS};

/// In the order in which a host runs them.
pub(super) fn statements() -> Vec<Statement> {
    vec![
        one(
            "folder",
            &["root", "folder", "parent"],
            "INSERT INTO folders (root_id, path, parent) VALUES ((SELECT id FROM roots WHERE path = ?1), ?2, ?3) \
             ON CONFLICT (root_id, path) DO UPDATE SET present = 1, mtime_ns = NULL WHERE NOT present OR mtime_ns IS NOT NULL",
        ),
        one(
            "listed",
            &["root", "folder", "mtime_ns"],
            format!("INSERT OR REPLACE INTO listed SELECT id, ?3 FROM folders WHERE {FOLDER}"),
        ),
        one("forget_folder_problems", &["root", "folder"], format!("DELETE FROM problems WHERE {FOLDER_PROBLEMS}")),
        one("forget_file_problems", &["root", "path"], format!("DELETE FROM problems WHERE {FOLDER}")),
        several(
            "replaced",
            &["id"],
            vec![
                "UPDATE tracks SET missing_since = unixepoch() WHERE id = ?1".into(),
                "INSERT OR IGNORE INTO replaced VALUES (?1)".into(),
            ],
        ),
        several(
            "restored",
            &["id"],
            vec![
                "UPDATE tracks SET missing_since = NULL WHERE id = ?1".into(),
                "INSERT OR IGNORE INTO changes (track_id, kind) VALUES (?1, 'restored')".into(),
            ],
        ),
        one("added", ADDED_COLUMNS, insert_track()),
        // Before `modified`, whose trigger leaves a change that is noted as it is.
        several(
            "reread",
            &["id"],
            vec![
                "INSERT OR IGNORE INTO changes (track_id, kind) VALUES (?1, 'reread')".into(),
                "UPDATE tracks SET reader_id = (SELECT reader_id FROM syncing) WHERE id = ?1".into(),
            ],
        ),
        one("unreadable", &["id"], "UPDATE tracks SET reader_id = (SELECT reader_id FROM syncing) WHERE id = ?1"),
        one("modified", MODIFIED_COLUMNS, update_track()),
        one("settled", &["id", "settled"], "UPDATE tracks SET settled = ?2 WHERE id = ?1 AND settled <> ?2"),
        one("gone", &["id"], "INSERT OR IGNORE INTO gone VALUES (?1)"),
        several(
            "gone_folder",
            &["root", "folder"],
            vec![
                format!("INSERT OR IGNORE INTO gone_folders SELECT id FROM folders WHERE {BELOW}"),
                format!(
                    "INSERT OR IGNORE INTO gone SELECT tracks.id FROM (SELECT id FROM folders WHERE {BELOW}) AS below \
                     JOIN tracks ON tracks.folder_id = below.id WHERE tracks.missing_since IS NULL"
                ),
            ],
        ),
        several(
            "problem",
            &ProblemRow::COLUMNS,
            vec![
                "INSERT INTO problems (root_id, path, outcome, detail) \
                 VALUES ((SELECT id FROM roots WHERE path = ?1), ?2, ?3, ?4) \
                 ON CONFLICT (root_id, path, outcome) DO UPDATE SET detail = excluded.detail, seen_at = unixepoch() \
                 WHERE detail <> excluded.detail"
                    .into(),
                "INSERT OR IGNORE INTO told SELECT id, ?2, ?3 FROM roots WHERE path = ?1 AND ?4 IS NOT NULL".into(),
            ],
        ),
    ]
}

fn insert_track() -> String {
    let places: Vec<String> =
        (2..=TRACK_COLUMNS.len() + 2).filter(|&place| place != folder_place()).map(place).collect();
    format!(
        "INSERT INTO tracks (reader_id, folder_id, path, {}, settled) VALUES ((SELECT reader_id FROM syncing), (SELECT folders.id FROM folders \
         WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND path = ?{}), {})",
        content_columns().join(", "),
        folder_place(),
        places.join(", "),
    )
}

/// Where the folder is among the parameters of `added`.
fn folder_place() -> usize {
    TRACK_COLUMNS.len() + 1
}

/// Writes what differs, and nothing where nothing does.
fn update_track() -> String {
    let columns = content_columns().join(", ");
    let places: Vec<String> = (3..=TRACK_COLUMNS.len()).map(place).collect();
    let places = places.join(", ");
    format!(
        "UPDATE tracks SET ({columns}) = ({places}), reader_id = (SELECT reader_id FROM syncing), updated_at = unixepoch() \
         WHERE id = ?{} AND ?1 IS NOT NULL AND ?2 IS NOT NULL AND ({columns}) IS NOT ({places})",
        TRACK_COLUMNS.len() + 1
    )
}
