//! For tests: whole files that are read, damaged and cut off.

use std::cell::{Cell, RefCell};
use std::io;

use mt_scanner_contract::{Chapter, Lyrics, Track};

use crate::cost::{self, Cost};
use crate::fields::Details;
use crate::legacy::LegacyCharset;
use crate::parse::parse;
use crate::reader::tests::Counted;
use crate::reader::{FileReader, ReadAt};

/// What was read of a file.
#[derive(Debug)]
pub(crate) struct Said {
    pub track: Track,
    /// The items of its tags, with their keys.
    pub items: Vec<(String, String)>,
    pub lyrics: Vec<Lyrics>,
    pub chapters: Vec<Chapter>,
    /// Empty if nothing is damaged.
    pub damage: String,
    /// Where the source was read, and how much.
    pub reads: Vec<(u64, u64)>,
}

/// Reads a file of these bytes.
pub(crate) fn said(bytes: &[u8]) -> Said {
    let mut track = Track::default();
    let source = Counted { bytes: bytes.to_vec(), reads: RefCell::default() };
    let mut reader = FileReader::new(source, bytes.len() as u64);
    let parsed = parse(&mut reader, &mut track, true, LegacyCharset::Auto).unwrap();
    let Details { tags, lyrics, chapters } = parsed.details;
    let items = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    Said { track, items, lyrics, chapters, damage: parsed.damage.unwrap_or_default(), reads: reader.reads() }
}

/// What a file may cost whatever it holds, for each of its bytes.
///
/// The contract says that no answer takes a second or 64 MiB. A time depends on the machine and on
/// what else that does, so work is bounded here: a parser asks its reader for each byte that it
/// looks at, as often as it looks, and allocates what it makes of them. The largest inputs have 32
/// KiB: at these bounds they take some milliseconds and 1 MiB.
mod most {
    /// A smaller file counts as one of so many bytes.
    pub const SMALL: u64 = 4096;
    /// Reads of the source, of any file.
    pub const READS: usize = 200;
    /// Bytes that are read of the source: each piece once, but for what lies at two windows' edges.
    pub const READ: u64 = 4;
    /// How often the reader is asked.
    pub const ASKS: u64 = 4;
    /// Bytes that the reader gives.
    pub const GIVEN: u64 = 1024;
    /// Bytes of memory at a time, beside the file itself.
    pub const MEMORY: u64 = 40;
    /// Bytes of memory in all.
    pub const ALLOCATED: u64 = 128;
}

/// How many mutated inputs each drill has: 20,000 are the full one.
fn inputs() -> usize {
    let set = std::env::var("MT_SCANNER_MUTATIONS").ok();
    set.map_or(2_000, |count| count.parse().expect("MT_SCANNER_MUTATIONS is a number"))
}

/// Reads every prefix of a file and mutations of it. See [`bounded`].
pub(crate) fn survives(sample: &[u8]) {
    for len in 0..sample.len() {
        bounded(&sample[..len]);
    }
    mutated(&[sample.to_vec()], sample.len() as u64);
}

/// Reads mutations of some files, the same ones from the same seed. See [`bounded`].
pub(crate) fn mutated(samples: &[Vec<u8>], seed: u64) {
    damaged(samples, seed, bounded);
}

/// Hands mutations of some samples to `each`, the same ones from the same seed.
pub(crate) fn damaged(samples: &[Vec<u8>], seed: u64, mut each: impl FnMut(&[u8])) {
    let mut chance = Chance(seed);
    for _ in 0..inputs() {
        let mut bytes = samples[chance.below(samples.len())].clone();
        for _ in 0..1 + chance.below(8) {
            if chance.below(40) == 0 {
                cross(&mut bytes, &samples[chance.below(samples.len())], &mut chance);
            } else {
                mutate(&mut bytes, &mut chance);
            }
        }
        each(&bytes);
    }
}

/// Reads a file of these bytes: without a panic, without a read beyond its end, and at a cost that
/// its size is worth.
fn bounded(bytes: &[u8]) {
    let len = bytes.len() as u64;
    let (Said { reads, .. }, cost) = cost::of(|| said(bytes));
    assert!(reads.iter().all(|(offset, wanted)| offset + wanted <= len), "read beyond the end: {reads:?} of {len}");
    let read: u64 = reads.iter().map(|(_, len)| len).sum();
    assert!(reads.len() <= most::READS && read <= len * most::READ, "read too much: {reads:?} of {len}");
    let Cost { memory, allocated, asks, given, .. } = cost;
    // The source is a copy of the file, and gives copies of its pieces.
    let memory = (memory.unsigned_abs() as u64).saturating_sub(len);
    let worth = len.max(most::SMALL);
    let is_bounded = asks <= worth * most::ASKS
        && given <= worth * most::GIVEN
        && memory <= worth * most::MEMORY
        && allocated <= worth * most::ALLOCATED;
    assert!(is_bounded, "{cost:?} for a file of {len} bytes");
}

/// Puts the end of another file behind the beginning of this one.
fn cross(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    bytes.truncate(chance.below(bytes.len() + 1));
    bytes.extend(&other[chance.below(other.len() + 1)..]);
}

fn mutate(bytes: &mut Vec<u8>, chance: &mut Chance) {
    // Structure is at the beginning, and some at the end.
    let reach = [64, 512, 512, bytes.len()][chance.below(4)].min(bytes.len());
    if reach < 8 {
        return;
    }
    let from = if chance.below(6) == 0 { bytes.len() - reach } else { 0 };
    let at = from + chance.below(reach - 4);
    match chance.below(5) {
        0 => bytes[at] = chance.below(256) as u8,
        1 => bytes[at] ^= 1 << chance.below(8),
        2 => {
            let size = [u32::MAX, 0x7fff_ffff, 0x8000_0000, 0, 1][chance.below(5)];
            let size = if chance.below(2) == 0 { size.to_be_bytes() } else { size.to_le_bytes() };
            bytes[at..at + 4].copy_from_slice(&size);
        }
        3 => {
            let end = (at + 1 + chance.below(50)).min(bytes.len());
            bytes.drain(at..end);
        }
        _ => {
            let end = (at + 1 + chance.below(100)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

/// Numbers by chance, the same from the same seed: xorshift64*.
pub(crate) struct Chance(pub u64);

impl Chance {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 |= 1;
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % limit
    }
}

/// A file whose bytes arrive one read after the other.
pub(crate) struct Slow {
    bytes: Vec<u8>,
    /// Places that were asked for, and are there the next time.
    arrived: RefCell<Vec<(u64, u64)>>,
    pub refusals: Cell<usize>,
}

impl Slow {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, arrived: RefCell::default(), refusals: Cell::default() }
    }
}

impl ReadAt for &Slow {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let place = (offset, len);
        if !self.arrived.borrow().contains(&place) {
            self.arrived.borrow_mut().push(place);
            self.refusals.set(self.refusals.get() + 1);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let start = (offset as usize).min(self.bytes.len());
        Ok(self.bytes[start..(offset + len).min(self.bytes.len() as u64) as usize].to_vec())
    }
}

/// Reads a file whose bytes arrive one read after the other. Gives the track, and how often that
/// was asked for in vain.
pub(crate) fn patiently(bytes: &[u8]) -> (Track, usize) {
    let source = Slow::new(bytes.to_vec());
    let mut track = Track::default();
    while let Err(error) =
        parse(&mut FileReader::new(&source, bytes.len() as u64), &mut track, true, LegacyCharset::Auto)
    {
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }
    (track, source.refusals.get())
}

/// So many frames of MPEG 1 layer III, 128 kbit/s, 44.1 kHz, of 417 bytes and 1152 samples each.
pub(crate) fn mpeg_frames(count: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x44];
    frame.resize(417, 0x55);
    frame.repeat(count)
}
