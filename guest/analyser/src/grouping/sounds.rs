//! Tracks that sound alike, by their fingerprints, without comparing each with each.
//!
//! Of each fingerprint some items are noted: those whose own bits say so, so that of two encodings
//! it is the same ones. Two tracks that share a few of them at one distance are compared.

use crate::fingerprint::{self, ITEM_MS};

/// The bits of an item that make its key. Encodings of one recording have few items that are equal
/// in all bits, and most that are in the others.
const KEY: u32 = 0xffff_ffff;
/// One in so many items is noted, as a power of two.
const ONE_IN: u32 = 3;
/// Two tracks are compared if so many notes are the same at one distance.
const SHARED: usize = 2;
/// Distances that differ by as much are one: the frames of two encodings begin apart.
const SLACK: i32 = 1;
/// A key that stands in more places is silence or a steady sound, and tells nothing.
const COMMON: usize = 256;
/// Two tracks are one recording if fewer bits of an item differ on average ...
const SCORE: f64 = 6.0;
/// ... in a part that is as much of the shorter one.
const PART: f64 = 0.8;
/// A part ends where more bits of an item differ for long.
const UNLIKE: i32 = 9;
/// The index has as many parts, as a power of two. Each is sorted in one go.
const PARTS: u32 = 6;
/// Fingerprints that are held ready to compare, 4 KB each. More are expanded again and again.
const READY: usize = 4096;
/// The bits that a note has for the place of an item, and for its fingerprint.
const ITEM_BITS: u32 = 12;
const PRINT_BITS: u32 = 20;

/// An item that was noted: its key, mixed; its fingerprint; and its place in that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Note(u64);

impl Note {
    fn new(mixed: u32, print: usize, item: usize) -> Self {
        Self(u64::from(mixed) << 32 | (print as u64) << ITEM_BITS | item as u64)
    }

    fn mixed(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn print(self) -> usize {
        (self.0 >> ITEM_BITS) as usize & ((1 << PRINT_BITS) - 1)
    }

    fn item(self) -> i32 {
        (self.0 & ((1 << ITEM_BITS) - 1)) as i32
    }
}

/// Two tracks that are one recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// How many bits of an item differ on average.
    pub score: f64,
    /// How many items later the recording begins in the second of the two.
    pub offset: i32,
}

impl Likeness {
    /// How much later, in ms.
    pub fn offset_ms(self) -> i64 {
        (f64::from(self.offset) * ITEM_MS).round() as i64
    }

    /// The same of the two the other way round.
    pub fn reversed(self) -> Self {
        Self { offset: -self.offset, ..self }
    }
}

/// The fingerprints of a library.
#[derive(Default)]
pub struct Sounds {
    /// Compressed, each with its number of items. That takes half the memory.
    prints: Vec<Box<[u8]>>,
    index: Vec<Vec<Note>>,
    sorted: usize,
    ready: Vec<Option<(usize, Vec<u32>)>>,
}

impl Sounds {
    /// Adds a fingerprint. `None` for what is none, or one too many.
    pub fn add(&mut self, text: &str) -> Option<usize> {
        let compressed = fingerprint::compressed(text)?;
        let items = fingerprint::items(&compressed)?;
        let print = self.prints.len();
        if print >= 1 << PRINT_BITS || items.len() >= 1 << ITEM_BITS {
            return None;
        }
        self.index.resize(1 << PARTS, Vec::new());
        for (mixed, item) in noted(&items) {
            self.index[(mixed >> (32 - ONE_IN - PARTS)) as usize].push(Note::new(mixed, print, item));
        }
        self.prints.push(compressed.into());
        Some(print)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.prints.len()
    }

    /// Sorts the next part of the index. Says whether that was the last.
    pub fn sort(&mut self) -> bool {
        if let Some(part) = self.index.get_mut(self.sorted) {
            part.sort_unstable();
            part.shrink_to_fit();
            self.sorted += 1;
        }
        self.sorted >= self.index.len()
    }

    /// The fingerprints before this one that are of the same recording, among those that may be.
    pub fn alike(&mut self, print: usize, may_be: impl Fn(usize) -> bool) -> Vec<(usize, Likeness)> {
        let items = self.items(print);
        let mut hits: Vec<(usize, i32)> = Vec::new();
        for (mixed, item) in noted(&items) {
            let part = &self.index[(mixed >> (32 - ONE_IN - PARTS)) as usize];
            let from = part.partition_point(|note| note.mixed() < mixed);
            let len = part[from..].partition_point(|note| note.mixed() == mixed);
            if len > COMMON {
                continue;
            }
            let earlier = part[from..from + len].iter().take_while(|note| note.print() < print);
            hits.extend(
                earlier.filter(|note| may_be(note.print())).map(|note| (note.print(), item as i32 - note.item())),
            );
        }
        hits.sort_unstable();
        let mut found = Vec::new();
        for hits in hits.chunk_by(|one, other| one.0 == other.0) {
            let Some(offset) = distance(hits) else { continue };
            let other = self.items(hits[0].0);
            found.extend(compare(&other, &items, offset).map(|likeness| (hits[0].0, likeness)));
            self.keep(hits[0].0, other);
        }
        self.keep(print, items);
        found
    }

    fn items(&mut self, print: usize) -> Vec<u32> {
        self.ready.resize(READY, None);
        match self.ready[print % READY].take() {
            Some((ready, items)) if ready == print => items,
            // They were read when they were added.
            _ => fingerprint::items(&self.prints[print]).unwrap_or_default(),
        }
    }

    fn keep(&mut self, print: usize, items: Vec<u32>) {
        self.ready[print % READY] = Some((print, items));
    }
}

/// The items that are noted: their mixed keys, with their places. Of an item that stays only the
/// first.
fn noted(items: &[u32]) -> impl Iterator<Item = (u32, usize)> {
    // Odd numbers mix without making two keys one.
    let mixed = |item: u32| (item & KEY).wrapping_mul(0x9e37_79b1);
    let mut before = None;
    items.iter().enumerate().filter_map(move |(place, &item)| {
        let is_new = before.replace(item & KEY) != Some(item & KEY);
        let mixed = mixed(item);
        (is_new && mixed >> (32 - ONE_IN) == 0).then_some((mixed, place))
    })
}

/// The distance at which most hits are, in the order of distance; `None` if there are too few.
fn distance(hits: &[(usize, i32)]) -> Option<i32> {
    let near = |at: i32| hits.iter().filter(|hit| (hit.1 - at).abs() <= SLACK).count();
    if hits.len() < SHARED {
        return None;
    }
    let (count, at) = hits.iter().map(|hit| (near(hit.1), hit.1)).max_by_key(|(count, _)| *count)?;
    (count >= SHARED).then_some(at)
}

/// Compares two fingerprints where the second begins about as many items later.
fn compare(one: &[u32], other: &[u32], about: i32) -> Option<Likeness> {
    let at = |offset: i32| {
        let start = (usize::try_from(-offset).unwrap_or(0), usize::try_from(offset).unwrap_or(0));
        let pairs = one.get(start.0..)?.iter().zip(other.get(start.1..)?);
        let differing = pairs.map(|(one, other)| (one ^ other).count_ones() as i32);
        let (bits, len) = likest(differing);
        let is_long = len as f64 >= PART * one.len().min(other.len()) as f64;
        is_long.then(|| Likeness { score: f64::from(bits) / len as f64, offset })
    };
    let best = (about - SLACK..=about + SLACK).filter_map(at).min_by(|a, b| a.score.total_cmp(&b.score));
    best.filter(|likeness| likeness.score < SCORE)
}

/// The part in which least differs: its differing bits and its length.
fn likest(differing: impl Iterator<Item = i32>) -> (i32, usize) {
    let (mut best, mut best_worth, mut here, mut worth) = ((0, 0), 0, (0, 0), 0);
    for bits in differing {
        if worth < 0 {
            (here, worth) = ((0, 0), 0);
        }
        here = (here.0 + bits, here.1 + 1);
        worth += UNLIKE - bits;
        if worth > best_worth {
            (best, best_worth) = (here, worth);
        }
    }
    best
}
