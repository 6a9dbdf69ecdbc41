//! Looking into the audio of files: an analyser of one root or several, and a validation under way.
//!
//! The scanner finds the files; workers of their own work on them, one at a time, each in an
//! instance of the second component.

pub(crate) mod analyser;
mod file;
mod plan;
mod pool;
pub(crate) mod report;
mod supervision;
pub(crate) mod validation;
