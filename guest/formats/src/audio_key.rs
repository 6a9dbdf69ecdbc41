//! What tells this audio from other audio, whatever its name, place and tags: a hash over the
//! length, the beginning and the end of the payload. It finds files again that were moved, and is
//! no proof that two are equal.
//!
//! What is hashed lies beside what the parser has read, so that a key costs at most one read more,
//! and seldom that.

use std::io;

use twox_hash::XxHash3_64;

use crate::payload::{Payload, Signature};
use crate::reader::{FileReader, ReadAt};

/// How much of the beginning and of the end is hashed, in bytes.
const PIECE: u64 = 2048;

/// The key of a file: of its audio's signature, of the largest piece of its audio, or of all of its
/// bytes where the audio was not found.
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
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// One of a kind and a number, to which pieces are added.
    pub fn new(kind: &str, len: u64) -> Self {
        let mut bytes = Vec::with_capacity(32 + 2 * PIECE as usize);
        bytes.extend_from_slice(kind.as_bytes());
        bytes.extend_from_slice(&len.to_le_bytes());
        Self(bytes)
    }

    pub fn with(mut self, piece: &[u8]) -> Self {
        self.0.extend_from_slice(piece);
        self
    }

    pub fn text(&self) -> String {
        format!("{:016x}", XxHash3_64::oneshot(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::tests::reader;

    fn audio(seed: u8) -> Vec<u8> {
        (0..20_000_u32).map(|index| (index * 7 % 253) as u8 ^ seed).collect()
    }

    fn key(bytes: &[u8], audio: &Payload) -> String {
        of(&mut reader(bytes.to_vec()), None, audio).unwrap()
    }

    #[test]
    fn bytes_around_the_audio_make_no_difference() {
        let bare = key(&audio(1), &Payload::plain(0..20_000));
        let tagged = [vec![9; 300], audio(1), vec![9; 77]].concat();
        assert_eq!(key(&tagged, &Payload::plain(300..20_300)), bare);
        assert_ne!(key(&audio(2), &Payload::plain(0..20_000)), bare);
        assert_ne!(key(&audio(1), &Payload::plain(0..19_999)), bare);
    }

    #[test]
    fn the_largest_piece_stands_for_several() {
        let payload = |pieces: &[std::ops::Range<u64>]| Payload { pieces: pieces.to_vec(), ..Payload::default() };
        let bytes = audio(1);
        let all = payload(&[0..10, 10..15_000, 15_000..20_000]);
        assert_eq!(key(&bytes, &all), key(&bytes, &Payload::plain(10..15_000)));
    }

    #[test]
    fn a_signature_decides_and_without_audio_all_bytes_do() {
        let signature = |number: u64| Signature { kind: "flac", number, bytes: vec![1; 24] };
        let signed = |bytes: &[u8], number: u64| {
            of(&mut reader(bytes.to_vec()), Some(&signature(number)), &Payload::default()).unwrap()
        };
        assert_eq!(signed(&audio(1), 0), signed(&audio(2), 0));
        assert_ne!(signed(&audio(1), 0), signed(&audio(1), 1));
        assert_eq!(key(&audio(1), &Payload::default()), key(&audio(1), &Payload::plain(0..20_000)));
    }
}
