//! ID3v2 tags (ID3v2.2.0, 2.3.0 and 2.4.0): where they end, and where their frames are.
//!
//! lofty reads them too, a byte at a time through several layers, which for the tags of a diligent tagger is most of what a file costs. So it gets those that
//! are unusual, and those inside other containers; a usual one at the beginning of a file is read in `tags/id3v2.rs` from here.

mod text;

use std::io;
use std::ops::Range;

use super::reader::{FileReader, ReadAt};

pub use text::{Encoding, decoded};

/// An ID3v2 tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// 2, 3 or 4.
    pub version: u8,
    /// Where it ends in the file, padding and footer included.
    pub end: u64,
    /// Its frames, in their order. Those before what is not understood, where that is so.
    pub frames: Vec<Frame>,
    /// Whether every frame was found.
    pub is_whole: bool,
    /// Whether what is in the frames stands there as it is meant, but for those that say so themselves.
    pub is_plain: bool,
}

/// A frame of a tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its identifier; those of ID3v2.2 have three letters and a NUL.
    pub id: [u8; 4],
    /// Where its content is in the file.
    pub content: Range<u64>,
    /// Whether the content is compressed, encrypted, unsynchronised, or begins with something else.
    pub is_wrapped: bool,
}

impl Tag {
    /// Whether `tags/id3v2.rs` reads it, and not lofty.
    pub fn is_usual(&self) -> bool {
        self.version > 2 && self.is_whole && self.is_plain && !self.frames.iter().any(|frame| frame.is_wrapped)
    }
}

impl Frame {
    /// Whether it is an embedded picture.
    pub fn is_picture(&self) -> bool {
        matches!(&self.id, b"APIC" | b"PIC\0") && !self.content.is_empty()
    }
}

/// The most frames of a tag; taggers write some dozens. What has more is damaged, or meant to take long.
const MOST_FRAMES: usize = 10_000;

/// Flags of a tag's header: unsynchronisation, an extended header, a footer.
const UNSYNCHRONISED: u8 = 0x80;
const EXTENDED: u8 = 0x40;
const FOOTER: u8 = 0x10;

/// The tag at `start`, if there is one. Its pictures are blanked in the reader.
///
/// Also the cheapest order: the frames behind a picture and the audio behind the tag mostly come in one read.
pub fn find<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Tag>> {
    let mut header = [0; 10];
    if !reader.peek(start, &mut header)? || &header[..3] != b"ID3" {
        return Ok(None);
    }
    let (version, flags) = (header[3], header[5]);
    let Some(size) = synchsafe(&header[6..10]) else {
        return Ok(Some(Tag { version, end: start, ..Tag::default() }));
    };
    let end = start + 10 + size + if flags & FOOTER != 0 { 10 } else { 0 };
    let mut tag = Tag { version, end, ..Tag::default() };
    // Unsynchronisation before 2.4 and extended headers shift what follows; both are rare.
    if !(2..=4).contains(&version) || flags & EXTENDED != 0 || (version < 4 && flags & UNSYNCHRONISED != 0) {
        return Ok(Some(tag));
    }
    tag.is_plain = flags & UNSYNCHRONISED == 0;
    tag.is_whole = frames(reader, &mut tag, start + 10, (start + 10 + size).min(reader.len()))?;
    Ok(Some(tag))
}

/// TEMPORARY
pub(crate) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    range: Range<u64>,
    content: &mut crate::content::Content<'_>,
) -> io::Result<()> {
    if let Some(tag) = find(reader, range.start)? {
        crate::tags::id3v2::pour(reader, &tag, &mut content.tags)?;
    }
    Ok(())
}

/// Finds the frames between two positions, and says whether these were all.
fn frames<S: ReadAt>(reader: &mut FileReader<S>, tag: &mut Tag, mut position: u64, end: u64) -> io::Result<bool> {
    let header_len: u64 = if tag.version == 2 { 6 } else { 10 };
    while position + header_len < end {
        let mut header = [0; 10];
        if !reader.peek(position, &mut header[..header_len as usize])? || header[0] == 0 {
            break;
        }
        let [i0, i1, i2, i3, s0, s1, s2, s3, _, format] = header;
        let (id, size, wraps) = match tag.version {
            2 => ([i0, i1, i2, 0], Some(u64::from(u32::from_be_bytes([0, i3, s0, s1]))), 0),
            3 => ([i0, i1, i2, i3], Some(u64::from(u32::from_be_bytes([s0, s1, s2, s3]))), 0xe0),
            _ => ([i0, i1, i2, i3], frame_size(reader, position, &header, end)?, 0x4f),
        };
        let start = position + header_len;
        let Some(size) = size.filter(|size| start + size <= end && tag.frames.len() < MOST_FRAMES) else {
            return Ok(false);
        };
        position = start + size;
        let frame = Frame { id, content: start..position, is_wrapped: format & wraps != 0 };
        if frame.is_picture() {
            // Before anything behind it is read.
            reader.blank(frame.content.clone());
        }
        tag.frames.push(frame);
    }
    Ok(true)
}

/// The size of an ID3v2.4 frame. Old versions of iTunes wrote it as a plain integer: where only that leads to another frame, it is mended for
/// lofty, which would take it as it should be.
fn frame_size<S: ReadAt>(
    reader: &mut FileReader<S>,
    position: u64,
    frame: &[u8; 10],
    end: u64,
) -> io::Result<Option<u64>> {
    let bytes = &frame[4..8];
    let plain = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let proper = synchsafe(bytes);
    let mut leads_on = |size: u64| -> io::Result<bool> {
        let mut next = [0; 4];
        let at = position + 10 + size;
        let is_frame =
            |id: &[u8; 4]| id[0] == 0 || id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        Ok(at == end || at < end && reader.peek(at, &mut next)? && is_frame(&next))
    };
    if proper == Some(u64::from(plain)) || plain >= 1 << 28 {
        return Ok(proper);
    }
    if proper.is_some_and(|size| leads_on(size).unwrap_or(false)) || !leads_on(plain.into())? {
        return Ok(proper);
    }
    let mended = [21, 14, 7, 0].map(|shift| (plain >> shift & 0x7f) as u8);
    reader.patch(position + 4, &mended);
    Ok(Some(plain.into()))
}

/// A 28-bit integer in four bytes whose high bits are zero; `None` when they are not (some taggers wrote plain ones).
fn synchsafe(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0, |value, &byte| (byte < 0x80).then(|| value << 7 | u64::from(byte)))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// A tag of this version with these frames, and some padding.
    pub fn tag(version: u8, frames: &[(&str, &[u8])]) -> Vec<u8> {
        let frame = |(id, content): &(&str, &[u8])| {
            let len = content.len() as u32;
            let size = match version {
                4 => [21, 14, 7, 0].map(|shift| (len >> shift & 0x7f) as u8),
                _ => len.to_be_bytes(),
            };
            match version {
                2 => [id.as_bytes(), &size[1..], content].concat(),
                _ => [id.as_bytes(), &size, &[0, 0], content].concat(),
            }
        };
        let frames = [frames.iter().flat_map(frame).collect(), vec![0; 50]].concat();
        let len = frames.len();
        let size = [21, 14, 7, 0].map(|shift| (len >> shift & 0x7f) as u8);
        [b"ID3".as_slice(), &[version, 0, 0], &size, &frames].concat()
    }

    fn ids(tag: &Tag) -> Vec<&str> {
        tag.frames.iter().map(|frame| str::from_utf8(&frame.id).unwrap().trim_end_matches('\0')).collect()
    }

    #[test]
    fn frames_of_every_version_are_found() {
        for (version, title, picture) in [(2, "TT2", "PIC"), (3, "TIT2", "APIC"), (4, "TIT2", "APIC")] {
            let bytes = tag(version, &[(title, b"\0one"), (picture, &[1; 300])]);
            let found = find(&mut reader(bytes.clone()), 0).unwrap().unwrap();
            assert_eq!((found.end, ids(&found)), (bytes.len() as u64, vec![title, picture]));
            assert!(found.is_whole && found.is_plain && found.frames[1].is_picture() && !found.frames[0].is_picture());
            let Range { start, end } = found.frames[0].content;
            assert_eq!(&bytes[start as usize..end as usize], b"\0one");
        }
    }

    #[test]
    fn a_frame_that_is_longer_than_its_tag_is_not_understood() {
        let mut bytes = tag(3, &[("TIT2", b"\0one"), ("TALB", b"\0two")]);
        bytes[10 + 14 + 7] = 0xff;
        let found = find(&mut reader(bytes.clone()), 0).unwrap().unwrap();
        assert_eq!((found.end, found.is_whole, ids(&found)), (bytes.len() as u64, false, vec!["TIT2"]));
    }

    #[test]
    fn what_shifts_the_frames_is_not_walked_through() {
        for flags in [UNSYNCHRONISED, EXTENDED] {
            let mut bytes = tag(3, &[("TIT2", b"\0one")]);
            bytes[5] = flags;
            let found = find(&mut reader(bytes), 0).unwrap().unwrap();
            assert!(found.frames.is_empty() && !found.is_whole);
        }
        let mut bytes = tag(4, &[("TIT2", b"\0one")]);
        bytes[5] = UNSYNCHRONISED;
        let found = find(&mut reader(bytes), 0).unwrap().unwrap();
        assert!(found.is_whole && !found.is_plain);
    }

    #[test]
    fn a_frame_says_what_it_is_wrapped_in() {
        for (version, format, wrapped) in [(3, 0x80, true), (3, 0x01, false), (4, 0x02, true), (4, 0x80, false)] {
            let mut bytes = tag(version, &[("TIT2", b"\0one")]);
            bytes[19] = format;
            let found = find(&mut reader(bytes), 0).unwrap().unwrap();
            assert_eq!(found.frames[0].is_wrapped, wrapped, "{version} {format}");
        }
    }

    #[test]
    fn sizes_that_old_versions_of_itunes_wrote_are_taken_as_they_were_meant() {
        let mut bytes = tag(4, &[("TIT2", &[b'x'; 200]), ("TALB", b"\0two")]);
        bytes[14..18].copy_from_slice(&200_u32.to_be_bytes());
        let found = find(&mut reader(bytes), 0).unwrap().unwrap();
        assert_eq!((ids(&found), found.frames[0].content.clone()), (vec!["TIT2", "TALB"], 20..220));
    }

    #[test]
    fn a_tag_of_very_many_frames_is_not_understood() {
        let frames: Vec<(&str, &[u8])> = vec![("TXXX", b"\0"); MOST_FRAMES + 1];
        let found = |count: usize| find(&mut reader(tag(3, &frames[..count])), 0).unwrap().unwrap();
        assert!(found(MOST_FRAMES).is_whole);
        let too_many = found(MOST_FRAMES + 1);
        assert!(!too_many.is_whole && too_many.frames.len() == MOST_FRAMES);
    }

    #[test]
    fn where_no_tag_is_none_is_found() {
        assert_eq!(find(&mut reader(b"IDX\x03\0\0\0\0\0\x05 no tag".to_vec()), 0).unwrap(), None);
        assert_eq!(find(&mut reader(b"ID3".to_vec()), 0).unwrap(), None);
    }
}
