//! 7Z, after `7zFormat.txt` of the LZMA SDK.
//!
//! | file | noun |
//! |---|---|
//! | `bytes` | the numbers and lists that a header is made of |
//! | `header` | the headers: where they are, and what is in which |
//! | `streams` | packed streams, blocks, and the streams of files in these |
//! | `files` | names and attributes |
//! | `block` | a block, which format descriptions call a folder, and its coders |
//! | `decoder` | the decompressors |

mod block;
mod bytes;
mod decoder;
mod files;
mod header;
mod streams;

use std::cell::RefCell;
use std::rc::Rc;

use crate::budget::Budget;
use crate::content::Content;
use crate::cursor::Cursor;
use crate::found::{Found, Open};
use crate::listing::Listing;
use crate::sevenz::block::Block;
use crate::sevenz::files::File;
use crate::sevenz::streams::Streams;
use crate::slice::Slice;
use crate::trouble::Trouble;

pub(crate) const SIGNATURE: [u8; 6] = *b"7z\xbc\xaf\x27\x1c";

/// The files of a 7Z.
pub(crate) fn list(slice: &Slice, budget: &Rc<Budget>) -> Result<Listing, Trouble> {
    let mut listing = Listing::new(budget);
    let (streams, files) = header::read(slice, &mut listing)?;
    listing.solid = streams.blocks.iter().any(|block| block.parts.len() > 1);
    let mut places = places(slice, &streams, budget);
    for File { name, has_stream, is_file } in files {
        let place = if has_stream { places.next() } else { None };
        if !is_file {
            continue;
        }
        let found = match (has_stream, place) {
            (false, _) => Found::new(name, 0, None, nothing(slice)),
            (true, Some((size, crc32, open))) => Found::new(name, size, crc32, open),
            (true, None) => Found::refused(name, 0, None, Trouble::damaged("the entry has no stream")),
        };
        if !listing.add(found) {
            break;
        }
    }
    Ok(listing)
}

/// The streams of files in their order: size, checksum and content.
fn places(slice: &Slice, streams: &Streams, budget: &Rc<Budget>) -> impl Iterator<Item = (u64, Option<u32>, Open)> {
    streams.blocks.iter().flat_map(move |block| {
        let chain = block.chain();
        // The packed bytes of the first stream are those of all: only chains are read.
        let packed = streams.packed(block).map(|(start, len)| slice.cut(start, len));
        let place = match (chain, packed) {
            (Ok(chain), Some(packed)) if chain.iter().all(|coder| coder.is_copy()) => Place::Stored(packed),
            (Ok(_), Some(packed)) => Place::Block(cursor(block, packed, budget)),
            (Ok(_), None) => Place::Refused(Trouble::damaged("the entry has no packed stream")),
            (Err(why), _) => Place::Refused(why),
        };
        let mut start = 0_u64;
        block.parts.iter().map(move |part| {
            let open = place.open(start, part.size);
            start = start.saturating_add(part.size);
            (part.size, part.crc32, open)
        })
    })
}

/// Where the files of a block are.
enum Place {
    Stored(Slice),
    Block(Rc<RefCell<Cursor>>),
    Refused(Trouble),
}

impl Place {
    fn open(&self, start: u64, size: u64) -> Open {
        match self {
            Place::Stored(packed) => {
                let part = packed.cut(start, size);
                Box::new(move || Ok(Content::Stored(part.clone())))
            }
            Place::Block(cursor) => {
                let cursor = cursor.clone();
                Box::new(move || Ok(Content::Stream(cursor.clone(), start)))
            }
            Place::Refused(why) => {
                let why = why.clone();
                Box::new(move || Err(why.clone()))
            }
        }
    }
}

fn cursor(block: &Block, packed: Slice, budget: &Rc<Budget>) -> Rc<RefCell<Cursor>> {
    let (block, limits) = (block.clone(), budget.clone());
    let begin = move |tap: &Rc<_>| decoder::begin(&block, packed.clone(), tap, &limits);
    Rc::new(RefCell::new(Cursor::large(budget, Box::new(begin))))
}

fn nothing(slice: &Slice) -> Open {
    let nothing = slice.cut(0, 0);
    Box::new(move || Ok(Content::Stored(nothing.clone())))
}
