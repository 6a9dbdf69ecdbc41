//! The blocks of RAR 1.5 to 4.

use flate2::Crc;

use crate::listing::Listing;
use crate::rar::entry::{Entry, cut, damaged, encrypted_directory, volume};
use crate::rar::unicode;
use crate::slice::Slice;
use crate::trouble::Trouble;
use crate::view::View;

const MAIN: u8 = 0x73;
const FILE: u8 = 0x74;
/// Comments, recovery records and the like, in the form of a file.
const SERVICE: u8 = 0x7a;
const END: u8 = 0x7b;
/// What every header has.
const BASE: usize = 7;
/// What the header of a file has before its name.
const FIXED: usize = 32;

/// Flags of any header.
const HAS_DATA: u16 = 0x8000;
/// Flags of the main header.
const IS_VOLUME: u16 = 0x0001;
const MAIN_COMMENT: u16 = 0x0002;
const ENCRYPTED_HEADERS: u16 = 0x0080;
/// Flags of the header of a file.
const FROM_BEFORE: u16 = 0x0001;
const GOES_ON: u16 = 0x0002;
const ENCRYPTED: u16 = 0x0004;
const COMMENT: u16 = 0x0008;
const FOLDER: u16 = 0x00e0;
const LARGE: u16 = 0x0100;
const UNICODE: u16 = 0x0200;

const STORED: u8 = 0x30;
const UNIX: u8 = 3;
const UNIX_TYPE: u32 = 0xf000;
const UNIX_FILE: u32 = 0x8000;

/// Lists the files of the blocks from `start` on.
pub(super) fn list(slice: &Slice, view: &mut View, start: u64, listing: &mut Listing) -> Result<(), Trouble> {
    let mut place = start;
    loop {
        let Some(base) = view.exact::<BASE>(place)? else {
            // Before version 3 nothing marked the end.
            if place != slice.len() {
                listing.troubles.push(cut());
            }
            return Ok(());
        };
        let (kind, flags) = (base[2], u16::from_le_bytes([base[3], base[4]]));
        let len = usize::from(u16::from_le_bytes([base[5], base[6]]));
        let header = view.get(place, len.max(BASE))?;
        if header.len() < len {
            listing.troubles.push(cut());
            return Ok(());
        }
        if len < BASE || !is_whole(header, kind, flags) {
            listing.troubles.push(damaged());
            return Ok(());
        }
        let long =
            |at: usize| header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let mut data = if flags & HAS_DATA != 0 { u64::from(long(BASE)) } else { 0 };
        if matches!(kind, FILE | SERVICE) && flags & LARGE != 0 {
            data |= u64::from(long(FIXED)) << 32;
        }
        let behind = place + len as u64;
        match kind {
            MAIN if flags & ENCRYPTED_HEADERS != 0 => return Err(encrypted_directory()),
            MAIN if flags & IS_VOLUME != 0 => listing.troubles.push(volume()),
            FILE => {
                let entry = file(header, flags);
                if !listing.count() {
                    return Ok(());
                }
                if let Some(entry) = entry
                    && !listing.add(entry.found(slice.cut(behind, data)))
                {
                    return Ok(());
                }
            }
            END => return Ok(()),
            _ => {}
        }
        let Some(next) = behind.checked_add(data) else {
            listing.troubles.push(damaged());
            return Ok(());
        };
        place = next;
    }
}

/// Whether the checksum of a header is right: the lower half of a CRC-32.
fn is_whole(header: &[u8], kind: u8, flags: u16) -> bool {
    // An old comment is part of the header and not of its checksum; that of an old block of another
    // kind is over something else.
    match kind {
        MAIN if flags & MAIN_COMMENT == 0 => {}
        FILE if flags & COMMENT == 0 => {}
        SERVICE | END => {}
        _ => return true,
    }
    let mut hash = Crc::new();
    hash.update(&header[2..]);
    hash.sum() & 0xffff == u32::from(u16::from_le_bytes([header[0], header[1]]))
}

/// The file of a header; `None` where it is a folder, a link, or the end of one that another volume
/// begins.
fn file(header: &[u8], flags: u16) -> Option<Entry> {
    let fixed = header.first_chunk::<FIXED>()?;
    let long = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    let (mut size, mut start) = (u64::from(long(11)), FIXED);
    if flags & LARGE != 0 {
        let high = header.get(FIXED + 4..)?.first_chunk()?;
        size |= u64::from(u32::from_le_bytes(*high)) << 32;
        start += 8;
    }
    let name = header.get(start..)?.get(..usize::from(u16::from_le_bytes([fixed[26], fixed[27]])))?;
    let mode = if fixed[15] == UNIX { long(28) & UNIX_TYPE } else { 0 };
    let is_file = flags & FOLDER != FOLDER && matches!(mode, 0 | UNIX_FILE) && flags & FROM_BEFORE == 0;
    is_file.then(|| Entry {
        name: unicode::name(name, flags & UNICODE != 0),
        size,
        crc32: Some(long(16)),
        is_stored: fixed[25] == STORED,
        is_encrypted: flags & ENCRYPTED != 0,
        goes_on: flags & GOES_ON != 0,
    })
}
