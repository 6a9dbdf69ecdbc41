//! Pictures (`WM/Picture`, laid out as the structure `WM_PICTURE` of the Windows Media Format SDK):
//! what it shows, a size, a media type and a description that end with zeros, the bytes.

use std::io;
use std::ops::Range;

use super::attributes::{terminated, utf_16};
use super::object::{beginning, u32_at};
use crate::content::Content;
use crate::payload::{Payload, Picture};
use crate::reader::{FileReader, ReadAt};

/// The most bytes that are read to get at the picture behind its description.
const HEAD: u64 = 2048;
/// The media type of a link, which is no picture.
const LINK: &str = "-->";

/// Keeps the place of the picture in a value.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    value: Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let len = value.end - value.start;
    content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), || super::attributes::PICTURE.to_owned());
    let head = beginning(reader, &value, HEAD)?;
    let Some(Parsed { kind, mime, offset, len }) = Parsed::of(head) else {
        content.damaged("a picture is damaged");
        return Ok(());
    };
    let data = value.start + offset..value.start + offset + len;
    if len == 0 || mime == LINK {
        return Ok(());
    }
    // Part of a picture is none.
    if data.end > value.end.min(reader.len()) {
        content.damaged("a picture is cut off");
        return Ok(());
    }
    content.pictures.push(Picture { kind, mime, data: Payload::plain(data) });
    Ok(())
}

struct Parsed {
    kind: u8,
    mime: String,
    /// Where its bytes begin.
    offset: u64,
    len: u64,
}

impl Parsed {
    fn of(head: &[u8]) -> Option<Self> {
        let (kind, len) = (*head.first()?, u32_at(head, 1)?);
        let (mime, rest) = terminated(head.get(5..)?)?;
        let (_, rest) = terminated(rest)?;
        Some(Self { kind, mime: utf_16(mime), offset: (head.len() - rest.len()) as u64, len: len.into() })
    }
}
