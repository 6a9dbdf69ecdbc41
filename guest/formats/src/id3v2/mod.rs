//! ID3v2 tags (ID3v2.2.0, 2.3.0 and 2.4.0): their frames as places in the file, their meaning,
//! their pictures.
//!
//! Frames are found first and read later: so whoever trusts another tag more can read that in
//! between, and pictures are passed over before anything behind them is read.

mod chapter;
mod frame;
mod genre;
mod header;
mod lyrics;
mod meaning;
mod picture;
mod text;
pub(crate) mod unsynchronisation;
mod walk;
mod when;

use std::io;
use std::ops::Range;

use crate::content::Content;
use crate::payload::Picture;
use crate::reader::{FileReader, ReadAt};

use frame::Frame;
use header::Header;

/// An ID3v2 tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// 2, 3 or 4.
    version: u8,
    /// Where it ends in the file, padding and footer included. Behind its last frame where it
    /// claims more than is there.
    pub end: u64,
    /// Its frames, in their order.
    frames: Vec<Frame>,
    /// Its pictures.
    pictures: Vec<Picture>,
    /// What is damaged in its structure.
    damage: Vec<String>,
}

/// The tag that begins at `range.start`, if one does; it ends with the range at the latest. Its
/// pictures are blanked in the reader.
///
/// Also the cheapest order: the frames behind a picture and the audio behind the tag mostly come in
/// one read.
pub(crate) fn find<S: ReadAt>(reader: &mut FileReader<S>, range: Range<u64>) -> io::Result<Option<Tag>> {
    let Some(header) = Header::read(reader, range.start)? else { return Ok(None) };
    let mut tag = Tag {
        version: header.version,
        end: header.end.min(range.end),
        frames: Vec::new(),
        pictures: Vec::new(),
        damage: Vec::new(),
    };
    if let Some(reason) = header.unreadable() {
        tag.damage.push(format!("the ID3v2 tag {reason}"));
        return Ok(Some(tag));
    }
    walk::frames(reader, &header, range.end, &mut tag)?;
    Ok(Some(tag))
}

/// Whether a tag begins at `position` that can be read.
pub(crate) fn is_at<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<bool> {
    let header = Header::read(reader, position)?;
    Ok(header.is_some_and(|header| header.unreadable().is_none() && header.end <= reader.len()))
}

/// Reads the tag that fills `range`: a chunk of a RIFF or IFF file. What is there and no tag is
/// damage.
pub(crate) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    range: Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    match find(reader, range)? {
        Some(tag) => tag.pour(reader, content),
        None => {
            content.damaged("the chunk of an ID3v2 tag has none");
            Ok(())
        }
    }
}

/// The tag that ends at `end` with a footer (ID3v2.4.0 structure, section 3.4).
pub(crate) fn find_before<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<(u64, Tag)>> {
    let Some(start) = header::start_by_footer(reader, end)? else { return Ok(None) };
    Ok(find(reader, start..end)?.map(|tag| (start, tag)))
}

#[cfg(test)]
pub(crate) mod tests;
