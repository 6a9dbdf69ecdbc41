//! ZIP, after PKWARE's APPNOTE 6.3.10.
//!
//! | file | noun |
//! |---|---|
//! | `end` | the end of the central directory, by which it is found |
//! | `central` | the records of the central directory |
//! | `local` | the headers before the entries; the whole of what a cut archive has |
//! | `record` | what both kinds of records say of an entry |
//! | `descriptor` | sizes behind an entry |
//! | `extra` | extra fields |
//! | `content` | the bytes of an entry |
//! | `overlap` | entries that share bytes |

mod central;
mod content;
mod descriptor;
mod end;
mod extra;
mod local;
mod overlap;
mod record;

use std::rc::Rc;

use crate::budget::Budget;
use crate::listing::Listing;
use crate::slice::Slice;
use crate::trouble::Trouble;

/// The files of a ZIP; `None` where it is none.
pub(crate) fn list(slice: &Slice, head: &[u8], budget: &Rc<Budget>) -> Result<Option<Listing>, Trouble> {
    let mut listing = Listing::new(budget);
    match end::find(slice)? {
        Some(end) => central::list(slice, &end, &mut listing)?,
        None => match local::first(head) {
            Some(first) => local::list(slice, first, &mut listing)?,
            None => return Ok(None),
        },
    }
    Ok(Some(listing))
}
