//! For tests: a source that has not all bytes yet.

use std::cell::Cell;
use std::io;

use crate::container::Format;
use crate::content::Content;
use crate::reader::{FileReader, ReadAt};

/// A file in memory whose reads fail after some.
struct NotYet {
    bytes: Vec<u8>,
    left: Cell<u32>,
}

impl ReadAt for NotYet {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let left = self.left.get().checked_sub(1).ok_or(io::ErrorKind::WouldBlock)?;
        self.left.set(left);
        Ok(self.bytes[offset as usize..(offset + len) as usize].to_vec())
    }
}

/// What comes of reading a file of which the first `reads` reads succeed.
pub(crate) fn read<F: Format>(bytes: &[u8], reads: u32) -> Result<(), io::ErrorKind> {
    let mut track = Default::default();
    let mut content = Content::new(&mut track, false, bytes.len() as u64);
    let source = NotYet { bytes: bytes.to_vec(), left: Cell::new(reads) };
    F::read(&mut FileReader::new(source, bytes.len() as u64), &mut content).map_err(|error| error.kind())
}
