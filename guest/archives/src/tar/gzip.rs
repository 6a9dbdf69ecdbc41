//! The stream around a TAR.GZ. Only reading all of it tells what is in it.

use std::cell::RefCell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;
use mt_scanner_formats::reader::ReadAt;

use crate::budget::Budget;
use crate::content::{Content, Passed};
use crate::cursor::Cursor;
use crate::found::Open;
use crate::listing::Listing;
use crate::member::Member;
use crate::pull::Pull;
use crate::slice::Slice;
use crate::tar::header::{BLOCK, is_tar};
use crate::tar::walk::walk;
use crate::trouble::{Trouble, TroubleKind};

pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What is kept of an entry that passes, for its tags: they stand at its beginning, and the oldest
/// and some tables of MP4 at its end.
const HEAD: u64 = 512 << 10;
const TAIL: u64 = 64 << 10;

/// The files of a TAR.GZ. What is in it is known when all of it was decompressed; so beginnings and
/// ends of entries are kept on the way, as far as there is room, and tags take no pass of their
/// own.
pub(crate) fn list(slice: &Slice, budget: &Rc<Budget>) -> Result<Listing, Trouble> {
    let packed = slice.clone();
    let begin = move |tap: &Rc<_>| Ok(Box::new(Streams(Some(GzDecoder::new(Pull::new(packed.clone(), tap))))) as _);
    let cursor = Rc::new(RefCell::new(Cursor::new(budget, Box::new(begin))));
    let content = || Content::Stream(cursor.clone(), 0);
    // Listing goes forward only.
    let unpacked = Rc::new(Member::unmeasured(content(), budget.limits.memory));
    let head = unpacked.read_at(0, BLOCK as u64)?;
    if !is_tar(&head, slice.len()) {
        let stopped = unpacked.trouble().filter(|trouble| trouble.kind == TroubleKind::Limit);
        return Err(stopped.unwrap_or_else(|| Trouble::damaged("no TAR is in the gzip stream")));
    }
    let open = |start, size| -> Open {
        let cursor = cursor.clone();
        match passed(&unpacked, start, size, budget).map(Rc::new) {
            Some(passed) => Box::new(move || Ok(Content::Passed(cursor.clone(), start, passed.clone()))),
            None => Box::new(move || Ok(Content::Stream(cursor.clone(), start))),
        }
    };
    let mut listing = Listing::new(budget);
    listing.solid = true;
    // Where the stream breaks, that is what is told.
    let end = || if unpacked.trouble().is_some() { u64::MAX } else { unpacked.end() };
    walk(&Slice::whole(unpacked.clone(), u64::MAX), end, open, &mut listing)?;
    listing.troubles.extend(unpacked.trouble());
    Ok(listing)
}

/// The beginning and the end of the entry that is about to pass; `None` where there is no room, or
/// the source fails: whoever goes on will see that too.
fn passed(unpacked: &Member, start: u64, size: u64, budget: &Budget) -> Option<Passed> {
    let (head, tail) = (size.min(HEAD), size.saturating_sub(HEAD).min(TAIL));
    if !budget.keeps((head + tail) as usize) {
        return None;
    }
    let head = unpacked.read_at(start, head).ok()?;
    let end = unpacked.read_at(start.checked_add(size)? - tail, tail).ok()?;
    // Of a stream that breaks before, nothing is the end.
    Some(Passed { head, tail: if end.len() as u64 == tail { end } else { Vec::new() } })
}

/// Streams one behind the other, which are one (RFC 1952, section 2.2). Behind the last one is
/// whatever tapes and downloads have left there.
struct Streams(Option<GzDecoder<Pull>>);

impl Read for Streams {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(stream) = &mut self.0 {
            let count = stream.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let is_last = !stream.get_mut().fill_buf()?.starts_with(&MAGIC[..1]);
            let ended = self.0.take().filter(|_| !is_last);
            self.0 = ended.map(|stream| GzDecoder::new(stream.into_inner()));
        }
        Ok(0)
    }
}
