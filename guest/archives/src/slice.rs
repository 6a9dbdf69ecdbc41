//! A range of a source.

use std::io;
use std::rc::Rc;

use mt_scanner_formats::reader::ReadAt;

/// The most that is asked of a source at once: a WASI host gives no more in one read.
pub(crate) const MOST: u64 = 64 << 10;

/// A range of the bytes of a source.
#[derive(Clone)]
pub(crate) struct Slice {
    source: Rc<dyn ReadAt>,
    start: u64,
    len: u64,
}

impl Slice {
    pub fn whole(source: Rc<dyn ReadAt>, len: u64) -> Self {
        Self { source, start: 0, len }
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// As much of a range of it as is there.
    pub fn cut(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self { source: self.source.clone(), start: self.start + start, len: len.min(self.len - start) }
    }

    /// The bytes at `offset`; fewer than `len` only where the source ends.
    pub fn read(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let len = len.min(self.len.saturating_sub(offset));
        if len == 0 {
            return Ok(Vec::new());
        }
        let mut bytes = self.source.read_at(self.start + offset, len.min(MOST))?;
        bytes.truncate(len.min(MOST) as usize);
        while (bytes.len() as u64) < len {
            let (at, rest) = (bytes.len() as u64, len - bytes.len() as u64);
            let mut more = self.source.read_at(self.start + offset + at, rest.min(MOST))?;
            if more.is_empty() {
                break;
            }
            more.truncate(rest.min(MOST) as usize);
            bytes.append(&mut more);
        }
        Ok(bytes)
    }
}
