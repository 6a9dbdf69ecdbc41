//! The content of one entry.

use std::cell::{Cell, RefCell, RefMut};
use std::io;

use flate2::Crc;
use mt_scanner_formats::reader::ReadAt;

use crate::content::Content;
use crate::cursor::{Cursor, Stop};
use crate::kept::Kept;
use crate::trouble::Trouble;

/// The head of a decompressed member that is kept.
const HEAD: usize = 8 << 20;
/// How often the stream of a member is started anew for it. A parser goes back once or twice.
const MOST_STARTS: u32 = 16;

/// The content of one entry: a file of [`len`](Member::len) bytes.
///
/// A stored entry is a range of the archive. A compressed one is decompressed as far as it is read;
/// its first 8 MiB and the last window are kept, and for bytes between these its stream is started
/// anew. Where an entry is damaged or cut, or reaches a limit, it is a file that ends there, and
/// [`trouble`](Member::trouble) says why.
pub struct Member {
    content: Content,
    len: u64,
    /// Whether ending before `len` is damage.
    is_measured: bool,
    crc32: Option<u32>,
    /// The most bytes of one read.
    memory: usize,
    state: RefCell<State>,
    trouble: RefCell<Option<Trouble>>,
    /// Where the content ends, if before `len`.
    end: Cell<u64>,
}

/// What was read so far.
struct State {
    kept: Kept,
    /// How often the stream was started for it.
    starts: u32,
    hash: Crc,
    /// The bytes from the beginning that are in the hash.
    hashed: u64,
}

impl Member {
    pub(crate) fn new(content: Content, len: u64, crc32: Option<u32>, memory: usize) -> Self {
        let member = Self::keeping(HEAD.min(memory), content, len, crc32, memory);
        if let Content::Passed(_, _, passed) = &member.content {
            let kept = &mut member.state.borrow_mut().kept;
            kept.pass(0, &passed.head);
            kept.pass(len.saturating_sub(passed.tail.len() as u64), &passed.tail);
        }
        member
    }

    /// One that is read from front to back, and keeps nothing.
    pub(crate) fn passing(content: Content, len: u64, crc32: Option<u32>, memory: usize) -> Self {
        Self::keeping(0, content, len, crc32, memory)
    }

    fn keeping(head: usize, content: Content, len: u64, crc32: Option<u32>, memory: usize) -> Self {
        let state = State { kept: Kept::new(head), starts: 0, hash: Crc::new(), hashed: 0 };
        let (state, trouble) = (RefCell::new(state), RefCell::new(None));
        Self { content, len, is_measured: true, crc32, memory, state, trouble, end: Cell::new(len) }
    }

    /// A stream that ends where it ends, read from front to back.
    pub(crate) fn unmeasured(content: Content, memory: usize) -> Self {
        Self { is_measured: false, ..Self::passing(content, u64::MAX, None, memory) }
    }

    /// The size in bytes, as the directory of the archive gives it.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the directory gives it no byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Why the content is not what the archive promised, as far as reading has shown: it ends
    /// early, or its checksum is another. `None` as long as all is well.
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    fn ends(&self, at: u64, why: Trouble) {
        self.end.set(at.min(self.end.get()));
        self.trouble.borrow_mut().get_or_insert(why);
    }

    /// Where the content is known to end.
    pub(crate) fn end(&self) -> u64 {
        self.end.get()
    }

    fn ends_early(&self, at: u64) {
        match self.is_measured {
            true => self.ends(at, Trouble::damaged(format!("the entry ends after {at} of {} bytes", self.len))),
            false => self.end.set(at),
        }
    }

    /// Adds what has passed to the checksum, and compares that at the end.
    fn hash(&self, state: &mut State, position: u64, bytes: &[u8]) {
        let Some(expected) = self.crc32 else { return };
        let known = state.hashed.checked_sub(position).and_then(|known| usize::try_from(known).ok());
        let Some(fresh @ [_, ..]) = known.and_then(|known| bytes.get(known..)) else { return };
        state.hash.update(fresh);
        state.hashed += fresh.len() as u64;
        if state.hashed == self.len && state.hash.sum() != expected {
            self.trouble.borrow_mut().get_or_insert_with(|| Trouble::damaged("the checksum of the entry is another"));
        }
    }

    /// Reads a range of a stream.
    fn stream(&self, cursor: &RefCell<Cursor>, start: u64, offset: u64, end: u64) -> io::Result<Vec<u8>> {
        let mut state = self.state.borrow_mut();
        let mut bytes = state.kept.get(offset, end).to_vec();
        let from = offset + bytes.len() as u64;
        if from == end {
            return Ok(bytes);
        }
        let mut cursor = cursor.borrow_mut();
        if let Some(trouble) = cursor.trouble_at(start.saturating_add(from)) {
            self.ends(from, trouble);
            return Ok(bytes);
        }
        let stopped = self.forward(&mut cursor, &mut state, start, from, end, &mut bytes);
        match stopped {
            Ok(()) => Ok(bytes),
            Err(Stop::Source(error)) => {
                // Starting anew is no fault of who reads.
                state.starts = state.starts.saturating_sub(1);
                Err(error)
            }
            Err(Stop::Trouble(trouble)) => {
                self.ends(from.max(offset + bytes.len() as u64), trouble);
                Ok(bytes)
            }
        }
    }

    /// Moves the cursor to `end`, and takes what it passes from `from` on.
    fn forward(
        &self,
        cursor: &mut RefMut<Cursor>,
        state: &mut State,
        start: u64,
        from: u64,
        end: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        match cursor.position() {
            Some(position) if position <= start.saturating_add(from) => {}
            _ if state.starts == MOST_STARTS => {
                return Err(Stop::Trouble(Trouble::limit(format!("read from its beginning {MOST_STARTS} times"))));
            }
            _ => {
                state.starts += 1;
                cursor.start()?;
            }
        }
        while let Some(position) = cursor.position()
            && position < start.saturating_add(end)
        {
            let count = match position.checked_sub(start) {
                None => cursor.advance(start - position, |_| {})?,
                Some(at) => cursor.advance(end - at, |piece| {
                    state.kept.pass(at, piece);
                    self.hash(state, at, piece);
                    let skipped = from.saturating_sub(at).min(piece.len() as u64);
                    bytes.extend_from_slice(&piece[skipped as usize..]);
                })?,
            };
            if count == 0 {
                self.ends_early(position.saturating_sub(start));
                break;
            }
        }
        Ok(())
    }
}

impl ReadAt for Member {
    /// Reads up to `len` bytes at `offset`; fewer only at the end of the file, be it that of the
    /// entry or where it is damaged.
    ///
    /// # Errors
    ///
    /// Those of the source of the archive. [`io::ErrorKind::OutOfMemory`] where so many bytes are
    /// asked for, and are there, that [`Limits::memory`](crate::Limits::memory) does not allow it.
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let end = offset.saturating_add(len).min(self.end.get());
        if offset >= end {
            return Ok(Vec::new());
        }
        if end - offset > self.memory as u64 {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        match &self.content {
            Content::Stream(cursor, start) | Content::Passed(cursor, start, _) => {
                self.stream(cursor, *start, offset, end)
            }
            Content::Stored(slice) => {
                let bytes = slice.read(offset, end - offset)?;
                if offset + (bytes.len() as u64) < end {
                    self.ends_early(offset + bytes.len() as u64);
                }
                self.hash(&mut self.state.borrow_mut(), offset, &bytes);
                Ok(bytes)
            }
        }
    }
}
