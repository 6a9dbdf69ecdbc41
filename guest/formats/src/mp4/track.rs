//! Tracks (ISO/IEC 14496-12, section 8.3), and of each what tells the audio and its length.

use std::io;
use std::ops::Range;

use super::atom::{Atom, VERSION, beginning, u32_at};
use super::edits::Edits;
use super::sample_entry::SampleEntry;
use super::tags::Places;
use super::time::{Ticks, stated};
use crate::reader::{FileReader, ReadAt};

/// The most bytes of a sample description, an edit list or a table of sample durations that are
/// read. They have some hundred bytes in files of music.
const TABLE: u64 = 16 * 1024;
/// The most bytes that are read of a table of sample sizes: 16,384 samples, six minutes of AAC.
/// Longer ones are judged by their beginning.
const SIZES: u64 = 64 * 1024;
/// The most bytes of references to other tracks that are read: 16 tracks.
const REFERENCES: u64 = 64;
/// Levels of parents in a track: `mdia`, `minf`, `stbl`.
const DEPTH: u32 = 3;

/// A track.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub id: u32,
    pub is_enabled: bool,
    /// The type of its handler, `soun` for audio.
    pub handler: Option<[u8; 4]>,
    /// Ticks a second of its media.
    pub scale: u32,
    /// Length of its media as its header says.
    media: Option<u64>,
    /// The same as the table of sample durations has it.
    samples: Option<u64>,
    edits: Edits,
    pub entry: Option<SampleEntry>,
    sizes: Option<Sizes>,
    /// The tags of the track.
    pub places: Places,
    /// The tracks that may have its chapters.
    pub chapters: Vec<u32>,
    /// Its content.
    pub content: Range<u64>,
}

impl Track {
    /// Reads a `trak`.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, trak: &Atom) -> io::Result<Self> {
        let mut track = Self { content: trak.content.clone(), ..Self::default() };
        track.take_children(reader, trak, DEPTH)?;
        Ok(track)
    }

    fn take_children<S: ReadAt>(&mut self, reader: &mut FileReader<S>, parent: &Atom, depth: u32) -> io::Result<()> {
        let mut children = parent.children();
        while let Some(atom) = children.next(reader)? {
            // Of video and texts the tables are of no interest.
            let is_other = self.handler.is_some_and(|handler| &handler != b"soun");
            match &atom.name {
                b"minf" if is_other => {}
                b"edts" | b"mdia" | b"minf" | b"stbl" | b"tref" if depth > 0 => {
                    self.take_children(reader, &atom, depth - 1)?
                }
                _ => self.take(reader, &atom)?,
            }
        }
        Ok(())
    }

    /// Takes what an atom without children says.
    fn take<S: ReadAt>(&mut self, reader: &mut FileReader<S>, atom: &Atom) -> io::Result<()> {
        match &atom.name {
            b"tkhd" => {
                let bytes = beginning(reader, &atom.content, 24)?;
                self.is_enabled = bytes.get(3).is_some_and(|flags| flags & 1 != 0);
                let at = if bytes.first() == Some(&1) { 20 } else { 12 };
                self.id = u32_at(&bytes, at).unwrap_or(0);
            }
            b"hdlr" => {
                let bytes = beginning(reader, &atom.content, 12)?;
                // QuickTime has one more for the data inside `minf`.
                self.handler = self.handler.or(bytes.get(8..).and_then(|name| name.first_chunk().copied()));
            }
            b"mdhd" => {
                let bytes = beginning(reader, &atom.content, 32)?;
                let is_long = bytes.first() == Some(&1);
                let at = if is_long { 20 } else { 12 };
                self.scale = u32_at(&bytes, at).unwrap_or(0);
                self.media = stated(&bytes, at + 4, is_long);
            }
            b"elst" => self.edits = Edits::of(&beginning(reader, &atom.content, TABLE)?),
            b"chap" => {
                let bytes = beginning(reader, &atom.content, REFERENCES)?;
                self.chapters = bytes.as_chunks().0.iter().map(|id| u32::from_be_bytes(*id)).collect();
            }
            b"udta" | b"meta" => self.places.take(atom),
            b"stsd" => self.entry = SampleEntry::of(&beginning(reader, &atom.content, TABLE)?).or(self.entry),
            b"stts" => self.samples = durations(reader, &atom.content)?,
            b"stsz" | b"stz2" => self.sizes = Sizes::read(reader, atom)?,
            _ => {}
        }
        Ok(())
    }

    /// Length of the media in the track itself, fragments not counted. The header's and that of the
    /// table, the shorter where they differ: a table that is there says how much can be played.
    pub fn media(&self) -> Option<u64> {
        match (self.media, self.samples) {
            (Some(media), Some(samples)) => Some(media.min(samples)),
            (media, samples) => media.or(samples),
        }
    }

    /// Length of the samples that the table in the track has; the others are in fragments.
    pub fn sampled(&self) -> u64 {
        self.samples.unwrap_or(0)
    }

    /// How much of so much media is played.
    pub fn played(&self, media: u64, movie_scale: u32) -> Ticks {
        let media = Ticks { count: media, scale: self.scale };
        Ticks { count: self.edits.played(media, movie_scale), ..media }
    }

    /// How much time passes before its media begins, in its own scale.
    pub fn delay(&self, movie_scale: u32) -> u64 {
        self.edits.delay(movie_scale, self.scale)
    }

    /// Bytes of all samples together, by their table. It is read only here; a long one is judged by
    /// its beginning.
    pub fn bytes<S: ReadAt>(&self, reader: &mut FileReader<S>) -> io::Result<Option<u64>> {
        self.sizes.as_ref().map_or(Ok(None), |sizes| sizes.sum(reader))
    }

    /// The same where all samples have one size, which costs no read.
    pub fn equal_bytes(&self) -> Option<u64> {
        self.sizes.as_ref().and_then(Sizes::equal)
    }
}

/// The sum of a table of sample durations (section 8.6.1.2); `None` if it is longer than what is
/// read.
fn durations<S: ReadAt>(reader: &mut FileReader<S>, content: &Range<u64>) -> io::Result<Option<u64>> {
    let bytes = beginning(reader, content, TABLE)?;
    let entries = bytes.get(VERSION as usize + 4..).unwrap_or_default().as_chunks::<8>().0;
    let is_whole = u32_at(&bytes, VERSION as usize).is_some_and(|count| count as usize == entries.len());
    let ticks = |entry: &[u8; 8]| Some(u64::from(u32_at(entry, 0)?) * u64::from(u32_at(entry, 4)?));
    let sum = entries.iter().filter_map(ticks).fold(0, u64::saturating_add);
    Ok(Some(sum).filter(|&sum| is_whole && sum > 0))
}

/// The sizes of samples (section 8.7.3).
#[derive(Debug)]
struct Sizes {
    /// Of each, in bytes; 0 where the table says it.
    each: u32,
    count: u32,
    table: Range<u64>,
    /// Of an entry of the table.
    bits: u32,
}

impl Sizes {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, atom: &Atom) -> io::Result<Option<Self>> {
        let bytes = beginning(reader, &atom.content, 12)?;
        let (Some(size), Some(count)) = (u32_at(&bytes, 4), u32_at(&bytes, 8)) else { return Ok(None) };
        let table = atom.content.start + 12..atom.content.end;
        let (each, bits) = if &atom.name == b"stz2" { (0, size & 0xff) } else { (size, 32) };
        Ok(matches!(bits, 4 | 8 | 16 | 32).then_some(Self { each, count, table, bits }))
    }

    /// QuickTime counts the samples inside of packets too, and gives each one byte: a size of 1
    /// says nothing.
    fn equal(&self) -> Option<u64> {
        (self.each > 1).then(|| u64::from(self.each) * u64::from(self.count))
    }

    fn sum<S: ReadAt>(&self, reader: &mut FileReader<S>) -> io::Result<Option<u64>> {
        if self.each > 0 {
            return Ok(self.equal());
        }
        let bytes = beginning(reader, &self.table, SIZES)?;
        let read = (bytes.len() as u64 * 8 / u64::from(self.bits)).min(self.count.into());
        let sum: u64 = match self.bits {
            4 => bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(read as usize).map(u64::from).sum(),
            bits => {
                let entries = bytes.chunks_exact(bits as usize / 8).take(read as usize);
                entries.map(|entry| entry.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))).sum()
            }
        };
        Ok((u128::from(sum) * u128::from(self.count)).checked_div(read.into()).and_then(|sum| u64::try_from(sum).ok()))
    }
}
