//! What tells this audio from other audio, whatever its name, place and tags: a hash over the length, the beginning and the end
//! of the payload. It finds files again that were moved, and is no proof that two are equal.
//!
//! What is hashed lies beside what the parser has read, so that a key costs at most one read more, and seldom that.

use std::io;

use twox_hash::XxHash3_64;

use crate::payload::{Payload, Signature};
use crate::reader::{FileReader, ReadAt};

/// How much of the beginning and of the end is hashed, in bytes.
const PIECE: u64 = 2048;

/// The key of a file: of its audio's signature, of the largest piece of its audio, or of all of its bytes where the
/// audio was not found.
pub fn of<S: ReadAt>(reader: &mut FileReader<S>, signature: Option<&Signature>, audio: &Payload) -> io::Result<String> {
    if let Some(Signature { kind, number, bytes }) = signature {
        return Ok(Key::new(kind, *number).with(bytes).text());
    }
    let whole = 0..reader.len();
    let payload = audio.largest().unwrap_or(whole);
    let len = payload.end - payload.start;
    let mut key = Key::new("", len);
    let first = len.min(PIECE);
    if let Some(piece) = reader.piece(payload.start, first)? {
        key = key.with(piece);
    }
    let last = (len - first).min(PIECE);
    if let Some(piece) = reader.piece(payload.end - last, last)? {
        key = key.with(piece);
    }
    Ok(key.text())
}

/// What a key is made of.
struct Key(Vec<u8>);

impl Key {
    fn new(kind: &str, len: u64) -> Self {
        let mut bytes = Vec::with_capacity(32 + 2 * PIECE as usize);
        bytes.extend_from_slice(kind.as_bytes());
        bytes.extend_from_slice(&len.to_le_bytes());
        Self(bytes)
    }

    fn with(mut self, piece: &[u8]) -> Self {
        self.0.extend_from_slice(piece);
        self
    }

    fn text(&self) -> String {
        format!("{:016x}", XxHash3_64::oneshot(&self.0))
    }
}
