//! A reader over positioned reads, made for tag parsers: they touch the beginning of a file,
//! sometimes its end, and seldom the bytes between.
//!
//! Each read of a file may cost its host a thread switch, so this reads few and large pieces and
//! keeps them.

mod copy;
#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::ops::Range;

use copy::copy;

/// Bytes of a file at a position.
pub trait ReadAt {
    /// Reads up to `len` bytes at `offset`; fewer only at the end of the file.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] where the bytes are not here yet: the parser returns it, and
    /// is called again from the start.
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>>;
}

/// How much of a file is read at once, in bytes. Measured on files of many taggers: larger pieces
/// copy more than the reads cost that they save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// The beginning of the file.
    head: u64,
    /// Somewhere in the middle: the frames and the padding behind a picture, the first frame of
    /// audio.
    jump: u64,
}

impl Pieces {
    /// For formats whose parser may need much of the beginning. With a third less, one file in ten
    /// of Ogg, ASF and MP4 takes a read more.
    pub const LONG: Self = Self { head: 16 * 1024, jump: 12 * 1024 };
    /// For formats whose texts are short, and whose pictures are stepped over: a third of the bytes
    /// of FLAC and MPEG audio is not read, and three files in a hundred take a read more.
    pub const SHORT: Self = Self { head: 8 * 1024, jump: 8 * 1024 };
}

/// A file up to this size is read whole.
const WHOLE: u64 = 32 * 1024;
/// What is no further from the end of the file is read up to it.
const NEAR: u64 = 16 * 1024;
/// How far before it such a read begins: parsers step back over padding, and `audio_key` over the
/// end of the audio.
const BEFORE: u64 = 2048;
/// The end of a file, unless a format wants more of it: ID3v1 and APEv2 tags.
const TAIL: u64 = 4 * 1024;
/// The most that a WASI host gives in one read.
const MOST: u64 = 64 * 1024;
/// The most reads of one file. Music takes two or three, an audiobook one for each chapter. Behind
/// them every byte that is not at hand is missing: what a hostile file says all over it is damage,
/// and costs no more.
const MOST_READS: u32 = 2048;
/// How many pieces are kept; parsers go back to the first ones.
const WINDOWS: usize = 24;

struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn contains(&self, position: u64) -> bool {
        self.start <= position && position < self.end()
    }
}

/// See the module.
pub struct FileReader<S> {
    source: S,
    len: u64,
    pieces: Pieces,
    tail: u64,
    windows: Vec<Window>,
    current: usize,
    /// How often the source may still be read.
    left: u32,
    /// Positions that the current window has, and that are not blank.
    at_hand: Range<u64>,
    blanks: Vec<Range<u64>>,
    /// A piece that no window has whole.
    scratch: Vec<u8>,
}

impl<S: ReadAt> FileReader<S> {
    /// A reader of a file of `len` bytes. Nothing is read yet.
    pub fn new(source: S, len: u64) -> Self {
        Self {
            source,
            len,
            pieces: Pieces::LONG,
            tail: TAIL,
            windows: Vec::new(),
            current: 0,
            left: MOST_READS,
            at_hand: 0..0,
            blanks: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Reads the file in such pieces.
    #[must_use]
    pub fn in_pieces(self, pieces: Pieces) -> Self {
        Self { pieces, ..self }
    }

    /// Where the bytes come from.
    pub fn into_source(self) -> S {
        self.source
    }

    /// The size of the file in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no byte in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From where on the file was read already, without a gap up to `end`: `end` itself where it
    /// was not.
    pub fn at_hand_before(&self, end: u64) -> u64 {
        let last = self.windows.iter().find(|window| end > 0 && window.contains(end - 1));
        last.map_or(end, |window| window.start)
    }

    /// Reads the last `bytes` of the file in one piece once a parser gets there.
    pub fn expect_tail(&mut self, bytes: u64) {
        self.tail = bytes;
    }

    /// Lets these bytes be read as zeros, without asking the source: pictures, which parsers step
    /// over.
    pub fn blank(&mut self, range: Range<u64>) {
        if !self.blanks.contains(&range) {
            self.blanks.push(range);
            self.at_hand = 0..0;
        }
    }

    /// Fills `buffer` from `offset`, and says whether there were enough bytes.
    ///
    /// # Errors
    ///
    /// Those of the source.
    #[inline]
    pub fn peek(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<bool> {
        #[cfg(test)]
        crate::cost::asked(buffer.len().min(self.len as usize));
        if let Some(bytes) = self.hand_at(offset).and_then(|bytes| bytes.get(..buffer.len())) {
            copy(buffer, bytes);
            return Ok(true);
        }
        self.fill(offset, buffer)
    }

    /// As many bytes from `offset`, copied only where they are not in one window; `None` if the
    /// file has not as many.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn piece(&mut self, offset: u64, len: u64) -> io::Result<Option<&[u8]>> {
        let is_there = offset.checked_add(len).is_some_and(|end| end <= self.len);
        #[cfg(test)]
        crate::cost::asked(if is_there { len as usize } else { 0 });
        if !is_there {
            return Ok(None);
        }
        let reaches = |bytes: &[u8]| bytes.len() as u64 >= len;
        let is_at_hand = self.hand_at(offset).is_some_and(reaches);
        if is_at_hand || (len > 0 && !self.is_blank(offset) && reaches(self.available(offset)?)) {
            return Ok(self.hand_at(offset).and_then(|bytes| bytes.get(..len as usize)));
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.resize(len as usize, 0);
        let enough = self.fill(offset, &mut scratch);
        self.scratch = scratch;
        Ok(enough?.then_some(&self.scratch))
    }

    /// `peek` where the bytes are not at hand.
    #[inline(never)]
    fn fill(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<bool> {
        if offset.checked_add(buffer.len() as u64).is_none_or(|end| end > self.len) {
            return Ok(false);
        }
        let (mut position, mut rest) = (offset, buffer);
        while !rest.is_empty() {
            let blank = self.blanks.iter().find(|blank| blank.contains(&position));
            let count = match blank.map(|blank| blank.end) {
                Some(end) => {
                    let count = rest.len().min((end - position) as usize);
                    rest[..count].fill(0);
                    count
                }
                None => {
                    let available = self.available(position)?;
                    let count = rest.len().min(available.len());
                    rest[..count].copy_from_slice(&available[..count]);
                    count
                }
            };
            if count == 0 {
                return Ok(false);
            }
            position += count as u64;
            rest = &mut rest[count..];
        }
        Ok(true)
    }

    fn is_blank(&self, position: u64) -> bool {
        self.blanks.iter().any(|blank| blank.contains(&position))
    }

    /// The bytes that are at hand at a position that is not blank, at least one unless the file
    /// ends there or was read too often.
    fn available(&mut self, position: u64) -> io::Result<&[u8]> {
        if !self.windows.get(self.current).is_some_and(|window| window.contains(position)) {
            match self.windows.iter().position(|window| window.contains(position)) {
                Some(found) => self.current = found,
                None if self.left == 0 => return Ok(&[]),
                None => self.load(position)?,
            }
        }
        let window = &self.windows[self.current];
        // From the end of the blank before the position to the beginning of the one behind it.
        self.at_hand = self.blanks.iter().filter(|blank| !blank.is_empty()).fold(
            window.start..window.end().min(self.len),
            |hand, blank| match blank.start > position {
                true => hand.start..hand.end.min(blank.start),
                false => hand.start.max(blank.end.min(position))..hand.end,
            },
        );
        Ok(self.hand_at(position).unwrap_or_default())
    }

    /// What parsers do most: a few bytes more of where they are.
    #[inline]
    fn hand_at(&self, position: u64) -> Option<&[u8]> {
        if !self.at_hand.contains(&position) {
            return None;
        }
        let window = self.windows.get(self.current)?;
        window.bytes.get((position - window.start) as usize..(self.at_hand.end - window.start) as usize)
    }

    fn load(&mut self, position: u64) -> io::Result<()> {
        let Pieces { head, jump } = self.pieces;
        let mut start = position;
        let before = self.windows.iter().rev().find(|window| (window.end()..window.end() + jump).contains(&position));
        let mut len = match before {
            None if position == 0 && self.len <= WHOLE => self.len,
            None if position == 0 => head,
            Some(window) => (window.bytes.len() as u64 * 2).clamp(jump, MOST),
            None => {
                start = self.unread_before(position, position.saturating_sub(BEFORE));
                jump
            }
        };
        if self.len - position <= self.tail {
            start = self.unread_before(position, self.len.saturating_sub(self.tail));
            len = self.len - start;
        } else if self.len - position <= NEAR {
            len = self.len - start;
        }
        let stop = self.blanks.iter().map(|blank| blank.start).filter(|&blank| blank > position).min();
        len = len.min(stop.unwrap_or(self.len) - start).min(MOST);
        let bytes = self.source.read_at(start, len)?;
        self.left -= 1;
        if self.windows.len() == WINDOWS {
            self.windows.remove(1);
        }
        self.windows.push(Window { start, bytes });
        self.current = self.windows.len() - 1;
        Ok(())
    }

    /// Where to begin a read for `position` so that it takes bytes from `wanted` on, but for those
    /// that are known already.
    fn unread_before(&self, position: u64, wanted: u64) -> u64 {
        let known = self.windows.iter().map(Window::end).chain(self.blanks.iter().map(|blank| blank.end));
        known.filter(|&end| end <= position).fold(wanted, u64::max)
    }
}

/// Bytes in memory.
impl ReadAt for &[u8] {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let place = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(self.len());
        Ok(self[place(offset)..place(offset.saturating_add(len))].to_vec())
    }
}
