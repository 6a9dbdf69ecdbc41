//! Pictures in ID3v2.

use std::io;

use super::Artwork;
use crate::metadata::reader::{FileReader, ReadAt};

/// ID3v2 at `start`, and where it ends (`start` when there is none). ID3v2.4.0 structure, section 3; ID3v2.3.0 and 2.2.0 likewise.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<(Artwork, u64)> {
    let mut header = [0; 10];
    if !reader.peek(start, &mut header)? || &header[..3] != b"ID3" {
        return Ok((Artwork::Absent, start));
    }
    let (major, flags) = (header[3], header[5]);
    let Some(size) = synchsafe(&header[6..10]) else { return Ok((Artwork::Unknown, start)) };
    let end = start + 10 + size + if flags & 0x10 != 0 { 10 } else { 0 };
    // Unsynchronisation before 2.4 and extended headers shift what follows; both are rare.
    if !(2..=4).contains(&major) || flags & 0x40 != 0 || (major < 4 && flags & 0x80 != 0) {
        return Ok((Artwork::Unknown, end));
    }
    let header_len: u64 = if major == 2 { 6 } else { 10 };
    let frames_end = (start + 10 + size).min(reader.len());
    let mut position = start + 10;
    let mut artwork = Artwork::Absent;
    while position + header_len < frames_end {
        let mut frame = [0; 10];
        if !reader.peek(position, &mut frame[..header_len as usize])? || frame[0] == 0 {
            break;
        }
        let size = match major {
            2 => Some(u64::from(u32::from_be_bytes([0, frame[3], frame[4], frame[5]]))),
            3 => Some(u64::from(u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]))),
            _ => frame_size(reader, position, &frame, frames_end)?,
        };
        let content = position + header_len;
        let Some(size) = size.filter(|size| content + size <= frames_end) else { return Ok((Artwork::Unknown, end)) };
        if frame.starts_with(if major == 2 { b"PIC" } else { b"APIC" }) && size > 0 {
            artwork = Artwork::Present;
            reader.blank(content..content + size);
        }
        position = content + size;
    }
    Ok((artwork, end))
}

/// The size of an ID3v2.4 frame. Old versions of iTunes wrote it as a plain integer: where only that leads to another frame, it is mended for
/// lofty, which would take it as it should be.
fn frame_size<S: ReadAt>(
    reader: &mut FileReader<S>,
    position: u64,
    frame: &[u8; 10],
    end: u64,
) -> io::Result<Option<u64>> {
    let bytes = &frame[4..8];
    let plain = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let proper = synchsafe(bytes);
    let mut leads_on = |size: u64| -> io::Result<bool> {
        let mut next = [0; 4];
        let at = position + 10 + size;
        let is_frame =
            |id: &[u8; 4]| id[0] == 0 || id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        Ok(at == end || at < end && reader.peek(at, &mut next)? && is_frame(&next))
    };
    if proper == Some(u64::from(plain)) || plain >= 1 << 28 {
        return Ok(proper);
    }
    if proper.is_some_and(|size| leads_on(size).unwrap_or(false)) || !leads_on(plain.into())? {
        return Ok(proper);
    }
    let mended = [21, 14, 7, 0].map(|shift| (plain >> shift & 0x7f) as u8);
    reader.patch(position + 4, &mended);
    Ok(Some(plain.into()))
}

/// A 28-bit integer in four bytes whose high bits are zero; `None` when they are not (some taggers wrote plain ones).
fn synchsafe(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0, |value, &byte| (byte < 0x80).then(|| value << 7 | u64::from(byte)))
}
