//! The header of a tag (ID3v2.4.0 structure, sections 3.1 to 3.4; ID3v2.3.0, section 3.1).

use std::io;

use super::frame;
use crate::reader::{FileReader, ReadAt};

/// Bytes of a header, and of a footer.
pub(super) const LEN: u64 = 10;

/// Flags: unsynchronisation; an extended header, or in ID3v2.2 compression; a footer.
const UNSYNCHRONISED: u8 = 0x80;
const EXTENDED: u8 = 0x40;
const FOOTER: u8 = 0x10;

/// What a header says.
pub(super) struct Header {
    /// 2, 3 or 4 for those that are read.
    pub version: u8,
    flags: u8,
    /// Where the tag begins.
    pub start: u64,
    /// Where the frames begin: behind an extended header.
    pub frames: u64,
    /// Where frames and padding end, and where the tag does.
    pub frames_end: u64,
    pub end: u64,
}

impl Header {
    /// The header at this position, if there is one.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Self>> {
        let mut bytes = [0; LEN as usize];
        if !reader.peek(start, &mut bytes)? || &bytes[..3] != b"ID3" || bytes[3] == 0xff || bytes[4] == 0xff {
            return Ok(None);
        }
        let (version, flags) = (bytes[3], bytes[5]);
        let size = [bytes[6], bytes[7], bytes[8], bytes[9]];
        // Some taggers wrote a plain integer; TagLib takes it as one too.
        let size = synchsafe(size).unwrap_or_else(|| u32::from_be_bytes(size).into());
        let frames_end = start + LEN + size;
        let footer = if version == 4 && flags & FOOTER != 0 { LEN } else { 0 };
        let mut header = Self { version, flags, start, frames: start + LEN, frames_end, end: frames_end + footer };
        if flags & EXTENDED != 0 && matches!(version, 3 | 4) {
            header.frames += header.extended_len(reader)?;
        }
        Ok(Some(header))
    }

    /// Whether what follows was unsynchronised as a whole, frame headers included. In ID3v2.4 each
    /// frame is by itself.
    pub fn is_unsynchronised(&self) -> bool {
        self.version < 4 && self.flags & UNSYNCHRONISED != 0
    }

    /// Whether every frame is unsynchronised.
    pub fn frames_are_unsynchronised(&self) -> bool {
        self.flags & UNSYNCHRONISED != 0
    }

    /// Why nobody can read the frames.
    pub fn unreadable(&self) -> Option<String> {
        match self.version {
            // The specification leaves the scheme open (ID3v2.2.0, section 3.1).
            2 if self.flags & EXTENDED != 0 => Some("is compressed, which ID3v2.2 has no method for".into()),
            2..=4 => None,
            version => Some(format!("has the version 2.{version}, which is not known")),
        }
    }

    /// Bytes of the extended header: its size counts itself in ID3v2.4 only. A frame that stands
    /// there shows that the flag is not true.
    fn extended_len<S: ReadAt>(&self, reader: &mut FileReader<S>) -> io::Result<u64> {
        let mut size = [0; 4];
        if !reader.peek(self.frames, &mut size)? || frame::is_identifier(&size) {
            return Ok(0);
        }
        let plain = u64::from(u32::from_be_bytes(size));
        let len = match self.version {
            3 => plain + 4,
            _ => synchsafe(size).unwrap_or(plain).max(4),
        };
        Ok(if len <= self.frames_end - self.frames { len } else { 0 })
    }
}

/// Where the tag begins whose footer ends at `end`.
pub(super) fn start_by_footer<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<u64>> {
    let mut footer = [0; LEN as usize];
    let Some(start) = end.checked_sub(LEN) else { return Ok(None) };
    if !reader.peek(start, &mut footer)? || !footer.starts_with(b"3DI") {
        return Ok(None);
    }
    let size = synchsafe([footer[6], footer[7], footer[8], footer[9]]);
    Ok(size.and_then(|size| start.checked_sub(size + LEN)))
}

/// A 28-bit integer in four bytes whose high bits are zero; `None` when they are not.
pub(super) fn synchsafe(bytes: [u8; 4]) -> Option<u64> {
    bytes.iter().try_fold(0, |value, &byte| (byte < 0x80).then(|| value << 7 | u64::from(byte)))
}
