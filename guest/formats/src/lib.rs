//! What is inside an audio file: its format by content, its properties, its tags; and which names are audio files.
//!
//! The crate knows no WASI: bytes come from whatever implements [`reader::ReadAt`].

mod adts;
mod artwork;
mod asf;
mod audio_key;
mod by_lofty;
mod container;
mod content;
pub mod extension;
mod fields;
mod format;
mod id3v2;
mod mp4;
#[cfg(test)]
mod not_yet;
mod ogg;
mod parse;
mod payload;
pub mod reader;
mod tags;
#[cfg(test)]
mod told;
mod vorbis_comment;
mod wave;

pub use format::expected_by_extension;
pub use parse::{Failure, parse};

use mt_scanner_contract::Track;

/// A track of which nothing but its place is known.
pub fn blank_track(root: &str, path: &str) -> Track {
    Track { root: root.to_owned(), path: path.to_owned(), ..Track::default() }
}
