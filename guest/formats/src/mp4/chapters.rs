//! Chapters: in a track of texts that the audio's track refers to (QuickTime File Format
//! Specification, "Chapter Lists"), or in Nero's list. Programs that write both say the same in
//! both, but for the ends, which only the track has.

use std::io;
use std::ops::Range;

use mt_scanner_contract::Chapter;

use super::atom::{Atom, VERSION, beginning, u16_at};
use super::movie::Movie;
use super::samples::{Sample, Tables};
use super::time::Ticks;
use super::user_data::readable;
use crate::content::Content;
use crate::reader::{FileReader, ReadAt};

/// The most chapters that are read of a track: each may lie somewhere else, and costs a read then.
/// Audiobooks have up to some hundred.
const MOST: usize = 1024;
/// The longest name that is read, in bytes.
const LONGEST: u64 = 2048;
/// The most of Nero's list that is read, in bytes: 255 names of 255 bytes.
const LIST: u64 = 64 * 1024;

/// Reads the chapters of the track that the audio's track names, when they are asked for.
pub(super) fn of_track<S: ReadAt>(
    reader: &mut FileReader<S>,
    movie: &Movie,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let is_asked_for = content.tags.is_listing();
    let Some(track) = movie.chapters().filter(|track| is_asked_for && track.scale > 0) else { return Ok(()) };
    let mut end = track.delay(movie.scale);
    for Sample { place, ticks } in Tables::read(reader, &track.content)?.samples(MOST) {
        let start = end;
        end = end.saturating_add(ticks.into());
        let [start_ms, end_ms] = [start, end].map(|count| Ticks { count, scale: track.scale }.in_scale(1000));
        let title = name(reader, &place)?;
        content.tags.chapter(Chapter { start_ms, end_ms: Some(end_ms), title });
    }
    Ok(())
}

/// The text of a sample: its length in 16 bits, and that. Behind it may stand how it is shown.
fn name<S: ReadAt>(reader: &mut FileReader<S>, sample: &Range<u64>) -> io::Result<Option<String>> {
    let bytes = beginning(reader, sample, LONGEST)?;
    let len = usize::from(u16_at(&bytes, 0).unwrap_or(0));
    let text = bytes.get(2..).map(|text| readable(&text[..len.min(text.len())]));
    Ok(text.filter(|text| !text.is_empty()))
}

/// Reads Nero's list, unless chapters are known: a version, flags, four bytes more from version 1
/// on, a count of one byte; then for each its beginning in units of 100 ns, the length of its name,
/// and that.
pub(super) fn of_list<S: ReadAt>(reader: &mut FileReader<S>, atom: &Atom, content: &mut Content<'_>) -> io::Result<()> {
    if !content.tags.is_listing() || content.tags.has_chapters() {
        return Ok(());
    }
    let bytes = beginning(reader, &atom.content, LIST)?;
    let at = VERSION as usize + if bytes.first() == Some(&0) { 0 } else { 4 };
    let Some((&count, mut rest)) = bytes.get(at..).and_then(<[u8]>::split_first) else { return Ok(()) };
    for _ in 0..count {
        let Some((start, behind)) = rest.split_first_chunk::<8>() else { break };
        let Some((name, behind)) = behind.split_first().and_then(|(&len, text)| text.split_at_checked(len.into()))
        else {
            break;
        };
        rest = behind;
        let title = Some(String::from_utf8_lossy(name).into_owned()).filter(|title| !title.is_empty());
        content.tags.chapter(Chapter { start_ms: u64::from_be_bytes(*start) / 10_000, end_ms: None, title });
    }
    Ok(())
}
