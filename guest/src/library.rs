//! The SQLite library: its schema and the statements that keep it.

mod events;
mod moves;
mod statements;

use mt_scanner_contract::COLUMN_TYPES;

use crate::bindings::exports::mt::scanner::library::Migration;

pub use events::folders_of_events;
pub use statements::statements;

/// The script of each version that was released, with the last column of the record `track` in
/// `wit/types.wit` that it has. In a script `{columns}` stands for the statements that add the
/// columns since the version before; the first is as it was released.
///
/// Columns behind the last one of the last version make a version of their own, so that a column is
/// added by adding a field to the record. When that is released, it gets its line here.
const RELEASED: [(&str, &str); 4] = [
    (include_str!("library/1.sql"), "audio_key"),
    (include_str!("library/2.sql"), "text_charset"),
    (include_str!("library/3.sql"), "cue_tracks"),
    (include_str!("library/4.sql"), "cue_tracks"),
];

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
    let mut scripts = Vec::new();
    let mut from = 0;
    for (script, last) in RELEASED {
        let to = columns.iter().position(|(name, _)| *name == last).map_or(from, |place| place + 1);
        scripts.push(script.replace("{columns}", &added(&columns[from..to])));
        from = to;
    }
    if from < columns.len() {
        scripts.push(added(&columns[from..]));
    }
    scripts
}

/// The statements that add columns.
fn added(columns: &[(&str, &str)]) -> String {
    let add = |(name, kind): &(&str, &str)| format!("ALTER TABLE tracks ADD COLUMN {name} {kind};\n");
    columns.iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_of_a_released_version() {
        assert_eq!(schema_version() as usize, RELEASED.len());
        for (_, last) in RELEASED {
            assert!(COLUMN_TYPES.iter().any(|(name, _)| *name == last), "{last}");
        }
    }

    #[test]
    fn the_first_version_has_the_columns_that_it_was_released_with() {
        let first = &scripts(&COLUMN_TYPES)[0];
        let place = COLUMN_TYPES.iter().position(|(name, _)| *name == RELEASED[0].1).unwrap();
        for (column, kind) in &COLUMN_TYPES[2..=place] {
            assert!(first.contains(&format!("\n    {column} {kind},\n")), "{column}");
        }
    }

    #[test]
    fn a_new_column_is_a_new_version() {
        let columns = [&COLUMN_TYPES[..], &[("mood", "TEXT")]].concat();
        let scripts = scripts(&columns);
        assert_eq!(scripts[RELEASED.len()..], ["ALTER TABLE tracks ADD COLUMN mood TEXT;\n"]);
        assert!(!scripts[..RELEASED.len()].concat().contains("mood"));
    }

    #[test]
    fn a_column_that_is_added_has_a_value_in_the_rows_that_are_there() {
        for (column, kind) in COLUMN_TYPES.iter().skip_while(|(name, _)| *name != RELEASED[0].1) {
            assert!(!kind.contains("NOT NULL") || kind.contains("DEFAULT"), "{column}: SQLite cannot add {kind}");
        }
    }
}
