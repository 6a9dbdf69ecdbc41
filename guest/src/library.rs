//! The SQLite library: its schema and the statements that keep it.

mod moves;
mod statements;

use crate::bindings::exports::mt::scanner::library::Migration;

pub use statements::statements;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::TRACK_COLUMNS;

    #[test]
    fn the_schema_has_every_column_of_a_track() {
        for column in TRACK_COLUMNS.iter().skip(1) {
            assert!(MIGRATIONS[0].contains(&format!("\n    {column} ")), "{column}");
        }
    }
}
