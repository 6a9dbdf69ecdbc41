//! Pictures in Vorbis comments.

use std::io::{self, Read, Seek, SeekFrom};

use crate::metadata::reader::{FileReader, ReadAt};

/// Reading that can pass over bytes, which are blanked if `picture` says so.
pub(super) trait Skip: Read {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()>;
}

impl<S: ReadAt> Skip for FileReader<S> {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()> {
        let start = self.stream_position()?;
        let end = self.seek(SeekFrom::Current(i64::from(len)))?;
        if picture {
            self.blank(start..end);
        }
        Ok(())
    }
}

/// Whether a Vorbis comment has a picture: `METADATA_BLOCK_PICTURE`, or the older `COVERART`.
pub(super) fn has_picture(comment: &mut impl Skip) -> io::Result<bool> {
    const KEYS: [&[u8]; 2] = [b"METADATA_BLOCK_PICTURE=", b"COVERART="];
    let vendor = u32_le(comment)?;
    comment.skip(vendor, false)?;
    let mut found = false;
    for _ in 0..u32_le(comment)? {
        let len = u32_le(comment)?;
        let mut start = [0; 23];
        let taken = start.len().min(len as usize);
        comment.read_exact(&mut start[..taken])?;
        let is = |key: &&[u8]| start[..taken].get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key));
        let picture = KEYS.iter().any(is);
        comment.skip(len - taken as u32, picture)?;
        found |= picture;
    }
    Ok(found)
}

fn u32_le(reader: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
