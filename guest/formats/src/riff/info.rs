//! The list `INFO` (Multimedia Programming Interface and Data Specifications 1.0, chapter 2).

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::chunks::Chunks;
use crate::content::Content;
use crate::fields::{Block, Field};
use crate::legacy::Legacy;
use crate::reader::{FileReader, ReadAt};

/// The longest text that is read, in bytes.
const LONGEST: u64 = 64 * 1024;
/// The most texts of a list together, in bytes: a bound for lists that are made to take long.
const MOST_TEXT: u64 = 1 << 20;

/// Reads the texts of the list with these chunks as a tag of their own.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    list: Range<u64>,
    is_big_endian: bool,
    content: &mut Content<'_>,
) -> io::Result<()> {
    content.tags.begin_tag(Block::without_lists("RIFF INFO"));
    let mut chunks = Chunks::new(list, is_big_endian);
    let mut unread = MOST_TEXT;
    while let Some(chunk) = chunks.next(reader)? {
        let key = String::from_utf8_lossy(&chunk.name).into_owned();
        if chunk.missing > 0 {
            content.damaged(format!("the text {key} of the list INFO is cut off"));
        }
        let len = chunk.content.end - chunk.content.start;
        if len > LONGEST.min(unread) {
            content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), || key);
            continue;
        }
        unread -= len;
        if let Some(bytes) = reader.piece(chunk.content.start, len)? {
            let text = text(bytes, &mut content.tags.legacy);
            content.tags.text(Field::of_info(&chunk.name), &text, || key);
        }
    }
    if chunks.is_broken() {
        content.damaged("the list INFO ends with what is no text");
    }
    Ok(())
}

/// A text up to its NUL. Without a chunk `CSET` the specification means ISO 8859-1.
pub(super) fn text<'b>(bytes: &'b [u8], legacy: &mut Legacy) -> Cow<'b, str> {
    match legacy.undeclared(&bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]) {
        Cow::Borrowed(text) => text.trim_end().into(),
        Cow::Owned(text) => text.trim_end().to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::riff::chunks::tests::chunk;
    use crate::told::{Told, told};

    fn list(bytes: Vec<u8>) -> Told {
        let len = bytes.len() as u64;
        told(bytes, |reader, content| read(reader, 0..len, false, content))
    }

    #[test]
    fn texts_are_utf_8_or_else_latin_1() {
        let texts = [chunk(b"INAM", "Café\0".as_bytes()), chunk(b"IART", b"Caf\xe9\0\0\0"), chunk(b"IXYZ", b"more ")];
        let told = list(texts.concat());
        assert_eq!(told.items(), [("INAM", "Café"), ("IART", "Café"), ("IXYZ", "more")]);
        assert_eq!((told.title(), told.track.artist.as_deref(), told.damage.as_str()), ("Café", Some("Café"), ""));
    }

    #[test]
    fn a_text_of_a_wrong_length_costs_itself() {
        let mut bytes = [chunk(b"INAM", b"one\0"), chunk(b"IART", b"two\0")].concat();
        bytes[16] = 99;
        let told = list(bytes);
        assert_eq!((told.title(), told.damage.as_str()), ("one", "the text IART of the list INFO is cut off"));
    }

    #[test]
    fn padding_behind_the_list_is_no_text() {
        let told = list([chunk(b"INAM", b"one\0"), vec![0; 20]].concat());
        assert_eq!(told.items(), [("INAM", "one")]);
    }

    #[test]
    fn very_long_texts_are_not_read() {
        let told = list([chunk(b"ICMT", &[b'x'; 100_000]), chunk(b"INAM", b"one\0")].concat());
        assert_eq!(told.items(), [("ICMT", "<100000 bytes>"), ("INAM", "one")]);
    }
}
