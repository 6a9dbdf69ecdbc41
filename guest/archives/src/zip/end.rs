//! The end of the central directory (APPNOTE 4.3.14 to 4.3.16).

use crate::slice::Slice;
use crate::trouble::Trouble;

const END: [u8; 4] = *b"PK\x05\x06";
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const END64: [u8; 4] = *b"PK\x06\x06";
const RECORD: [u8; 4] = *b"PK\x01\x02";
/// Its size without the comment.
const SIZE: u64 = 22;
/// Where it is looked for first: it has seldom a comment.
const NEAR: u64 = 4 << 10;
/// Where it is looked for then: the longest comment, and as much of what does not belong there.
const FAR: u64 = 128 << 10;
/// Signatures by chance, in a comment or what is behind it.
const MOST_TRIED: usize = 64;

/// The place of the central directory.
pub(super) struct End {
    pub directory: u64,
    /// Where the directory ends at the latest.
    pub behind: u64,
    /// How many records it has; where that has no room, only the lower bits of it.
    pub entries: u64,
    /// What every offset is short of: the size of a self-extractor in front.
    pub prefix: u64,
}

/// Looks for the end from the back.
pub(super) fn find(slice: &Slice) -> Result<Option<End>, Trouble> {
    for space in [NEAR, FAR] {
        let start = slice.len().saturating_sub(space);
        let tail = slice.read(start, space)?;
        let places = (0..tail.len().saturating_sub(SIZE as usize - 1)).rev();
        for place in places.filter(|&place| tail[place..].starts_with(&END)).take(MOST_TRIED) {
            if let Some(end) = parse(slice, &tail[place..], start + place as u64)? {
                return Ok(Some(end));
            }
        }
        if start == 0 {
            break;
        }
    }
    Ok(None)
}

/// The end record at `place`; `None` where it leads to no directory.
fn parse(slice: &Slice, bytes: &[u8], place: u64) -> Result<Option<End>, Trouble> {
    let short = |at: usize| u64::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let (mut disk, mut entries) = (short(4), short(10));
    let (mut size, mut offset, mut behind) = (long(12), long(16), place);
    if let Some((at, record)) = end64(slice, place)? {
        let field = |at: usize| record[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let replace = |value: u64, all: u64, field: u64| if value == all { field } else { value };
        disk = replace(disk, 0xffff, field(16) & 0xffff_ffff);
        entries = replace(entries, 0xffff, field(32));
        size = replace(size, 0xffff_ffff, field(40));
        offset = replace(offset, 0xffff_ffff, field(48));
        behind = at;
    }
    if disk != 0 {
        return Err(Trouble::unsupported("the last part of a split archive"));
    }
    // The directory is right before its end, whatever is in front of the archive; some writers
    // leave something between.
    let before = behind.checked_sub(size).filter(|&before| before >= offset);
    for (directory, prefix) in before.map(|before| (before, before - offset)).into_iter().chain([(offset, 0)]) {
        if entries == 0 && directory <= behind || slice.read(directory, 4)? == RECORD {
            return Ok(Some(End { directory, behind, entries, prefix }));
        }
    }
    Ok(None)
}

/// The ZIP64 end record that belongs to the end at `place`, and where it is.
fn end64(slice: &Slice, place: u64) -> Result<Option<(u64, Vec<u8>)>, Trouble> {
    let Some(locator) = place.checked_sub(20) else { return Ok(None) };
    let bytes = slice.read(locator, 20)?;
    if bytes.len() < 20 || !bytes.starts_with(&LOCATOR) {
        return Ok(None);
    }
    let offset = bytes[8..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    // Behind a self-extractor the offset is another; the record is right before its locator.
    for at in [Some(offset), locator.checked_sub(56)].into_iter().flatten() {
        let record = slice.read(at, 56)?;
        if record.len() == 56 && record.starts_with(&END64) {
            return Ok(Some((at, record)));
        }
    }
    Ok(None)
}
