//! What is inside an audio file: its container by content, its properties, its tags; and which
//! names are audio files.
//!
//! The crate knows no WASI: bytes come from whatever implements [`reader::ReadAt`].

mod adts;
mod asf;
mod audio_key;
mod container;
mod content;
#[cfg(test)]
mod cost;
pub mod cue;
#[cfg(test)]
mod drill;
pub mod extension;
mod fields;
mod flac;
mod foreign;
mod id3v2;
mod legacy;
mod measure;
#[cfg(feature = "misbehave")]
pub mod misbehave;
mod mp4;
mod mpeg;
mod ogg;
mod parse;
mod payload;
mod picture;
pub mod reader;
#[cfg(test)]
mod reads;
mod recognise;
mod riff;
pub mod structure;
mod tags;
#[cfg(test)]
mod told;
#[cfg(test)]
mod trial;
mod utf_8;

pub use container::Container;
pub use fields::Details;
pub use legacy::LegacyCharset;
pub use parse::{Parsed, parse};
pub use payload::Picture;
pub use picture::{LARGEST_PICTURE, Look, Unread};

use mt_scanner_contract::Track;

/// The version of the values that [`parse`] gives. Raise it with every change after which some file
/// says something else: libraries then read their files again, once.
pub const READER_VERSION: u32 = 1;

/// A track of which nothing but its place is known.
pub fn blank_track(root: &str, path: &str) -> Track {
    Track { root: root.to_owned(), path: path.to_owned(), ..Track::default() }
}
