//! Tracks that sound alike, by their fingerprints, without comparing each with each.
//!
//! Of each fingerprint some items are noted: those whose own bits say so, so that of two encodings
//! it is the same ones. Two tracks that share a few of them at one distance are compared.

use crate::fingerprint::ITEM_MS;

/// The items that are compared: the first minute of a fingerprint. The second would double the
/// memory that a library takes, and told no pair from others.
pub const COMPARED: usize = 512;
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
    prints: Vec<Box<[u32]>>,
    index: Vec<Vec<Note>>,
    sorted: usize,
}

impl Sounds {
    /// Adds a fingerprint of at most [`COMPARED`] items, and gives its number; `None` for one too
    /// many.
    pub fn add(&mut self, items: Box<[u32]>) -> Option<usize> {
        let print = self.prints.len();
        if print >= 1 << PRINT_BITS {
            return None;
        }
        self.index.resize(1 << PARTS, Vec::new());
        for (mixed, item) in noted(&items) {
            self.index[part_of(mixed)].push(Note::new(mixed, print, item));
        }
        self.prints.push(items);
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
    pub fn alike(&self, print: usize, may_be: impl Fn(usize) -> bool) -> Vec<(usize, Likeness)> {
        let items = &self.prints[print];
        let mut hits: Vec<(usize, i32)> = Vec::new();
        for (mixed, item) in noted(items) {
            let part = &self.index[part_of(mixed)];
            let from = part.partition_point(|note| note.mixed() < mixed);
            let len = part[from..].partition_point(|note| note.mixed() == mixed);
            if len <= COMMON {
                let earlier = part[from..from + len].iter().take_while(|note| note.print() < print);
                let hit = |note: &Note| (note.print(), item as i32 - note.item());
                hits.extend(earlier.map(hit).filter(|(other, _)| may_be(*other)));
            }
        }
        hits.sort_unstable();
        let pairs = hits.chunk_by(|one, other| one.0 == other.0).filter_map(|hits| {
            let other = hits[0].0;
            Some((other, compare(&self.prints[other], items, distance(hits)?)?))
        });
        pairs.collect()
    }
}

/// The part of the index that has a key. The highest bits of those that are noted are 0.
fn part_of(mixed: u32) -> usize {
    (mixed >> (32 - ONE_IN - PARTS)) as usize
}

/// The items that are noted: their mixed keys, with their places. Of an item that stays only the
/// first.
fn noted(items: &[u32]) -> impl Iterator<Item = (u32, usize)> {
    let mut before = None;
    items.iter().enumerate().filter_map(move |(place, &item)| {
        let is_new = before.replace(item) != Some(item);
        // An odd number makes no two keys one.
        let mixed = item.wrapping_mul(0x9e37_79b1);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::Chance;

    /// Items as of music: each is the one before with some other bits.
    pub fn music(chance: &mut Chance, len: usize) -> Box<[u32]> {
        let mut item = chance.below(1 << 32) as u32;
        (0..len)
            .map(|_| {
                (0..chance.below(8)).for_each(|_| item ^= 1 << chance.below(32));
                item
            })
            .collect()
    }

    /// Another encoding: in each item so many bits are others, on average.
    fn encoded(items: &[u32], bits: f64, chance: &mut Chance) -> Box<[u32]> {
        let flip = |bit: u32, chance: &mut Chance| u32::from(chance.below(10_000) < (bits * 312.5) as u64) << bit;
        items.iter().map(|item| (0..32).fold(*item, |item, bit| item ^ flip(bit, chance))).collect()
    }

    fn found(prints: &[&[u32]]) -> Vec<(usize, usize, Likeness)> {
        let mut sounds = Sounds::default();
        prints.iter().for_each(|print| _ = sounds.add((*print).into()));
        while !sounds.sort() {}
        let of =
            |print| sounds.alike(print, |_| true).into_iter().map(move |(other, likeness)| (other, print, likeness));
        (0..sounds.len()).flat_map(of).collect()
    }

    #[test]
    fn encodings_of_a_recording_are_found_and_their_score_told() {
        let mut chance = Chance(7);
        for bits in [0.0, 0.5, 1.0, 2.0] {
            let one = music(&mut chance, COMPARED);
            let other = encoded(&one, bits, &mut chance);
            let pairs = found(&[&one, &music(&mut chance, COMPARED), &other]);
            let [(0, 2, likeness)] = pairs[..] else { panic!("{bits}: {pairs:?}") };
            assert!((likeness.score - bits).abs() < 0.3, "{bits}: {likeness:?}");
            assert_eq!(likeness.offset, 0);
        }
    }

    #[test]
    fn what_begins_later_is_found_with_its_distance() {
        let mut chance = Chance(7);
        let whole = music(&mut chance, COMPARED + 40);
        let [(0, 1, likeness)] = found(&[&whole[..COMPARED], &whole[40..]])[..] else { panic!() };
        assert_eq!((likeness.score, likeness.offset, likeness.offset_ms()), (0.0, -40, -4952));
        assert_eq!(likeness.reversed().offset_ms(), 4952);
    }

    #[test]
    fn what_is_alike_in_a_part_alone_is_no_pair() {
        let mut chance = Chance(7);
        let one = music(&mut chance, COMPARED);
        for (same, is_pair) in [(300, false), (390, false), (440, true)] {
            let other = [&one[..same], &music(&mut chance, COMPARED - same)].concat();
            assert_eq!(found(&[&one, &other]).len(), usize::from(is_pair), "{same}");
        }
        // As half of the items that are one and half that are unlike.
        assert!(found(&[&one, &encoded(&one, 7.0, &mut chance)]).is_empty());
    }

    #[test]
    fn silence_and_nothing_are_like_nothing() {
        let silence = [627_964_279; COMPARED];
        let prints = vec![&silence[..]; 300];
        assert!(found(&prints).is_empty());
        assert!(found(&[&[], &[]]).is_empty());
    }

    #[test]
    fn other_recordings_are_no_pairs() {
        let mut chance = Chance(7);
        let prints: Vec<_> = (0..500).map(|_| music(&mut chance, COMPARED)).collect();
        let prints: Vec<&[u32]> = prints.iter().map(|print| &**print).collect();
        assert!(found(&prints).is_empty());
    }
}
