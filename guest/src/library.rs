//! The SQLite library: its schema and the statements that keep it.

mod events;
mod moves;
mod statements;

use mt_scanner_contract::COLUMN_TYPES;

use crate::bindings::exports::mt::scanner::library::Migration;

pub use events::folders_of_events;
pub use statements::statements;

/// The script of the first version. `{columns}` are those of a track that its file determines.
const FIRST: &str = include_str!("library/1.sql");

/// The number of a track's columns in each version: 41 up to `audio_key` in the first, those from
/// `title_sort` to `duration_estimated` beside them in the second. Columns behind them are of the
/// version under way, so that a column is added by adding a field to the record in
/// `wit/types.wit`.
const COLUMNS_OF: [usize; 2] = [41, 62];

/// The columns that are not of the table `tracks` by their names alone: the root is in `roots`, the
/// path in the script.
const KEYS: usize = 2;

/// The newest version.
pub fn schema_version() -> u32 {
    migrations().len() as u32
}

/// Every script with the version that it leads to, oldest first.
pub fn migrations() -> Vec<Migration> {
    scripts(&COLUMN_TYPES).into_iter().zip(1..).map(|(sql, version)| Migration { version, sql }).collect()
}

/// The scripts of a library with these columns, given with their types.
fn scripts(columns: &[(&str, &str)]) -> Vec<String> {
    let declared = |columns: &[(&str, &str)]| columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    let first: Vec<String> = declared(&columns[KEYS..COLUMNS_OF[0]]);
    let mut scripts = vec![FIRST.replace("{columns}", &(first.join(",\n    ") + ","))];
    for (version, from) in COLUMNS_OF.iter().enumerate() {
        let to = COLUMNS_OF.get(version + 1).copied().unwrap_or(columns.len());
        let added: Vec<String> = declared(&columns[*from..to]);
        if !added.is_empty() {
            scripts.push(added.iter().map(|column| format!("ALTER TABLE tracks ADD COLUMN {column};\n")).collect());
        }
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_has_the_columns_that_it_was_released_with() {
        let scripts = scripts(&COLUMN_TYPES);
        for (column, kind) in &COLUMN_TYPES[KEYS..COLUMNS_OF[0]] {
            assert!(scripts[0].contains(&format!("\n    {column} {kind},\n")), "{column}");
        }
        assert_eq!(COLUMNS_OF.map(|count| COLUMN_TYPES[count - 1].0), ["audio_key", "duration_estimated"]);
    }

    #[test]
    fn a_new_column_is_a_new_version() {
        let last = COLUMNS_OF[COLUMNS_OF.len() - 1];
        let columns = [&COLUMN_TYPES[..last], &[("mood", "TEXT")]].concat();
        let scripts = scripts(&columns);
        assert_eq!(scripts[COLUMNS_OF.len()..], ["ALTER TABLE tracks ADD COLUMN mood TEXT;\n"]);
        assert!(scripts[..COLUMNS_OF.len()].iter().all(|script| !script.contains("mood")));
    }

    #[test]
    fn the_second_version_adds_its_columns_to_rows_that_have_none() {
        let second = &scripts(&COLUMN_TYPES)[1];
        for (column, kind) in &COLUMN_TYPES[COLUMNS_OF[0]..COLUMNS_OF[1]] {
            assert!(second.contains(&format!("ALTER TABLE tracks ADD COLUMN {column} {kind};\n")), "{column}");
            assert!(!kind.contains("NOT NULL") || kind.contains("DEFAULT"), "{column}");
        }
    }
}
