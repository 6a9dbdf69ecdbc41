//! The contract out of the package in `wit/`.

use std::error::Error;

use wit_parser::{Docs, PackageId, Resolve, TypeDef, TypeDefKind};

use super::help::Help;
use super::types::kind;
use super::{Case, Contract, ENUMS, Enum, Field, RECORDS, Record, SCAN_ERROR};

impl Contract {
    /// Takes the contract out of a package. `words`, `help`: the JSON texts of `words.json` and
    /// `help.json`.
    pub fn of(resolve: &Resolve, package: PackageId, words: &str, help: &str) -> Result<Self, Box<dyn Error>> {
        let package = &resolve.packages[package];
        let mut contract = Self {
            version: package.name.version.as_ref().map(ToString::to_string).unwrap_or_default(),
            records: Vec::new(),
            enums: Vec::new(),
            errors: Vec::new(),
            words: serde_json::from_str(words)?,
            help: Help::of(help)?,
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
}

impl Case {
    fn of(name: &str, docs: &Docs) -> Self {
        Self { name: name.to_owned(), docs: text(docs) }
    }
}

fn text(docs: &Docs) -> String {
    docs.contents.as_deref().unwrap_or_default().trim().to_owned()
}
