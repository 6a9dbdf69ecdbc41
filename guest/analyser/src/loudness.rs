//! Loudness by EBU R 128 (ITU-R BS.1770-4, EBU Tech 3342), and ReplayGain 2.0 from it.

use ebur128::{EbuR128, Mode};
use serde::Serialize;

use crate::blocks::{Blocks, Level, energy, gated, loudness, range};

/// The level that ReplayGain 2.0 leads to, in LUFS.
const REFERENCE: f64 = -18.0;
/// Parts of 100 ms that a gating block and a short-term window have. Each part begins one of
/// either, as in ffmpeg.
const GATING: usize = 4;
const SHORT_TERM: usize = 30;

/// What was measured; `None` where the audio has no such value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated: Option<f64>,
    /// Loudness range in LU.
    pub range: Option<f64>,
    /// True peak in dBTP.
    pub true_peak: Option<f64>,
    /// What leads to the reference, in dB.
    pub replaygain_track_gain: Option<f64>,
    /// True peak as part of full scale.
    pub replaygain_track_peak: Option<f64>,
    /// What the loudness of an album is reckoned from.
    pub blocks: Option<String>,
}

/// A measurement on its way.
pub struct Meter {
    meter: EbuR128,
    channels: u32,
    rate: u32,
    /// Samples of all channels in 100 ms, as the crate rounds it, and those that are still to come
    /// of the present ones.
    part: usize,
    missing: usize,
    /// The energy of each 100 ms.
    energies: Vec<f32>,
}

impl Meter {
    /// A meter; `None` for audio that it cannot take.
    pub fn new(channels: u32, rate: u32) -> Option<Self> {
        let meter = EbuR128::new(channels, rate, Mode::M | Mode::TRUE_PEAK).ok()?;
        let part = usize::try_from(u64::from((rate + 5) / 10) * u64::from(channels)).ok()?;
        Some(Self { meter, channels, rate, part, missing: part, energies: Vec::new() })
    }

    /// Whether it measures audio of this kind.
    pub fn fits(&self, channels: u32, rate: u32) -> bool {
        (self.channels, self.rate) == (channels, rate)
    }

    /// Takes samples, interleaved.
    pub fn take(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let (here, rest) = samples.split_at(self.missing.min(samples.len()));
            // It fails for what is no whole number of frames alone.
            let _ = self.meter.add_frames_f32(here);
            self.missing -= here.len();
            if self.missing == 0 {
                self.missing = self.part;
                self.energies.push(self.meter.loudness_window(100).map_or(0.0, energy) as f32);
            }
            samples = rest;
        }
    }

    /// What was measured.
    pub fn loudness(&self) -> Loudness {
        let (gating, short_term) = (levels(&self.energies, GATING), levels(&self.energies, SHORT_TERM));
        let finite = |value: Result<f64, ebur128::Error>| value.ok().filter(|value| value.is_finite());
        let integrated = gated(&gating).map(loudness);
        let peak = (0..self.channels).filter_map(|channel| finite(self.meter.true_peak(channel))).reduce(f64::max);
        Loudness {
            integrated,
            range: range(&short_term).filter(|_| integrated.is_some()),
            true_peak: peak.and_then(decibels),
            replaygain_track_gain: integrated.map(gain),
            replaygain_track_peak: peak.filter(|&peak| peak > 0.0),
            blocks: integrated.map(|_| Blocks::of(&gating, &short_term).text()),
        }
    }
}

/// The mean energies of so many parts in a row, from the lowest to the highest.
fn levels(energies: &[f32], parts: usize) -> Vec<Level> {
    let mean = |window: &[f32]| window.iter().copied().map(f64::from).sum::<f64>() / parts as f64;
    let mut levels: Vec<f64> = energies.windows(parts).map(mean).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.into_iter().map(|energy| Level { energy, count: 1 }).collect()
}

/// What leads to the reference of ReplayGain, in dB.
pub fn gain(integrated: f64) -> f64 {
    REFERENCE - integrated
}

/// A part of full scale in decibels; `None` of silence.
pub fn decibels(peak: f64) -> Option<f64> {
    Some(20.0 * peak.log10()).filter(|peak| peak.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine of 997 Hz in both channels (EBU Tech 3341, test case 1), in dBFS.
    fn sine(seconds: f64, level: f64, rate: u32) -> Vec<f32> {
        let peak = 10_f64.powf(level / 20.0);
        let step = std::f64::consts::TAU * 997.0 / f64::from(rate);
        let frames = (seconds * f64::from(rate)) as u32;
        let sample = |frame: u32| (peak * (step * f64::from(frame)).sin()) as f32;
        (0..frames).flat_map(|frame| [sample(frame); 2]).collect()
    }

    fn measured(parts: &[Vec<f32>]) -> Loudness {
        let mut meter = Meter::new(2, 48_000).unwrap();
        parts.iter().for_each(|part| meter.take(part));
        meter.loudness()
    }

    fn is_near(value: Option<f64>, expected: f64, by: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() <= by)
    }

    #[test]
    fn sines_have_the_loudness_that_the_specification_gives_them() {
        // EBU Tech 3341, test cases 1 to 3.
        for (parts, expected) in [
            (vec![sine(20.0, -23.0, 48_000)], -23.0),
            (vec![sine(20.0, -33.0, 48_000)], -33.0),
            (vec![sine(10.0, -36.0, 48_000), sine(60.0, -23.0, 48_000), sine(10.0, -36.0, 48_000)], -23.0),
        ] {
            let loudness = measured(&parts);
            assert!(is_near(loudness.integrated, expected, 0.1), "{expected} {loudness:?}");
            assert!(is_near(loudness.replaygain_track_gain, -18.0 - expected, 0.1));
        }
    }

    #[test]
    fn a_range_is_the_one_between_two_levels() {
        // EBU Tech 3342, test case 1.
        let loudness = measured(&[sine(20.0, -20.0, 48_000), sine(20.0, -30.0, 48_000)]);
        assert!(is_near(loudness.range, 10.0, 1.0), "{loudness:?}");
        assert!(is_near(loudness.true_peak, -20.0, 0.2), "{loudness:?}");
    }

    #[test]
    fn silence_and_nothing_have_no_loudness() {
        for samples in [vec![], vec![0.0; 960_000]] {
            let loudness = measured(&[samples]);
            assert_eq!((loudness.integrated, loudness.true_peak, loudness.replaygain_track_gain), (None, None, None));
        }
    }
}
