//! Generated from `wit/`, and how the contract's records become those of these bindings. Nothing
//! else is written here.
#![allow(missing_docs)]

wit_bindgen::generate!({
    path: "../wit",
    world: "scanner",
    additional_derives: [PartialEq],
    pub_export_macro: true,
});

mt_scanner_contract::convert_records!(crate::bindings::exports::mt::scanner);
