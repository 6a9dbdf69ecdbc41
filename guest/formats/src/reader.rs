//! A `Read + Seek` over positioned reads, made for tag parsers: they touch the beginning of a file, sometimes its end, and seldom
//! what lies between.
//!
//! Each read of a file may cost its host a thread switch, so this reads few and large pieces and keeps them.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes of a file at a position.
pub trait ReadAt {
    /// Reads up to `len` bytes at `offset`; fewer only when the host gives fewer, none only at the end.
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>>;
}

/// The first read: measured on files of many taggers, larger ones copy more than they save.
const HEAD: u64 = 16 * 1024;
/// A file up to this size is read whole.
const WHOLE: u64 = 2 * HEAD;
/// A read somewhere in the middle: the frames and the padding behind a picture, the first frame of audio.
const JUMP: u64 = 8 * 1024;
/// How far before it such a read begins: parsers step back over padding, and `audio_key` over the end of the audio.
const BEFORE: u64 = 2048;
/// The end of a file, unless a format wants more of it: ID3v1 and APEv2 tags.
const TAIL: u64 = 4 * 1024;
/// The most that a WASI host gives in one read.
const MOST: u64 = 64 * 1024;
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
    position: u64,
    /// Where the file begins for who seeks.
    origin: u64,
    tail: u64,
    windows: Vec<Window>,
    current: usize,
    /// Positions that the current window has, and that are neither blank nor hidden.
    at_hand: Range<u64>,
    blanks: Vec<Range<u64>>,
    hidden: Range<u64>,
    /// A piece that no window has whole.
    scratch: Vec<u8>,
    failure: Option<io::ErrorKind>,
}

impl<S: ReadAt> FileReader<S> {
    /// A reader of a file of `len` bytes. Nothing is read yet.
    pub fn new(source: S, len: u64) -> Self {
        Self {
            source,
            len,
            position: 0,
            origin: 0,
            tail: TAIL,
            windows: Vec::new(),
            current: 0,
            at_hand: 0..0,
            blanks: Vec::new(),
            hidden: 0..0,
            scratch: Vec::new(),
            failure: None,
        }
    }

    /// The size of the file in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no byte in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How reading from the source failed last. lofty wraps or swallows that error.
    pub fn failure(&self) -> Option<io::ErrorKind> {
        self.failure
    }

    /// Lets the file begin here for who seeks and reads: what is before was read already. Our own calls that name an offset still mean the whole
    /// file.
    pub fn begin_at(&mut self, offset: u64) {
        self.origin = offset.min(self.len);
        self.position = self.origin;
    }

    /// From where on the file was read already, without a gap up to `end`: `end` itself where it was not.
    pub fn at_hand_before(&self, end: u64) -> u64 {
        let last = self.windows.iter().find(|window| end > 0 && window.contains(end - 1));
        last.map_or(end, |window| window.start)
    }

    /// Reads the last `bytes` of the file in one piece once a parser gets there.
    pub fn expect_tail(&mut self, bytes: u64) {
        self.tail = bytes;
    }

    /// Lets these bytes be read as zeros, without asking the source: pictures that a parser would only step over.
    pub fn blank(&mut self, range: Range<u64>) {
        if !self.blanks.contains(&range) {
            self.blanks.push(range);
            self.at_hand = 0..0;
        }
    }

    /// Lets reading in this range find the end of the file: audio that a parser would otherwise walk through.
    pub fn hide(&mut self, range: Range<u64>) {
        self.hidden = range;
        self.at_hand = 0..0;
    }

    /// Lets these bytes read as others. They must have been read before, near the beginning.
    pub fn patch(&mut self, offset: u64, bytes: &[u8]) {
        let end = offset + bytes.len() as u64;
        for window in self.windows.iter_mut().filter(|window| window.start <= offset && end <= window.end()) {
            let from = (offset - window.start) as usize;
            window.bytes[from..from + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Fills `buffer` from `offset`, and says whether there were enough bytes. The position stays.
    pub fn peek(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<bool> {
        let position = std::mem::replace(&mut self.position, offset);
        let result = self.read_exact(buffer);
        self.position = position;
        match result {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// So many bytes from `offset`, copied only where they are not in one window; `None` if the file has not as many. The position stays.
    pub fn piece(&mut self, offset: u64, len: u64) -> io::Result<Option<&[u8]>> {
        if offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Ok(None);
        }
        if len > 0 && !self.blanks.iter().any(|blank| blank.contains(&offset)) {
            let position = std::mem::replace(&mut self.position, offset);
            let available = self.available().map(|bytes| bytes.len() as u64);
            self.position = position;
            if available? >= len {
                return Ok(self.hand_at(offset).and_then(|bytes| bytes.get(..len as usize)));
            }
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.resize(len as usize, 0);
        let enough = self.peek(offset, &mut scratch)?;
        self.scratch = scratch;
        Ok(enough.then_some(&self.scratch))
    }

    /// The bytes that are at hand at the position, at least one unless the file ends there.
    fn available(&mut self) -> io::Result<&[u8]> {
        if !self.windows.get(self.current).is_some_and(|window| window.contains(self.position)) {
            match self.windows.iter().position(|window| window.contains(self.position)) {
                Some(found) => self.current = found,
                None => self.load()?,
            }
        }
        let window = &self.windows[self.current];
        let (start, end) = (window.start, window.end().min(self.len));
        let others = self.blanks.iter().chain([&self.hidden]).filter(|range| !range.is_empty());
        // From what ends before the position to what begins behind it.
        let at_hand = others.fold(start..end, |hand, range| match range.start > self.position {
            true => hand.start..hand.end.min(range.start),
            false => hand.start.max(range.end.min(self.position))..hand.end,
        });
        self.at_hand = at_hand;
        Ok(self.hand().unwrap_or_default())
    }

    /// What parsers do most: a few bytes more of where they are.
    #[inline]
    fn hand(&self) -> Option<&[u8]> {
        self.hand_at(self.position)
    }

    #[inline]
    fn hand_at(&self, position: u64) -> Option<&[u8]> {
        if !self.at_hand.contains(&position) {
            return None;
        }
        let window = self.windows.get(self.current)?;
        window.bytes.get((position - window.start) as usize..(self.at_hand.end - window.start) as usize)
    }

    fn load(&mut self) -> io::Result<()> {
        let position = self.position;
        let mut start = position;
        let before = self.windows.iter().rev().find(|window| (window.end()..window.end() + JUMP).contains(&position));
        let mut len = match before {
            None if position == 0 && self.len <= WHOLE => self.len,
            None if position == 0 => HEAD,
            Some(window) => (window.bytes.len() as u64 * 2).clamp(JUMP, MOST),
            None => {
                start = self.unread_before(position, position.saturating_sub(BEFORE));
                JUMP
            }
        };
        if self.len - position <= self.tail {
            start = self.unread_before(position, self.len.saturating_sub(self.tail));
            len = self.len - start;
        } else if self.len - position <= HEAD {
            len = self.len - start;
        }
        let stop = self.blanks.iter().map(|blank| blank.start).filter(|&blank| blank > position).min();
        len = len.min(stop.unwrap_or(self.len) - start).min(MOST);
        let bytes = self.source.read_at(start, len).inspect_err(|error| self.failure = Some(error.kind()))?;
        if self.windows.len() == WINDOWS {
            self.windows.remove(1);
        }
        self.windows.push(Window { start, bytes });
        self.current = self.windows.len() - 1;
        Ok(())
    }
}

impl<S: ReadAt> FileReader<S> {
    /// Where to begin a read for `position` so that it takes bytes from `wanted` on, but for those that are known already.
    fn unread_before(&self, position: u64, wanted: u64) -> u64 {
        let known = self.windows.iter().map(Window::end).chain(self.blanks.iter().map(|blank| blank.end));
        known.filter(|&end| end <= position).fold(wanted, u64::max)
    }
}

impl<S: ReadAt> Read for FileReader<S> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(bytes) = self.hand() {
            let count = buffer.len().min(bytes.len());
            copy(&mut buffer[..count], &bytes[..count]);
            self.position += count as u64;
            return Ok(count);
        }
        self.read_beyond(buffer)
    }

    #[inline]
    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if let Some(bytes) = self.hand().and_then(|bytes| bytes.get(..buffer.len())) {
            copy(buffer, bytes);
            self.position += buffer.len() as u64;
            return Ok(());
        }
        let mut rest = buffer;
        while !rest.is_empty() {
            match self.read_beyond(rest)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => rest = &mut rest[count..],
            }
        }
        Ok(())
    }
}

/// Copies between equal lengths. In a sandbox a copy whose length is not known beforehand is a call of its host, which costs more than a
/// few bytes do: they are copied as two pieces of fixed length, which overlap.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    let len = from.len();
    match len {
        1 => to[0] = from[0],
        2..4 => {
            to[..2].copy_from_slice(&from[..2]);
            to[len - 1] = from[len - 1];
        }
        4..8 => {
            to[..4].copy_from_slice(&from[..4]);
            to[len - 4..].copy_from_slice(&from[len - 4..][..4]);
        }
        8..=16 => {
            to[..8].copy_from_slice(&from[..8]);
            to[len - 8..].copy_from_slice(&from[len - 8..][..8]);
        }
        _ => to.copy_from_slice(from),
    }
}

impl<S: ReadAt> FileReader<S> {
    /// Reads where the bytes are not at hand.
    #[inline(never)]
    fn read_beyond(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len || buffer.is_empty() || self.hidden.contains(&self.position) {
            return Ok(0);
        }
        let position = self.position;
        let count = match self.blanks.iter().find(|blank| blank.contains(&position)) {
            Some(blank) => {
                let count = buffer.len().min((blank.end - position) as usize);
                buffer[..count].fill(0);
                count
            }
            None => {
                let available = self.available()?;
                let count = buffer.len().min(available.len());
                buffer[..count].copy_from_slice(&available[..count]);
                count
            }
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl<S: ReadAt> Seek for FileReader<S> {
    #[inline]
    fn stream_position(&mut self) -> io::Result<u64> {
        Ok(self.position - self.origin)
    }

    #[inline]
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => self.origin.checked_add(offset),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.filter(|&target| target >= self.origin).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position - self.origin)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::cell::RefCell;

    /// A file in memory that counts how it is read.
    pub struct Counted {
        pub bytes: Vec<u8>,
        pub reads: RefCell<Vec<(u64, u64)>>,
    }

    impl ReadAt for Counted {
        fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
            self.reads.borrow_mut().push((offset, len));
            let start = (offset as usize).min(self.bytes.len());
            let end = (offset + len).min(self.bytes.len() as u64) as usize;
            Ok(self.bytes[start..end].to_vec())
        }
    }

    /// A reader of these bytes.
    pub fn reader(bytes: Vec<u8>) -> FileReader<Counted> {
        let len = bytes.len() as u64;
        FileReader::new(Counted { bytes, reads: RefCell::default() }, len)
    }

    impl FileReader<Counted> {
        /// Where the source was read, and how much.
        pub fn reads(&self) -> Vec<(u64, u64)> {
            self.source.reads.borrow().clone()
        }
    }

    fn numbered(len: usize) -> Vec<u8> {
        (0..len).map(|index| (index * 31 % 251) as u8).collect()
    }

    #[test]
    fn it_reads_what_the_file_holds_at_every_position() {
        let bytes = numbered(300_000);
        let mut reader = reader(bytes.clone());
        for position in [0, 16_383, 299_990, 5, 150_000, 154_095, 16_384, 65_536, 0, 299_999] {
            let mut piece = vec![0; 10.min(bytes.len() - position)];
            reader.seek(SeekFrom::Start(position as u64)).unwrap();
            reader.read_exact(&mut piece).unwrap();
            assert_eq!(piece, bytes[position..position + piece.len()]);
        }
        reader.seek(SeekFrom::Start(0)).unwrap();
        let mut whole = Vec::new();
        reader.read_to_end(&mut whole).unwrap();
        assert!(whole == bytes);
    }

    #[test]
    fn a_small_file_is_read_once() {
        let mut reader = reader(numbered(30_000));
        reader.read_to_end(&mut Vec::new()).unwrap();
        reader.seek(SeekFrom::End(-128)).unwrap();
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(reader.reads(), [(0, 30_000)]);
    }

    #[test]
    fn beginning_and_end_are_two_reads_in_any_order_of_small_pieces() {
        let mut reader = reader(numbered(1_000_000));
        for to in
            [SeekFrom::Start(0), SeekFrom::End(-128), SeekFrom::End(-32), SeekFrom::End(-4000), SeekFrom::Start(9_000)]
        {
            reader.seek(to).unwrap();
            reader.read_exact(&mut [0; 32]).unwrap();
        }
        assert_eq!(reader.reads(), [(0, HEAD), (1_000_000 - TAIL, TAIL)]);
    }

    #[test]
    fn reading_on_takes_ever_larger_pieces() {
        let mut reader = reader(numbered(400_000));
        reader.read_exact(&mut vec![0; 300_000]).unwrap();
        let lengths: Vec<u64> = reader.reads().iter().map(|&(_, len)| len).collect();
        assert_eq!(lengths, [HEAD, 2 * HEAD, MOST, MOST, MOST, MOST]);
    }

    #[test]
    fn blanks_are_zeros_and_cost_nothing() {
        let mut reader = reader(vec![7; 500_000]);
        reader.blank(100..400_000);
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        assert!(
            all.iter().enumerate().all(|(index, &byte)| byte == if (100..400_000).contains(&index) { 0 } else { 7 })
        );
        let read: u64 = reader.reads().iter().map(|&(_, len)| len).sum();
        assert_eq!(read, 100 + 100_000);
    }

    #[test]
    fn near_the_end_one_read_takes_the_rest() {
        let mut reader = reader(numbered(1_000_000));
        reader.seek(SeekFrom::End(-9_000)).unwrap();
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(reader.reads(), [(991_000 - BEFORE, 9_000 + BEFORE)]);
    }

    #[test]
    fn what_is_hidden_looks_like_the_end() {
        let mut reader = reader(numbered(1_000_000));
        reader.hide(100_000..999_872);
        reader.seek(SeekFrom::Start(100_000)).unwrap();
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert_eq!(reader.seek(SeekFrom::End(-128)).unwrap(), 999_872);
        reader.read_exact(&mut [0; 128]).unwrap();
    }

    #[test]
    fn a_file_that_begins_later_has_nothing_before() {
        let bytes = numbered(1_000);
        let mut reader = reader(bytes.clone());
        reader.begin_at(400);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert!(rest == bytes[400..] && reader.stream_position().unwrap() == 600);
        assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), 600);
        assert_eq!(reader.seek(SeekFrom::Start(5)).unwrap(), 5);
        assert!(reader.seek(SeekFrom::Current(-6)).is_err());
        reader.read_exact(&mut rest[..1]).unwrap();
        assert_eq!(rest[0], bytes[405]);
        assert_eq!(reader.piece(0, 3).unwrap().unwrap(), &bytes[..3]);
    }

    #[test]
    fn a_piece_is_given_whole_or_not_at_all() {
        let bytes = numbered(300_000);
        let mut reader = reader(bytes.clone());
        for (offset, len) in [(0, 10), (16_000, 1_000), (5, 0), (290_000, 10_000), (100_000, 100_000), (16_380, 8)] {
            let piece = reader.piece(offset, len).unwrap().unwrap();
            assert!(piece == &bytes[offset as usize..(offset + len) as usize], "{offset} {len}");
        }
        assert!(reader.piece(299_999, 2).unwrap().is_none() && reader.piece(u64::MAX, 2).unwrap().is_none());
        reader.blank(100..200);
        assert_eq!(reader.piece(98, 4).unwrap().unwrap(), [bytes[98], bytes[99], 0, 0]);
        assert_eq!(reader.piece(199, 2).unwrap().unwrap(), [0, bytes[200]]);
        assert_eq!(reader.stream_position().unwrap(), 0);
    }

    #[test]
    fn the_end_and_seeking_before_the_beginning() {
        let mut reader = reader(numbered(10));
        reader.seek(SeekFrom::Start(99)).unwrap();
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Current(-100)).is_err());
        assert!(!reader.peek(8, &mut [0; 4]).unwrap());
        assert!(reader.peek(6, &mut [0; 4]).unwrap());
    }
}
