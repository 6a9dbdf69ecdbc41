//! Pictures in APEv2.

use std::io::{self, Read, Seek, SeekFrom};

use super::Artwork;
use crate::reader::{FileReader, ReadAt};

/// The APEv2 tag at the end, before a possible ID3v1: its cover items are named `Cover Art (Front)` and the like.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    for trailer in [32, 160] {
        let mut footer = [0; 16];
        let Some(offset) = reader.len().checked_sub(trailer) else { continue };
        if !reader.peek(offset, &mut footer)? || &footer[..8] != b"APETAGEX" {
            continue;
        }
        let size = u64::from(u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]));
        let Some(start) = (offset + 32).checked_sub(size) else { return Ok(Artwork::Unknown) };
        let mut items = Vec::new();
        reader.seek(SeekFrom::Start(start))?;
        reader.by_ref().take(size).read_to_end(&mut items)?;
        items.make_ascii_lowercase();
        return Ok(memchr::memmem::find(&items, b"cover art (").is_some().into());
    }
    Ok(Artwork::Absent)
}
