//! A part of a file, as symphonia reads it.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mt_scanner_formats::reader::ReadAt;
use mt_scanner_formats::structure::Place;
use symphonia::core::io::MediaSource;

use crate::input::Source;

/// The part.
pub struct Section {
    source: Source,
    start: u64,
    len: u64,
    position: u64,
    /// How far it was read, from the beginning of the file.
    reached: Arc<AtomicU64>,
}

impl Section {
    /// What lies at that place. `reached` follows how far it is read.
    pub fn new(source: Source, place: Place, reached: Arc<AtomicU64>) -> Self {
        Self { source, start: place.start, len: place.end - place.start, position: 0, reached }
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = (buffer.len() as u64).min(self.len.saturating_sub(self.position));
        let bytes = self.source.read_at(self.start + self.position, len)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.position += bytes.len() as u64;
        self.reached.store(self.start + self.position, Ordering::Relaxed);
        Ok(bytes.len())
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl MediaSource for Section {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
