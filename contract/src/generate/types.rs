//! Types in the notations of WIT, Rust and SQL.

use wit_parser::{Resolve, Type, TypeDefKind};

/// A type in WIT's notation; `None` for those that no field of these records has.
pub(super) fn kind(resolve: &Resolve, ty: &Type) -> Option<String> {
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
pub(super) fn is_defined(kind: &str) -> bool {
    !matches!(kind, "bool" | "u8" | "u32" | "u64" | "s64" | "f64" | "string") && !kind.ends_with('>')
}

/// A type in Rust.
pub(super) fn rust(kind: &str) -> String {
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
pub(super) fn sql(kind: &str) -> &'static str {
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
pub(super) fn camel(kebab: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    kebab.split('-').map(word).collect()
}
