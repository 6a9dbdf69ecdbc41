//! Pictures in MP4.

use std::io;
use std::ops::Range;

use super::Artwork;
use crate::reader::{FileReader, ReadAt};

/// `moov.udta.meta.ilst.covr` (ISO/IEC 14496-12 boxes, QuickTime metadata).
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let whole = 0..reader.len();
    let Some(moov) = box_in(reader, whole, b"moov")? else { return Ok(Artwork::Absent) };
    let Some(udta) = box_in(reader, moov, b"udta")? else { return Ok(Artwork::Absent) };
    let Some(mut meta) = box_in(reader, udta, b"meta")? else { return Ok(Artwork::Absent) };
    // `meta` has a version and flags, but for some writers that leave them out.
    let mut first = [0; 8];
    if reader.peek(meta.start, &mut first)? && &first[4..] != b"hdlr" {
        meta.start += 4;
    }
    let Some(ilst) = box_in(reader, meta, b"ilst")? else { return Ok(Artwork::Absent) };
    match box_in(reader, ilst, b"covr")? {
        // A `data` box without content is no picture.
        Some(covr) if covr.end - covr.start > 16 => {
            reader.blank(covr.start..covr.end);
            Ok(Artwork::Present)
        }
        _ => Ok(Artwork::Absent),
    }
}

/// The content of the first box of this type among the boxes in `range`.
fn box_in<S: ReadAt>(reader: &mut FileReader<S>, range: Range<u64>, name: &[u8; 4]) -> io::Result<Option<Range<u64>>> {
    let end = range.end.min(reader.len());
    let mut position = range.start;
    while position + 8 <= end {
        let mut header = [0; 16];
        if !reader.peek(position, &mut header[..8])? {
            break;
        }
        let mut size = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        let mut header_len = 8;
        if size == 1 {
            if !reader.peek(position, &mut header)? {
                break;
            }
            size = u64::from_be_bytes(header[8..].try_into().unwrap_or_default());
            header_len = 16;
        } else if size == 0 {
            size = end - position;
        }
        let Some(next) = position.checked_add(size).filter(|_| size >= header_len) else { break };
        if &header[4..8] == name {
            return Ok(Some(position + header_len..next.min(end)));
        }
        position = next;
    }
    Ok(None)
}
