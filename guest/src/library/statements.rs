//! The statements, by name. Those that take rows of a sync come in the order in which a host runs them.

use serde_json::Value;

use super::moves;
use crate::bindings::exports::mt::scanner::library::Statement;
use crate::metadata::blank_track;
use crate::rows::{ADDED_COLUMNS, MODIFIED_COLUMNS, PROBLEM_COLUMNS, TRACK_COLUMNS};

/// Every statement.
pub fn statements() -> Vec<Statement> {
    let mut all = beginning();
    all.extend(rows());
    all.extend(ending());
    all.extend(reading());
    all
}

fn several(name: &str, parameters: &[&str], sql: Vec<String>) -> Statement {
    Statement { name: name.into(), sql, parameters: parameters.iter().map(|&name| name.into()).collect() }
}

fn one(name: &str, parameters: &[&str], sql: impl Into<String>) -> Statement {
    several(name, parameters, vec![sql.into()])
}

/// The columns of a track that its file determines.
fn content_columns() -> &'static [&'static str] {
    &TRACK_COLUMNS[2..]
}

/// A folder's key, by the root's and its own path as parameters.
const FOLDER: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) AND path = ?2";
/// The same for a folder and everything below it: `0` is the character after `/`. The first two bounds are for the index.
const BELOW: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) \
    AND path >= ?2 AND path < iif(?2 = '', char(1114111), ?2 || '0') \
    AND (?2 = '' OR path = ?2 OR path > ?2 || '/')";

/// Problems of a folder itself and of links in it; those of its tracks stay until these are read again.
const FOLDER_PROBLEMS: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) \
    AND path >= ?2 AND path < iif(?2 = '', char(1114111), ?2 || '0') \
    AND (path = ?2 OR (?2 = '' AND instr(path, '/') = 0) OR \
    (path > ?2 || '/' AND instr(substr(path, length(?2) + 2), '/') = 0)) \
    AND NOT EXISTS (SELECT 1 FROM folders JOIN tracks ON tracks.folder_id = folders.id \
    WHERE folders.root_id = problems.root_id AND folders.path = ?2 AND tracks.path = problems.path \
    AND tracks.missing_since IS NULL)";

/// What a sync begins with. Its memory is in temporary tables; triggers note what it changes.
fn beginning() -> Vec<Statement> {
    const MEMORY: [&str; 6] = [
        "syncing (scan_id INTEGER NOT NULL)",
        "synced_roots (root_id INTEGER PRIMARY KEY)",
        // Files and folders that are not there any more, until `finish`.
        "gone (track_id INTEGER PRIMARY KEY)",
        "gone_folders (folder_id INTEGER PRIMARY KEY)",
        // The time of last change that folders had when they were listed, until everything in them is written.
        "listed (folder_id INTEGER PRIMARY KEY, mtime_ns INTEGER)",
        // Problems that the sync itself has found: they are not of what is gone.
        "told (root_id INTEGER, path TEXT, outcome TEXT, PRIMARY KEY (root_id, path, outcome))",
    ];
    let mut begin = Vec::new();
    for table in MEMORY {
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
    vec![
        several("begin", &[], begin),
        several(
            "scan",
            &["mode"],
            vec![
                "INSERT INTO scans (mode) VALUES (?1)".into(),
                "INSERT INTO syncing SELECT max(id) FROM scans WHERE ?1 IS NOT NULL".into(),
            ],
        ),
        several(
            "root",
            &["root"],
            vec![
                "INSERT INTO roots (path) VALUES (?1) ON CONFLICT DO NOTHING".into(),
                "INSERT OR IGNORE INTO synced_roots SELECT id FROM roots WHERE path = ?1".into(),
            ],
        ),
        one("folders", &["root"], FOLDERS),
        one("known", &["root", "folder", "after"], known()),
    ]
}

/// Every folder of a root that a sync knows, as work: to be looked into if it has changed.
const FOLDERS: &str = "SELECT json_object('folder', path, 'files', NULL, 'ignored_by', NULL, 'unless_mtime_ns', mtime_ns) AS work \
    FROM folders WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND present AND mtime_ns IS NOT NULL \
    UNION ALL SELECT json_object('folder', path, 'files', NULL, 'ignored_by', NULL) \
    FROM folders WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND present AND mtime_ns IS NULL";

/// How many files of a folder are told at a time, of those that are there and of those that are missing; `PAGE` in
/// `walk/listing.rs` has the reasons.
const KNOWN_FILES: usize = 12 * 1024;

/// What the library knows of a folder, for `KnownFolder` in `step/known.rs`: of its files those behind a name, and not all of
/// them at once.
fn known() -> String {
    let name = |path: &str| format!("substr({path}, CASE ?2 WHEN '' THEN 1 ELSE length(?2) + 2 END)");
    let files = |missing: &str| {
        format!(
            "SELECT * FROM (SELECT path, id, size, mtime_ns, ctime_ns, settled, missing_since IS NOT NULL AS missing, audio_key \
             FROM tracks WHERE folder_id = (SELECT id FROM folder) AND missing_since {missing} \
             AND path > iif(?2 = '' OR ?3 IS NULL, coalesce(?3, ''), ?2 || '/' || ?3) ORDER BY path LIMIT {KNOWN_FILES})"
        )
    };
    // The last that was told, if there may be more.
    let last = |missing: u8| {
        format!("iif(sum(missing = {missing}) = {KNOWN_FILES}, max(path) FILTER (WHERE missing = {missing}), NULL)")
    };
    format!(
        "WITH folder AS (SELECT id, mtime_ns, present FROM folders WHERE {FOLDER}), \
         files AS (SELECT json_group_array(json_array({}, \
         json_array(id, size, mtime_ns, ctime_ns, settled, missing, audio_key))) AS list, {} AS last, {} AS last_missing \
         FROM ({} UNION ALL {})) \
         SELECT json_object('new', json(iif(EXISTS (SELECT 1 FROM folder), 'false', 'true')), \
         'present', json(iif((SELECT present FROM folder), 'true', 'false')), \
         'mtime_ns', (SELECT mtime_ns FROM folder), \
         'problems', json(iif(EXISTS (SELECT 1 FROM problems WHERE {FOLDER_PROBLEMS}), 'true', 'false')), \
         'folders', json((SELECT json_group_array({}) FROM folders \
         WHERE root_id = (SELECT id FROM roots WHERE path = ?1) AND parent = ?2 AND present)), \
         'through', {}, 'files', json(list)) AS known FROM files",
        name("path"),
        last(0),
        last(1),
        files("IS NULL"),
        files("IS NOT NULL"),
        name("path"),
        name("min(coalesce(last, last_missing), coalesce(last_missing, last))"),
    )
}

/// Those that take the rows of `changes`.
fn rows() -> Vec<Statement> {
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
            PROBLEM_COLUMNS,
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
        "INSERT INTO tracks (folder_id, path, {}, settled) VALUES ((SELECT folders.id FROM folders \
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

fn place(number: usize) -> String {
    format!("?{number}")
}

/// Writes what differs, and nothing where nothing does.
fn update_track() -> String {
    let columns = content_columns().join(", ");
    let places: Vec<String> = (3..=TRACK_COLUMNS.len()).map(place).collect();
    let places = places.join(", ");
    format!(
        "UPDATE tracks SET ({columns}) = ({places}), updated_at = unixepoch() \
         WHERE id = ?{} AND ?1 IS NOT NULL AND ?2 IS NOT NULL AND ({columns}) IS NOT ({places})",
        TRACK_COLUMNS.len() + 1
    )
}

/// Places where nothing is any more: of tracks that are missing, of those that have moved, and of folders.
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

/// What a sync ends with.
fn ending() -> Vec<Statement> {
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
            "UPDATE scans SET finished_at = unixepoch(), (added, modified, moved, missing, restored) = \
             (SELECT coalesce(sum(kind = 'added'), 0), coalesce(sum(kind = 'modified'), 0), coalesce(sum(kind = 'moved'), 0), \
             coalesce(sum(kind = 'missing'), 0), coalesce(sum(kind = 'restored'), 0) FROM changes) \
             WHERE id = (SELECT scan_id FROM syncing)",
            "DELETE FROM scans WHERE finished_at IS NULL AND id < (SELECT scan_id FROM syncing)",
            // Whoever watches by polling makes thousands a day that have found nothing.
            "DELETE FROM scans WHERE id <= (SELECT scan_id FROM syncing) - 100 AND added + modified + moved + missing + restored = 0",
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

/// What is asked of a library.
fn reading() -> Vec<Statement> {
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
                "SELECT roots.path AS root, tracks.path AS path, {} FROM tracks {from} \
                 WHERE missing_since IS NULL ORDER BY roots.path, tracks.path",
                columns("tracks")
            ),
        ),
        one(
            "report",
            &[],
            "SELECT coalesce(sum(kind = 'added'), 0) AS added, coalesce(sum(kind = 'modified'), 0) AS modified, \
             coalesce(sum(kind = 'moved'), 0) AS moved, coalesce(sum(kind = 'missing'), 0) AS missing, \
             coalesce(sum(kind = 'restored'), 0) AS restored, \
             (SELECT count(*) FROM folders JOIN tracks ON tracks.folder_id = folders.id AND missing_since IS NULL \
             WHERE root_id IN (SELECT root_id FROM synced_roots)) \
             - coalesce(sum(kind IN ('added', 'modified', 'moved', 'restored')), 0) AS unchanged FROM changes",
        ),
        // `line` is a JSON object: the columns before it, and those of the track.
        one(
            "changes",
            &[],
            format!(
                "SELECT kind AS change, roots.path AS root, tracks.path AS path, former_root, former_path, \
                 json_object('change', kind, 'former_root', former_root, 'former_path', former_path, \
                 'root', roots.path, 'path', tracks.path, {}) AS line FROM changes \
                 JOIN tracks ON tracks.id = changes.track_id {from} ORDER BY roots.path, tracks.path, kind",
                json_members()
            ),
        ),
        one(
            "problems",
            &[],
            "SELECT roots.path AS root, problems.path AS path, outcome, detail FROM problems JOIN roots ON roots.id = root_id \
             WHERE root_id IN (SELECT root_id FROM synced_roots) ORDER BY roots.path, problems.path, outcome",
        ),
        // Forgets tracks that have been missing since this time (Unix time in seconds) or longer; `prune` their folders. Not those
        // of which a sync that was broken off has left open where they are.
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

/// What a track's file determines, as arguments of `json_object`.
fn json_members() -> String {
    // A track shows which columns are lists and flags, which SQLite has as text and as numbers.
    let example = serde_json::to_value(blank_track("", "")).unwrap_or_default();
    let member = |name: &&str| match example[*name] {
        Value::Array(_) => format!("'{name}', json(tracks.{name})"),
        Value::Bool(_) => format!("'{name}', json(iif(tracks.{name}, 'true', 'false'))"),
        _ => format!("'{name}', tracks.{name}"),
    };
    content_columns().iter().map(member).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sql_of_a_statement_has_as_many_places_as_parameters() {
        for statement in statements() {
            for sql in &statement.sql {
                let places = (1..).take_while(|place| sql.contains(&format!("?{place}"))).count();
                assert_eq!(places, statement.parameters.len(), "{}: {sql}", statement.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<String> = statements().into_iter().map(|statement| statement.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
