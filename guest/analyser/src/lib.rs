//! The analyser: what can be said of a file's audio by reading all of it.
//!
//! The contract is `wit/analysis.wit`; hosts see nothing else of this crate. From the outside in:
//!
//! - [`component`] answers the calls of the contract, [`command`] those of the wasmtime CLI, and
//!   [`disk`] opens files for both;
//! - [`analysis`] works on one file in bounded pieces and writes its [`report`];
//! - [`stream`] follows frames, pages, boxes and their checksums, one module a container;
//! - [`grouping`] finds the tracks of a library that are the same, [`album`] how loud those of an
//!   album are together;
//! - [`audio`] decodes, [`bitstream`] follows codes without decoding, [`loudness`] measures by
//!   [`blocks`], [`fingerprint`] takes what is heard, [`hash`] hashes.
//!
//! The containers' own knowledge is the crate `mt-scanner-formats`, which the scanner has too.

// Natively nobody calls what a component exports.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code))]

mod album;
mod analysis;
mod audio;
pub mod bindings;
mod bitstream;
mod blocks;
mod checksum;
mod command;
mod component;
mod disk;
#[cfg(test)]
mod drill;
mod fingerprint;
mod grouping;
mod hash;
mod input;
mod loudness;
mod report;
mod stream;
