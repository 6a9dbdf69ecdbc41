//! Names and attributes.

use crate::listing::Listing;
use crate::name;
use crate::sevenz::bytes::{Bits, Bytes, damaged};
use crate::trouble::Trouble;

const EMPTY_STREAM: u8 = 0x0e;
const EMPTY_FILE: u8 = 0x0f;
const NAMES: u8 = 0x11;
const ATTRIBUTES: u8 = 0x15;

const FOLDER: u32 = 0x10;
const REPARSE_POINT: u32 = 0x400;
/// The upper half is a Unix mode.
const HAS_MODE: u32 = 0x8000;
const UNIX_TYPE: u32 = 0xf000;
const UNIX_FILE: u32 = 0x8000;

/// What the directory says of an entry.
pub(super) struct File {
    pub name: String,
    pub has_stream: bool,
    pub is_file: bool,
}

/// Reads the entries.
pub(super) fn read(header: &mut Bytes, listing: &mut Listing) -> Result<Vec<File>, Trouble> {
    let count = header.number()?;
    let mut without_stream = Bits::Some(&[]);
    let mut empty_files = Bits::Some(&[]);
    let (mut names, mut attributes) = (&[][..], None);
    loop {
        let kind = header.byte()?;
        if kind == 0 {
            break;
        }
        let len = header.number()?;
        let mut property = header.part(len)?;
        match kind {
            EMPTY_STREAM => without_stream = property.bits(count)?,
            EMPTY_FILE => empty_files = Bits::Some(property.rest()),
            NAMES => {
                property.is_here()?;
                names = property.rest();
            }
            ATTRIBUTES => {
                let defined = property.bits_unless_all(count)?;
                property.is_here()?;
                attributes = Some((defined, property));
            }
            _ => {}
        }
    }
    let mut files = Vec::new();
    let mut without = 0;
    for index in 0..count {
        if !listing.count() {
            break;
        }
        let name;
        (name, names) = next_name(names)?;
        let has_stream = !without_stream.get(index);
        let is_folder = !has_stream && !empty_files.get(without);
        without += u64::from(!has_stream);
        let attribute = match &mut attributes {
            Some((defined, values)) if defined.get(index) => values.u32()?,
            _ => 0,
        };
        listing.budget.hold(2 * name.len())?;
        let is_file = !is_folder && is_plain(attribute);
        files.push(File { name: name::utf16(name), has_stream, is_file });
    }
    Ok(files)
}

/// The bytes of the first name, and what is behind it.
fn next_name(names: &[u8]) -> Result<(&[u8], &[u8]), Trouble> {
    let units = names.as_chunks::<2>().0;
    let len = units.iter().position(|unit| *unit == [0, 0]).ok_or_else(damaged)?;
    Ok((&names[..2 * len], &names[2 * len + 2..]))
}

/// Whether it is neither a folder nor a link nor a device.
fn is_plain(attributes: u32) -> bool {
    let mode = if attributes & HAS_MODE != 0 { (attributes >> 16) & UNIX_TYPE } else { 0 };
    attributes & (FOLDER | REPARSE_POINT) == 0 && matches!(mode, 0 | UNIX_FILE)
}
