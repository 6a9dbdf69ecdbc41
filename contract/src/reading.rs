//! What shapes values beside the files.

use crate::{Reading, defaults};

/// The defaults of every host.
impl Default for Reading {
    fn default() -> Self {
        Self { legacy_charset: defaults::LEGACY_CHARSET.to_owned(), cue: defaults::CUE }
    }
}
