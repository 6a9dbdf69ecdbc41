//! Movie fragments (ISO/IEC 14496-12, section 8.8): audio that is described piece by piece, in
//! `moof` atoms between the media data. The length of all is nowhere certain to be written down.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, beginning, u32_at, u64_at};
use super::time::{Ticks, stated};
use crate::reader::{FileReader, ReadAt};

/// What a movie says of its fragments (`mvex`).
#[derive(Debug, Default)]
pub(super) struct Extends {
    /// Length of the whole movie in its scale, where the writer knew it (`mehd`).
    pub length: Option<u64>,
    /// Tracks with the duration of their samples (`trex`).
    defaults: Vec<(u32, u32)>,
}

/// The most tracks whose defaults are kept.
const MOST_TRACKS: usize = 64;

impl Extends {
    /// Reads an `mvex`.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, mvex: &Atom) -> io::Result<Self> {
        let mut extends = Self::default();
        let mut children = mvex.children();
        while let Some(atom) = children.next(reader)? {
            let bytes = beginning(reader, &atom.content, 24)?;
            match &atom.name {
                b"mehd" => extends.length = stated(&bytes, VERSION as usize, bytes.first() == Some(&1)),
                b"trex" if extends.defaults.len() < MOST_TRACKS => {
                    extends.defaults.extend(u32_at(&bytes, 4).zip(u32_at(&bytes, 12)));
                }
                _ => {}
            }
        }
        Ok(extends)
    }

    fn default_of(&self, track: u32) -> u32 {
        self.defaults.iter().find(|&&(id, _)| id == track).map_or(0, |&(_, duration)| duration)
    }
}

/// Flags of `tfhd`: fields that stand before the duration, and the duration.
const BASE_DATA_OFFSET: u32 = 1;
const SAMPLE_DESCRIPTION: u32 = 2;
const DEFAULT_DURATION: u32 = 8;
/// Flags of `trun`: fields before the table, and the columns of the table.
const RUN_FIELDS: [u32; 2] = [1, 4];
const RUN_DURATION: u32 = 0x100;
const RUN_COLUMNS: [u32; 4] = [RUN_DURATION, 0x200, 0x400, 0x800];
/// The most bytes of a run's table that are read; a fragment of more than some thousand samples has
/// equal durations.
const RUN: u64 = 64 * 1024;

/// The length of a track's samples in a fragment, in the scale of its media.
pub(super) fn length<S: ReadAt>(
    reader: &mut FileReader<S>,
    moof: &Atom,
    track: u32,
    extends: &Extends,
) -> io::Result<u64> {
    let mut length = 0_u64;
    let mut children = moof.children();
    while let Some(traf) = children.next(reader)? {
        if &traf.name != b"traf" {
            continue;
        }
        let mut default = extends.default_of(track);
        let mut parts = traf.children();
        while let Some(atom) = parts.next(reader)? {
            match &atom.name {
                b"tfhd" => {
                    let bytes = beginning(reader, &atom.content, 28)?;
                    if u32_at(&bytes, 4) != Some(track) {
                        break;
                    }
                    default = own_default(&bytes).unwrap_or(default);
                }
                b"trun" => length = length.saturating_add(run(reader, &atom.content, default)?),
                _ => {}
            }
        }
    }
    Ok(length)
}

/// The duration of samples that a `tfhd` gives.
fn own_default(tfhd: &[u8]) -> Option<u32> {
    let flags = u32_at(tfhd, 0)?;
    let mut at = 8;
    for (flag, len) in [(BASE_DATA_OFFSET, 8), (SAMPLE_DESCRIPTION, 4)] {
        at += if flags & flag != 0 { len } else { 0 };
    }
    (flags & DEFAULT_DURATION != 0).then(|| u32_at(tfhd, at))?
}

/// The length of a run of samples (`trun`).
fn run<S: ReadAt>(reader: &mut FileReader<S>, content: &Range<u64>, default: u32) -> io::Result<u64> {
    let head = beginning(reader, content, 8)?;
    let (Some(flags), Some(count)) = (u32_at(&head, 0), u32_at(&head, 4)) else { return Ok(0) };
    if flags & RUN_DURATION == 0 {
        return Ok(u64::from(count) * u64::from(default));
    }
    let set = |all: &[u32]| all.iter().filter(|&&flag| flags & flag != 0).count();
    let (fields, columns) = (set(&RUN_FIELDS), set(&RUN_COLUMNS));
    let table = content.start + 8 + 4 * fields as u64..content.end;
    let bytes = beginning(reader, &table, RUN)?;
    let rows = bytes.chunks_exact(4 * columns).take(count as usize);
    Ok(rows.filter_map(|row| u32_at(row, 0)).map(u64::from).sum())
}

/// The length that a segment index gives (`sidx`, section 8.16.3), if it covers the file to its
/// end.
pub(super) fn indexed<S: ReadAt>(reader: &mut FileReader<S>, sidx: &Atom) -> io::Result<Option<Ticks>> {
    /// The most bytes of an index that are read: 5,461 segments.
    const INDEX: u64 = 64 * 1024;
    let bytes = beginning(reader, &sidx.content, INDEX)?;
    let Some((length, end)) = index(&bytes, sidx.content.end) else { return Ok(None) };
    // An index for random access may follow the last segment.
    let is_whole =
        end >= reader.len() || Atoms::within(end..reader.len()).next(reader)?.is_some_and(|atom| &atom.name == b"mfra");
    Ok(is_whole.then_some(length))
}

/// The length and where the last segment ends. `anchor`: where the index ends.
fn index(bytes: &[u8], anchor: u64) -> Option<(Ticks, u64)> {
    let scale = u32_at(bytes, 8)?;
    let (first, table) = match bytes.first()? {
        0 => (u32_at(bytes, 16)?.into(), 20),
        _ => (u64_at(bytes, 20)?, 28),
    };
    let count = u32_at(bytes, table)? & 0xffff;
    let entries = bytes.get(table + 4..)?.as_chunks::<12>().0;
    if scale == 0 || entries.len() < count as usize {
        return None;
    }
    let (mut ticks, mut end) = (0_u64, anchor.saturating_add(first));
    for entry in &entries[..count as usize] {
        end = end.saturating_add((u32_at(entry, 0)? & 0x7fff_ffff).into());
        ticks += u64::from(u32_at(entry, 4)?);
    }
    Some((Ticks { count: ticks, scale }, end))
}
