//! Vorbis comments (Vorbis I specification, section 5), as they lie in a container: texts under their keys, and pictures, which are
//! passed over.

use std::io::{self, Read, Seek, SeekFrom};

use crate::reader::{FileReader, ReadAt};

/// Reading that can pass over bytes.
pub trait Skip: Read {
    /// Passes over so many bytes. Those of a picture nobody is to read later either.
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()>;
}

impl<S: ReadAt> Skip for FileReader<S> {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()> {
        let start = self.stream_position()?;
        let end = self.seek(SeekFrom::Current(i64::from(len)))?;
        if picture {
            self.blank(start..end);
        }
        Ok(())
    }
}

/// Keys of pictures, the newer and the older.
const PICTURES: [&[u8]; 2] = [b"METADATA_BLOCK_PICTURE", b"COVERART"];
/// The longest key that is looked at, in bytes. Those that mean something are shorter.
const KEY: usize = 64;
/// The longest text that is read, in bytes. Lyrics and cue sheets are shorter.
const LONGEST: u32 = 1 << 20;

/// A comment that is no picture.
pub struct Comment<'a> {
    /// Its key, as it is written.
    pub key: &'a str,
    /// Its text.
    pub value: Value<'a>,
}

/// The text of a comment.
pub enum Value<'a> {
    /// As it is written.
    Text(&'a str),
    /// So many bytes that were not read: the text is longer than any that means something.
    TooLong(u32),
}

/// Hands out the comments with a key that is `wanted`, and says whether there was a picture. What is no comment by the specification (without a
/// key, or not UTF-8) is passed over.
pub fn read(
    source: &mut impl Skip,
    wanted: impl Fn(&str) -> bool,
    mut each: impl FnMut(Comment<'_>),
) -> io::Result<bool> {
    let vendor = u32_le(source)?;
    source.skip(vendor, false)?;
    let mut picture = false;
    let mut text = Vec::new();
    for _ in 0..u32_le(source)? {
        let len = u32_le(source)?;
        let mut start = [0; KEY + 1];
        let start = &mut start[..(KEY + 1).min(len as usize)];
        source.read_exact(start)?;
        let left = len - start.len() as u32;
        let Some(at) = memchr::memchr(b'=', start) else {
            source.skip(left, false)?;
            continue;
        };
        let (key, begin) = (&start[..at], &start[at + 1..]);
        if PICTURES.iter().any(|picture| key.eq_ignore_ascii_case(picture)) {
            source.skip(left, true)?;
            picture = true;
            continue;
        }
        let key = str::from_utf8(key).ok().filter(|key| key.bytes().all(|byte| (b' '..=b'}').contains(&byte)));
        match key.filter(|key| wanted(key)) {
            None => source.skip(left, false)?,
            Some(key) if left > LONGEST => {
                source.skip(left, false)?;
                each(Comment { key, value: Value::TooLong(left + begin.len() as u32) });
            }
            Some(key) => {
                text.clear();
                text.extend_from_slice(begin);
                text.resize(begin.len() + left as usize, 0);
                source.read_exact(&mut text[begin.len()..])?;
                if let Ok(value) = str::from_utf8(&text) {
                    each(Comment { key, value: Value::Text(value) });
                }
            }
        }
    }
    Ok(picture)
}

fn u32_le(reader: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// A block of these comments.
    pub fn block(comments: &[&[u8]]) -> Vec<u8> {
        let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
        let comments: Vec<_> = comments.iter().map(|comment| sized(comment)).collect();
        [sized(b"an encoder"), (comments.len() as u32).to_le_bytes().to_vec(), comments.concat()].concat()
    }

    fn texts(comments: &[&[u8]]) -> (Vec<(String, String)>, bool) {
        let mut texts = Vec::new();
        let picture = read(
            &mut reader(block(comments)),
            |key| key != "LYRICS",
            |comment| {
                let value = match comment.value {
                    Value::Text(text) => text.to_owned(),
                    Value::TooLong(len) => format!("{len} bytes"),
                };
                texts.push((comment.key.to_owned(), value));
            },
        );
        (texts, picture.unwrap())
    }

    #[test]
    fn texts_come_with_their_keys_in_the_order_of_the_file() {
        let long = format!("TITLE={}", "é".repeat(100));
        let (texts, picture) = texts(&[b"artist=A=B", long.as_bytes(), b"LYRICS=la la", b"ARTIST="]);
        let expected = [("artist", "A=B"), ("TITLE", &"é".repeat(100)), ("ARTIST", "")];
        assert!(texts.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected));
        assert!(!picture);
    }

    #[test]
    fn pictures_are_seen_and_passed_over() {
        let cover = [b"metadata_block_picture=".as_slice(), &[b'A'; 5000]].concat();
        assert_eq!(texts(&[b"TITLE=a", &cover, b"DATE=1"]), (texts(&[b"TITLE=a", b"DATE=1"]).0, true));
        assert!(texts(&[b"coverart=AA"]).1);
    }

    #[test]
    fn what_is_no_comment_is_passed_over() {
        let no_key = [b'x'; 200];
        let (texts, _) = texts(&[b"no key", &no_key, b"", b"T\xc3\xa9=1", b"TITLE=\xff", b"ALBUM=b"]);
        assert_eq!(texts, [("ALBUM".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn a_text_of_more_than_a_mib_is_told_by_its_length() {
        let long = [b"COMMENT=".as_slice(), &vec![b'x'; (1 << 20) + 100]].concat();
        let expected = [("COMMENT", "1048676 bytes"), ("TITLE", "a")];
        assert!(texts(&[&long, b"TITLE=a"]).0.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected));
    }

    #[test]
    fn a_length_that_is_not_true_is_an_error() {
        let mut bytes = block(&[b"TITLE=a"]);
        let at = bytes.len() - 11;
        bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
        assert!(read(&mut reader(bytes), |_| true, |_| {}).is_err());
    }
}
