//! Where the samples of a track are (ISO/IEC 14496-12, sections 8.6.1 and 8.7): read for a track of
//! few samples alone, since the tables of audio are long.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, beginning, u32_at, u64_at};
use crate::reader::{FileReader, ReadAt};

/// The most bytes of each table that are read, enough for 4,000 samples.
const TABLE: u64 = 16 * 1024;
/// Bytes of a table before its entries: version, flags, their count.
const HEAD: usize = VERSION as usize + 4;

/// A sample.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// Its bytes in the file.
    pub place: Range<u64>,
    /// How long it is shown, in the scale of the track.
    pub ticks: u32,
}

/// The tables of a track.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Runs of samples with one duration: how many, and that.
    durations: Vec<[u32; 2]>,
    /// Of all samples, or of each.
    equal: Option<u32>,
    sizes: Vec<u32>,
    /// Runs of chunks with one number of samples: the first chunk, counted from 1, and that.
    runs: Vec<[u32; 2]>,
    /// Where each chunk begins.
    chunks: Vec<u64>,
}

impl Tables {
    /// Reads the tables in the content of a `trak`.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, track: &Range<u64>) -> io::Result<Self> {
        let mut tables = Self::default();
        let mut place = track.clone();
        for parent in [b"mdia", b"minf", b"stbl"] {
            let mut atoms = Atoms::within(place);
            place = loop {
                match atoms.next(reader)? {
                    Some(atom) if &atom.name == parent => break atom.content,
                    Some(_) => {}
                    None => return Ok(tables),
                }
            };
        }
        let mut atoms = Atoms::within(place);
        while let Some(atom) = atoms.next(reader)? {
            tables.take(&atom, reader)?;
        }
        Ok(tables)
    }

    fn take<S: ReadAt>(&mut self, atom: &Atom, reader: &mut FileReader<S>) -> io::Result<()> {
        let pair = |entry: &[u8]| Some([u32_at(entry, 0)?, u32_at(entry, 4)?]);
        match &atom.name {
            b"stts" => self.durations = entries::<8, _>(reader, atom, 0, pair)?,
            b"stsc" => self.runs = entries::<12, _>(reader, atom, 0, pair)?,
            b"stsz" => {
                let each = u32_at(&beginning(reader, &atom.content, HEAD as u64)?, VERSION as usize);
                self.equal = each.filter(|&each| each > 0);
                self.sizes = entries::<4, _>(reader, atom, 4, |entry| u32_at(entry, 0))?;
            }
            b"stco" => self.chunks = entries::<4, _>(reader, atom, 0, |entry| u32_at(entry, 0).map(u64::from))?,
            b"co64" => self.chunks = entries::<8, _>(reader, atom, 0, |entry| u64_at(entry, 0))?,
            _ => {}
        }
        Ok(())
    }

    /// The samples in their order, as far as the tables agree on them, and `most` of them at most.
    pub fn samples(&self, most: usize) -> Vec<Sample> {
        let mut ticks = self.durations.iter().flat_map(|&[count, ticks]| std::iter::repeat_n(ticks, count as usize));
        let mut sizes = self.sizes.iter().copied();
        let mut size = || self.equal.or_else(|| sizes.next());
        let mut samples = Vec::new();
        for (number, &chunk) in (1..).zip(&self.chunks) {
            let run = self.runs.iter().rev().find(|[first, _]| *first <= number);
            let mut start = chunk;
            for _ in 0..run.map_or(0, |[_, samples]| *samples) {
                let (Some(ticks), Some(size)) = (ticks.next(), size()) else { return samples };
                let place = start..start.saturating_add(size.into());
                start = place.end;
                samples.push(Sample { place, ticks });
                if samples.len() == most {
                    return samples;
                }
            }
        }
        samples
    }
}

/// The entries of a table, behind so many bytes more than every table has.
fn entries<const LEN: usize, T>(
    reader: &mut FileReader<impl ReadAt>,
    atom: &Atom,
    skipped: usize,
    entry: impl Fn(&[u8]) -> Option<T>,
) -> io::Result<Vec<T>> {
    let bytes = beginning(reader, &atom.content, TABLE)?;
    let count = u32_at(&bytes, HEAD - 4 + skipped).unwrap_or(0) as usize;
    let entries = bytes.get(HEAD + skipped..).unwrap_or_default().as_chunks::<LEN>().0;
    Ok(entries.iter().take(count).filter_map(|bytes| entry(bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(tables: &Tables) -> Vec<(u64, u64, u32)> {
        let place = |sample: Sample| (sample.place.start, sample.place.end, sample.ticks);
        tables.samples(5).into_iter().map(place).collect()
    }

    #[test]
    fn samples_follow_each_other_within_a_chunk() {
        let tables = Tables {
            durations: vec![[2, 10], [2, 20]],
            equal: None,
            sizes: vec![5, 6, 7, 8],
            runs: vec![[1, 2], [2, 1]],
            chunks: vec![100, 200, 300],
        };
        assert_eq!(places(&tables), [(100, 105, 10), (105, 111, 10), (200, 207, 20), (300, 308, 20)]);
    }

    #[test]
    fn tables_that_claim_very_many_samples_give_as_many_as_were_asked_for() {
        let tables = Tables {
            durations: vec![[u32::MAX, 1]],
            equal: Some(u32::MAX),
            sizes: vec![],
            runs: vec![[1, u32::MAX]],
            chunks: vec![u64::MAX, 0],
        };
        assert_eq!(tables.samples(5).len(), 5);
        assert_eq!(Tables { chunks: vec![0; 9], ..Tables::default() }.samples(5), []);
    }
}
