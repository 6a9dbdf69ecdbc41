//! Syncs of a library that somebody else keeps.

use mt_scanner::{Comparison, Error, Knowledge, Scanner, Source};

use crate::support::Folder;

const NEW: &str = r#"{"new":true}"#;

/// A library that knows nothing, and says so as often as this.
struct Nothing {
    answers: usize,
}

impl Knowledge for Nothing {
    fn known(&self, _: &str, _: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source> {
        Ok(vec![NEW.to_owned(); self.answers])
    }
}

fn comparison(answers: usize, begin: &[&str]) -> Comparison<Nothing> {
    let begin = vec![begin.iter().map(|&work| work.to_owned()).collect()];
    Comparison { knowledge: Nothing { answers }, deep: true, begin }
}

const WHOLE: &str = r#"{"folder":"","files":null,"ignored_by":null}"#;

#[test]
fn rows_come_by_the_names_of_their_statements() {
    let folder = Folder::new().tracks(2, 3);
    let scanner = Scanner::new(folder.path()).unwrap();
    let mut added = 0;
    for changes in scanner.compare(comparison(1, &[WHOLE])).unwrap() {
        let json: serde_json::Value = serde_json::from_str(&changes.unwrap().to_json()).unwrap();
        added += json.get("added").map_or(0, |rows| rows.as_array().unwrap().len());
    }
    assert_eq!(added, 6);
    assert!(scanner.schema().unwrap().statements.iter().any(|statement| statement.name == "added"));
}

#[test]
fn a_library_that_does_not_answer_for_every_folder_ends_the_sync() {
    let folder = Folder::new().tracks(1, 1);
    let scanner = Scanner::new(folder.path()).unwrap();
    let mut scan = scanner.compare(comparison(0, &[WHOLE])).unwrap();
    assert!(matches!(scan.next(), Some(Err(Error::Knowledge { .. }))));
    assert!(scan.next().is_none());
}

#[test]
fn what_it_begins_with_is_work_for_every_root() {
    let folder = Folder::new().tracks(1, 1);
    let scanner = Scanner::new(folder.path()).unwrap();
    let nothing = Comparison { begin: Vec::new(), ..comparison(1, &[]) };
    for wrong in [comparison(1, &["no work"]), nothing] {
        assert!(matches!(scanner.compare(wrong).err(), Some(Error::InvalidRequest { .. })));
    }
}
