//! The compressed bytes of a stream, one after the other.

use std::cell::{Cell, RefCell};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::slice::{MOST, Slice};

/// The first read; later ones are larger.
const FIRST: u64 = 16 << 10;

/// What the user of a decompressor has to know of its input.
#[derive(Default)]
pub(crate) struct Tap {
    /// How many compressed bytes were read.
    pub taken: Cell<u64>,
    /// The error of the source, apart from those of the decompressor.
    pub fault: RefCell<Option<io::Error>>,
}

/// A slice as a stream.
pub(crate) struct Pull {
    slice: Slice,
    tap: Rc<Tap>,
    position: u64,
    chunk: Vec<u8>,
    used: usize,
    next: u64,
}

impl Pull {
    pub fn new(slice: Slice, tap: &Rc<Tap>) -> Self {
        Self { slice, tap: tap.clone(), position: 0, chunk: Vec::new(), used: 0, next: FIRST }
    }
}

impl BufRead for Pull {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used == self.chunk.len() {
            self.chunk = self.slice.read(self.position, self.next).map_err(|error| {
                *self.tap.fault.borrow_mut() = Some(error);
                io::Error::from(io::ErrorKind::Other)
            })?;
            self.used = 0;
            self.position += self.chunk.len() as u64;
            self.tap.taken.set(self.tap.taken.get() + self.chunk.len() as u64);
            self.next = (self.next * 2).min(MOST);
        }
        Ok(&self.chunk[self.used..])
    }

    fn consume(&mut self, count: usize) {
        self.used = self.chunk.len().min(self.used + count);
    }
}

impl Read for Pull {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}
