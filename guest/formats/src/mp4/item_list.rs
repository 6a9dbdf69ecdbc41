//! The item list as iTunes writes it (`ilst`): an item is an atom whose name says what it is, with
//! one or several values in `data` atoms. An item that is damaged costs itself.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, beginning};
use super::value::Data;
use crate::content::Content;
use crate::fields::Field;
use crate::payload::{Payload, Picture};
use crate::reader::{FileReader, ReadAt};

/// Reads an item list.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    list: Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let mut items = Atoms::within(list.clone());
    let mut numbered_genre = None;
    let mut has_genre = false;
    loop {
        let start = items.position;
        let Some(item) = items.next(reader)? else {
            if !items.stopped_early(reader)? {
                break;
            }
            content.damaged("an item of the item list is damaged");
            match next_item(reader, start + 1, list.end)? {
                Some(next) => items.position = next,
                None => break,
            }
            continue;
        };
        has_genre |= &item.name == b"\xa9gen";
        let parts_end = match &item.name {
            b"----" => freeform(reader, &item, content)?,
            b"covr" => pictures(reader, &item, content)?,
            b"gnre" => {
                let genre = genre(reader, &item)?;
                content.tags.text(None, genre.unwrap_or_default(), || item.text());
                numbered_genre = numbered_genre.or(genre);
                item.content.end
            }
            name => named(reader, &item, Field::of_atom(name), content)?,
        };
        if item.is_cut() {
            content.damaged(format!("the atom {} is damaged", item.text()));
            // Its size is wrong: other items may follow what is whole of it.
            match next_item(reader, parts_end, list.end)? {
                Some(next) => items.position = next,
                None => break,
            }
        }
    }
    // Taggers write both forms, and the text says more.
    if let Some(genre) = numbered_genre.filter(|_| !has_genre) {
        content.tags.meaning(Field::Genre, genre);
    }
    Ok(())
}

/// The parts of an item, one after the other.
struct Parts {
    atoms: Atoms,
    /// Where the last one ended that an item can have.
    end: u64,
}

impl Parts {
    fn of(item: &Atom) -> Self {
        Self { atoms: item.children(), end: item.content.start }
    }

    /// The next `data`, `mean` or `name`.
    fn next<S: ReadAt>(&mut self, reader: &mut FileReader<S>) -> io::Result<Option<Atom>> {
        while let Some(part) = self.atoms.next(reader)? {
            if matches!(&part.name, b"data" | b"mean" | b"name") {
                self.end = self.atoms.position;
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}

/// Reads an item whose name says what it is. Gives the end of its parts.
fn named<S: ReadAt>(
    reader: &mut FileReader<S>,
    item: &Atom,
    field: Option<Field>,
    content: &mut Content<'_>,
) -> io::Result<u64> {
    if field.is_none() && !content.tags.is_listing() && !item.is_cut() {
        return Ok(item.content.end);
    }
    let mut parts = Parts::of(item);
    while let Some(part) = parts.next(reader)? {
        if &part.name == b"data" {
            value(reader, item, &part, field, || item.text(), content)?;
        }
    }
    Ok(parts.end)
}

/// Reads one value of an item.
fn value<S: ReadAt>(
    reader: &mut FileReader<S>,
    item: &Atom,
    part: &Atom,
    field: Option<Field>,
    key: impl FnOnce() -> String,
    content: &mut Content<'_>,
) -> io::Result<()> {
    if part.is_cut() && !item.is_cut() {
        content.damaged(format!("the atom {} is damaged", item.text()));
    }
    match Data::read(reader, part)? {
        Some(data) => data.pour(reader, &item.name, field, key, content),
        None if item.is_cut() => Ok(()),
        None => {
            content.damaged(format!("a value of the atom {} is damaged", item.text()));
            Ok(())
        }
    }
}

/// The longest name of a freeform item that is read, in bytes.
const LONGEST_NAME: u64 = 256;

/// Reads an item that has its name in itself (`----`): the domain in `mean`, the name in `name`.
fn freeform<S: ReadAt>(reader: &mut FileReader<S>, item: &Atom, content: &mut Content<'_>) -> io::Result<u64> {
    let [mut domain, mut name] = [None, None];
    let mut parts = Parts::of(item);
    while let Some(part) = parts.next(reader)? {
        let words = match &part.name {
            b"mean" => &mut domain,
            b"name" => &mut name,
            _ => {
                let Some(name) = name.as_deref() else {
                    content.damaged("an atom ---- has no name");
                    break;
                };
                let field = Field::of_free_name(name);
                if field.is_some() || content.tags.is_listing() {
                    let key = || format!("----:{}:{name}", domain.as_deref().unwrap_or_default());
                    value(reader, item, &part, field, key, content)?;
                }
                continue;
            }
        };
        let range = part.content.start + VERSION..part.content.end;
        *words = Some(String::from_utf8_lossy(&beginning(reader, &range, LONGEST_NAME)?).into_owned());
    }
    Ok(parts.end)
}

/// The genre of a `gnre`.
fn genre<S: ReadAt>(reader: &mut FileReader<S>, item: &Atom) -> io::Result<Option<&'static str>> {
    let mut parts = Parts::of(item);
    while let Some(part) = parts.next(reader)? {
        if let Some(data) = Data::read(reader, &part)? {
            return Ok(super::value::genre(&beginning(reader, &data.value, 2)?));
        }
    }
    Ok(None)
}

/// What covers show: the front, by iTunes' name for them.
const FRONT_COVER: u8 = 3;

/// Keeps the places of pictures (`covr`), of which none is read.
fn pictures<S: ReadAt>(reader: &mut FileReader<S>, item: &Atom, content: &mut Content<'_>) -> io::Result<u64> {
    let mut parts = Parts::of(item);
    while let Some(part) = parts.next(reader)? {
        let Some(Data { kind, value }) = Data::read(reader, &part)? else { continue };
        // Part of a picture is none.
        if part.is_cut() {
            content.damaged("a picture is cut off");
            continue;
        }
        let len = value.end.min(reader.len()).saturating_sub(value.start);
        content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), || item.text());
        if len > 0 {
            let mime = match kind {
                12 => "image/gif",
                13 => "image/jpeg",
                14 => "image/png",
                27 => "image/bmp",
                _ => "",
            };
            let data = Payload::plain(value.start..value.start + len);
            // What follows is read from there on, and not from before.
            reader.blank(value.start..value.start + len);
            content.pictures.push(Picture { kind: FRONT_COVER, mime: mime.to_owned(), data });
        }
    }
    Ok(parts.end)
}

/// How far an item is looked for behind a damaged one.
const SEARCH: u64 = 64 * 1024;

/// Where the next item begins, told by its first part: both must fit into the list.
fn next_item<S: ReadAt>(reader: &mut FileReader<S>, from: u64, end: u64) -> io::Result<Option<u64>> {
    let bytes = beginning(reader, &(from..end), SEARCH)?;
    let fits = |at: usize| {
        let (item, part) = (super::atom::u32_at(&bytes, at)?, super::atom::u32_at(&bytes, at + 8)?);
        let name = bytes.get(at + 12..at + 16)?;
        let is_item = matches!(name, b"data" | b"mean")
            && (16..=item.saturating_sub(8)).contains(&part)
            && u64::from(item) <= end - from - at as u64;
        is_item.then_some(from + at as u64)
    };
    Ok((0..bytes.len()).find_map(fits))
}
