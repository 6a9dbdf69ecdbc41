//! Pictures in FLAC.

use std::io::{self, Seek, SeekFrom};

use super::Artwork;
use crate::id3v2::Tag;
use crate::ogg::vorbis_comment;
use crate::reader::{FileReader, ReadAt};

/// FLAC metadata blocks (RFC 9639, section 8), behind a possible ID3v2.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>, tag: Option<&Tag>) -> io::Result<Artwork> {
    const COMMENT: u8 = 4;
    const PICTURE: u8 = 6;
    let mut position = tag.map_or(0, |tag| tag.end) + 4;
    let mut artwork = Artwork::from(tag);
    loop {
        let mut header = [0; 4];
        if !reader.peek(position, &mut header)? {
            return Ok(artwork);
        }
        let size = u64::from(u32::from_be_bytes([0, header[1], header[2], header[3]]));
        match header[0] & 0x7f {
            PICTURE => artwork = Artwork::Present,
            COMMENT if artwork == Artwork::Absent => {
                reader.seek(SeekFrom::Start(position + 4))?;
                artwork = vorbis_comment::read(reader, |_| false, |_| {})?.into();
            }
            _ => {}
        }
        if header[0] & 0x80 != 0 {
            return Ok(artwork);
        }
        position += 4 + size;
    }
}
