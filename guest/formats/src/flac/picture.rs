//! The picture structure of FLAC (RFC 9639, section 8.8), which Vorbis comments have too, in
//! base64.

use std::io;

use crate::content::Content;
use crate::ogg::vorbis_comment::Bytes;
use crate::payload::{Payload, Picture};

/// A picture up to its bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// What it shows, by the numbers of ID3v2's `APIC`.
    pub kind: u8,
    /// Its media type.
    pub mime: String,
    /// How far from the beginning of the structure the bytes of the picture begin.
    pub data: u64,
    /// How many bytes it says they are, where it does.
    pub len: Option<u64>,
}

impl Header {
    /// Whether the bytes are a URL and not a picture.
    pub fn is_link(&self) -> bool {
        self.mime == "-->"
    }
}

/// What the first bytes of the structure are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// All that stands before the picture.
    Header(Header),
    /// Too few: at least this many are needed.
    Needs(usize),
    /// No such structure.
    Damaged,
}

/// The longest media type. Registered ones are shorter.
const MIME: usize = 255;
/// The longest description, in bytes: a bound for what is made to take long.
const DESCRIPTION: usize = 32 * 1024;

/// Takes the structure's first bytes apart.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    let number = |at: usize| bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four));
    let size = |at: usize| number(at).map(|size| size as usize);
    let Some((kind, mime)) = number(0).zip(size(4)) else { return Parsed::Needs(42) };
    if mime > MIME {
        return Parsed::Damaged;
    }
    let Some(description) = size(8 + mime) else { return Parsed::Needs(8 + mime + 34) };
    if description > DESCRIPTION {
        return Parsed::Damaged;
    }
    // Width, height, colour depth and number of colours are passed over.
    let len = 8 + mime + 4 + description + 16;
    let Some(data) = number(len) else { return Parsed::Needs(len + 4) };
    Parsed::Header(Header {
        kind: u8::try_from(kind).ok().filter(|&kind| kind <= 20).unwrap_or(0),
        mime: String::from_utf8_lossy(&bytes[8..8 + mime]).into_owned(),
        data: len as u64 + 4,
        len: Some(data.into()),
    })
}

/// How much is read at first: what stands before a picture, unless the description is long.
const HEAD: usize = 64;

/// Reads what stands before the picture in a structure that begins here; `None` if it is damaged.
/// The place stays.
pub(crate) fn header<B: Bytes>(source: &mut B) -> io::Result<Option<Header>> {
    let begin = source.place();
    let mut head = vec![0; HEAD];
    loop {
        let count = source.read(&mut head)?;
        source.go_back(&begin);
        match parse(&head[..count]) {
            Parsed::Header(header) => return Ok(Some(header)),
            Parsed::Needs(more) if count == head.len() && more > count => head.resize(more, 0),
            _ => return Ok(None),
        }
    }
}

/// Notes the picture of a structure that begins here and has this header, and goes to its end.
pub(crate) fn note<B: Bytes>(source: &mut B, header: Header, content: &mut Content<'_>) -> io::Result<()> {
    source.pass(header.data, &mut Vec::new())?;
    let (mut pieces, len) = (Vec::new(), header.len.unwrap_or(0));
    if source.pass(len, &mut pieces)? < len {
        content.damaged("a picture is cut off");
    } else if len > 0 && !header.is_link() {
        source.seal(&pieces);
        let data = Payload { pieces, ..Payload::default() };
        content.pictures.push(Picture { kind: header.kind, mime: header.mime, data });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::vorbis_comment::tests::picture;

    #[test]
    fn what_stands_before_the_picture_is_taken_apart() {
        let bytes = picture(4, "image/jpeg", "back", b"12345");
        let expected = Header { kind: 4, mime: "image/jpeg".into(), data: 46, len: Some(5) };
        assert_eq!(parse(&bytes), Parsed::Header(expected));
    }

    #[test]
    fn too_few_bytes_ask_for_more_until_there_are_enough() {
        let bytes = picture(3, "image/png", &"d".repeat(300), b"12345");
        let mut len = 1;
        while let Parsed::Needs(needed) = parse(&bytes[..len]) {
            assert!(needed > len);
            len = needed;
        }
        assert_eq!(len, bytes.len() - 5);
    }

    #[test]
    fn lengths_that_nobody_writes_are_damage() {
        let mut bytes = picture(3, "image/png", "front", b"12345");
        bytes[4] = 1;
        assert_eq!(parse(&bytes), Parsed::Damaged);
    }
}
