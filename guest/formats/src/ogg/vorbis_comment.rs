//! Vorbis comments (Vorbis I specification, section 5), as they lie in Ogg packets and in FLAC blocks.
//!
//! Pictures among them are passed over: their places are noted. A comment whose length is wrong costs itself: the next
//! one is looked for by its form, which is a length that fits, a key and an equals sign.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::base64;
use crate::content::Content;
use crate::fields::Field;
use crate::flac::picture;
use crate::payload::{Coding, Payload, Picture};

/// Bytes of a tag in their order, some of which are passed over.
pub(crate) trait Bytes {
    /// A place among them.
    type Place;

    /// Where it is.
    fn place(&self) -> Self::Place;

    /// Goes back to a place.
    fn go_back(&mut self, place: &Self::Place);

    /// No more bytes than this are left.
    fn at_most(&self) -> u64;

    /// Fills the buffer and says how many bytes there were: fewer only at the end.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Passes over bytes, notes their places in the file, and says how many there were: fewer only at the end.
    fn pass(&mut self, len: u64, pieces: &mut Vec<Range<u64>>) -> io::Result<u64>;

    /// These places are of a picture, and will not be read.
    fn seal(&mut self, pieces: &[Range<u64>]);
}

/// The longest key that means something is shorter, in bytes.
const KEY: usize = 64;
/// The longest text that is read, in bytes. Lyrics and cue sheets are shorter.
const LONGEST: u64 = 1 << 20;
/// The most texts of a tag together, in bytes: a bound for tags that are made to take long.
const MOST_TEXT: u64 = 8 << 20;
/// The most comments of a tag. Taggers write some dozens.
const MOST_COMMENTS: u64 = 10_000;
/// How far behind a wrong length the next comment is looked for, in bytes.
const SEARCH: usize = 4096;
/// The most such searches in a tag.
const MOST_SEARCHES: u32 = 16;
/// The most bytes before the data of a picture: its description is seldom longer than some words.
const MOST_PICTURE_HEAD: usize = 48 * 1024;

/// Reads the comments into `content` as a tag of their own.
pub(crate) fn read<B: Bytes>(source: &mut B, content: &mut Content<'_>) -> io::Result<()> {
    content.tags.begin_tag();
    let mut comments =
        Comments { source, content, unread: MOST_TEXT, searches: MOST_SEARCHES, last: None, text: Vec::new() };
    let end = comments.list()?;
    comments.hand_over();
    if end.is_none() {
        content.damaged("the Vorbis comments are cut off");
    }
    Ok(())
}

/// Comments that are being read.
struct Comments<'r, 't, B: Bytes> {
    source: &'r mut B,
    content: &'r mut Content<'t>,
    /// How many bytes of text may still be read.
    unread: u64,
    /// How many searches may still be made.
    searches: u32,
    /// The last comment that was read. It is handed over when the one behind it has the form of one: its length is right
    /// then.
    last: Option<Last<B::Place>>,
    /// The text of that comment.
    text: Vec<u8>,
}

/// A comment whose text was read.
struct Last<P> {
    place: P,
    start: Start,
    /// The length of its key.
    key: usize,
    field: Option<Field>,
}

/// A comment up to its equals sign.
struct Start {
    /// The length of the whole comment.
    len: u64,
    /// Its beginning.
    bytes: [u8; KEY + 1],
    /// How much of that there is.
    count: usize,
}

impl Start {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }

    /// The key, if this has the form of a comment.
    fn key(&self) -> Option<&str> {
        let key = &self.bytes()[..memchr::memchr(b'=', self.bytes())?];
        str::from_utf8(key).ok().filter(|key| key.bytes().all(|byte| (b' '..=b'}').contains(&byte)))
    }

    /// The bytes behind those that were read.
    fn rest(&self) -> u64 {
        self.len.saturating_sub(self.count as u64)
    }
}

impl<B: Bytes> Comments<'_, '_, B> {
    /// `None` where the bytes end too early.
    fn list(&mut self) -> io::Result<Option<()>> {
        let Some(vendor) = self.length()? else { return Ok(None) };
        if !self.passed(vendor)? {
            return Ok(None);
        }
        let Some(count) = self.length()? else { return Ok(None) };
        let mut number = 0;
        while number < count {
            if number == MOST_COMMENTS {
                self.content.damaged("there are more Vorbis comments than are read");
                break;
            }
            let place = self.source.place();
            let Some(start) = self.start()? else {
                // A search passes over comments that count.
                return Ok((self.searches < MOST_SEARCHES).then_some(()));
            };
            let key = start.key().filter(|_| start.rest() <= self.source.at_most());
            let went_on = match key {
                None => self.search(&place, &start)?,
                Some(key) => {
                    number += 1;
                    self.hand_over();
                    let key = key.len();
                    self.comment(place, start, key)?
                }
            };
            if !went_on {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    fn length(&mut self) -> io::Result<Option<u64>> {
        let mut bytes = [0; 4];
        let count = self.source.read(&mut bytes)?;
        Ok((count == bytes.len()).then(|| u32::from_le_bytes(bytes).into()))
    }

    fn start(&mut self) -> io::Result<Option<Start>> {
        let Some(len) = self.length()? else { return Ok(None) };
        let count = usize::try_from(len).map_or(KEY + 1, |len| len.min(KEY + 1));
        let mut start = Start { len, bytes: [0; KEY + 1], count };
        start.count = self.source.read(&mut start.bytes[..count])?;
        Ok(Some(start))
    }

    fn passed(&mut self, len: u64) -> io::Result<bool> {
        Ok(self.source.pass(len, &mut Vec::new())? == len)
    }

    /// Takes a comment whose key is so long, and says whether it was there to its end.
    fn comment(&mut self, place: B::Place, start: Start, len: usize) -> io::Result<bool> {
        let key = str::from_utf8(&start.bytes[..len]).unwrap_or_default();
        if key.eq_ignore_ascii_case("METADATA_BLOCK_PICTURE") {
            return self.picture(&place, &start, len, true);
        }
        if key.eq_ignore_ascii_case("COVERART") {
            return self.picture(&place, &start, len, false);
        }
        let (field, rest) = (Field::of_free_name(key), start.rest());
        if field.is_none() && !self.content.tags.is_listing() {
            return self.passed(rest);
        }
        let begin = &start.bytes()[len + 1..];
        if rest > LONGEST.min(self.unread) {
            let size = usize::try_from(rest).unwrap_or(usize::MAX).saturating_add(begin.len());
            self.content.tags.binary(size, || key.to_owned());
            return self.passed(rest);
        }
        self.unread -= rest;
        self.text.clear();
        self.text.extend_from_slice(begin);
        self.text.resize(begin.len() + rest as usize, 0);
        if (self.source.read(&mut self.text[begin.len()..])? as u64) < rest {
            return Ok(false);
        }
        if let Some(at) = swallowed(&self.text) {
            self.content.damaged(format!("the comment {key} has a wrong length"));
            self.text.truncate(at);
            self.source.go_back(&place);
            self.passed((4 + len + 1 + at) as u64)?;
        }
        self.last = Some(Last { place, start, key: len, field });
        Ok(true)
    }

    /// Hands the last text over.
    fn hand_over(&mut self) {
        let Some(Last { start, key, field, .. }) = self.last.take() else { return };
        let key = str::from_utf8(&start.bytes[..key]).unwrap_or_default();
        let text = String::from_utf8_lossy(&self.text);
        if matches!(text, Cow::Owned(_)) {
            self.content.damaged(format!("the comment {key} is not UTF-8"));
        }
        self.content.tags.text(field, &text, || key.to_owned());
    }

    /// Finds the comment behind one that has not the form of one, which may begin within the one before. Gives `false` at
    /// the end.
    fn search(&mut self, place: &B::Place, start: &Start) -> io::Result<bool> {
        self.source.go_back(place);
        let is_whole = 4 + start.len <= self.source.at_most();
        if self.text.len() > SEARCH / 2 {
            self.hand_over();
        }
        let last = self.last.take();
        // From where the search begins: how far to where a comment can begin, to the one at `place`, and to its end.
        let (from, here) = match &last {
            Some(last) => (4 + last.key + 1, 4 + last.key + 1 + self.text.len()),
            None => (1, 0),
        };
        let base = last.as_ref().map_or(place, |last| &last.place);
        let end = here as u64 + 4 + start.len;
        let (mut found, mut is_damaged) = (None, !is_whole);
        if self.searches > 0 {
            self.searches -= 1;
            self.source.go_back(base);
            let mut window = vec![0; SEARCH.min(usize::try_from(self.source.at_most()).unwrap_or(SEARCH))];
            let count = self.source.read(&mut window)?;
            found = (from..count).filter(|&at| at != here).find(|&at| has_form(&window[at..count]));
            is_damaged |= found.is_some_and(|at| !leads_to(&window, end, at));
        }
        if is_damaged {
            self.content.damaged("a Vorbis comment has a wrong length");
        }
        self.source.go_back(base);
        let target = found.map_or(end, |at| at as u64);
        let went_on = (found.is_some() || is_whole) && self.passed(target)?;
        if let Some(at) = found.filter(|&at| at < here) {
            self.text.truncate(at - from);
        }
        self.last = last;
        Ok(went_on)
    }

    /// Notes the picture in the comment at `place`, in base64: with a header as FLAC has it, or plain.
    fn picture(&mut self, place: &B::Place, start: &Start, key: usize, has_header: bool) -> io::Result<bool> {
        let value = start.len - key as u64 - 1;
        let begin = (4 + key + 1) as u64;
        let mut found = Some(picture::Header::default());
        if has_header && value > 0 {
            found = None;
            let mut wanted = 128;
            while wanted <= MOST_PICTURE_HEAD {
                self.source.go_back(place);
                self.source.pass(begin, &mut Vec::new())?;
                let mut head = vec![0; wanted.min(usize::try_from(value).unwrap_or(wanted))];
                let count = self.source.read(&mut head)?;
                match picture::parse(&base64::decoded(&head[..count])) {
                    picture::Parsed::Header(header) => found = Some(header),
                    picture::Parsed::Needs(len) if len / 3 * 4 + 4 > wanted && count == wanted => {
                        wanted = len / 3 * 4 + 4;
                        continue;
                    }
                    _ => self.content.damaged("a picture among the Vorbis comments is damaged"),
                }
                break;
            }
        }
        self.source.go_back(place);
        self.source.pass(begin, &mut Vec::new())?;
        let mut pieces = Vec::new();
        if self.source.pass(value, &mut pieces)? < value {
            return Ok(false);
        }
        self.source.seal(&pieces);
        let len = value / 4 * 3;
        if let Some(header) = found.filter(|header| !header.is_link() && header.data < len && header.len != Some(0)) {
            // Three bytes are four letters.
            trim(&mut pieces, header.data / 3 * 4);
            let coding = Coding::Base64 { lead: (header.data % 3) as u8 };
            self.content.pictures.push(Picture {
                kind: header.kind,
                mime: header.mime,
                data: Payload { pieces, coding },
            });
        }
        self.content.tags.binary(usize::try_from(value).unwrap_or(usize::MAX), || {
            String::from_utf8_lossy(&start.bytes[..key]).into_owned()
        });
        Ok(true)
    }
}

/// Takes bytes off the beginning.
fn trim(pieces: &mut Vec<Range<u64>>, mut len: u64) {
    pieces.retain_mut(|piece| {
        let part = len.min(piece.end - piece.start);
        piece.start += part;
        len -= part;
        !piece.is_empty()
    });
}

/// Where in a text whose length is too large the next comment begins.
fn swallowed(text: &[u8]) -> Option<usize> {
    memchr::memchr(0, text)?;
    (0..text.len()).find(|&at| has_form(&text[at..]))
}

/// Whether lengths lead from one place to the other, over what is no comment and still has its length.
fn leads_to(bytes: &[u8], from: u64, to: usize) -> bool {
    let mut at = usize::try_from(from).unwrap_or(usize::MAX);
    while at < to {
        let Some(len) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { return false };
        at = at.saturating_add(4).saturating_add(u32::from_le_bytes(*len) as usize);
    }
    at == to
}

/// Whether these bytes begin with a comment: a length, a key of usual letters, and the equals sign.
fn has_form(bytes: &[u8]) -> bool {
    let Some((len, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let len = u64::from(u32::from_le_bytes(*len));
    let usual = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b':');
    let key = rest.iter().take(KEY).take_while(|byte| usual(byte)).count();
    key > 1 && rest.get(key) == Some(&b'=') && (key as u64) < len && len < 16 << 20
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::flac::block::Block;
    use crate::told::Told;

    /// A block of these comments.
    pub fn block(comments: &[&[u8]]) -> Vec<u8> {
        let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
        let comments: Vec<_> = comments.iter().map(|comment| sized(comment)).collect();
        [sized(b"an encoder"), (comments.len() as u32).to_le_bytes().to_vec(), comments.concat()].concat()
    }

    fn told(bytes: Vec<u8>) -> Told {
        let len = bytes.len() as u64;
        crate::told::told(bytes, |reader, content| read(&mut Block::new(reader, 0..len), content))
    }

    #[test]
    fn texts_come_with_their_keys_in_the_order_of_the_file() {
        let long = format!("TITLE={}", "é".repeat(100));
        let told = told(block(&[b"artist=A=B", long.as_bytes(), b"ARTIST="]));
        assert_eq!(told.items(), [("artist", "A=B"), ("TITLE", &"é".repeat(100)), ("ARTIST", "")]);
        assert!(told.damage.is_empty() && told.pictures.is_empty());
    }

    #[test]
    fn what_is_no_comment_is_passed_over() {
        let told = told(block(&[b"no key", &[b'x'; 200], b"", b"T\xc3\xa9=1", b"ALBUM=b"]));
        assert_eq!((told.items(), told.damage.as_str()), (vec![("ALBUM", "b")], ""));
    }

    #[test]
    fn a_text_that_is_not_utf_8_is_kept_as_far_as_it_is_and_named() {
        let told = told(block(&[b"TITLE=Caf\xe9", b"ALBUM=b"]));
        assert_eq!(told.items(), [("TITLE", "Caf\u{fffd}"), ("ALBUM", "b")]);
        assert_eq!(told.damage, "the comment TITLE is not UTF-8");
    }

    #[test]
    fn a_text_of_more_than_a_mib_is_told_by_its_length() {
        let long = [b"COMMENT=".as_slice(), &vec![b'x'; (1 << 20) + 100]].concat();
        assert_eq!(told(block(&[&long, b"TITLE=a"])).items(), [("COMMENT", "<1048676 bytes>"), ("TITLE", "a")]);
    }

    #[test]
    fn a_comment_of_a_wrong_length_costs_itself() {
        let comments: [&[u8]; 4] = [b"ARTIST=one", b"TITLE=two", b"ALBUM=three", b"DATE=1999"];
        let title = 4 + 10 + 4 + 4 + 10;
        for wrong in [0, 3, 8, 10, 13, 14, 30, 4_000, u32::MAX] {
            let mut bytes = block(&comments);
            bytes[title..title + 4].copy_from_slice(&wrong.to_le_bytes());
            let told = told(bytes);
            for comment in [("ARTIST", "one"), ("ALBUM", "three"), ("DATE", "1999")] {
                assert!(told.items().contains(&comment), "{wrong}: {:?}", told.items());
            }
            assert!(!told.damage.is_empty(), "{wrong}");
        }
    }

    #[test]
    fn a_list_that_is_cut_off_keeps_what_there_is_and_is_named() {
        let whole = block(&[b"TITLE=two", b"ALBUM=three"]);
        let told = told(whole[..whole.len() - 3].to_vec());
        assert_eq!(told.items(), [("TITLE", "two")]);
        assert!(!told.damage.is_empty());
    }

    #[test]
    fn a_count_that_is_too_large_ends_with_the_comments() {
        let mut bytes = block(&[b"TITLE=two"]);
        bytes[14..18].copy_from_slice(&[0xff; 4]);
        let told = told(bytes);
        assert_eq!((told.items(), told.damage.is_empty()), (vec![("TITLE", "two")], false));
    }

    #[test]
    fn more_comments_than_anyone_writes_are_not_all_read() {
        let told = told(block(&vec![b"TITLE=a".as_slice(); MOST_COMMENTS as usize + 1]));
        assert_eq!(told.items.len(), MOST_COMMENTS as usize);
        assert_eq!(told.damage, "there are more Vorbis comments than are read");
    }

    /// A picture as FLAC has it, with these bytes of data.
    pub fn picture(kind: u32, mime: &str, description: &str, data: &[u8]) -> Vec<u8> {
        let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
        let texts = [sized(mime.as_bytes()), sized(description.as_bytes())].concat();
        [&kind.to_be_bytes(), texts.as_slice(), &[0; 16], &sized(data)].concat()
    }

    #[test]
    fn a_picture_is_a_place_among_the_letters() {
        for description in ["", "f", "fr", "front", &"long ".repeat(400)] {
            let data: Vec<u8> = (0..=255).cycle().take(700).collect();
            let letters = base64::tests::encoded(&picture(3, "image/png", description, &data));
            let comment = [b"metadata_block_picture=", letters.as_bytes()].concat();
            let bytes = block(&[b"TITLE=a", &comment, b"DATE=1"]);
            let told = told(bytes.clone());
            let [Picture { kind: 3, mime, data: Payload { pieces, coding: Coding::Base64 { lead } } }] =
                told.pictures.as_slice()
            else {
                panic!("{:?}", told.pictures)
            };
            let Range { start, end } = pieces[0];
            let decoded = base64::decoded(&bytes[start as usize..end as usize]);
            assert_eq!((mime.as_str(), &decoded[usize::from(*lead)..]), ("image/png", data.as_slice()));
            assert!(told.items().contains(&("DATE", "1")) && told.damage.is_empty());
        }
    }

    #[test]
    fn a_picture_without_bytes_and_a_link_are_none() {
        let comment =
            |picture: &[u8]| [b"METADATA_BLOCK_PICTURE=", base64::tests::encoded(picture).as_bytes()].concat();
        for (value, damaged) in [
            (b"METADATA_BLOCK_PICTURE=".to_vec(), false),
            (b"COVERART=".to_vec(), false),
            (comment(&picture(3, "image/png", "", b"")), false),
            (comment(&picture(3, "-->", "", b"http://example.com/a.png")), false),
            (b"METADATA_BLOCK_PICTURE=*no letters*".to_vec(), true),
            (comment(&picture(3, "image/png", "", b"12345")[..20]), true),
        ] {
            let told = told(block(&[&value, b"TITLE=a"]));
            assert_eq!((told.pictures.len(), !told.damage.is_empty()), (0, damaged), "{:?}", told.damage);
            assert!(told.items().contains(&("TITLE", "a")));
        }
    }

    #[test]
    fn the_older_kind_of_picture_is_one_too() {
        let told = told(block(&[b"COVERART=iVBORw0KGgo="]));
        assert_eq!((told.pictures.len(), told.pictures[0].data.len()), (1, 12));
    }
}
