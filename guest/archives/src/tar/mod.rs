//! TAR: ustar and pax after POSIX.1-2017 (`pax`, extended description), GNU and the old form after
//! the manual of GNU tar; TAR.GZ: the same in gzip (RFC 1952).
//!
//! | file | noun |
//! |---|---|
//! | `header` | a header block |
//! | `pax` | the records of an extended header |
//! | `gzip` | the stream around a TAR.GZ |

mod gzip;
mod header;
mod pax;

use std::rc::Rc;

pub(crate) use gzip::{MAGIC as GZIP, list as list_gzip};

use crate::budget::Budget;
use crate::content::Content;
use crate::found::{Found, Open};
use crate::listing::Listing;
use crate::name;
use crate::slice::Slice;
use crate::tar::header::{BLOCK, Header, Type};
use crate::trouble::Trouble;
use crate::view::View;

/// What is read with a header: extended headers follow it.
const AHEAD: u64 = 2 << 10;
/// The longest names and extended headers.
const LONGEST: u64 = 1 << 20;
/// An archive without entries is this many zeros; GNU tar fills a record with them.
const EMPTY: u64 = 10 << 10;

/// Whether a file of `len` bytes with this head is a TAR.
pub(crate) fn is_tar(head: &[u8], len: u64) -> bool {
    let block = head.first_chunk::<BLOCK>();
    block.is_some_and(|block| match block.iter().all(|&byte| byte == 0) {
        true => len <= EMPTY,
        false => Header::parse(block).is_some(),
    })
}

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

/// What extended headers say of the entry behind them.
#[derive(Default)]
struct Extended {
    name: Option<String>,
    size: Option<u64>,
    is_sparse: bool,
}

/// Lists the entries, whose content `open` finds by position and size. `end` says where the archive
/// ends, as far as that is known.
fn walk(
    slice: &Slice,
    end: impl Fn() -> u64,
    open: impl Fn(u64, u64) -> Open,
    listing: &mut Listing,
) -> Result<(), Trouble> {
    let mut view = View::new(slice.clone(), AHEAD);
    let mut extended = Extended::default();
    let (mut place, mut zeros) = (0_u64, 0);
    // Two blocks of zeros are the end; some writers leave them out.
    while zeros < 2 {
        let Some(block) = view.exact::<BLOCK>(place)? else {
            if place > end() || !view.get(place, BLOCK)?.is_empty() {
                listing.troubles.push(Trouble::damaged("the archive is cut"));
            }
            break;
        };
        place += BLOCK as u64;
        if block.iter().all(|&byte| byte == 0) {
            zeros += 1;
            continue;
        }
        zeros = 0;
        let Some(header) = Header::parse(&block) else {
            listing.troubles.push(Trouble::damaged("a header is damaged; what is behind it is lost"));
            break;
        };
        if !listing.count() {
            break;
        }
        if header.has_more && !skip_map(&mut view, &mut place)? {
            listing.troubles.push(Trouble::damaged("the archive is cut"));
            break;
        }
        let is_meta = matches!(header.kind, Type::Pax | Type::LongName | Type::Other);
        let size = extended.size.filter(|_| !is_meta).unwrap_or(header.size);
        let taken = if header.kind == Type::Empty { 0 } else { size };
        let start = place;
        let next = taken.checked_next_multiple_of(BLOCK as u64).and_then(|taken| place.checked_add(taken));
        let Some(next) = next else {
            listing.troubles.push(Trouble::damaged("an entry ends behind every end"));
            break;
        };
        place = next;
        match header.kind {
            Type::Pax | Type::LongName => {
                if size > LONGEST {
                    let detail = format!("a name or extended header of more than {LONGEST} bytes");
                    listing.troubles.push(Trouble::limit(detail));
                    continue;
                }
                let bytes = view.get(start, size as usize)?;
                match header.kind {
                    Type::Pax => pax::read(bytes, &mut extended),
                    _ => extended.name = Some(name::utf8(until_nul(bytes))),
                }
            }
            Type::Other => {}
            Type::Empty => extended = Extended::default(),
            Type::File | Type::Sparse => {
                let said = std::mem::take(&mut extended);
                let name = said.name.unwrap_or(header.name);
                let found = match said.is_sparse || header.kind == Type::Sparse {
                    true => Found::refused(name, size, None, Trouble::unsupported("sparse files are not read")),
                    false => Found::new(name, size, None, open(start, size)),
                };
                if !listing.add(found) {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Steps over the blocks in which GNU tar goes on with the map of a sparse file; `false` where they
/// do not end.
fn skip_map(view: &mut View, place: &mut u64) -> Result<bool, Trouble> {
    while let Some(block) = view.exact::<BLOCK>(*place)? {
        *place += BLOCK as u64;
        if block[504] == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}
