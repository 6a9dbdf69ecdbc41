//! Vorbis comments (Vorbis I specification, section 5), as they lie in Ogg packets and in FLAC
//! blocks.
//!
//! Pictures among them are passed over: their places are noted. A comment whose length is wrong
//! costs itself: the next one is looked for by its form, which is a length that fits, a key and an
//! equals sign.

mod chapters;
mod form;
mod picture;
#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use crate::content::Content;
use crate::fields::{Block, Field};
use crate::utf_8::lossy;
use chapters::Chapters;
use form::{KEY, Start, has_form, leads_to, swallowed};

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

    /// Passes over bytes, notes their places in the file, and says how many there were: fewer only
    /// at the end.
    fn pass(&mut self, len: u64, pieces: &mut Vec<Range<u64>>) -> io::Result<u64>;

    /// These places are of a picture, and will not be read.
    fn seal(&mut self, pieces: &[Range<u64>]);
}

/// The longest text that is read, in bytes. Lyrics and cue sheets are shorter.
const LONGEST: u64 = 1 << 20;
/// How much of the vendor's name is read, in bytes.
const LONGEST_VENDOR: usize = 128;
/// The most texts of a tag together, in bytes: a bound for tags that are made to take long.
const MOST_TEXT: u64 = 8 << 20;
/// The most comments of a tag. Taggers write some dozens.
const MOST_COMMENTS: u64 = 10_000;
/// How far behind a wrong length the next comment is looked for, in bytes.
const SEARCH: usize = 4096;
/// The most such searches in a tag.
const MOST_SEARCHES: u32 = 16;

/// Reads the comments into `content` as a tag of their own.
pub(crate) fn read<B: Bytes>(source: &mut B, content: &mut Content<'_>) -> io::Result<()> {
    content.tags.begin_tag(Block::with_lists("Vorbis comments"));
    let mut comments = Comments {
        source,
        content,
        unread: MOST_TEXT,
        searches: MOST_SEARCHES,
        last: None,
        text: Vec::new(),
        chapters: Chapters::default(),
    };
    let end = comments.list()?;
    comments.hand_over();
    comments.chapters.pour(&mut content.tags);
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
    /// The last comment that was read. It is handed over when the one behind it has the form of
    /// one: its length is right then.
    last: Option<Last<B::Place>>,
    /// The text of that comment.
    text: Vec<u8>,
    /// Chapters, where they are kept.
    chapters: Chapters,
}

/// A comment whose text was read.
struct Last<P> {
    place: P,
    start: Start,
    /// The length of its key.
    key: usize,
    field: Option<Field>,
}

impl<B: Bytes> Comments<'_, '_, B> {
    /// `None` where the bytes end too early.
    fn list(&mut self) -> io::Result<Option<()>> {
        let Some(vendor) = self.length()? else { return Ok(None) };
        if !self.vendor(vendor)? {
            return Ok(None);
        }
        let Some(count) = self.length()? else { return Ok(None) };
        let (mut number, mut turns) = (0, 0);
        while number < count {
            turns += 1;
            if turns > MOST_COMMENTS {
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

    /// Takes the name of the library that has encoded the stream, and says whether it was there to
    /// its end.
    fn vendor(&mut self, len: u64) -> io::Result<bool> {
        let mut name = [0; LONGEST_VENDOR];
        let name = &mut name[..usize::try_from(len).unwrap_or(usize::MAX).min(LONGEST_VENDOR)];
        if self.source.read(name)? < name.len() {
            return Ok(false);
        }
        if let Ok(name) = str::from_utf8(name) {
            self.content.tags.stream_encoder(name);
        }
        self.passed(len - name.len() as u64)
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
        let text = lossy(&self.text);
        if matches!(text, Cow::Owned(_)) {
            self.content.damaged(format!("the comment {key} is not UTF-8"));
        }
        if field.is_none() && self.content.tags.is_listing() {
            self.chapters.take(key, &text);
        }
        self.content.tags.text(field, &text, || key.to_owned());
    }

    /// Finds the comment behind one that has not the form of one, which may begin within the one
    /// before. Gives `false` at the end.
    fn search(&mut self, place: &B::Place, start: &Start) -> io::Result<bool> {
        self.source.go_back(place);
        let is_whole = 4 + start.len <= self.source.at_most();
        if self.text.len() > SEARCH / 2 {
            self.hand_over();
        }
        let last = self.last.take();
        // From where the search begins: how far to where a comment can begin, to the one at
        // `place`, and to its end.
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
        self.hand_over();
        Ok(went_on)
    }
}
