//! Tags that stand behind a container: ID3v1 at the very end, before it APEv2 and Lyrics3 in any
//! order, and ID3v2 with a footer.

use std::io;

use super::{ape, id3v1, lyrics3};
use crate::content::Content;
use crate::id3v2;
use crate::reader::{FileReader, ReadAt};

/// The most tags in a row: one of each, and some that a tagger has added once more.
const MOST: usize = 8;

/// The tags behind, from the end on.
pub(crate) struct Trailing {
    /// Where the first of them begins.
    pub start: u64,
    id3v1: Option<id3v1::Tag>,
    lyrics3: Option<lyrics3::Tag>,
    ape: Vec<ape::Tag>,
    id3v2: Vec<id3v2::Tag>,
}

impl Trailing {
    /// The tags at the end of the file, none of which begins before `floor`.
    pub fn find<S: ReadAt>(reader: &mut FileReader<S>, floor: u64) -> io::Result<Self> {
        let mut found = Self { start: reader.len(), id3v1: None, lyrics3: None, ape: Vec::new(), id3v2: Vec::new() };
        for _ in 0..MOST {
            let end = found.start;
            let start = if let Some((start, tag)) = id3v1::Tag::before(reader, end)? {
                found.id3v1.get_or_insert(tag);
                start
            } else if let Some((start, tag)) = lyrics3::Tag::before(reader, end)? {
                found.lyrics3.get_or_insert(tag);
                start
            } else if let Some(tag) = ape::Tag::before(reader, end)? {
                let start = tag.start();
                found.ape.push(tag);
                start
            } else if let Some((start, tag)) = id3v2::find_before(reader, end)? {
                found.id3v2.push(tag);
                start
            } else {
                break;
            };
            if start >= end {
                break;
            }
            found.start = start;
            if start <= floor {
                found.start = floor;
                break;
            }
        }
        Ok(found)
    }

    /// Hands over what they say: tags without a limit of thirty bytes a field before the one that
    /// has it.
    pub fn pour<S: ReadAt>(self, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        for tag in self.id3v2 {
            tag.pour(reader, content)?;
        }
        for tag in self.ape {
            tag.pour(reader, content)?;
        }
        if let Some(tag) = self.lyrics3 {
            tag.pour(content);
        }
        if let Some(tag) = self.id3v1 {
            tag.pour(content);
        }
        Ok(())
    }
}
