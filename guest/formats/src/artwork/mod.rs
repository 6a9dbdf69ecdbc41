//! Whether a file embeds a picture, and where its bytes are.
//!
//! lofty would read pictures to throw them away. This walks the same headers first, one file a container, finds the pictures, and
//! blanks their bytes in the reader. When a structure looks unusual it answers [`Artwork::Unknown`], and lofty reads
//! the pictures after all.

mod ape;
mod mp4;

use std::io::{self, Seek, SeekFrom};

use lofty::file::FileType;

use super::id3v2::{Frame, Tag};
use super::reader::{FileReader, ReadAt};

/// What is known about pictures before the tags are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artwork {
    /// There is at least one.
    Present,
    /// There is none.
    Absent,
    /// Only parsing will tell.
    Unknown,
}

impl Artwork {
    fn or(self, other: impl FnOnce() -> io::Result<Self>) -> io::Result<Self> {
        if self == Self::Absent { other() } else { Ok(self) }
    }
}

impl From<Option<&Tag>> for Artwork {
    fn from(tag: Option<&Tag>) -> Self {
        match tag {
            None => Self::Absent,
            Some(tag) if !tag.is_whole => Self::Unknown,
            Some(tag) => tag.frames.iter().any(Frame::is_picture).into(),
        }
    }
}

impl From<bool> for Artwork {
    fn from(present: bool) -> Self {
        if present { Self::Present } else { Self::Absent }
    }
}

/// Looks for pictures in a file of this type, with this ID3v2 tag at its beginning. The reader's position is the beginning before and after.
pub fn find<S: ReadAt>(reader: &mut FileReader<S>, file_type: FileType, tag: Option<&Tag>) -> io::Result<Artwork> {
    let artwork = match file_type {
        FileType::Mpeg => Artwork::from(tag).or(|| ape::find(reader))?,
        FileType::Aac => tag.into(),
        FileType::Mp4 => mp4::find(reader)?,
        _ => Artwork::Unknown,
    };
    reader.seek(SeekFrom::Start(0))?;
    Ok(artwork)
}
