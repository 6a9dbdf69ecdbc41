//! The statements, by name. Those that take rows of a sync come in the order in which a host runs
//! them.

mod albums;
mod analyses;
mod beginning;
mod changes;
mod duplicates;
mod ending;
mod reading;
mod roots;

use crate::bindings::exports::mt::scanner::library::Statement;
use crate::rows::TRACK_COLUMNS;

/// Every statement.
pub fn statements() -> Vec<Statement> {
    let mut all = beginning::statements();
    all.extend(roots::statements());
    all.extend(changes::statements());
    all.extend(ending::statements());
    all.extend(reading::statements());
    all.extend(analyses::statements());
    all.extend(albums::statements());
    all.extend(duplicates::statements());
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

fn place(number: usize) -> String {
    format!("?{number}")
}

/// A folder's key, by the root's and its own path as parameters.
const FOLDER: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) AND path = ?2";

/// A folder and everything below it, by the same parameters: `0` is the character after `/`. The
/// first two bounds are for the index.
const BELOW: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) \
    AND path >= ?2 AND path < iif(?2 = '', char(1114111), ?2 || '0') \
    AND (?2 = '' OR path = ?2 OR path > ?2 || '/')";

/// Which track of a cue sheet a row is, for `KnownFile` of the contract; 0 for a file.
const CUE_NUMBER: &str = "iif(audio_file IS NULL, 0, track_number)";

/// The folder that a path is in, in SQL.
fn folder_of(path: &str) -> String {
    format!("rtrim(rtrim({path}, replace({path}, '/', '')), '/')")
}

/// Problems of a folder itself and of links in it. Those of its tracks stay until these are read
/// again, but for a track that was read once and then did not answer: a look shows that it is as it
/// was.
const FOLDER_PROBLEMS: &str = "root_id = (SELECT id FROM roots WHERE path = ?1) \
    AND path >= ?2 AND path < iif(?2 = '', char(1114111), ?2 || '0') \
    AND (path = ?2 OR (?2 = '' AND instr(path, '/') = 0) OR \
    (path > ?2 || '/' AND instr(substr(path, length(?2) + 2), '/') = 0)) \
    AND NOT EXISTS (SELECT 1 FROM folders JOIN tracks ON tracks.folder_id = folders.id \
    WHERE folders.root_id = problems.root_id AND folders.path = ?2 AND tracks.path = problems.path \
    AND tracks.missing_since IS NULL AND NOT (outcome = 'timeout' AND audio_key IS NOT NULL))";

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
    fn a_report_counts_the_changes_of_the_contract_and_no_others() {
        let report = statements().into_iter().find(|statement| statement.name == "report").unwrap();
        let counted = |kind: &str| report.sql[0].contains(&format!("sum(kind = '{kind}')"));
        assert!(mt_scanner_contract::CHANGES.iter().all(|kind| counted(kind)), "{}", report.sql[0]);
        assert_eq!(report.sql[0].matches("sum(kind = ").count(), mt_scanner_contract::CHANGES.len());
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
