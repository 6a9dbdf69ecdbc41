//! The central directory (APPNOTE 4.3.12).

use crate::found::Found;
use crate::listing::Listing;
use crate::slice::{MOST, Slice};
use crate::trouble::Trouble;
use crate::view::View;
use crate::zip::end::End;
use crate::zip::local;
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
    while place < end.behind {
        let Some(header) = view.exact::<SIZE>(place)?.filter(|header| header.starts_with(&SIGNATURE)) else { break };
        if !listing.count() {
            break;
        }
        count += 1;
        let mut central = Central::parse(&header);
        let lens = central.record.name_len + central.record.extra_len;
        let rest = view.get(place + SIZE as u64, lens)?;
        let (raw, extra) = rest.split_at(central.record.name_len.min(rest.len()));
        place += (SIZE + lens + central.comment_len) as u64;
        if !central.is_file(raw) {
            continue;
        }
        central.widen(extra);
        let start = central.offset.saturating_add(end.prefix);
        extents.add(listing.found.len(), start, central.record.compressed.saturating_add(raw.len() as u64));
        let found = central.found(raw, extra, slice, start, listing);
        if !listing.add(found) {
            break;
        }
    }
    let is_all = count >= end.entries || !listing.troubles.is_empty();
    if !is_all {
        let detail = format!("the directory ends after {count} of {} entries", end.entries);
        listing.troubles.push(Trouble::damaged(detail));
    }
    refuse_overlapping(extents, listing);
    Ok(())
}

/// A record of the directory.
struct Central {
    record: Record,
    /// The system that the attributes are of.
    made_by: u8,
    attributes: u32,
    comment_len: usize,
    /// Where the local header is.
    offset: u64,
}

impl Central {
    fn parse(header: &[u8; SIZE]) -> Self {
        let long = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        Self {
            record: Record::parse(&header[6..]),
            made_by: header[5],
            attributes: long(38),
            comment_len: usize::from(u16::from_le_bytes([header[32], header[33]])),
            offset: long(42).into(),
        }
    }

    /// Takes what has no room in the record from its extra fields.
    fn widen(&mut self, extra: &[u8]) {
        let mut wide = self.record.widen(extra);
        if self.offset == u64::from(u32::MAX) {
            self.offset = wide.next().unwrap_or(self.offset);
        }
    }

    /// Whether it is neither a folder nor a link nor a device.
    fn is_file(&self, name: &[u8]) -> bool {
        let (mode, is_folder) = match is_unix(self.made_by) {
            true => ((self.attributes >> 16) & UNIX_TYPE, false),
            false => (0, self.attributes & DOS_FOLDER != 0),
        };
        matches!(mode, 0 | UNIX_FILE) && !is_folder && !name.ends_with(b"/")
    }

    fn found(mut self, raw: &[u8], extra: &[u8], slice: &Slice, start: u64, listing: &Listing) -> Found {
        let name = self.record.name(raw, extra, Some(self.made_by));
        let crc32 = Some(self.record.crc32);
        if let Some(why) = self.record.refusal() {
            return Found::refused(name, self.record.size, crc32, why);
        }
        if self.record.method == STORED {
            self.record.size = self.record.compressed;
        }
        Found::new(name, self.record.size, crc32, local::behind(slice, start, &self.record, &listing.budget))
    }
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
