//! BLAKE3: of the coded audio, and of the whole file.

use std::io;

use crate::input::{Input, PIECE};

/// The hash of what is handed over, piece by piece.
#[derive(Default)]
pub struct Hash {
    state: blake3::Hasher,
    is_empty: bool,
}

impl Hash {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self { state: blake3::Hasher::new(), is_empty: true }
    }

    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.is_empty &= bytes.is_empty();
    }

    /// In hexadecimal digits; `None` if there was nothing.
    pub fn text(&self) -> Option<String> {
        (!self.is_empty).then(|| self.state.finalize().to_hex().to_string())
    }
}

/// The hash of a file, on its way.
pub struct WholeFile {
    hash: Hash,
    position: u64,
}

impl WholeFile {
    /// Nothing is read yet.
    pub fn new() -> Self {
        Self { hash: Hash::new(), position: 0 }
    }

    /// Takes the next piece, and says whether that was the last.
    pub fn step(&mut self, input: &mut Input) -> io::Result<bool> {
        let piece = input.at(self.position, PIECE)?;
        self.position += piece.len() as u64;
        let is_last = piece.is_empty();
        self.hash.take(piece);
        Ok(is_last)
    }

    /// Bytes that were taken.
    pub fn done(&self) -> u64 {
        self.position
    }

    /// In hexadecimal digits. An empty file has a hash too.
    pub fn text(&self) -> String {
        self.hash.state.finalize().to_hex().to_string()
    }
}
