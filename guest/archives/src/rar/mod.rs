//! RAR 4 and 5, after the technical notes of their author (`technote.txt` of RAR 4, "RAR 5.0
//! archive format"). Entries that are stored are read; compressed ones are listed.
//!
//! | file | noun |
//! |---|---|
//! | `four` | the blocks of RAR 1.5 to 4 |
//! | `five` | the blocks of RAR 5 to 7 |
//! | `entry` | what both say of a file |
//! | `unicode` | names of RAR 4 |

mod entry;
mod five;
mod four;
mod unicode;

use std::rc::Rc;

use crate::budget::Budget;
use crate::listing::Listing;
use crate::slice::{MOST, Slice};
use crate::trouble::Trouble;
use crate::view::View;

const FOUR: &[u8] = b"Rar!\x1a\x07\x00";
const FIVE: &[u8] = b"Rar!\x1a\x07\x01\x00";
/// The longest self-extractor in front of an archive.
const FARTHEST: u64 = 1 << 20;
/// What is read with a header: names are short, and files follow.
const AHEAD: u64 = 512;

/// Whether a file with this head is a RAR.
pub(crate) fn is_rar(head: &[u8]) -> bool {
    head.starts_with(FOUR) || head.starts_with(FIVE)
}

/// Where a RAR begins that is not at the beginning, behind a program that unpacks it.
pub(crate) fn search(slice: &Slice) -> Result<Option<u64>, Trouble> {
    let mut place = 0;
    loop {
        let piece = slice.read(place, MOST)?;
        if let Some(at) = (0..piece.len()).find(|&at| is_rar(&piece[at..])) {
            return Ok(Some(place + at as u64));
        }
        if piece.len() < MOST as usize || place > FARTHEST {
            return Ok(None);
        }
        // Pieces overlap by a signature.
        place += MOST - FIVE.len() as u64 + 1;
    }
}

/// The files of the RAR that begins at `start`.
pub(crate) fn list(slice: &Slice, start: u64, budget: &Rc<Budget>) -> Result<Listing, Trouble> {
    let mut listing = Listing::new(budget);
    let slice = slice.cut(start, slice.len());
    let is_five = slice.read(0, FIVE.len() as u64)? == FIVE;
    let mut view = View::new(slice.clone(), AHEAD);
    match is_five {
        true => five::list(&slice, &mut view, FIVE.len() as u64, &mut listing)?,
        false => four::list(&slice, &mut view, FOUR.len() as u64, &mut listing)?,
    }
    Ok(listing)
}
