//! Generated from `wit/`. Nothing else is written here.
#![allow(missing_docs)]

wit_bindgen::generate!({
    path: "../wit",
    world: "scanner",
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    // Names on the wire are kebab-case: see `outcome.rs` and `step/request.rs`.
    additional_derives_ignore: ["outcome", "mode", "scan-error"],
    pub_export_macro: true,
});
