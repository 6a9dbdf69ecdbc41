//! Reads the contract out of `wit/`, and writes it down in Rust and in JSON. Part of the build
//! script; tested as a module of the crate.

mod help;
mod json;
mod read;
mod rust;
#[cfg(test)]
mod tests;
mod types;

use help::Help;
use serde_json::{Map, Value};

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
    help: Help,
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
