//! The contract in `wit/`, as Rust. Nothing here is written by hand but the macro's arguments.
#![allow(missing_docs, clippy::all)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "mt:scanner/scanner",
    additional_derives: [PartialEq],
});
