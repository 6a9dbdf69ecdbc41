//! What a file is made of, for those who follow it from its beginning to its end: where its
//! container lies, and the headers of its frames and streams.

use std::io;

use crate::Container;
use crate::parse;
use crate::reader::{FileReader, ReadAt};
use crate::recognise::Found;
use crate::tags::Trailing;

pub use crate::adts::frame::Frame as AdtsFrame;
pub use crate::flac::frame::{Before, Frame as FlacFrame};
pub use crate::flac::stream_info::{LEN as STREAM_INFO_LEN, StreamInfo};
pub use crate::mpeg::{Header as MpegHeader, Layer};
pub use crate::ogg::identification::{Codec as OggCodec, Identification as OggIdentification};

/// Where the container of a file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The container; `None`: the content is none that is read.
    pub container: Option<Container>,
    /// Where it begins: behind the tags in front of it.
    pub start: u64,
    /// Where it ends at the latest: before the tags behind it.
    pub end: u64,
}

/// Finds the container of a file by its content.
///
/// # Errors
///
/// Only those of the source.
pub fn place<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Place> {
    let parse::Located { trailing, start, found, .. } = parse::locate(reader)?;
    let trailing = trailing.map_or_else(|| Trailing::find(reader, start), Ok)?;
    let container = match found {
        Some(Found::Container(container)) => Some(container),
        _ => None,
    };
    Ok(Place { container, start, end: trailing.start.max(start) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::tests::reader;
    use crate::trial::mpeg_frames;

    fn of(parts: &[&[u8]]) -> Place {
        place(&mut reader(parts.concat())).unwrap()
    }

    #[test]
    fn a_container_lies_between_its_tags() {
        let (front, behind) =
            (crate::id3v2::tests::tag(3, &[]), crate::tags::id3v1_with([b"", b"", b"", b"", b""], 0, 0));
        let frames = mpeg_frames(10);
        let (start, len) = (front.len() as u64, frames.len() as u64);
        let expected = Place { container: Some(Container::Mpeg), start, end: start + len };
        assert_eq!(of(&[&front, &frames, &behind]), expected);
        assert_eq!(of(&[&frames]), Place { container: Some(Container::Mpeg), start: 0, end: len });
    }

    #[test]
    fn what_is_no_container_has_none() {
        assert_eq!(of(&[&b"only words. ".repeat(50)]).container, None);
        assert_eq!(of(&[b"\x1a\x45\xdf\xa3 a Matroska file"]).container, None);
    }
}
