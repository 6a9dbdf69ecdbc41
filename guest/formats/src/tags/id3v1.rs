//! ID3v1 and 1.1: 128 bytes at the end, with 30 bytes a field.

use std::io;

use crate::content::Content;
use crate::fields::{Block, Field, GENRES};
use crate::legacy::Legacy;
use crate::reader::{FileReader, ReadAt};

/// Bytes of a tag.
const LEN: u64 = 128;
/// Bytes of the enhanced tag that some put before it, which begins with `TAG+` and repeats it.
const ENHANCED: u64 = 227;

/// The content of a tag.
pub(super) struct Tag([u8; LEN as usize]);

impl Tag {
    /// The tag that ends at `end`, and where it begins.
    pub fn before<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<(u64, Self)>> {
        let mut bytes = [0; LEN as usize];
        let Some(start) = end.checked_sub(LEN) else { return Ok(None) };
        if !reader.peek(start, &mut bytes)? || !bytes.starts_with(b"TAG") {
            return Ok(None);
        }
        let mut mark = [0; 4];
        let enhanced = start.checked_sub(ENHANCED);
        let start = match enhanced {
            Some(enhanced) if reader.peek(enhanced, &mut mark)? && &mark == b"TAG+" => enhanced,
            _ => start,
        };
        Ok(Some((start, Self(bytes))))
    }

    /// Hands over its fields.
    pub fn pour(&self, content: &mut Content<'_>) {
        let tags = &mut content.tags;
        tags.begin_tag(Block::without_lists("ID3v1"));
        // Version 1.1: a NUL at the end of the comment, and behind it the track.
        let track = if self.0[125] == 0 { self.0[126] } else { 0 };
        let comment = if track > 0 { 97..125 } else { 97..127 };
        for (field, key, place) in [
            (Field::Title, "title", 3..33),
            (Field::Artist, "artist", 33..63),
            (Field::Album, "album", 63..93),
            (Field::Date, "year", 93..97),
            (Field::Comment, "comment", comment),
        ] {
            let text = text(&self.0[place], &mut tags.legacy);
            if !text.is_empty() {
                tags.text(Some(field), &text, || format!("ID3v1 {key}"));
            }
        }
        if track > 0 {
            tags.text(Some(Field::TrackNumber), &track.to_string(), || "ID3v1 track".into());
        }
        if let Some(genre) = GENRES.get(usize::from(self.0[127])) {
            tags.text(Some(Field::Genre), genre, || "ID3v1 genre".into());
        }
    }
}

/// Up to the first NUL, behind which some leave junk, without the blanks that others pad with.
fn text(field: &[u8], legacy: &mut Legacy) -> String {
    let text = match memchr::memchr(0, field) {
        Some(end) => legacy.latin1(&field[..end]),
        None => legacy.latin1_cut(field),
    };
    text.trim().to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::reader::tests::reader;
    use mt_scanner_contract::Track;

    /// A tag with these fields, padded by this byte.
    pub fn tag(fields: [&[u8]; 5], padding: u8, genre: u8) -> Vec<u8> {
        let mut bytes = b"TAG".to_vec();
        for (field, len) in fields.into_iter().zip([30, 30, 30, 4, 30]) {
            bytes.extend_from_slice(field);
            bytes.resize(bytes.len() + len - field.len(), padding);
        }
        bytes.push(genre);
        bytes
    }

    fn track_of(bytes: Vec<u8>) -> Track {
        let mut track = Track::default();
        let mut content = Content::new(&mut track, false, 0);
        let (start, tag) = Tag::before(&mut reader(bytes.clone()), bytes.len() as u64).unwrap().unwrap();
        assert_eq!(start, bytes.len() as u64 - LEN);
        tag.pour(&mut content);
        content.finish();
        track
    }

    #[test]
    fn fields_are_padded_by_nuls_or_blanks() {
        for padding in [0, b' '] {
            let track = track_of(tag([b"Caf\xe9", b"Artist", b"Album", b"1999", b"hello"], padding, 17));
            assert_eq!((track.title.as_deref(), track.artist.as_deref()), (Some("Café"), Some("Artist")));
            assert_eq!((track.date.as_deref(), track.comment.as_deref()), (Some("1999"), Some("hello")));
            assert_eq!((track.genre.as_deref(), track.track_number), (Some("Rock"), None));
        }
    }

    #[test]
    fn a_track_number_is_the_last_byte_of_the_comment() {
        let comment = [b"hello".as_slice(), &[0; 24], &[7]].concat();
        let track = track_of(tag([b"Title\0junk", b"", b"", b"0000", &comment], 0, 255));
        assert_eq!((track.title.as_deref(), track.track_number), (Some("Title"), Some(7)));
        assert_eq!((track.comment.as_deref(), track.date, track.genre), (Some("hello"), None, None));
    }

    #[test]
    fn no_tag_is_none() {
        assert!(Tag::before(&mut reader(b"TAG".to_vec()), 3).unwrap().is_none());
        assert!(Tag::before(&mut reader(vec![b' '; 200]), 200).unwrap().is_none());
    }
}
