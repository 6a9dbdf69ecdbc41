//! A `Read + Seek` over positioned reads: no calls for seeking, and the beginning of a file stays
//! at hand.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes in a read.
const WINDOW: u64 = 16 * 1024;

/// See the module.
pub struct PositionedReader {
    file: File,
    len: u64,
    position: u64,
    head: Window,
    other: Window,
}

#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn at(&self, position: u64) -> Option<&[u8]> {
        let from = usize::try_from(position.checked_sub(self.start)?).ok()?;
        self.bytes.get(from..).filter(|rest| !rest.is_empty())
    }

    fn load(&mut self, file: &File, start: u64) -> io::Result<()> {
        self.bytes.resize(WINDOW as usize, 0);
        let count = read_at(file, &mut self.bytes, start)?;
        self.bytes.truncate(count);
        self.start = start;
        Ok(())
    }
}

impl PositionedReader {
    /// A reader of a file of `len` bytes.
    pub fn new(file: File, len: u64) -> Self {
        Self { file, len, position: 0, head: Window::default(), other: Window::default() }
    }
}

impl Read for PositionedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len || buffer.is_empty() {
            return Ok(0);
        }
        let window = if self.position < WINDOW { &mut self.head } else { &mut self.other };
        if window.at(self.position).is_none() {
            // Near the end all the rest, so that stepping back there reads nothing again.
            let start = if self.position < WINDOW { 0 } else { self.position.min(self.len - WINDOW) };
            window.load(&self.file, start)?;
        }
        let bytes = window.at(self.position).unwrap_or_default();
        let count = buffer.len().min(bytes.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for PositionedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
