//! The mt-scanner component: all that is known about music folders.
//!
//! The contract is in `wit/`; hosts see nothing else of this crate. From the outside in:
//!
//! - [`component`] answers the calls of the contract, [`command`] those of the wasmtime CLI;
//! - [`step`] does a bounded amount of work, with [`walk`] for where it goes, [`tree`] for folders
//!   and files, and the crate `mt-scanner-formats` for what is in files;
//! - [`inspect`] reads one file, [`pictures`] finds its pictures;
//! - [`rows`] and [`json`] render what was found, [`library`] holds the SQLite schema, [`reports`]
//!   the words for people.
//!
//! The generated bindings work inside a component only. What is pure logic is tested natively, the
//! whole through the hosts.

// Natively nobody calls what a component exports.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

pub mod bindings;
mod command;
mod component;
mod inspect;
mod json;
mod library;
mod memory;
mod outcome;
mod pictures;
mod reports;
mod rows;
#[cfg(target_family = "wasm")]
mod sections;
mod sheets;
mod step;
mod tree;
mod walk;
