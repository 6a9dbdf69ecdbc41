//! Parts of a file that are not text: coded audio and pictures, as places in the file and not as
//! bytes.

use std::ops::Range;

/// Where in a file some bytes are, in their order, and how they are written there.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    /// The places, as offsets from the beginning of the file. Several where headers stand in
    /// between: pages, fragments, blocks.
    pub pieces: Vec<Range<u64>>,
    /// How the bytes are written.
    pub coding: Coding,
}

/// How bytes are written in a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As they are.
    #[default]
    Plain,
    /// With a zero behind each 0xff (ID3v2.4.0 structure, section 6.1).
    Unsynchronised,
    /// In base64 (RFC 4648, section 4), from the beginning of a group of four letters.
    Base64 {
        /// How many of the first bytes that come out are no part of it: 0, 1 or 2.
        lead: u8,
        /// How many bytes belong to it behind these; `None`: all of them.
        len: Option<u64>,
    },
    /// Compressed (RFC 1950).
    Deflate {
        /// How many of the unpacked bytes stand before what is meant.
        lead: u32,
        /// Whether the compressed bytes are unsynchronised.
        is_unsynchronised: bool,
    },
}

/// A picture, as a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, by the numbers of ID3v2's `APIC` (ID3v2.4.0 native frames, section 4.14): 3
    /// is the front cover.
    pub(crate) kind: u8,
    /// Its media type as the file has it; empty where the file does not say.
    pub(crate) mime: String,
    /// Its bytes.
    pub(crate) data: Payload,
}

/// What tells audio from other audio better than its bytes do: a checksum of the encoder, a page
/// that no tagger touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The container: `flac`, `ogg`. Signatures of two kinds are never equal.
    pub kind: &'static str,
    /// A number, such as the length.
    pub number: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Payload {
    /// One piece, as it is.
    pub fn plain(piece: Range<u64>) -> Self {
        Self { pieces: vec![piece], coding: Coding::Plain }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(Range::is_empty)
    }

    /// How many bytes it takes in the file.
    pub fn len(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.end.saturating_sub(piece.start)).sum()
    }

    /// The piece with the most bytes, the first of several.
    pub fn largest(&self) -> Option<Range<u64>> {
        let len = |piece: &Range<u64>| piece.end.saturating_sub(piece.start);
        self.pieces.iter().rev().max_by_key(|piece| len(piece)).cloned().filter(|piece| len(piece) > 0)
    }
}
