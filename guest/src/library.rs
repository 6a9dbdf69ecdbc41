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

/// The number of a track's columns in each version that was released. Columns behind them are of
/// the version under way, so that a column is added by adding a field to the record in
/// `wit/types.wit`.
const COLUMNS_OF: [usize; 1] = [41];

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
        assert_eq!(COLUMN_TYPES[COLUMNS_OF[0] - 1].0, "audio_key");
    }

    #[test]
    fn a_new_column_is_a_new_version() {
        let columns = [&COLUMN_TYPES[..COLUMNS_OF[0]], &[("mood", "TEXT")]].concat();
        let scripts = scripts(&columns);
        assert_eq!(scripts[1..], ["ALTER TABLE tracks ADD COLUMN mood TEXT;\n"]);
        assert!(!scripts[0].contains("mood"));
    }
}
