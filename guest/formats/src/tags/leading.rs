//! Tags that stand in front of a container.

use std::io;

use super::ape;
use crate::content::Content;
use crate::id3v2;
use crate::reader::{FileReader, ReadAt};

/// The most tags in a row. Taggers that do not see another's tag put a second before it; a third is
/// a curiosity.
const MOST: usize = 16;

/// The tags in front, in their order.
#[derive(Default)]
pub(crate) struct Leading {
    tags: Vec<Tag>,
    /// Where they end.
    pub end: u64,
}

enum Tag {
    Id3v2(id3v2::Tag),
    Ape(ape::Tag),
}

impl Leading {
    /// Adds the tags that follow each other from `start` on. Says whether there was one.
    pub fn find<S: ReadAt>(&mut self, reader: &mut FileReader<S>, start: u64) -> io::Result<bool> {
        let before = self.tags.len();
        self.end = start;
        while self.tags.len() < MOST {
            let (tag, end) = if let Some(tag) = id3v2::find(reader, self.end..reader.len())? {
                let end = tag.end;
                (Tag::Id3v2(tag), end)
            } else if let Some(tag) = ape::Tag::at(reader, self.end)? {
                let end = tag.end();
                (Tag::Ape(tag), end)
            } else {
                break;
            };
            self.tags.push(tag);
            if end <= self.end {
                break;
            }
            self.end = end;
        }
        Ok(self.tags.len() > before)
    }

    /// Hands over what they say, the first before the others.
    pub fn pour<S: ReadAt>(self, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        for tag in self.tags {
            match tag {
                Tag::Id3v2(tag) => tag.pour(reader, content)?,
                Tag::Ape(tag) => tag.pour(reader, content)?,
            }
        }
        Ok(())
    }
}
