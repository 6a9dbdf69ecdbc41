//! Acoustic fingerprints as Chromaprint takes them: what the same recording has in any encoding.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mt_scanner_contract::ScanError;
use rusty_chromaprint::{Configuration, FingerprintCompressor, Fingerprinter, match_fingerprints};
use serde::Serialize;

/// How much of the audio is taken, in seconds, as `fpcalc` does.
pub const SECONDS: u64 = 120;
/// The most items of a fingerprint that is handed in: eight minutes.
const MOST_ITEMS: usize = 4096;
/// Bits of an item's differences: small ones, and what is added where they do not suffice.
const NORMAL: usize = 3;
const EXCEPTIONAL: usize = 5;
/// The difference that is added to.
const LARGEST_NORMAL: u8 = 7;

/// What AcoustID calls its algorithm in the compressed form, and how long an item is there, in ms.
const ALGORITHM: u8 = 1;
pub const ITEM_MS: f64 = 1365.0 * 1000.0 / 11_025.0;

/// The algorithm of AcoustID.
fn configuration() -> Configuration {
    Configuration::preset_test2()
}

/// A fingerprint on its way.
pub struct Taking {
    fingerprinter: Fingerprinter,
    samples: Vec<i16>,
    channels: usize,
    /// Samples of each channel that are still taken.
    left: usize,
}

impl Taking {
    /// Of audio of this kind; `None` where no fingerprint can be taken.
    pub fn new(channels: u32, rate: u32) -> Option<Self> {
        let mut fingerprinter = Fingerprinter::new(&configuration());
        fingerprinter.start(rate, channels).ok()?;
        let left = usize::try_from(SECONDS * u64::from(rate)).ok()?;
        Some(Self { fingerprinter, samples: Vec::new(), channels: channels as usize, left })
    }

    /// Takes samples, interleaved.
    pub fn take(&mut self, samples: &[f32]) {
        let count = (samples.len() / self.channels).min(self.left);
        self.left -= count;
        let to_16_bits = |sample: &f32| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16;
        self.samples.clear();
        self.samples.extend(samples[..count * self.channels].iter().map(to_16_bits));
        self.fingerprinter.consume(&self.samples);
    }

    /// Whether it takes no more.
    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// The fingerprint as text; `None` of audio that is too short for one.
    pub fn text(mut self) -> Option<String> {
        self.fingerprinter.finish();
        let items = self.fingerprinter.fingerprint();
        (!items.is_empty()).then(|| text(items))
    }
}

/// Items as text.
pub fn text(items: &[u32]) -> String {
    URL_SAFE_NO_PAD.encode(FingerprintCompressor::from(&configuration()).compress(items))
}

/// A part that two recordings have in common.
#[derive(Debug, PartialEq, Serialize)]
pub struct Segment {
    /// Where it begins in the one and in the other, in ms.
    pub start_ms: u64,
    pub other_start_ms: u64,
    /// How long it is, in ms.
    pub length_ms: u64,
    /// How many of the 32 bits of an item differ on average: 0 is equal, 16 is chance.
    pub score: f64,
}

/// The parts that two recordings have in common, by their fingerprints.
pub fn likeness(one: &str, other: &str) -> Result<Vec<Segment>, ScanError> {
    let configuration = configuration();
    let expanded = |text: &str| {
        let items = compressed(text).and_then(|compressed| items(&compressed));
        items.ok_or_else(|| ScanError::InvalidRequest("this is no fingerprint of this component".into()))
    };
    let segments = match_fingerprints(&expanded(one)?, &expanded(other)?, &configuration);
    let ms = |seconds: f32| (f64::from(seconds) * 1000.0).round() as u64;
    let segment = |segment: rusty_chromaprint::Segment| Segment {
        start_ms: ms(segment.start1(&configuration)),
        other_start_ms: ms(segment.start2(&configuration)),
        length_ms: ms(segment.duration(&configuration)),
        score: segment.score,
    };
    let segments = segments.map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
    Ok(segments.into_iter().map(segment).collect())
}

/// A fingerprint's text as the bytes that it stands for.
pub fn compressed(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The items of a compressed fingerprint: of each the bits that differ from those of the item
/// before, as distances between them, ended by a 0.
pub fn items(compressed: &[u8]) -> Option<Vec<u32>> {
    let [id, s0, s1, s2, packed @ ..] = compressed else { return None };
    let count = u32::from_be_bytes([0, *s0, *s1, *s2]) as usize;
    if *id != ALGORITHM || count > MOST_ITEMS {
        return None;
    }
    let mut normal = Vec::new();
    let mut left = count;
    let mut place = 0;
    while left > 0 {
        let value = bits(packed, place * NORMAL, NORMAL)?;
        left -= usize::from(value == 0);
        normal.push(value);
        place += 1;
    }
    let rest = packed.get((normal.len() * NORMAL).div_ceil(8)..)?;
    let mut exceptions = 0;
    let (mut items, mut item, mut bit, mut before) = (Vec::with_capacity(count), 0_u32, 0_u8, 0_u32);
    for mut value in normal {
        if value == 0 {
            before ^= item;
            items.push(before);
            (item, bit) = (0, 0);
            continue;
        }
        if value == LARGEST_NORMAL {
            value += bits(rest, exceptions * EXCEPTIONAL, EXCEPTIONAL)?;
            exceptions += 1;
        }
        bit += value;
        item |= 1_u32.checked_shl(u32::from(bit) - 1)?;
    }
    Some(items)
}

/// So many bits of packed ones, the lowest first.
fn bits(packed: &[u8], at: usize, count: usize) -> Option<u8> {
    let low = u16::from(*packed.get(at / 8)?);
    let high = packed.get(at / 8 + 1).copied().map_or(0, u16::from);
    let is_there = at + count <= packed.len() * 8;
    is_there.then(|| ((high << 8 | low) >> (at % 8)) as u8 & ((1 << count) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tones that change, another melody for each seed.
    fn melody(seed: u32, rate: u32, seconds: u32) -> Vec<f32> {
        let mut state = seed;
        let mut step = 0.0;
        let mut phase = 0.0_f32;
        (0..rate * seconds)
            .map(|index| {
                if index % (rate / 4) == 0 {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    step = std::f32::consts::TAU * (200.0 + (state >> 16) as f32 / 50.0) / rate as f32;
                }
                phase = (phase + step) % std::f32::consts::TAU;
                0.4 * phase.sin()
            })
            .collect()
    }

    fn taken(samples: &[f32], rate: u32) -> Option<String> {
        let mut taking = Taking::new(1, rate).unwrap();
        samples.chunks(1000).for_each(|samples| taking.take(samples));
        taking.text()
    }

    #[test]
    fn what_is_compressed_is_expanded_again() {
        let items: Vec<u32> =
            (0..500_u32).map(|item| item.wrapping_mul(2_654_435_761)).chain([0, u32::MAX, 1 << 31]).collect();
        let compressed = FingerprintCompressor::from(&configuration()).compress(&items);
        assert_eq!(super::items(&compressed), Some(items));
        assert!((0..compressed.len()).all(|len| super::items(&compressed[..len]).is_none()));
    }

    #[test]
    fn the_same_recording_is_alike_at_another_rate_and_another_is_not() {
        let one = taken(&melody(1, 44_100, 20), 44_100).unwrap();
        let again = taken(&melody(1, 22_050, 20), 22_050).unwrap();
        let other = taken(&melody(2, 44_100, 20), 44_100).unwrap();
        let segments = likeness(&one, &again).unwrap();
        assert!(segments.iter().any(|segment| segment.length_ms > 10_000 && segment.score < 6.0), "{segments:?}");
        let apart = likeness(&one, &other).unwrap();
        assert!(apart.iter().all(|segment| segment.length_ms < 5_000 || segment.score > 10.0), "{apart:?}");
    }

    #[test]
    fn a_recording_that_begins_later_is_alike_behind_its_offset() {
        let samples = melody(1, 11_025, 30);
        let (one, later) = (taken(&samples, 11_025).unwrap(), taken(&samples[11_025 * 5..], 11_025).unwrap());
        let segments = likeness(&one, &later).unwrap();
        let offset = segments.iter().map(|found| found.start_ms as i64 - found.other_start_ms as i64).next().unwrap();
        assert!((4_500..5_500).contains(&offset), "{segments:?}");
    }

    #[test]
    fn two_minutes_are_enough_and_very_little_is_too_little() {
        let mut taking = Taking::new(2, 8_000).unwrap();
        let second = vec![0.1; 16_000];
        (0..119).for_each(|_| taking.take(&second));
        assert!(!taking.is_full());
        (0..3).for_each(|_| taking.take(&second));
        assert!(taking.is_full());
        assert_eq!(taken(&[0.1; 100], 44_100), None);
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for text in ["", "?", "AQAA", "AAAAAA", "Af____8"] {
            let is_empty = likeness(text, text).is_ok_and(|segments| segments.is_empty());
            assert!(is_empty || likeness(text, text).is_err(), "{text}");
        }
        assert!(matches!(likeness("?", "?"), Err(ScanError::InvalidRequest(_))));
    }
}
