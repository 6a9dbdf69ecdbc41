use std::error::Error;

use serde_json::Value;
use wit_parser::Resolve;

use super::*;

const WIT: &str = "package mt:scanner@0.1.0;
    interface types {
        variant scan-error { root-not-found(string) }
        enum outcome { wrong-extension }
        enum lyrics-form { none, plain }
        record problem { root: string, path: string, outcome: outcome, detail: string }
        record track {
            path: string,
            /// The mood.
            ///
            /// As the tagger wrote it.
            track-mood: option<string>,
            form: lyrics-form,
        }
    }
    interface files {
        use types.{problem, track};
        record tag-item { key: string }
        record lyrics { text: string }
        record chapter { start-ms: u64 }
        record inspection { track: track, tags: list<tag-item> }
    }
    interface pictures {
        enum picture-kind { other }
        record picture-item { kind: picture-kind }
    }
    interface scan {
        record budget { items: u32 }
        enum follow-links { no, once }
        record walking { follow-links: follow-links, extensions: list<string> }
        record reading { legacy-charset: string }
    }";

const HELP: &str = r#"{"exit-codes": [["0", "done"]], "examples": {"scan": [["scan ~", "all of it"]]}}"#;

fn of_text(wit: &str, words: &str) -> Result<Contract, Box<dyn Error>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("contract.wit", wit)?;
    Contract::of(&resolve, package, words, HELP)
}

fn contract() -> Contract {
    of_text(WIT, r#"{"root-not-found": "the root does not exist"}"#).unwrap()
}

#[test]
fn a_field_of_the_record_is_a_field_in_rust_a_column_and_an_entry_of_the_json() {
    let contract = contract();
    let code = contract.records();
    assert!(code.contains(
        "    /// The mood.\n    /// \n    /// As the tagger wrote it.\n    pub track_mood: Option<String>,\n"
    ));
    assert!(code.contains(r#"("track_mood", "TEXT")"#) && code.contains("{ path, track_mood, form }"));
    let json: Value = serde_json::from_str(&contract.json()).unwrap();
    let field = &json["records"]["track"]["fields"][1];
    assert_eq!((field["name"].as_str(), field["type"].as_str()), (Some("track_mood"), Some("option<string>")));
    assert_eq!(json["defaults"]["file_timeout"], 10.0);
}

#[test]
fn an_enum_that_begins_with_none_has_that_by_default() {
    let code = contract().records();
    assert!(code.contains("#[default]\n    None,\n    Plain,\n"), "{code}");
    assert!(code.contains(r#"("form", "TEXT NOT NULL DEFAULT 'none'")"#));
    assert_eq!(code.matches("#[default]").count(), 1);
}

#[test]
fn a_word_is_a_constant_and_an_error_knows_its_words() {
    assert!(contract().words().contains("pub const ROOT_NOT_FOUND: &str = \"the root does not exist\";"));
    assert!(
        contract().records().contains(r#"Self::RootNotFound(path) => ("root-not-found", path, words::ROOT_NOT_FOUND)"#)
    );
}

#[test]
fn examples_are_constants_and_entries_of_the_json() {
    assert!(contract().help().contains(r#"("scan", &[("scan ~", "all of it")]),"#), "{}", contract().help());
    let json: Value = serde_json::from_str(&contract().json()).unwrap();
    assert_eq!(json["help"]["examples"]["scan"][0][1], "all of it");
    assert!(Help::of(r#"{"examples": {}}"#).is_err());
}

#[test]
fn a_contract_that_lacks_a_record_or_has_a_type_without_a_rule_is_refused() {
    let lacking = WIT.replace("record budget { items: u32 }", "");
    assert!(of_text(&lacking, "{}").is_err());
    let strange = WIT.replace("items: u32", "items: char");
    assert!(of_text(&strange, "{}").is_err());
}
