//! TAR: ustar and pax after POSIX.1-2017 (`pax`, extended description), GNU and the old form after
//! the manual of GNU tar; TAR.GZ: the same in gzip (RFC 1952).
//!
//! | file | noun |
//! |---|---|
//! | `walk` | the entries, one after the other |
//! | `header` | a header block |
//! | `pax` | the records of an extended header |
//! | `gzip` | the stream around a TAR.GZ |

mod gzip;
mod header;
mod pax;
mod walk;

use std::rc::Rc;

pub(crate) use gzip::{MAGIC as GZIP, list as list_gzip};
pub(crate) use header::is_tar;

use crate::budget::Budget;
use crate::content::Content;
use crate::found::Open;
use crate::listing::Listing;
use crate::slice::Slice;
use crate::tar::walk::walk;
use crate::trouble::Trouble;

/// The files of a TAR.
pub(crate) fn list(slice: &Slice, budget: &Rc<Budget>) -> Result<Listing, Trouble> {
    let mut listing = Listing::new(budget);
    let stored = |start, size| -> Open {
        let slice = slice.cut(start, size);
        Box::new(move || Ok(Content::Stored(slice.clone())))
    };
    walk(slice, || slice.len(), stored, &mut listing)?;
    Ok(listing)
}
