//! Lyrics with times (`WM/Lyrics_Synchronised`, laid out as `ASF_FLAT_SYNCHRONISED_LYRICS` of Media
//! Foundation): what the times count, what the texts are, the size of the texts, a description that
//! ends with a zero; then texts, each with its zero and its time.

use std::io;
use std::ops::Range;

use super::attributes::{terminated, utf_16};
use super::object::{beginning, u32_at};
use crate::content::Content;
use crate::fields::{Field, Part, lines_of};
use crate::reader::{FileReader, ReadAt};

/// The longest lyrics that are read, in bytes.
const LONGEST: u64 = 1 << 20;
/// Bytes before the description.
const HEAD: usize = 6;
/// Times in ms. The other unit is frames.
const MILLISECONDS: u8 = 2;
/// Lyrics, a transcription of them, or something else. Beyond it are names of parts, chords and the
/// like.
const TRANSCRIPTION: u8 = 2;

/// Takes the lyrics in a value.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    name: &str,
    value: Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let len = value.end - value.start;
    content.tags.binary(usize::try_from(len).unwrap_or(usize::MAX), || name.to_owned());
    let most = content.tags.needed(Some(Field::Lyrics), len.min(LONGEST));
    let bytes = beginning(reader, &value, most)?;
    let Some((unit, kind, description, texts)) = parsed(bytes) else {
        content.damaged("the lyrics with times are damaged");
        return Ok(());
    };
    if kind <= TRANSCRIPTION {
        let text = lines_of(&parts(texts), unit == MILLISECONDS);
        content.tags.lyrics(None, Some(&utf_16(description)), &text);
    }
    Ok(())
}

/// The unit of times, the kind of texts, the description, the texts as far as they were read.
fn parsed(bytes: &[u8]) -> Option<(u8, u8, &[u8], &[u8])> {
    let (&[unit, kind, ..], len) = (bytes.first_chunk::<HEAD>()?, u32_at(bytes, 2)?);
    let (description, texts) = terminated(&bytes[HEAD..])?;
    Some((unit, kind, description, &texts[..texts.len().min(len as usize)]))
}

/// The texts that have a time.
fn parts(mut texts: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some((text, behind)) = terminated(texts)
        && let Some((time, rest)) = behind.split_first_chunk()
    {
        parts.push(Part { time: u32::from_le_bytes(*time), text: utf_16(text) });
        texts = rest;
    }
    parts
}
