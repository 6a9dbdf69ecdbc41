//! Tags: the content description (section 3.10), the extended one (section 3.11), metadata and the
//! metadata library (sections 4.7 and 4.8). Texts are in UTF-16, and many end with a zero.

use std::io;
use std::ops::Range;

use super::object::{beginning, u16_at, u32_at, u64_at};
use super::{Tags, guid, lyrics, pictures};
use crate::content::Content;
use crate::fields::Field;
use crate::reader::{FileReader, ReadAt};

/// The most attributes that are read in one object; diligent taggers write a hundred.
const MOST: u16 = 2048;
/// The longest name that is read, in bytes.
const LONGEST_NAME: u64 = 512;
/// The longest text that is read, in bytes. Lyrics are shorter.
const LONGEST: u64 = 1 << 20;

/// Names of what the content description holds, in its order.
const DESCRIPTION: [&str; 5] = ["Title", "Author", "Copyright", "Description", "Rating"];
/// A picture.
pub(super) const PICTURE: &str = "WM/Picture";
/// Lyrics with times, which are bytes. Some write the text of an LRC file instead.
const TIMED_LYRICS: &str = "WM/Lyrics_Synchronised";
/// The type of a value that is bytes (section 3.11).
const BYTES: u16 = 1;
/// The number of a track counted from 0, which older programs write.
const OLD_TRACK: &str = "WM/Track";

/// Reads every tag.
pub(super) fn read<S: ReadAt>(reader: &mut FileReader<S>, tags: &Tags, content: &mut Content<'_>) -> io::Result<()> {
    let mut so_far = SoFar::default();
    for object in &tags.descriptions {
        description(reader, object, content, &mut so_far)?;
    }
    for object in &tags.extended {
        attributes(reader, object, Layout::Extended, content, &mut so_far)?;
    }
    for object in tags.metadata.iter().chain(&tags.library) {
        attributes(reader, object, Layout::Metadata, content, &mut so_far)?;
    }
    if let Some(number) = so_far.old_track.and_then(|number| number.checked_add(1)) {
        content.tags.meaning(Field::TrackNumber, &number.to_string());
    }
    Ok(())
}

/// What later objects depend on.
#[derive(Default)]
struct SoFar {
    /// The texts of the content description. Some encoders write them once more as attributes,
    /// which makes no list of them.
    described: Vec<(Field, String)>,
    /// The number that older programs write.
    old_track: Option<u32>,
}

/// Reads a content description: five sizes, then the texts.
fn description<S: ReadAt>(
    reader: &mut FileReader<S>,
    object: &Range<u64>,
    content: &mut Content<'_>,
    so_far: &mut SoFar,
) -> io::Result<()> {
    let sizes = beginning(reader, object, 10)?;
    let sizes = [0, 2, 4, 6, 8].map(|at| u64::from(u16_at(sizes, at).unwrap_or(0)));
    let mut position = object.start + 10;
    for (name, len) in DESCRIPTION.iter().zip(sizes) {
        let text = utf_16(beginning(reader, &(position..object.end), len)?);
        position += len;
        if !text.is_empty() {
            let field = Field::of_attribute(name);
            content.tags.text(field, &text, || (*name).to_owned());
            so_far.described.extend(field.map(|field| (field, text)));
        }
    }
    if position > object.end {
        content.damaged("the content description is cut off");
    }
    Ok(())
}

/// How the attributes of an object are laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A name with its size before it, a type, a size of 16 bits, a value.
    Extended,
    /// A language, a stream, the size of the name, a type, a size of 32 bits, the name, a value.
    Metadata,
}

/// An attribute, by its places in the file.
struct Attribute {
    name: Range<u64>,
    kind: u16,
    value: Range<u64>,
}

impl Attribute {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, at: u64, layout: Layout) -> io::Result<Option<Self>> {
        let head = beginning(reader, &(at..at.saturating_add(12)), 12)?;
        Ok(match layout {
            Layout::Metadata => Self::of_metadata(head, at),
            Layout::Extended => {
                let Some(len) = u16_at(head, 0) else { return Ok(None) };
                let name = at + 2..at + 2 + u64::from(len);
                let rest = beginning(reader, &(name.end..name.end + 4), 4)?;
                Self::of_extended(rest, name)
            }
        })
    }

    fn of_metadata(head: &[u8], at: u64) -> Option<Self> {
        let (name_len, kind, value_len) = (u16_at(head, 4)?, u16_at(head, 6)?, u32_at(head, 8)?);
        let name = at + 12..at + 12 + u64::from(name_len);
        let value = name.end..name.end + u64::from(value_len);
        Some(Self { name, kind, value })
    }

    fn of_extended(rest: &[u8], name: Range<u64>) -> Option<Self> {
        let (kind, len) = (u16_at(rest, 0)?, u16_at(rest, 2)?);
        let value = name.end + 4..name.end + 4 + u64::from(len);
        Some(Self { name, kind, value })
    }
}

fn attributes<S: ReadAt>(
    reader: &mut FileReader<S>,
    object: &Range<u64>,
    layout: Layout,
    content: &mut Content<'_>,
    so_far: &mut SoFar,
) -> io::Result<()> {
    let count = u16_at(beginning(reader, object, 2)?, 0).unwrap_or(0);
    let mut position = object.start + 2;
    for _ in 0..count.min(MOST) {
        let Some(attribute) =
            Attribute::read(reader, position, layout)?.filter(|found| found.value.start <= object.end)
        else {
            content.damaged("a list of attributes is cut off");
            break;
        };
        let Attribute { name, kind, value } = attribute;
        position = value.end;
        let name = utf_16(beginning(reader, &name, LONGEST_NAME)?);
        let name = name.trim_end_matches('\0');
        if value.end > object.end {
            content.damaged(format!("the attribute {name} is cut off"));
        }
        let value = value.start..value.end.min(object.end);
        if name.eq_ignore_ascii_case(PICTURE) {
            pictures::read(reader, value, content)?;
            continue;
        }
        if kind == BYTES && name.eq_ignore_ascii_case(TIMED_LYRICS) {
            lyrics::read(reader, name, value, content)?;
            continue;
        }
        let field = Field::of_attribute(name);
        let is_old_track = name.eq_ignore_ascii_case(OLD_TRACK);
        if field.is_none() && !is_old_track && !content.tags.is_listing() {
            continue;
        }
        let len = value.end - value.start;
        let bytes = if len > LONGEST { None } else { reader.piece(value.start, content.tags.needed(field, len))? };
        match bytes.and_then(|bytes| text(kind, bytes)) {
            Some(text) => {
                if is_old_track {
                    so_far.old_track = so_far.old_track.or(text.trim_end_matches('\0').parse().ok());
                }
                let is_new = |field: &Field| !so_far.described.iter().any(|(of, known)| of == field && *known == text);
                content.tags.text(field.filter(is_new), &text, || name.to_owned());
            }
            None => content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), || name.to_owned()),
        }
    }
    Ok(())
}

/// A value as text, by its type (section 3.11); `None` if it is none.
fn text(kind: u16, bytes: &[u8]) -> Option<String> {
    Some(match kind {
        0 => utf_16(bytes),
        // A truth value of 32 bits, or of 16 in metadata.
        2 => if bytes.iter().any(|&byte| byte != 0) { "1" } else { "0" }.to_owned(),
        3 => u32_at(bytes, 0)?.to_string(),
        4 => u64_at(bytes, 0)?.to_string(),
        5 => u16_at(bytes, 0)?.to_string(),
        6 => guid::text(bytes.first_chunk()?),
        _ => return None,
    })
}

/// UTF-16, the low byte first. What is no text is replaced by its sign.
pub(super) fn utf_16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0;
    let mut text = String::with_capacity(units.len());
    // Names and most texts are ASCII.
    let ascii = units.iter().take_while(|[low, high]| *high == 0 && low.is_ascii()).map(|&[low, _]| char::from(low));
    text.extend(ascii);
    let rest = units[text.len()..].iter().map(|unit| u16::from_le_bytes(*unit));
    text.extend(char::decode_utf16(rest).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}

/// The bytes before a zero of 16 bits, and those behind it.
pub(super) fn terminated(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.as_chunks().0.iter().position(|unit| unit == &[0, 0])? * 2;
    Some((&bytes[..end], &bytes[end + 2..]))
}
