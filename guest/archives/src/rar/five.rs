//! The blocks of RAR 5 to 7.

use flate2::Crc;

use crate::listing::Listing;
use crate::name;
use crate::rar::entry::{Entry, cut, damaged, encrypted_directory, volume};
use crate::slice::Slice;
use crate::trouble::Trouble;
use crate::view::View;

const MAIN: u64 = 1;
const FILE: u64 = 2;
const ENCRYPTION: u64 = 4;
const END: u64 = 5;

/// Flags of any header.
const HAS_EXTRA: u64 = 0x01;
const HAS_DATA: u64 = 0x02;
const FROM_BEFORE: u64 = 0x08;
const GOES_ON: u64 = 0x10;
/// Flags of the main header.
const IS_VOLUME: u64 = 0x01;
/// Flags of the header of a file.
const FOLDER: u64 = 0x01;
const HAS_TIME: u64 = 0x02;
const HAS_CRC: u64 = 0x04;
const SIZE_UNKNOWN: u64 = 0x08;
const METHOD: u64 = 0x380;
/// Extra records of a file.
const FILE_ENCRYPTION: u64 = 1;
const REDIRECTION: u64 = 5;

/// A checksum, and a length of at most three bytes.
const BASE: usize = 7;
/// The longest header by the specification.
const LONGEST: u64 = 2 << 20;

/// Lists the files of the blocks from `start` on.
pub(super) fn list(slice: &Slice, view: &mut View, start: u64, listing: &mut Listing) -> Result<(), Trouble> {
    let mut place = start;
    loop {
        let base = view.get(place, BASE)?;
        let mut fields = Fields(base.get(4..).unwrap_or_default());
        let (Some(checksum), Some(len)) = (base.first_chunk::<4>().copied(), fields.number()) else {
            listing.troubles.push(cut());
            return Ok(());
        };
        let before = base.len() - fields.0.len();
        if len == 0 || len > LONGEST {
            listing.troubles.push(damaged());
            return Ok(());
        }
        let block = view.get(place, before + len as usize)?;
        if block.len() < before + len as usize {
            listing.troubles.push(cut());
            return Ok(());
        }
        let mut hash = Crc::new();
        hash.update(&block[4..]);
        let header = Header::parse(&block[before..]).filter(|_| hash.sum() == u32::from_le_bytes(checksum));
        let Some(header) = header else {
            listing.troubles.push(damaged());
            return Ok(());
        };
        let behind = place + block.len() as u64;
        match header.kind {
            ENCRYPTION => return Err(encrypted_directory()),
            MAIN if header.is_volume() => listing.troubles.push(volume()),
            FILE => {
                let entry = header.file();
                if !listing.count() {
                    return Ok(());
                }
                if let Some(entry) = entry
                    && !listing.add(entry.found(slice.cut(behind, header.data)))
                {
                    return Ok(());
                }
            }
            END => return Ok(()),
            _ => {}
        }
        let Some(next) = behind.checked_add(header.data) else {
            listing.troubles.push(damaged());
            return Ok(());
        };
        place = next;
    }
}

/// A header whose checksum is right.
struct Header<'a> {
    kind: u64,
    flags: u64,
    /// The bytes that follow it.
    data: u64,
    fields: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (kind, flags) = (fields.number()?, fields.number()?);
        let extra = if flags & HAS_EXTRA != 0 { fields.number()? } else { 0 };
        let data = if flags & HAS_DATA != 0 { fields.number()? } else { 0 };
        let end = fields.0.len().checked_sub(usize::try_from(extra).ok()?)?;
        let (fields, extra) = fields.0.split_at(end);
        Some(Self { kind, flags, data, fields, extra })
    }

    fn is_volume(&self) -> bool {
        Fields(self.fields).number().is_some_and(|flags| flags & IS_VOLUME != 0)
    }

    /// The types of the extra records.
    fn extras(&self) -> impl Iterator<Item = u64> {
        let mut rest = Fields(self.extra);
        std::iter::from_fn(move || {
            let len = rest.number()?;
            Fields(rest.take(len)?).number()
        })
    }

    /// The file; `None` where it is a folder, a link or a copy, or the end of one that another
    /// volume begins.
    fn file(&self) -> Option<Entry> {
        let mut fields = Fields(self.fields);
        let flags = fields.number()?;
        let size = fields.number()?;
        fields.number()?;
        if flags & HAS_TIME != 0 {
            fields.take(4)?;
        }
        let crc32 = if flags & HAS_CRC != 0 { fields.take(4)?.first_chunk() } else { None };
        let is_stored = fields.number()? & METHOD == 0;
        fields.number()?;
        let len = fields.number()?;
        let name = fields.take(len)?;
        if flags & FOLDER != 0 || self.flags & FROM_BEFORE != 0 || self.extras().any(|kind| kind == REDIRECTION) {
            return None;
        }
        Some(Entry {
            name: name::utf8(name),
            // An unknown size is that of what follows, if that is the content.
            size: if flags & SIZE_UNKNOWN != 0 { self.data } else { size },
            crc32: crc32.map(|bytes| u32::from_le_bytes(*bytes)),
            is_stored,
            is_encrypted: self.extras().any(|kind| kind == FILE_ENCRYPTION),
            goes_on: self.flags & GOES_ON != 0,
        })
    }
}

/// The fields of a header, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for index in 0..10 {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            value |= bits.checked_shl(7 * index).filter(|shifted| shifted >> (7 * index) == bits)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_seven_bits_a_byte() {
        assert_eq!(Fields(&[0x7f]).number(), Some(127));
        assert_eq!(Fields(&[0x81, 0x80, 0x01]).number(), Some(0x4001));
        assert_eq!(Fields(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]).number(), Some(u64::MAX));
        assert_eq!(Fields(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).number(), None);
        assert_eq!(Fields(&[0x80; 20]).number(), None);
        assert_eq!(Fields(&[0x80]).number(), None);
    }
}
