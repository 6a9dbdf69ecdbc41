//! Blocks of audio by their energy: gating, range, and how many blocks of which loudness there are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The absolute gate in LUFS (ITU-R BS.1770-4).
const FLOOR: f64 = -70.0;
/// What the relative gates are below the mean, in LU: of integrated loudness (BS.1770-4) and of the
/// range (EBU Tech 3342).
const BELOW: f64 = 10.0;
const BELOW_OF_RANGE: f64 = 20.0;
/// Bins of a histogram in one LU, and all from the floor to +30 LUFS.
const BINS_PER_LU: f64 = 10.0;
const BINS: usize = 1000;
/// What the text of this form begins with.
const FORM: u8 = 1;

/// So many blocks with this mean energy. Lists of them go from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Mean square of the filtered samples, channels weighted and added.
    pub energy: f64,
    /// The number of blocks.
    pub count: u64,
}

/// The energy of a loudness in LUFS.
pub fn energy(loudness: f64) -> f64 {
    10_f64.powf((loudness + 0.691) / 10.0)
}

/// The loudness of an energy, in LUFS.
pub fn loudness(energy: f64) -> f64 {
    10.0 * energy.log10() - 0.691
}

/// Those from this energy on.
fn from(levels: &[Level], energy: f64) -> &[Level] {
    &levels[levels.partition_point(|level| level.energy < energy)..]
}

/// The mean energy; `None` of nothing.
fn mean(levels: &[Level]) -> Option<f64> {
    let count: u64 = levels.iter().map(|level| level.count).sum();
    let sum: f64 = levels.iter().map(|level| level.energy * level.count as f64).sum();
    (count > 0).then(|| sum / count as f64)
}

/// Those that are less than so many LU below the mean of those above the floor.
fn gate(levels: &[Level], below: f64) -> &[Level] {
    let loud = from(levels, energy(FLOOR));
    mean(loud).map_or(&[], |mean| from(loud, mean / 10_f64.powf(below / 10.0)))
}

/// The mean energy of gating blocks behind both gates; `None` if all are silent.
pub fn gated(blocks: &[Level]) -> Option<f64> {
    mean(gate(blocks, BELOW))
}

/// The range of short-term windows in LU; `None` if all are silent.
pub fn range(windows: &[Level]) -> Option<f64> {
    let windows = gate(windows, BELOW_OF_RANGE);
    let count: u64 = windows.iter().map(|level| level.count).sum();
    let at = |part: f64| {
        let mut place = ((count.checked_sub(1)?) as f64 * part).round() as u64;
        let found = windows.iter().find(|level| {
            let is_here = place < level.count;
            place = place.saturating_sub(level.count);
            is_here
        });
        found.map(|level| loudness(level.energy))
    };
    Some(at(0.95)? - at(0.1)?)
}

/// How many gating blocks and short-term windows of which loudness some audio has, in steps of
/// 0.1 LU.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocks {
    gating: Vec<u64>,
    short_term: Vec<u64>,
}

impl Blocks {
    /// Of no audio.
    pub fn new() -> Self {
        Self { gating: vec![0; BINS], short_term: vec![0; BINS] }
    }

    /// Of audio with these blocks and windows.
    pub fn of(gating: &[Level], short_term: &[Level]) -> Self {
        let mut blocks = Self::new();
        for (levels, bins) in [(gating, &mut blocks.gating), (short_term, &mut blocks.short_term)] {
            for level in from(levels, energy(FLOOR)) {
                let bin = ((loudness(level.energy) - FLOOR) * BINS_PER_LU) as usize;
                bins[bin.min(BINS - 1)] += level.count;
            }
        }
        blocks
    }

    /// Adds other audio.
    pub fn add(&mut self, other: &Self) {
        for (bins, others) in [(&mut self.gating, &other.gating), (&mut self.short_term, &other.short_term)] {
            bins.iter_mut().zip(others).for_each(|(bin, other)| *bin = bin.saturating_add(*other));
        }
    }

    /// Gating blocks, and short-term windows.
    pub fn levels(&self) -> [Vec<Level>; 2] {
        let middle = |bin: usize| energy(FLOOR + (bin as f64 + 0.5) / BINS_PER_LU);
        [&self.gating, &self.short_term].map(|bins| {
            let levels = bins.iter().enumerate().map(|(bin, &count)| Level { energy: middle(bin), count });
            levels.filter(|level| level.count > 0).collect()
        })
    }

    /// As text: numbers of seven bits to a byte, the lowest first, in base64. Of each histogram how
    /// many bins have blocks, and for each of these how many are passed over and the number of
    /// blocks.
    pub fn text(&self) -> String {
        let mut bytes = vec![FORM];
        for bins in [&self.gating, &self.short_term] {
            put(&mut bytes, bins.iter().filter(|count| **count > 0).count() as u64);
            let mut next = 0;
            for (bin, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
                put(&mut bytes, (bin - next) as u64);
                put(&mut bytes, *count);
                next = bin + 1;
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// From text; `None` if it is none of this form.
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut bytes = bytes.strip_prefix(&[FORM])?;
        let mut blocks = Self::new();
        for bins in [&mut blocks.gating, &mut blocks.short_term] {
            let mut next = 0_usize;
            for _ in 0..take(&mut bytes)? {
                let bin = next.checked_add(usize::try_from(take(&mut bytes)?).ok()?)?;
                *bins.get_mut(bin)? = take(&mut bytes)?;
                next = bin + 1;
            }
        }
        bytes.is_empty().then_some(blocks)
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..42).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(loudnesses: &[(f64, u64)]) -> Vec<Level> {
        loudnesses.iter().map(|&(loudness, count)| Level { energy: energy(loudness), count }).collect()
    }

    #[test]
    fn what_is_far_below_the_mean_counts_for_nothing() {
        let is = |levels: &[Level], expected: f64| (loudness(gated(levels).unwrap()) - expected).abs() < 0.001;
        assert!(is(&levels(&[(-80.0, 50), (-36.0, 10), (-23.0, 10)]), -23.0));
        assert!(is(&levels(&[(-23.0, 3)]), -23.0));
        assert_eq!(gated(&levels(&[(-71.0, 9)])), None);
        assert_eq!(gated(&[]), None);
    }

    #[test]
    fn a_range_leaves_out_a_tenth_and_a_twentieth() {
        // EBU Tech 3342, section 3: from the 10th to the 95th percentile.
        let windows = levels(&[(-40.0, 9), (-30.0, 42), (-20.0, 46), (-10.0, 4)]);
        assert!((range(&windows).unwrap() - 10.0).abs() < 0.001);
        assert_eq!(range(&[]), None);
        assert!(range(&levels(&[(-20.0, 1)])).unwrap().abs() < 0.001);
    }

    #[test]
    fn text_has_all_blocks_and_no_others_are_read() {
        let blocks =
            Blocks::of(&levels(&[(-90.0, 3), (-70.0, 1), (-20.03, 300), (40.0, 2)]), &levels(&[(-18.0, 1 << 33)]));
        let text = blocks.text();
        assert_eq!(Blocks::from_text(&text), Some(blocks.clone()));
        let [gating, short_term] = blocks.levels();
        assert_eq!(gating.iter().map(|level| level.count).collect::<Vec<_>>(), [1, 300, 2]);
        assert!((loudness(short_term[0].energy) + 18.0).abs() <= 0.051);
        for len in 0..text.len() {
            assert_eq!(Blocks::from_text(&text[..len]), None);
        }
        for wrong in ["", "?", "AA", "AQAAAA", "Af______________8"] {
            assert_eq!(Blocks::from_text(wrong), None, "{wrong}");
        }
        assert_eq!(Blocks::from_text(&Blocks::new().text()), Some(Blocks::new()));
    }
}
