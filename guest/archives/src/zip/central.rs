//! The central directory (APPNOTE 4.3.12).

use crate::found::Found;
use crate::listing::Listing;
use crate::slice::{MOST, Slice};
use crate::trouble::Trouble;
use crate::view::View;
use crate::zip::content;
use crate::zip::end::End;
use crate::zip::overlap::Extents;
use crate::zip::record::{Record, STORED, is_unix};

const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const SIZE: usize = 46;
const UNIX_TYPE: u32 = 0xf000;
const UNIX_FILE: u32 = 0x8000;
const DOS_FOLDER: u32 = 0x10;

/// Lists the entries of the directory.
pub(super) fn list(slice: &Slice, end: &End, listing: &mut Listing) -> Result<(), Trouble> {
    let mut view = View::new(slice.clone(), MOST);
    let mut extents = Extents::default();
    let (mut place, mut count) = (end.directory, 0);
    while count < end.entries {
        let header = view.exact::<SIZE>(place)?.filter(|header| header.starts_with(&SIGNATURE));
        let Some(header) = header else {
            let detail = format!("the directory ends after {count} of {} entries", end.entries);
            listing.troubles.push(Trouble::damaged(detail));
            break;
        };
        if !listing.count() {
            break;
        }
        count += 1;
        let mut record = Record::parse(&header[6..32].try_into().unwrap_or([0; 26]));
        let comment_len = usize::from(u16::from_le_bytes([header[32], header[33]]));
        let rest = view.get(place + SIZE as u64, record.name_len + record.extra_len)?;
        let (raw, extra) = rest.split_at(record.name_len.min(rest.len()));
        let offset = u64::from(u32::from_le_bytes([header[42], header[43], header[44], header[45]]));
        let mut wide = record.widen(extra);
        let offset = if offset == u64::from(u32::MAX) { wide.next().unwrap_or(offset) } else { offset };
        drop(wide);
        place += (SIZE + record.name_len + record.extra_len + comment_len) as u64;
        let attributes = u32::from_le_bytes([header[38], header[39], header[40], header[41]]);
        if !is_file(header[5], attributes, raw) {
            continue;
        }
        let name = record.name(raw, extra, Some(header[5]));
        let Some(local) = offset.checked_add(end.prefix) else {
            let why = Trouble::damaged("the entry is behind the end of the archive");
            if !listing.add(Found::refused(name, record.size, None, why)) {
                break;
            }
            continue;
        };
        extents.add(listing.found.len(), local, record.compressed.saturating_add(raw.len() as u64));
        let refusal = record.refusal();
        if record.method == STORED && refusal.is_none() {
            record.size = record.compressed;
        }
        let (size, crc32) = (record.size, Some(record.crc32));
        let found = match refusal {
            Some(why) => Found::refused(name, size, crc32, why),
            None => Found { name, size, crc32, open: content::behind(slice, local, &record, &listing.budget) },
        };
        if !listing.add(found) {
            break;
        }
    }
    refuse_overlapping(extents, listing);
    Ok(())
}

/// Whether it is neither a folder nor a link nor a device.
fn is_file(system: u8, attributes: u32, name: &[u8]) -> bool {
    let unix = if is_unix(system) { (attributes >> 16) & UNIX_TYPE } else { 0 };
    matches!(unix, 0 | UNIX_FILE) && !name.ends_with(b"/") && (is_unix(system) || attributes & DOS_FOLDER == 0)
}

/// Entries that share bytes let a small archive be as large as one likes.
fn refuse_overlapping(extents: Extents, listing: &mut Listing) {
    let overlapping = extents.overlapping();
    for &index in &overlapping {
        if let Some(found) = listing.found.get_mut(index) {
            found.open = Box::new(|| Err(Trouble::limit("the entry shares bytes with another one")));
        }
    }
    if !overlapping.is_empty() {
        listing.troubles.push(Trouble::limit(format!("{} entries share bytes", overlapping.len())));
    }
}
