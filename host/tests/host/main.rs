//! The Rust host, tested with the component that it carries and with others.
//!
//! What a scan should find is tested by the cases in `tests/` of the project, through every host.
//! These are about what only this host does: the pool, the sandbox, limits, the library's one
//! writer, the binary.

mod analysis;
mod artwork;
mod command;
mod comparison;
mod components;
mod control;
mod examination;
// FUSE is Linux's.
#[cfg(target_os = "linux")]
mod hung;
// Linux alone has the `env` that it needs.
#[cfg(target_os = "linux")]
mod interruption;
mod isolation;
mod job;
mod library;
mod roots;
mod rows;
#[cfg(target_os = "linux")]
mod slow;
mod support;
mod watch;
mod wings;
