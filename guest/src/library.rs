//! The SQLite library: its schema and the statements that keep it.

use crate::bindings::exports::mt::scanner::library::{Migration, Statement};
use crate::rows::{PROBLEM_COLUMNS, TRACK_COLUMNS};

/// The scripts of the schema, oldest first; the position is the version.
const MIGRATIONS: [&str; 1] = [include_str!("library/1.sql")];

/// The newest version.
pub fn schema_version() -> u32 {
    MIGRATIONS.len() as u32
}

/// Every script with the version that it leads to.
pub fn migrations() -> Vec<Migration> {
    (1..).zip(MIGRATIONS).map(|(version, sql)| Migration { version, sql: sql.to_owned() }).collect()
}

/// Every statement.
pub fn statements() -> Vec<Statement> {
    vec![
        statement("root", &["root"], "INSERT INTO roots (path) VALUES (?1) ON CONFLICT DO NOTHING".into()),
        statement("track", TRACK_COLUMNS, upsert_track()),
        statement(
            "problem",
            PROBLEM_COLUMNS,
            "INSERT INTO problems (root_id, path, outcome, detail) \
             VALUES ((SELECT id FROM roots WHERE path = ?1), ?2, ?3, ?4) \
             ON CONFLICT (root_id, path, outcome) DO UPDATE SET detail = excluded.detail, seen_at = unixepoch()"
                .into(),
        ),
        statement(
            "forget_problems",
            &["root"],
            "DELETE FROM problems WHERE root_id = (SELECT id FROM roots WHERE path = ?1)".into(),
        ),
        statement("count_tracks", &[], "SELECT count(*) FROM tracks".into()),
        statement("tracks", &[], select_tracks()),
    ]
}

fn statement(name: &str, parameters: &[&str], sql: String) -> Statement {
    Statement { name: name.into(), sql, parameters: parameters.iter().map(|&name| name.into()).collect() }
}

/// The columns of a track that its place does not determine.
fn content_columns() -> &'static [&'static str] {
    &TRACK_COLUMNS[2..]
}

/// Inserts a track, or updates it where anything differs: a rescan of what did not change writes nothing.
fn upsert_track() -> String {
    let columns = content_columns();
    let values: Vec<String> = (3..TRACK_COLUMNS.len() + 1).map(|position| format!("?{position}")).collect();
    let each =
        |separator: &str, make: &dyn Fn(&&str) -> String| columns.iter().map(make).collect::<Vec<_>>().join(separator);
    format!(
        "INSERT INTO tracks (root_id, path, {names}) \
         VALUES ((SELECT id FROM roots WHERE path = ?1), ?2, {values}) \
         ON CONFLICT (root_id, path) DO UPDATE SET {updates}, updated_at = unixepoch() \
         WHERE ({old}) IS NOT ({new})",
        names = columns.join(", "),
        values = values.join(", "),
        updates = each(", ", &|name| format!("{name} = excluded.{name}")),
        old = each(", ", &|name| format!("tracks.{name}")),
        new = each(", ", &|name| format!("excluded.{name}")),
    )
}

fn select_tracks() -> String {
    format!(
        "SELECT roots.path, tracks.path, {} FROM tracks JOIN roots ON roots.id = root_id ORDER BY roots.path, tracks.path",
        content_columns().join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_has_every_column_of_a_track() {
        for column in TRACK_COLUMNS.iter().skip(1) {
            assert!(MIGRATIONS[0].contains(&format!("\n    {column} ")), "{column}");
        }
    }

    #[test]
    fn a_statement_has_as_many_places_as_parameters() {
        for statement in statements() {
            let places = (1..).take_while(|place| statement.sql.contains(&format!("?{place}"))).count();
            assert_eq!(places, statement.parameters.len(), "{}", statement.name);
        }
    }
}
