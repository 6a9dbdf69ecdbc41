//! Embedded pictures: `APIC` (ID3v2.4.0 native frames, section 4.14) and `PIC` (ID3v2.2.0, section
//! 4.15).

use std::borrow::Cow;
use std::io;

use super::frame::Frame;
use super::text::Encoding;
use super::unsynchronisation::end_of;
use crate::payload::{Coding, Payload, Picture};
use crate::reader::{FileReader, ReadAt};

/// How much of a frame is read for what stands before the picture: nearly always enough, and what a
/// long description takes.
const BEFORE: [u64; 2] = [128, 2048];

/// The media type of a picture that is elsewhere.
const LINK: &str = "-->";

/// The picture of a frame; `None` for one of no bytes, and for a link.
pub(super) fn find<S: ReadAt>(
    reader: &mut FileReader<S>,
    frame: &Frame,
    damage: &mut Vec<String>,
) -> io::Result<Option<Picture>> {
    for before in BEFORE {
        let head =
            Frame { content: frame.content.start..frame.content.end.min(frame.content.start + before), ..*frame };
        let bytes = match frame.is_compressed {
            true => frame.unpacked_head(reader, before)?.map(Cow::Owned),
            false => head.bytes(reader)?,
        };
        let Some(bytes) = bytes else {
            damage.push(format!("the frame {} of the ID3v2 tag cannot be unpacked", frame.name()));
            return Ok(None);
        };
        let Some((kind, mime, lead)) = parsed(frame.id[3] == 0, &bytes) else { continue };
        let is_empty = lead == bytes.len();
        let content = frame.content.clone();
        let start = match (frame.is_compressed, frame.is_unsynchronised) {
            (true, _) => content.start,
            (false, true) => end_of(reader, content.start, lead as u64, content.end)?.unwrap_or(content.end),
            (false, false) => content.start + lead as u64,
        };
        let data = Payload { coding: frame.coding(lead as u32), ..Payload::plain(start..content.end) };
        let is_none = data.is_empty() || mime == LINK || (is_empty && matches!(data.coding, Coding::Deflate { .. }));
        return Ok((!is_none).then_some(Picture { kind, mime, data }));
    }
    Ok(None)
}

/// What a picture shows, its media type, and where its bytes begin; `None` if that is further on.
fn parsed(is_short: bool, bytes: &[u8]) -> Option<(u8, String, usize)> {
    let (&encoding, rest) = bytes.split_first()?;
    // iTunes writes frames of ID3v2.2 into tags of 2.3, some with the content of 2.3.
    let (mime, rest) = if is_short && !rest.starts_with(b"image/") {
        let (format, rest) = rest.split_first_chunk::<3>()?;
        (named(format), rest)
    } else {
        let at = memchr::memchr(0, rest)?;
        (rest[..at].iter().map(|&byte| char::from(byte)).collect(), &rest[at + 1..])
    };
    let (&kind, rest) = rest.split_first()?;
    // An encoding that does not exist is taken for the first: most descriptions are empty.
    let data = Encoding::of(encoding).unwrap_or(Encoding::Latin1).behind_terminator(rest)?;
    Some((kind, mime, bytes.len() - data.len()))
}

/// The media type of a format of three letters.
fn named(format: &[u8; 3]) -> String {
    match format {
        b"JPG" => "image/jpeg".into(),
        b"PNG" => "image/png".into(),
        other => other.iter().map(|&byte| char::from(byte)).collect(),
    }
}
