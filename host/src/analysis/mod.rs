//! Looking into the audio of files: an analyser of the files of a scanner, and an examination under
//! way.
//!
//! The scanner finds the files, or the library names them; workers of their own work on them, one
//! at a time, each in an instance of the second component.

pub(crate) mod analyser;
mod background;
pub(crate) mod examination;
mod file;
pub(crate) mod job;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod report;
pub(crate) mod request;
mod rest;
mod supervision;
