//! Which missing track has turned up where: the heart of rule 3, moves keep identity.
//!
//! A sync only ever adds rows and marks rows missing. In the end, rows that it has added
//! (`arrived`) are compared with rows that are missing, since now or long ago (`departed`). A pair
//! is found stage by stage, the most telling likeness first, in each stage among those that are
//! missing since now before all others, and only where one stands against one: what is ambiguous is
//! not guessed. The older row of a pair takes over the content and the place of the newer one,
//! which goes.

/// The likeness that a stage asks for, most telling first: columns that both have in common.
const STAGES: [&[&str]; 8] = [
    &["audio_key", "folder_id", "path"],
    &["audio_key", "root_id", "parent", "name"],
    &["audio_key", "parent", "name"],
    &["audio_key", "root_id", "name"],
    &["audio_key", "root_id"],
    &["audio_key", "name"],
    &["audio_key"],
    // Other audio in the old place: a file that was replaced, or has come back changed.
    &["folder_id", "path"],
];

/// Which rows are missing since now.
const NOW: &str = "tracks.id IN (SELECT track_id FROM gone UNION ALL SELECT track_id FROM replaced)";

/// What is compared of a track.
const FACTS: &str = "tracks.id, tracks.audio_key, folders.root_id, tracks.folder_id, tracks.path, \
    substr(tracks.path, iif(folders.path = '', 1, length(folders.path) + 2)), \
    substr(folders.path, length(rtrim(folders.path, replace(folders.path, '/', ''))) + 1)";

/// The temporary tables.
pub fn tables() -> impl Iterator<Item = String> {
    const COLUMNS: &str =
        "id INTEGER PRIMARY KEY, audio_key TEXT, root_id INTEGER, folder_id INTEGER, path TEXT, name TEXT, parent TEXT";
    [
        format!("CREATE TEMP TABLE IF NOT EXISTS arrived ({COLUMNS})"),
        format!("CREATE TEMP TABLE IF NOT EXISTS departed ({COLUMNS}, now INTEGER)"),
        "CREATE INDEX IF NOT EXISTS temp.departed_by_audio ON departed (audio_key)".into(),
        "CREATE TEMP TABLE IF NOT EXISTS moves (old INTEGER PRIMARY KEY, new INTEGER NOT NULL UNIQUE)".into(),
        "DELETE FROM arrived".into(),
        "DELETE FROM departed".into(),
        "DELETE FROM moves".into(),
    ]
    .into_iter()
}

/// Finds the pairs and gives the older rows what the newer ones have. `columns` are those that a
/// track's file determines.
pub fn settle(columns: &[&str]) -> Vec<String> {
    let mut sql = vec![
        format!(
            "INSERT INTO arrived SELECT {FACTS} FROM arrivals JOIN tracks ON tracks.id = arrivals.track_id \
             JOIN folders ON folders.id = tracks.folder_id \
             WHERE tracks.missing_since IS NULL AND EXISTS (SELECT 1 FROM tracks WHERE missing_since IS NOT NULL)"
        ),
        format!(
            "INSERT INTO departed SELECT {FACTS}, {NOW} FROM (SELECT DISTINCT audio_key FROM arrived WHERE audio_key IS NOT NULL) AS keys \
             JOIN tracks ON tracks.audio_key = keys.audio_key AND tracks.missing_since IS NOT NULL \
             JOIN folders ON folders.id = tracks.folder_id"
        ),
        format!(
            "INSERT OR IGNORE INTO departed SELECT {FACTS}, {NOW} FROM arrived JOIN tracks ON tracks.folder_id = arrived.folder_id \
             AND tracks.path = arrived.path AND tracks.missing_since IS NOT NULL JOIN folders ON folders.id = tracks.folder_id"
        ),
    ];
    // A file that was replaced, and its audio elsewhere: it was moved, unless that is a copy of yet
    // another one.
    sql.push(
        "UPDATE departed SET audio_key = NULL WHERE id IN (SELECT track_id FROM replaced) AND audio_key IN \
         (SELECT audio_key FROM tracks WHERE missing_since IS NULL AND audio_key IN (SELECT audio_key FROM departed) \
         AND id NOT IN (SELECT id FROM arrived))"
            .into(),
    );
    sql.extend(STAGES.iter().flat_map(|likeness| [pair(likeness, "d.now"), pair(likeness, "true")]));
    let columns =
        ["folder_id", "path", "reader_id", "settled"].iter().chain(columns).copied().collect::<Vec<_>>().join(", ");
    sql.extend([
        // The newer rows leave their places.
        "UPDATE tracks SET missing_since = 0 WHERE id IN (SELECT new FROM moves)".into(),
        "INSERT OR REPLACE INTO changes (track_id, kind, former_root, former_path) \
         SELECT old, CASE WHEN o.folder_id <> n.folder_id OR o.path <> n.path THEN 'moved' \
         WHEN old IN (SELECT track_id FROM replaced) THEN 'modified' ELSE 'restored' END, roots.path, o.path \
         FROM moves JOIN tracks o ON o.id = old JOIN tracks n ON n.id = new JOIN folders ON folders.id = o.folder_id \
         JOIN roots ON roots.id = folders.root_id"
            .into(),
        format!(
            "UPDATE tracks SET ({columns}) = (SELECT {columns} FROM tracks n \
             WHERE n.id = (SELECT new FROM moves WHERE old = tracks.id)), missing_since = NULL, updated_at = unixepoch() \
             WHERE id IN (SELECT old FROM moves)"
        ),
        "DELETE FROM changes WHERE track_id IN (SELECT new FROM moves)".into(),
        "DELETE FROM tracks WHERE id IN (SELECT new FROM moves)".into(),
        "DELETE FROM arrivals".into(),
        "DELETE FROM replaced".into(),
    ]);
    sql
}

/// Pairs what is alike in these columns, one against one, among those departed for which `which`
/// holds.
fn pair(likeness: &[&str], which: &str) -> String {
    let alike: Vec<String> = likeness.iter().map(|column| format!("d.{column} = a.{column}")).collect();
    let group: Vec<String> = likeness.iter().map(|column| format!("a.{column}")).collect();
    format!(
        "INSERT INTO moves (old, new) SELECT d.id, a.id FROM departed d JOIN arrived a ON {} \
         WHERE {which} AND d.id NOT IN (SELECT old FROM moves) AND a.id NOT IN (SELECT new FROM moves) \
         GROUP BY {} HAVING count(*) = 1",
        alike.join(" AND "),
        group.join(", "),
    )
}
