//! Cue sheets: where the tracks of an album in one file are, and what they are called.
//!
//! The commands are those of the CDRWIN user's guide (appendix A), and the remarks (`REM`) that
//! EAC, foobar2000 and others write beside them. A sheet says as much as can be made of it: what is
//! no command is passed over.

mod belongs;
#[cfg(test)]
mod drill;
pub(crate) mod embedded;
mod line;
mod rows;
mod sheet;
mod text;
mod time;

pub use belongs::{Named, belongings};
pub use sheet::{LARGEST, Sheet};
