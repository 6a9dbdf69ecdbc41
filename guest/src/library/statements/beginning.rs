//! What a sync begins with: its memory, and what the library knows.

use super::{CUE_NUMBER, FOLDER, FOLDER_PROBLEMS, one, several};
use crate::bindings::exports::mt::scanner::library::Statement;
use crate::library::moves;
use crate::rows::TRACK_COLUMNS;
use mt_scanner_contract::Reading;
use mt_scanner_formats::READER_VERSION;

/// Its memory is in temporary tables; triggers note what it changes.
pub(super) fn statements() -> Vec<Statement> {
    const MEMORY: [&str; 6] = [
        "syncing (scan_id INTEGER NOT NULL, reader_id INTEGER NOT NULL)",
        "synced_roots (root_id INTEGER PRIMARY KEY)",
        // Files and folders that are not there any more, until `finish`.
        "gone (track_id INTEGER PRIMARY KEY)",
        "gone_folders (folder_id INTEGER PRIMARY KEY)",
        // The time of last change that folders had when they were listed, until everything in them
        // is written.
        "listed (folder_id INTEGER PRIMARY KEY, mtime_ns INTEGER)",
        // Problems that the sync itself has found: they are not of what is gone.
        "told (root_id INTEGER, path TEXT, outcome TEXT, PRIMARY KEY (root_id, path, outcome))",
    ];
    let mut begin = Vec::new();
    for table in MEMORY.into_iter().chain(super::roots::MEMORY) {
        begin.push(format!("CREATE TEMP TABLE IF NOT EXISTS {table}"));
        begin.push(format!("DELETE FROM {}", table.split(' ').next().unwrap_or_default()));
    }
    begin.extend(moves::tables());
    begin.extend(
        [
            "CREATE TEMP TABLE IF NOT EXISTS changes \
             (track_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, former_root TEXT, former_path TEXT)",
            "DELETE FROM changes",
            // Of a sync that was broken off: nobody was told of them.
            "INSERT INTO changes (track_id, kind) SELECT track_id, 'added' FROM arrivals",
            "CREATE TEMP TRIGGER IF NOT EXISTS on_added AFTER INSERT ON tracks BEGIN \
             INSERT INTO arrivals VALUES (new.id); INSERT INTO changes (track_id, kind) VALUES (new.id, 'added'); END",
            "CREATE TEMP TRIGGER IF NOT EXISTS on_modified AFTER UPDATE OF updated_at ON tracks BEGIN \
             INSERT OR IGNORE INTO changes (track_id, kind) VALUES (new.id, 'modified'); END",
        ]
        .map(str::to_owned),
    );
    let (columns, options) = (TRACK_COLUMNS.len(), options());
    vec![
        several("begin", &[], begin),
        several(
            "scan",
            &["mode", "reading"],
            vec![
                format!(
                    "INSERT OR IGNORE INTO readers (version, columns, options) \
                     SELECT {READER_VERSION}, {columns}, {options} WHERE ?1 IS NOT NULL"
                ),
                "INSERT INTO scans (mode) SELECT ?1 WHERE ?2 IS NOT NULL".into(),
                format!(
                    "INSERT INTO syncing SELECT max(scans.id), readers.id FROM scans, readers \
                     WHERE version = {READER_VERSION} AND columns = {columns} AND options = {options} AND ?1 IS NOT NULL"
                ),
            ],
        ),
        several(
            "root",
            &["root"],
            vec![
                "INSERT INTO roots (path) VALUES (?1) ON CONFLICT DO NOTHING".into(),
                "INSERT OR IGNORE INTO synced_roots SELECT id FROM roots WHERE path = ?1".into(),
                OF_ANOTHER_READER.into(),
                "UPDATE roots SET reader_id = (SELECT reader_id FROM syncing) \
                 WHERE path = ?1 AND reader_id IS NOT (SELECT reader_id FROM syncing)"
                    .into(),
            ],
        ),
        one("expected", &[], expected()),
        one("folders", &["root"], FOLDERS),
        one("known", &["root", "folder", "after"], known()),
    ]
}

/// Folders with tracks of another reader are not trusted any more, so that a quick sync looks into
/// them, however many syncs it takes. Only when the reader of the root has changed is there a look
/// at its tracks.
const OF_ANOTHER_READER: &str = "UPDATE folders SET mtime_ns = NULL WHERE mtime_ns IS NOT NULL \
    AND root_id = (SELECT id FROM roots WHERE path = ?1 AND reader_id IS NOT (SELECT reader_id FROM syncing)) \
    AND EXISTS (SELECT 1 FROM tracks WHERE folder_id = folders.id AND missing_since IS NULL \
    AND reader_id IS NOT (SELECT reader_id FROM syncing))";

/// The options in `?2` that are not the default, as a JSON object. So an option that is added is no
/// other reader until somebody uses it.
fn options() -> String {
    let usual = serde_json::to_string(&Reading::default()).unwrap_or_default();
    format!(
        "(SELECT json_group_object(key, value) FROM (SELECT asked.key, asked.value FROM json_each(?2) AS asked \
         LEFT JOIN json_each('{usual}') AS usual ON usual.key = asked.key \
         WHERE asked.value IS NOT usual.value ORDER BY asked.key))"
    )
}

/// How many files and folders a sync will probably come to: those that the library has. Without a
/// look at the roots of tracks where all roots are synced, as usual.
fn expected() -> String {
    let all = "NOT EXISTS (SELECT 1 FROM roots WHERE id NOT IN (SELECT root_id FROM synced_roots))";
    let some = "root_id IN (SELECT root_id FROM synced_roots)";
    format!(
        "SELECT iif({all}, (SELECT count(*) FROM tracks WHERE missing_since IS NULL) - (SELECT count(*) FROM tracks INDEXED BY tracks_of_sheets \
         WHERE audio_file IS NOT NULL AND missing_since IS NULL), \
         (SELECT count(*) FROM folders JOIN tracks ON tracks.folder_id = folders.id AND missing_since IS NULL AND audio_file IS NULL \
         WHERE {some})) AS files, \
         (SELECT count(*) FROM folders WHERE present AND {some}) AS folders"
    )
}

/// Every folder of a root that a sync knows, as work: to be looked into if it has changed.
const FOLDERS: &str = "SELECT json_object('folder', path, 'files', NULL, 'ignored_by', NULL, 'unless_mtime_ns', mtime_ns) AS work \
    FROM folders WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND present AND mtime_ns IS NOT NULL \
    UNION ALL SELECT json_object('folder', path, 'files', NULL, 'ignored_by', NULL) \
    FROM folders WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND present AND mtime_ns IS NULL";

/// How many files of a folder are told at a time, of those that are there and of those that are
/// missing. A sync compares a folder in pages that end where this ends, so that its memory is
/// bounded.
const PAGE: usize = 12 * 1024;

/// What the library knows of a folder, for `KnownFolder` of the contract: of its files those behind
/// a name, a page of those that are there and one of those that are missing; and the tracks of cue
/// sheets in the files of this page, under their names.
///
/// It is asked once a folder, which is a quarter of the work of a sync that finds nothing new: an
/// index tells the end of the page, nothing is kept on the way, and texts are put together, since
/// `json_object` would parse what it is given once more.
fn known() -> String {
    let name = |path: &str| format!("substr({path}, CASE ?2 WHEN '' THEN 1 ELSE length(?2) + 2 END)");
    let truth = |what: &str| format!("iif({what}, 'true', 'false')");
    let after = "iif(?2 = '' OR ?3 IS NULL, coalesce(?3, ''), ?2 || '/' || ?3)";
    let last = |missing: &str| {
        format!(
            "(SELECT path FROM tracks WHERE folder_id = (SELECT id FROM folder) AND missing_since {missing} \
             AND audio_file IS NULL AND path > {after} ORDER BY path LIMIT 1 OFFSET {PAGE} - 1)"
        )
    };
    let files = |path: &str, which: &str| {
        format!(
            "SELECT {path} AS path, id, size, mtime_ns, ctime_ns, \
             settled + 2 * (reader_id IS NOT (SELECT reader_id FROM roots WHERE path = ?1)) AS trust, \
             missing_since IS NOT NULL AS missing, audio_key, {CUE_NUMBER} AS cue \
             FROM tracks WHERE folder_id = (SELECT id FROM folder) AND {which} AND {path} > {after} \
             AND ((SELECT path FROM through) IS NULL OR {path} <= (SELECT path FROM through))"
        )
    };
    let all = [
        files("path", "missing_since IS NULL AND audio_file IS NULL"),
        files("path", "missing_since IS NOT NULL AND audio_file IS NULL"),
        files("audio_file", "audio_file IS NOT NULL"),
    ];
    let cells = format!(
        "json_array({}, json_array(id, size, mtime_ns, ctime_ns, trust, missing, audio_key, cue))",
        name("path")
    );
    let fields = [
        ("new", truth("NOT EXISTS (SELECT 1 FROM folder)")),
        ("present", truth("(SELECT present FROM folder)")),
        ("mtime_ns", "coalesce((SELECT mtime_ns FROM folder), 'null')".into()),
        ("problems", truth(&format!("EXISTS (SELECT 1 FROM problems WHERE {FOLDER_PROBLEMS})"))),
        (
            "folders",
            format!(
                "(SELECT json_group_array({}) FROM folders \
                 WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND parent = ?2 AND present)",
                name("path")
            ),
        ),
        ("through", format!("json_quote({})", name("through.path"))),
        ("files", format!("(SELECT json_group_array({cells}) FROM ({}))", all.join(" UNION ALL "))),
    ];
    let fields = fields.map(|(name, value)| format!("'\"{name}\":' || {value}"));
    format!(
        "WITH folder AS (SELECT id, mtime_ns, present FROM folders WHERE {FOLDER}), \
         through AS MATERIALIZED (SELECT min(coalesce(there, missing), coalesce(missing, there)) AS path \
         FROM (SELECT {} AS there, {} AS missing)) \
         SELECT '{{' || {} || '}}' AS known FROM through",
        last("IS NULL"),
        last("IS NOT NULL"),
        fields.join(" || ',' || "),
    )
}
