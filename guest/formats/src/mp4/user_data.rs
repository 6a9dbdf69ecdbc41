//! Texts in the user data: QuickTime's, whose names begin with a copyright sign, and 3GPP's (TS
//! 26.244, section 8.2).

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, beginning, u16_at};
use super::chapters;
use super::value::{Data, utf_16};
use crate::content::Content;
use crate::fields::Field;
use crate::reader::{FileReader, ReadAt};

/// The longest text that is read, in bytes. Its size has 16 bits, and there may be one in every
/// language.
const LONGEST: u64 = 64 * 1024;

/// Reads the texts in a `udta`.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    user_data: &Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let mut author = None;
    let mut has_performer = false;
    let mut atoms = Atoms::within(user_data.clone());
    while let Some(atom) = atoms.next(reader)? {
        let field = match &atom.name {
            [0xa9, ..] => {
                quicktime(reader, &atom, content)?;
                continue;
            }
            b"chpl" => {
                chapters::of_list(reader, &atom, content)?;
                continue;
            }
            b"titl" => Field::Title,
            b"auth" | b"perf" => Field::Artist,
            b"albm" => Field::Album,
            b"gnre" => Field::Genre,
            b"dscp" => Field::Comment,
            b"yrrc" => Field::FallbackDate,
            _ => continue,
        };
        let bytes = beginning(reader, &atom.content, LONGEST)?;
        let Some(body) = bytes.get(VERSION as usize..) else { continue };
        if &atom.name == b"yrrc" {
            let year = u16_at(body, 0).unwrap_or(0).to_string();
            content.tags.text(Some(field), &year, || atom.text());
            continue;
        }
        // A language of 16 bits, a text that ends with a zero.
        let Some((text, behind)) = body.get(2..).map(terminated) else { continue };
        match &atom.name {
            b"auth" => {
                content.tags.text(None, &text, || atom.text());
                author = Some(text);
                continue;
            }
            b"perf" => has_performer = true,
            b"albm" if !behind.is_empty() => {
                content.tags.meaning(Field::TrackNumber, &behind[0].to_string());
            }
            _ => {}
        }
        content.tags.text(Some(field), &text, || atom.text());
    }
    // The author of music is its composer, unless nobody else is named.
    if let Some(author) = author.filter(|_| !has_performer) {
        content.tags.meaning(Field::Artist, &author);
    }
    Ok(())
}

/// A text up to its zero, in UTF-8 or behind a mark in UTF-16, and what follows it.
fn terminated(bytes: &[u8]) -> (String, &[u8]) {
    if let [0xfe, 0xff, ..] | [0xff, 0xfe, ..] = bytes {
        let end = bytes.as_chunks().0.iter().position(|unit| unit == &[0, 0]).map_or(bytes.len(), |units| units * 2);
        return (utf_16(&bytes[..end]), bytes.get(end + 2..).unwrap_or_default());
    }
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    (String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes.get(end + 1..).unwrap_or_default())
}

/// Reads a text of QuickTime: a size, a language, bytes; and again for other languages, of which
/// the first counts. Some writers put an item's `data` here instead, or the bare text.
fn quicktime<S: ReadAt>(reader: &mut FileReader<S>, atom: &Atom, content: &mut Content<'_>) -> io::Result<()> {
    let field = Field::of_atom(&atom.name);
    if field.is_none() && !content.tags.is_listing() {
        return Ok(());
    }
    let bytes = beginning(reader, &atom.content, LONGEST)?;
    if bytes.get(4..8) == Some(b"data") {
        let mut children = atom.children();
        while let Some(part) = children.next(reader)? {
            if let Some(data) = Data::read(reader, &part)? {
                data.pour(reader, &atom.name, field, || atom.text(), content)?;
            }
        }
        return Ok(());
    }
    let len = u16_at(&bytes, 0).map(usize::from);
    let text = len.and_then(|len| bytes.get(4..4 + len)).unwrap_or(&bytes);
    content.tags.text(field, &readable(text), || atom.text());
    Ok(())
}

/// The upper half of Mac OS Roman, in which QuickTime wrote.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
                         ¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// A text in UTF-8, behind a mark in UTF-16, or else in Mac OS Roman: the language code that should
/// tell them apart is wrong in many files.
pub(super) fn readable(bytes: &[u8]) -> String {
    if let [0xfe, 0xff, ..] | [0xff, 0xfe, ..] = bytes {
        return utf_16(bytes);
    }
    let of_mac = |&byte: &u8| match byte.checked_sub(0x80) {
        Some(upper) => MAC_ROMAN.chars().nth(upper.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
        None => char::from(byte),
    };
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(of_mac).collect(), str::to_owned)
}
