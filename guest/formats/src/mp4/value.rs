//! Values of items: their types are those of the QuickTime File Format, "Well-known types".

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::atom::{Atom, beginning, u16_at, u32_at};
use crate::content::Content;
use crate::fields::Field;
use crate::reader::{FileReader, ReadAt};
use crate::utf_8::lossy;

/// The longest text that is read, in bytes. Lyrics are shorter.
const LONGEST: u64 = 1 << 20;
/// Bytes of a value's type and language.
const HEADER: u64 = 8;

/// The type that says nothing: the item's name does.
const IMPLICIT: u32 = 0;
const UTF_8: u32 = 1;
const UTF_16: u32 = 2;

/// A `data` atom.
pub(super) struct Data {
    /// The type of its value.
    pub kind: u32,
    /// The bytes of its value.
    pub value: Range<u64>,
}

impl Data {
    /// Reads the head of a `data` atom; `None` if it is too short for one.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, atom: &Atom) -> io::Result<Option<Self>> {
        let head = beginning(reader, &atom.content, HEADER)?;
        let Some(kind) = u32_at(&head, 0).filter(|_| head.len() as u64 == HEADER) else { return Ok(None) };
        Ok(Some(Self { kind: kind & 0xff_ffff, value: atom.content.start + HEADER..atom.content.end }))
    }

    /// Hands the value to the collector: a text, or the size of what is none.
    pub fn pour<S: ReadAt>(
        &self,
        reader: &mut FileReader<S>,
        name: &[u8; 4],
        field: Option<Field>,
        key: impl FnOnce() -> String,
        content: &mut Content<'_>,
    ) -> io::Result<()> {
        let len = self.value.end.min(reader.len()).saturating_sub(self.value.start);
        let bytes =
            if len > LONGEST { None } else { reader.piece(self.value.start, content.tags.needed(field, len))? };
        let text = bytes.and_then(|bytes| text(name, self.kind, bytes, field.is_some()));
        match text {
            Some(text) => content.tags.text(field, &text, key),
            None => content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), key),
        }
        Ok(())
    }
}

/// A value as text; `None` if it is none. `is_field`: an item of no type is a text if it fills a
/// field.
pub(super) fn text<'b>(name: &[u8; 4], kind: u32, bytes: &'b [u8], is_field: bool) -> Option<Cow<'b, str>> {
    match (name, kind) {
        (_, UTF_8 | 4 | 6 | 7 | 9 | 15 | 25) => Some(lossy(bytes)),
        (_, UTF_16 | 5) => Some(utf_16(bytes).into()),
        (b"trkn" | b"disk", IMPLICIT | 21 | 22) if bytes.len() >= 4 => Some(pair(bytes).into()),
        (b"gnre", IMPLICIT | 21 | 22) => genre(bytes).map(Cow::Borrowed),
        (b"cpil" | b"pgap" | b"pcst" | b"tmpo" | b"trkn" | b"disk", IMPLICIT) => integer(bytes, true),
        (_, IMPLICIT) if is_field => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        (_, 21 | 65..=67 | 74) => integer(bytes, true),
        (_, 22 | 75..=78) => integer(bytes, false),
        (_, 23) => Some(f32::from_be_bytes(bytes.try_into().ok()?).to_string().into()),
        (_, 24) => Some(f64::from_be_bytes(bytes.try_into().ok()?).to_string().into()),
        _ => None,
    }
}

/// UTF-16 in the order of network bytes, unless a mark says otherwise. What is no text is replaced
/// by its sign.
pub(super) fn utf_16(bytes: &[u8]) -> String {
    let (is_little, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let units = bytes.as_chunks().0.iter().map(|unit| match is_little {
        true => u16::from_le_bytes(*unit),
        false => u16::from_be_bytes(*unit),
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// `3/12`, of two bytes of padding, a number and a total of 16 bits each; 0 says nothing.
fn pair(bytes: &[u8]) -> String {
    let shown = |at| u16_at(bytes, at).filter(|&value| value > 0).map(|value| value.to_string()).unwrap_or_default();
    format!("{}/{}", shown(2), shown(4))
}

/// A genre of ID3v1's list, counted from 1.
pub(super) fn genre(bytes: &[u8]) -> Option<&'static str> {
    let number = match bytes {
        [number] => u16::from(*number),
        _ => u16_at(bytes, 0)?,
    };
    crate::fields::GENRES.get(usize::from(number).checked_sub(1)?).copied()
}

/// An integer of as many bytes as there are.
fn integer(bytes: &[u8], is_signed: bool) -> Option<Cow<'static, str>> {
    if bytes.is_empty() || bytes.len() > 8 {
        return None;
    }
    let value = bytes.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let unused = 64 - 8 * bytes.len() as u32;
    Some(match is_signed {
        true => ((value << unused).cast_signed() >> unused).to_string().into(),
        false => value.to_string().into(),
    })
}
