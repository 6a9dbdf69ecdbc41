//! Whether a file embeds a picture, and where its bytes are.
//!
//! lofty would read pictures to throw them away. This walks the same headers first, one file a container, finds the pictures, and
//! blanks their bytes in the reader. When a structure looks unusual it answers [`Artwork::Unknown`], and lofty reads
//! the pictures after all.

mod ape;
mod flac;
mod id3v2;
mod mp4;
mod ogg;
mod vorbis_comment;
mod wave;

use std::io::{self, Seek, SeekFrom};

use lofty::file::FileType;

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

impl From<bool> for Artwork {
    fn from(present: bool) -> Self {
        if present { Self::Present } else { Self::Absent }
    }
}

/// Looks for pictures in a file of this type. The reader's position is the beginning before and after.
pub fn find<S: ReadAt>(reader: &mut FileReader<S>, file_type: FileType) -> io::Result<Artwork> {
    let artwork = match file_type {
        FileType::Mpeg => id3v2::find(reader, 0)?.0.or(|| ape::find(reader))?,
        FileType::Aac => id3v2::find(reader, 0)?.0,
        FileType::Flac => flac::find(reader)?,
        FileType::Mp4 => mp4::find(reader)?,
        FileType::Vorbis | FileType::Opus | FileType::Speex => ogg::find(reader)?,
        FileType::Wav => wave::find(reader)?,
        _ => Artwork::Unknown,
    };
    reader.seek(SeekFrom::Start(0))?;
    Ok(artwork)
}

/// Where the ID3v2 tag at the beginning ends; 0 when there is none.
///
/// Also the cheapest order: the frames behind a picture and the audio behind the tag mostly come in one read.
pub fn id3v2_end<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<u64> {
    Ok(id3v2::find(reader, 0)?.1)
}
