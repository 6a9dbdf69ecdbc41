//! The contract in `wit/`, as Rust, and how its records become those of `mt_scanner_contract`.
//! Nothing else is written by hand here.
#![allow(missing_docs, clippy::all)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "mt:scanner/scanner",
    additional_derives: [PartialEq],
});

mt_scanner_contract::convert_records!(crate::runtime::bindings::exports::mt::scanner);

/// The world of the second component.
pub(crate) mod analyser {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "mt:scanner/analyser",
    });
}
