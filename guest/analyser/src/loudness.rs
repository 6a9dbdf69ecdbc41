//! Loudness by EBU R 128 (ITU-R BS.1770-4, EBU Tech 3342), and ReplayGain 2.0 from it.

use ebur128::{EbuR128, Mode};
use serde::Serialize;

/// The level that ReplayGain 2.0 leads to, in LUFS.
const REFERENCE: f64 = -18.0;

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
}

/// A measurement on its way.
pub struct Meter {
    meter: EbuR128,
    channels: u32,
    rate: u32,
}

impl Meter {
    /// A meter; `None` for audio that it cannot take.
    pub fn new(channels: u32, rate: u32) -> Option<Self> {
        let meter = EbuR128::new(channels, rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK).ok()?;
        Some(Self { meter, channels, rate })
    }

    /// Whether it measures audio of this kind.
    pub fn fits(&self, channels: u32, rate: u32) -> bool {
        (self.channels, self.rate) == (channels, rate)
    }

    /// Takes samples, interleaved.
    pub fn take(&mut self, samples: &[f32]) {
        // It fails for what is no whole number of frames alone.
        let _ = self.meter.add_frames_f32(samples);
    }

    /// What was measured.
    pub fn loudness(&self) -> Loudness {
        let finite = |value: Result<f64, ebur128::Error>| value.ok().filter(|value| value.is_finite());
        let integrated = finite(self.meter.loudness_global());
        let peak = (0..self.channels).filter_map(|channel| finite(self.meter.true_peak(channel))).reduce(f64::max);
        let range = finite(self.meter.loudness_range()).filter(|_| integrated.is_some());
        let db = |peak: f64| 20.0 * peak.log10();
        Loudness {
            integrated,
            range,
            true_peak: peak.map(db).filter(|peak| peak.is_finite()),
            replaygain_track_gain: integrated.map(|integrated| REFERENCE - integrated),
            replaygain_track_peak: peak.filter(|&peak| peak > 0.0),
        }
    }
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
