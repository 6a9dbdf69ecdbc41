//! The entries, one after the other.

use crate::found::{Found, Open};
use crate::listing::Listing;
use crate::name;
use crate::slice::Slice;
use crate::tar::header::{BLOCK, Header, Type};
use crate::tar::pax::{self, Extended};
use crate::trouble::Trouble;
use crate::view::View;

/// What is read with a header: extended headers follow it.
const AHEAD: u64 = 2 << 10;
/// The longest names and extended headers.
const LONGEST: u64 = 1 << 20;

/// Lists the entries, whose content `open` finds by position and size. `end` says where the archive
/// ends, as far as that is known.
pub(super) fn walk(
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
                    _ => extended.name = Some(name::utf8(name::until_nul(bytes))),
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
