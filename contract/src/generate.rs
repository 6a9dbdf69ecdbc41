//! Reads the contract out of `wit/`, and writes it down in Rust and in JSON. Part of the build
//! script; tested as a module of the crate.

use std::error::Error;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use wit_parser::{Docs, Resolve, Type, TypeDef, TypeDefKind};

use crate::{defaults, imports};

/// The records that guest and hosts have in common, in the order in which they are written.
const RECORDS: [&str; 10] =
    ["track", "problem", "tag-item", "lyrics", "chapter", "inspection", "picture-item", "budget", "walking", "reading"];
/// The enum of what became of a file.
const OUTCOME: &str = "outcome";
/// The enums that guest and hosts have in common, in the order in which they are written.
const ENUMS: [&str; 4] = [OUTCOME, "lyrics-form", "picture-kind", "follow-links"];
/// The case that an enum begins with if it is its value by default.
const NONE: &str = "none";
/// The interface whose records are handed over as JSON alone: bindings have none of them.
const ONLY_JSON: &str = "pictures";
/// The variant of why a call could not begin.
const SCAN_ERROR: &str = "scan-error";

/// What guest and hosts agree on.
pub struct Contract {
    /// The version of the package.
    version: String,
    records: Vec<Record>,
    enums: Vec<Enum>,
    errors: Vec<Case>,
    words: Map<String, Value>,
}

/// A record of `wit/`.
struct Record {
    name: String,
    /// The interface that it is in.
    interface: String,
    docs: String,
    fields: Vec<Field>,
}

struct Field {
    /// In snake case.
    name: String,
    /// In WIT's notation: `string`, `option<u32>`, `list<tag-item>`.
    kind: String,
    docs: String,
}

/// An enum of `wit/`.
struct Enum {
    name: String,
    /// The interface that it is in.
    interface: String,
    docs: String,
    cases: Vec<Case>,
}

/// A case of an enum or a variant.
struct Case {
    /// In kebab case, as it is written in rows.
    name: String,
    docs: String,
}

impl Contract {
    /// Takes the contract out of a package. `words`: the JSON text of `words.json`.
    pub fn of(resolve: &Resolve, package: wit_parser::PackageId, words: &str) -> Result<Self, Box<dyn Error>> {
        let package = &resolve.packages[package];
        let mut contract = Self {
            version: package.name.version.as_ref().map(ToString::to_string).unwrap_or_default(),
            records: Vec::new(),
            enums: Vec::new(),
            errors: Vec::new(),
            words: serde_json::from_str(words)?,
        };
        for (interface, &id) in &package.interfaces {
            for (name, &id) in &resolve.interfaces[id].types {
                let definition = &resolve.types[id];
                match &definition.kind {
                    TypeDefKind::Record(_) if RECORDS.contains(&name.as_str()) => {
                        contract.records.push(Record::of(resolve, interface, name, definition)?);
                    }
                    TypeDefKind::Enum(found) if ENUMS.contains(&name.as_str()) => contract.enums.push(Enum {
                        name: name.clone(),
                        interface: interface.clone(),
                        docs: text(&definition.docs),
                        cases: found.cases.iter().map(|case| Case::of(&case.name, &case.docs)).collect(),
                    }),
                    TypeDefKind::Variant(error) if name == SCAN_ERROR => {
                        contract.errors = error.cases.iter().map(|case| Case::of(&case.name, &case.docs)).collect();
                    }
                    _ => {}
                }
            }
        }
        contract.records.sort_by_key(|record| RECORDS.iter().position(|name| *name == record.name));
        contract.enums.sort_by_key(|found| ENUMS.iter().position(|name| *name == found.name));
        let is_whole = contract.records.len() == RECORDS.len() && contract.enums.len() == ENUMS.len();
        if !is_whole || contract.errors.is_empty() {
            return Err(format!("wit/ lacks one of {RECORDS:?}, {ENUMS:?} and `{SCAN_ERROR}`").into());
        }
        Ok(contract)
    }

    /// The records and enums as Rust, and macros that name their fields.
    pub fn records(&self) -> String {
        let mut code = String::new();
        for record in &self.records {
            record.write(&mut code);
        }
        for found in &self.enums {
            found.write(&mut code);
        }
        self.write_errors(&mut code);
        self.write_macros(&mut code);
        code
    }

    /// The texts that people read, as constants.
    pub fn words(&self) -> String {
        let mut code = String::new();
        for (name, text) in &self.words {
            let constant = name.replace('-', "_").to_uppercase();
            let _ = writeln!(code, "/// {}\npub const {constant}: &str = {text};", text.as_str().unwrap_or_default());
        }
        code
    }

    /// All of it as JSON, for hosts in other languages.
    pub fn json(&self) -> String {
        let cases = |cases: &[Case]| -> Vec<Value> {
            cases.iter().map(|case| json!({"name": case.name, "docs": case.docs})).collect()
        };
        let records: Map<String, Value> =
            self.records.iter().map(|record| (record.name.clone(), record.json())).collect();
        let enums: Map<String, Value> = self
            .enums
            .iter()
            .map(|found| (found.name.clone(), json!({"docs": found.docs, "cases": cases(&found.cases)})))
            .collect();
        let all = json!({
            "version": self.version,
            "records": records,
            "enums": enums,
            "errors": cases(&self.errors),
            "words": self.words,
            "defaults": {
                "file_timeout": defaults::FILE_TIMEOUT.as_secs_f64(),
                "listing_timeout": defaults::LISTING_TIMEOUT.as_secs_f64(),
                "memory": defaults::MEMORY,
                "step_milliseconds": defaults::STEP_MILLISECONDS,
                "step_overdue": defaults::STEP_OVERDUE.as_secs_f64(),
                "hang_margin": defaults::HANG_MARGIN.as_secs_f64(),
                "hung_calls": defaults::HUNG_CALLS,
                "follow_links": defaults::FOLLOW_LINKS,
                "hidden_folders": defaults::HIDDEN_FOLDERS,
                "ignored_folders": defaults::IGNORED_FOLDERS,
                "legacy_charset": defaults::LEGACY_CHARSET,
            },
            "imports": {"packages": imports::PACKAGES, "interfaces": imports::INTERFACES},
        });
        all.to_string()
    }

    fn write_errors(&self, code: &mut String) {
        code.push_str(
            "/// Why a call could not begin: `scan-error` of the contract. Every case carries the name of the root or the\n\
             /// path that it is about.\n\
             #[derive(Debug, Clone, PartialEq, Eq)]\npub enum ScanError {\n",
        );
        for case in &self.errors {
            write_docs(code, "    ", &case.docs);
            let _ = writeln!(code, "    {}(String),", camel(&case.name));
        }
        code.push_str(
            "}\n\nimpl ScanError {\n    /// The name of the case, the root or path, and the reason in the words of every host.\n    \
             pub fn parts(&self) -> (&'static str, &str, &'static str) {\n        match self {\n",
        );
        for Case { name, .. } in &self.errors {
            let word = name.replace('-', "_").to_uppercase();
            let _ = writeln!(code, "            Self::{}(path) => ({name:?}, path, words::{word}),", camel(name));
        }
        code.push_str("        }\n    }\n}\n\n");
    }

    fn write_macros(&self, code: &mut String) {
        if let Some(track) = self.records.iter().find(|record| record.name == "track") {
            let fields: Vec<&str> = track.fields.iter().map(|field| field.name.as_str()).collect();
            let _ = writeln!(
                code,
                "/// Calls a macro with the names of a track's fields, which are the columns of its row, in their order.\n\
                 #[macro_export]\nmacro_rules! for_each_column {{\n    ($then:ident) => {{ $then! {{ {} }} }};\n}}\n",
                fields.join(", ")
            );
            let columns: Vec<String> =
                track.fields.iter().map(|field| format!("({:?}, {:?})", field.name, sql(&field.kind))).collect();
            let _ = writeln!(
                code,
                "/// The columns of a track's row with their types in SQL, in the order of the record.\n\
                 pub const COLUMN_TYPES: [(&str, &str); {}] = [{}];\n",
                columns.len(),
                columns.join(", ")
            );
        }
        code.push_str(
            "/// Converts between the records of this crate and those of bindings of the same contract, whose module is named.\n\
             #[macro_export]\nmacro_rules! convert_records {\n    ($($bindings:tt)+) => {\n",
        );
        for record in self.records.iter().filter(|record| record.interface != ONLY_JSON) {
            record.write_conversions(code);
        }
        for found in self.enums.iter().filter(|found| found.interface != ONLY_JSON) {
            write_case_conversions(code, &found.interface, &found.name, &found.cases, "");
        }
        write_case_conversions(code, "types", SCAN_ERROR, &self.errors, "(path)");
        code.push_str("    };\n}\n");
    }
}

/// Writes how an enum or a variant of this crate becomes that of bindings, and back. `payload`:
/// what each case carries.
fn write_case_conversions(code: &mut String, interface: &str, name: &str, cases: &[Case], payload: &str) {
    let name = camel(name);
    let (ours, theirs) = (format!("$crate::{name}"), format!("$($bindings)+::{interface}::{name}"));
    for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
        let _ = writeln!(
            code,
            "        impl From<{from}> for {to} {{\n            fn from(case: {from}) -> Self {{\n                match case {{"
        );
        for case in cases {
            let variant = camel(&case.name);
            let _ = writeln!(code, "                    {from}::{variant}{payload} => Self::{variant}{payload},");
        }
        code.push_str("                }\n            }\n        }\n");
    }
}

impl Enum {
    /// Whether it begins with `none`, which then goes without saying.
    fn has_default(&self) -> bool {
        self.cases.first().is_some_and(|case| case.name == NONE)
    }

    fn write(&self, code: &mut String) {
        write_docs(code, "", &self.docs);
        let name = camel(&self.name);
        let default = if self.has_default() { ", Default" } else { "" };
        let _ = writeln!(
            code,
            "#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash{default}, serde::Serialize, serde::Deserialize)]\n\
             #[serde(rename_all = \"kebab-case\")]\npub enum {name} {{"
        );
        for case in &self.cases {
            write_docs(code, "    ", &case.docs);
            if case.name == NONE && self.has_default() {
                code.push_str("    #[default]\n");
            }
            let _ = writeln!(code, "    {},", camel(&case.name));
        }
        let all: Vec<String> = self.cases.iter().map(|case| format!("Self::{}", camel(&case.name))).collect();
        let _ = writeln!(
            code,
            "}}\n\nimpl {name} {{\n    /// Every case, in the order of the contract.\n    pub const ALL: [Self; {}] = [{}];\n",
            all.len(),
            all.join(", ")
        );
        code.push_str("    /// The name in the contract, in kebab case.\n");
        code.push_str("    pub const fn name(self) -> &'static str {\n        match self {\n");
        for case in &self.cases {
            let _ = writeln!(code, "            Self::{} => {:?},", camel(&case.name), case.name);
        }
        code.push_str("        }\n    }\n}\n\n");
    }
}

impl Record {
    fn of(resolve: &Resolve, interface: &str, name: &str, definition: &TypeDef) -> Result<Self, Box<dyn Error>> {
        let TypeDefKind::Record(record) = &definition.kind else { return Err("no record".into()) };
        let field = |field: &wit_parser::Field| {
            let kind =
                kind(resolve, &field.ty).ok_or_else(|| format!("the type of {name}.{} has no rule", field.name))?;
            Ok(Field { name: field.name.replace('-', "_"), kind, docs: text(&field.docs) })
        };
        Ok(Self {
            name: name.to_owned(),
            interface: interface.to_owned(),
            docs: text(&definition.docs),
            fields: record.fields.iter().map(field).collect::<Result<_, Box<dyn Error>>>()?,
        })
    }

    fn write(&self, code: &mut String) {
        write_docs(code, "", &self.docs);
        // A problem's outcome has no value that goes without saying, and options have defaults of
        // their own.
        let is_option = self.interface == "scan";
        let none =
            is_option || self.fields.iter().any(|field| [OUTCOME, "picture-kind"].contains(&field.kind.as_str()));
        let default = if none { "" } else { ", Default" };
        let is_small = |kind: &str| matches!(kind, "bool" | "u32") || ENUMS.contains(&kind);
        let copy = if self.fields.iter().all(|field| is_small(&field.kind)) { ", Copy" } else { "" };
        let _ = writeln!(
            code,
            "#[derive(Debug, Clone{copy}, PartialEq{default}, serde::Serialize, serde::Deserialize)]\npub struct {} {{",
            camel(&self.name)
        );
        for field in &self.fields {
            write_docs(code, "    ", &field.docs);
            if is_option && field.kind.starts_with("list<") {
                code.push_str("    #[serde(default)]\n");
            }
            let _ = writeln!(code, "    pub {}: {},", field.name, rust(&field.kind));
        }
        code.push_str("}\n\n");
    }

    fn write_conversions(&self, code: &mut String) {
        let (ours, name) = (format!("$crate::{}", camel(&self.name)), camel(&self.name));
        let theirs = format!("$($bindings)+::{}::{name}", self.interface);
        for (from, to) in [(&ours, &theirs), (&theirs, &ours)] {
            let _ = writeln!(
                code,
                "        impl From<{from}> for {to} {{\n            fn from(record: {from}) -> Self {{\n                Self {{"
            );
            for Field { name, kind, .. } in &self.fields {
                let value = if kind.starts_with("list<") && !kind.ends_with("string>") {
                    format!("record.{name}.into_iter().map(Into::into).collect()")
                } else if is_defined(kind) {
                    format!("record.{name}.into()")
                } else {
                    format!("record.{name}")
                };
                let _ = writeln!(code, "                    {name}: {value},");
            }
            code.push_str("                }\n            }\n        }\n");
        }
    }

    fn json(&self) -> Value {
        let fields: Vec<Value> = self
            .fields
            .iter()
            .map(|field| json!({"name": field.name, "type": field.kind, "docs": field.docs}))
            .collect();
        json!({"docs": self.docs, "fields": fields})
    }
}

impl Case {
    fn of(name: &str, docs: &Docs) -> Self {
        Self { name: name.to_owned(), docs: text(docs) }
    }
}

/// A type in WIT's notation; `None` for those that no field of these records has.
fn kind(resolve: &Resolve, ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "bool".into(),
        Type::U8 => "u8".into(),
        Type::U32 => "u32".into(),
        Type::U64 => "u64".into(),
        Type::S64 => "s64".into(),
        Type::F64 => "f64".into(),
        Type::String => "string".into(),
        Type::Id(id) => {
            let definition = &resolve.types[*id];
            match &definition.kind {
                TypeDefKind::Option(inner) => format!("option<{}>", kind(resolve, inner)?),
                TypeDefKind::List(inner) => format!("list<{}>", kind(resolve, inner)?),
                _ => definition.name.clone()?,
            }
        }
        _ => return None,
    })
}

/// Whether a type is one that the contract defines.
fn is_defined(kind: &str) -> bool {
    !matches!(kind, "bool" | "u8" | "u32" | "u64" | "s64" | "f64" | "string") && !kind.ends_with('>')
}

fn rust(kind: &str) -> String {
    let inner = |start: &str| kind.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inner("option<") {
        return format!("Option<{}>", rust(inner));
    }
    if let Some(inner) = inner("list<") {
        return format!("Vec<{}>", rust(inner));
    }
    match kind {
        "string" => "String".into(),
        "s64" => "i64".into(),
        defined if is_defined(defined) => camel(defined),
        number => number.into(),
    }
}

/// A column's type in a STRICT table. A list is JSON text, a flag 0 or 1, a case of an enum its
/// name (and `none`, with which it begins, by default).
fn sql(kind: &str) -> &'static str {
    match kind {
        "string" => "TEXT NOT NULL",
        "bool" => "INTEGER NOT NULL DEFAULT 0",
        "f64" => "REAL NOT NULL",
        "option<string>" => "TEXT",
        "option<f64>" => "REAL",
        _ if kind.starts_with("list<") => "TEXT NOT NULL DEFAULT '[]'",
        _ if kind.starts_with("option<") => "INTEGER",
        _ if is_defined(kind) => "TEXT NOT NULL DEFAULT 'none'",
        _ => "INTEGER NOT NULL",
    }
}

/// `tag-item` as `TagItem`.
fn camel(kebab: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    kebab.split('-').map(word).collect()
}

fn text(docs: &Docs) -> String {
    docs.contents.as_deref().unwrap_or_default().trim().to_owned()
}

fn write_docs(code: &mut String, indent: &str, docs: &str) {
    for line in docs.lines() {
        let _ = writeln!(code, "{indent}/// {line}");
    }
}

#[cfg(test)]
mod tests {
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

    fn of_text(wit: &str, words: &str) -> Result<Contract, Box<dyn Error>> {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("contract.wit", wit)?;
        Contract::of(&resolve, package, words)
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
            contract()
                .records()
                .contains(r#"Self::RootNotFound(path) => ("root-not-found", path, words::ROOT_NOT_FOUND)"#)
        );
    }

    #[test]
    fn a_contract_that_lacks_a_record_or_has_a_type_without_a_rule_is_refused() {
        let lacking = WIT.replace("record budget { items: u32 }", "");
        assert!(of_text(&lacking, "{}").is_err());
        let strange = WIT.replace("items: u32", "items: char");
        assert!(of_text(&strange, "{}").is_err());
    }
}
