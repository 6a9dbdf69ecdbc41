//! The contract as Rust.

use std::fmt::Write as _;

use super::types::{camel, is_defined, rust, sql};
use super::{Case, Contract, ENUMS, Enum, Field, NONE, ONLY_JSON, OUTCOME, Record, SCAN_ERROR};

impl Contract {
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

    /// What command lines say beside their options, as constants.
    pub fn help(&self) -> String {
        self.help.code()
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
}

fn write_docs(code: &mut String, indent: &str, docs: &str) {
    for line in docs.lines() {
        let _ = writeln!(code, "{indent}/// {line}");
    }
}
