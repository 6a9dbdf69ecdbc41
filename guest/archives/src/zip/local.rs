//! Local headers (APPNOTE 4.3.7). Where the central directory is lost, they say what is there.

use std::rc::Rc;

use crate::budget::Budget;
use crate::found::{Found, Open};
use crate::listing::Listing;
use crate::slice::Slice;
use crate::trouble::{Trouble, TroubleKind};
use crate::view::View;
use crate::zip::content;
use crate::zip::descriptor;
use crate::zip::record::{DESCRIPTOR, Record};

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// In front of an archive that was split, or might have been (APPNOTE 8.5.4 and 8.5.5).
const SPANNED: [&[u8]; 2] = [b"PK\x07\x08", b"PK00"];
const SIZE: usize = 30;
/// What is read with a header: names and extra fields are short.
const AHEAD: u64 = 512;

/// Where the first header of an archive with this head is; `None` where it is no ZIP.
pub(super) fn first(head: &[u8]) -> Option<u64> {
    let skipped = if SPANNED.iter().any(|mark| head.starts_with(mark)) { 4 } else { 0 };
    head.get(skipped..)?.starts_with(&SIGNATURE).then_some(skipped as u64)
}

/// Where the bytes of the entry are whose header is at `place`; `None` where there is none.
fn data(slice: &Slice, place: u64) -> Result<Option<u64>, Trouble> {
    let header = slice.read(place, SIZE as u64)?;
    let Some(header) = header.first_chunk::<SIZE>().filter(|header| header.starts_with(&SIGNATURE)) else {
        return Ok(None);
    };
    let record = Record::parse(&header[4..]);
    Ok(Some(place + (SIZE + record.name_len + record.extra_len) as u64))
}

/// The content behind the local header at `place`, which is read when somebody wants it.
pub(super) fn behind(slice: &Slice, place: u64, record: &Record, budget: &Rc<Budget>) -> Open {
    let (slice, budget) = (slice.clone(), budget.clone());
    let (compressed, method) = (record.compressed, record.method);
    Box::new(move || {
        let start = data(&slice, place)?.ok_or_else(|| Trouble::damaged("the entry is not where it should be"))?;
        Ok(content::of(slice.cut(start, compressed), method, &budget))
    })
}

/// Lists the entries one after the other as far as they go.
pub(super) fn list(slice: &Slice, first: u64, listing: &mut Listing) -> Result<(), Trouble> {
    listing.troubles.push(Trouble::damaged("the directory at the end is missing"));
    let mut view = View::new(slice.clone(), AHEAD);
    let mut place = first;
    while let Some(header) = view.exact::<SIZE>(place)?.filter(|header| header.starts_with(&SIGNATURE)) {
        if !listing.count() {
            break;
        }
        let mut record = Record::parse(&header[4..]);
        let rest = view.get(place + SIZE as u64, record.name_len + record.extra_len)?;
        let (raw, extra) = rest.split_at(record.name_len.min(rest.len()));
        drop(record.widen(extra));
        let (is_folder, name) = (raw.ends_with(b"/"), record.name(raw, extra, None));
        let start = place + (SIZE + record.name_len + record.extra_len) as u64;
        let behind = slice.cut(start, slice.len());
        let len = match len(&behind, &mut record, listing) {
            Ok(Some(len)) => len,
            Ok(None) => {
                listing.troubles.push(Trouble::damaged("the entry is cut").of(&name));
                behind.len()
            }
            Err(limit) if limit.kind == TroubleKind::Limit => {
                listing.troubles.push(limit.of(&name));
                break;
            }
            Err(other) => return Err(other),
        };
        if !is_folder && !listing.add(found(name, &record, &behind, listing)) {
            break;
        }
        place = start.saturating_add(len);
    }
    Ok(())
}

/// How many bytes an entry takes; `None` where they do not end, and what there is of it is its
/// content.
fn len(behind: &Slice, record: &mut Record, listing: &Listing) -> Result<Option<u64>, Trouble> {
    if record.flags & DESCRIPTOR == 0 {
        return Ok(Some(record.compressed));
    }
    if record.compressed == 0 && !descriptor::measure(behind, record, &listing.budget)? {
        record.compressed = behind.len();
        return Ok(None);
    }
    let (crc32, len) = descriptor::read(behind, record.compressed)?;
    record.crc32 = crc32;
    Ok(Some(record.compressed.saturating_add(len)))
}

fn found(name: String, record: &Record, behind: &Slice, listing: &Listing) -> Found {
    let crc32 = (record.crc32 != 0).then_some(record.crc32);
    if let Some(why) = record.refusal() {
        return Found::refused(name, record.size, crc32, why);
    }
    let (bytes, method, budget) = (behind.cut(0, record.compressed), record.method, listing.budget.clone());
    Found::new(name, record.size, crc32, Box::new(move || Ok(content::of(bytes.clone(), method, &budget))))
}
