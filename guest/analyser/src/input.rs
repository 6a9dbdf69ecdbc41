//! The bytes of a file for those who read it from the beginning to the end, with a look back and
//! forth.

use std::io;
use std::sync::Arc;

use mt_scanner_formats::reader::ReadAt;

/// How much is read at a time, in bytes.
pub const PIECE: u64 = 256 * 1024;
/// The most that anyone asks for in one piece, in bytes: a frame of FLAC of eight channels. A file
/// does not set the size of memory.
pub const LARGEST: u64 = 4 * 1024 * 1024;

/// Where bytes come from, shared by those who read a file at the same time.
#[derive(Clone)]
pub struct Source(Arc<dyn ReadAt + Send + Sync>);

impl Source {
    /// Shares it.
    pub fn new(source: impl ReadAt + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }
}

impl ReadAt for Source {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        self.0.read_at(offset, len)
    }
}

/// A window that moves over a file.
pub struct Input {
    source: Source,
    len: u64,
    start: u64,
    window: Vec<u8>,
}

impl Input {
    /// Over a file of `len` bytes. Nothing is read yet.
    pub fn new(source: Source, len: u64) -> Self {
        Self { source, len, start: 0, window: Vec::new() }
    }

    /// As many bytes from `offset` on, at most [`LARGEST`]; fewer at the end of the file.
    pub fn at(&mut self, offset: u64, len: u64) -> io::Result<&[u8]> {
        let end = offset.saturating_add(len.min(LARGEST)).min(self.len);
        let offset = offset.min(end);
        if offset < self.start || end > self.start + self.window.len() as u64 {
            self.load(offset, end)?;
        }
        let from = ((offset - self.start) as usize).min(self.window.len());
        let to = ((end - self.start) as usize).min(self.window.len());
        Ok(&self.window[from..to])
    }

    /// So many bytes; `None` if the file ends before.
    pub fn array<const N: usize>(&mut self, offset: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.at(offset, N as u64)?.first_chunk().copied())
    }

    /// Moves the window, and keeps what it has already.
    fn load(&mut self, offset: u64, end: u64) -> io::Result<()> {
        let had = self.start + self.window.len() as u64;
        if (self.start..had).contains(&offset) {
            self.window.drain(..(offset - self.start) as usize);
        } else {
            self.window.clear();
        }
        self.start = offset;
        let from = offset + self.window.len() as u64;
        let wanted = end.max(from + PIECE).min(self.len);
        let more = self.source.read_at(from, wanted.saturating_sub(from))?;
        if self.window.is_empty() {
            self.window = more;
        } else {
            self.window.extend_from_slice(&more);
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    struct Bytes(Vec<u8>);

    impl ReadAt for Bytes {
        fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
            self.0.as_slice().read_at(offset, len)
        }
    }

    /// Bytes as a file.
    pub fn source(bytes: Vec<u8>) -> Source {
        Source::new(Bytes(bytes))
    }

    #[test]
    fn every_byte_is_where_it_was_whatever_the_way() {
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|at| (at * 7 % 251) as u8).collect();
        let mut input = Input::new(source(bytes.clone()), bytes.len() as u64);
        for (offset, len) in [(0, 10), (5, 300_000), (299_000, 5_000), (999_990, 100), (20, 30), (600_000, 400_000)] {
            let end = (offset + len).min(bytes.len());
            assert_eq!(input.at(offset as u64, len as u64).unwrap(), &bytes[offset..end], "{offset} {len}");
        }
        assert!(input.at(2_000_000, 5).unwrap().is_empty() && input.array::<4>(999_998).unwrap().is_none());
    }
}
