//! Items under keys (QuickTime File Format, "Metadata"): names in `keys`, values in an item list
//! whose items are numbers of these names.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, beginning};
use super::value::Data;
use crate::content::Content;
use crate::fields::Field;
use crate::reader::{FileReader, ReadAt};

/// The longest key that is read, in bytes.
const LONGEST: u64 = 256;
/// What Apple's own keys begin with; ffmpeg writes the bare names.
const APPLE: &str = "com.apple.quicktime.";

/// Reads the items of `list` under their names in `keys`.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    keys: &Atom,
    list: &Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let mut names = Vec::new();
    // A key is laid out as an atom is: its size, its namespace, its name.
    let mut entries = Atoms::within(keys.content.start + VERSION + 4..keys.content.end);
    while let Some(entry) = entries.next(reader)? {
        names.push(String::from_utf8_lossy(&beginning(reader, &entry.content, LONGEST)?).into_owned());
    }
    let mut items = Atoms::within(list.clone());
    while let Some(item) = items.next(reader)? {
        let number = u32::from_be_bytes(item.name) as usize;
        let Some(name) = number.checked_sub(1).and_then(|index| names.get(index)) else {
            content.damaged("an item of the item list has no key");
            continue;
        };
        let field = Field::of_free_name(name.strip_prefix(APPLE).unwrap_or(name));
        if field.is_none() && !content.tags.is_listing() {
            continue;
        }
        let mut parts = item.children();
        while let Some(part) = parts.next(reader)? {
            match Data::read(reader, &part)? {
                Some(data) => data.pour(reader, &item.name, field, || name.clone(), content)?,
                None => content.damaged(format!("the item {name} is damaged")),
            }
        }
    }
    Ok(())
}
