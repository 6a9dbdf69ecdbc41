//! The roots of a library: what there is of them, and folders of one that become another.

use super::{BELOW, CUE_NUMBER, folder_of, one, several};
use crate::bindings::exports::mt::scanner::library::Statement;

/// The temporary tables of `adopt` and `merge`.
pub(super) const MEMORY: [&str; 2] = [
    // Folders that go over, with the root and the path that they get. A path loses `cut` characters
    // at its beginning; 0 where a root is another by a second name.
    "adopted (folder_id INTEGER PRIMARY KEY, former_root_id INTEGER, root_id INTEGER, path TEXT, cut INTEGER)",
    // Two rows of one file.
    "doubled (older INTEGER PRIMARY KEY, younger INTEGER NOT NULL)",
];

pub(super) fn statements() -> Vec<Statement> {
    vec![
        one("roots", &[], "SELECT path AS root FROM roots ORDER BY id"),
        one("files", &["root", "paths"], files()),
        several("adopt", &["other_root", "folder", "root"], adopt()),
        several("merge", &[], merge()),
    ]
}

/// Files that somebody has named, as work: for each folder a row. `paths` is a JSON array. The
/// fingerprints that the library has of them are not trusted, so that each is read.
fn files() -> String {
    let folder = folder_of("value");
    format!(
        "WITH named AS (SELECT value AS path, {folder} AS folder FROM json_each(?2)), \
         cells AS (SELECT named.path, named.folder, json_array(substr(named.path, length(named.folder) + 1 + (named.folder <> ''))) AS cell, \
         (SELECT json_group_array(json_array(tracks.id, size, tracks.mtime_ns, ctime_ns, \
         2 * (tracks.reader_id IS NOT roots.reader_id), missing_since IS NOT NULL, audio_key, {CUE_NUMBER})) \
         FROM roots JOIN folders ON folders.root_id = roots.id AND folders.path = named.folder \
         JOIN tracks ON tracks.folder_id = folders.id AND coalesce(tracks.audio_file, tracks.path) = named.path WHERE roots.path = ?1) AS known FROM named) \
         SELECT json_object('folder', folder, 'files', json_group_array(json(iif(known = '[]', cell, \
         substr(cell, 1, length(cell) - 1) || ',' || substr(known, 2)))), 'ignored_by', json('[]'), 'named', json('true')) AS work \
         FROM cells GROUP BY folder ORDER BY folder"
    )
}

/// Notes the folders of another root that become a root, or parts of one, and takes the problems
/// over. `merge` follows.
fn adopt() -> Vec<String> {
    const CUT: &str = "iif(?2 = '', 0, length(?2) + 1)";
    const ROOT: &str = "(SELECT id FROM roots WHERE path = ?3)";
    vec![
        format!(
            "INSERT INTO adopted SELECT id, root_id, {ROOT}, substr(path, {CUT} + 1), {CUT} FROM folders WHERE {BELOW}"
        ),
        format!("UPDATE OR REPLACE problems SET root_id = {ROOT}, path = substr(path, {CUT} + 1) WHERE {BELOW}"),
    ]
}

/// Takes rows over. They keep their ids and their `added_at`; where both roots have a row of a
/// file, the older one stays. No time of a folder is trusted, since other rules may hold for it
/// now.
fn merge() -> Vec<String> {
    /// The folder that one which is adopted is to be, if there is one already.
    const TARGET: &str = "folders AS target ON target.root_id = adopted.root_id AND target.path = adopted.path";
    let parent = folder_of("adopted.path");
    let mut sql: Vec<String> = [
        // Two that are there, or two that are missing and sound alike.
        format!(
            "INSERT INTO doubled SELECT min(own.id, other.id), max(own.id, other.id) FROM adopted JOIN {TARGET} \
             JOIN tracks AS other ON other.folder_id = adopted.folder_id \
             JOIN tracks AS own ON own.folder_id = target.id AND own.path = substr(other.path, cut + 1) \
             AND (own.missing_since IS NULL) = (other.missing_since IS NULL) \
             AND (own.missing_since IS NULL OR own.audio_key = other.audio_key) \
             GROUP BY own.folder_id, own.path, own.missing_since IS NULL, own.audio_key HAVING count(*) = 1"
        ),
        "DELETE FROM changes WHERE track_id IN (SELECT younger FROM doubled)".into(),
        "DELETE FROM tracks WHERE id IN (SELECT younger FROM doubled)".into(),
        "INSERT OR REPLACE INTO changes (track_id, kind, former_root, former_path) \
         SELECT tracks.id, 'moved', roots.path, tracks.path FROM adopted JOIN tracks ON tracks.folder_id = adopted.folder_id \
         JOIN folders ON folders.id = adopted.folder_id JOIN roots ON roots.id = folders.root_id \
         WHERE missing_since IS NULL AND adopted.root_id IN (SELECT root_id FROM synced_roots)"
            .into(),
        format!(
            "UPDATE folders SET mtime_ns = NULL, present = present OR (SELECT other.present FROM adopted \
             JOIN folders AS other ON other.id = adopted.folder_id \
             WHERE adopted.root_id = folders.root_id AND adopted.path = folders.path) \
             WHERE id IN (SELECT target.id FROM adopted JOIN {TARGET})"
        ),
        format!(
            "UPDATE tracks SET path = substr(path, 1 + (SELECT cut FROM adopted WHERE folder_id = tracks.folder_id)), \
             audio_file = substr(audio_file, 1 + (SELECT cut FROM adopted WHERE folder_id = tracks.folder_id)), \
             folder_id = coalesce((SELECT target.id FROM adopted JOIN {TARGET} WHERE adopted.folder_id = tracks.folder_id), folder_id) \
             WHERE folder_id IN (SELECT folder_id FROM adopted)"
        ),
        "UPDATE tracks SET updated_at = unixepoch() WHERE id IN (SELECT track_id FROM changes WHERE kind = 'moved')".into(),
        format!("DELETE FROM folders WHERE id IN (SELECT adopted.folder_id FROM adopted JOIN {TARGET})"),
        format!(
            "UPDATE folders SET mtime_ns = NULL, (root_id, path, parent) = (SELECT adopted.root_id, adopted.path, \
             iif(adopted.path = '', NULL, {parent}) FROM adopted WHERE folder_id = folders.id) \
             WHERE id IN (SELECT folder_id FROM adopted)"
        ),
        "DELETE FROM roots WHERE id IN (SELECT former_root_id FROM adopted WHERE cut = 0)".into(),
    ]
    .into();
    sql.extend(MEMORY.map(|table| format!("DELETE FROM {}", table.split(' ').next().unwrap_or_default())));
    sql
}
