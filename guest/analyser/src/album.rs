//! The loudness of several tracks together.

use mt_scanner_contract::ScanError;
use serde::Serialize;

use crate::blocks::{Blocks, gated, loudness, range};
use crate::loudness::{decibels, gain};

/// What is said of an album; `None` where its tracks have no such value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlbumLoudness {
    /// Integrated loudness in LUFS.
    pub integrated: Option<f64>,
    /// Loudness range in LU.
    pub range: Option<f64>,
    /// The highest true peak of a track in dBTP.
    pub true_peak: Option<f64>,
    /// What leads to the reference, in dB.
    pub replaygain_album_gain: Option<f64>,
    /// True peak as part of full scale.
    pub replaygain_album_peak: Option<f64>,
}

/// The loudness of an album, by a JSON array with `[blocks, true_peak]` of each track.
pub fn of_request(tracks: &str) -> Result<AlbumLoudness, ScanError> {
    let tracks: Vec<(Option<String>, Option<f64>)> =
        serde_json::from_str(tracks).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
    of_tracks(tracks.iter().map(|(blocks, true_peak)| (blocks.as_deref(), *true_peak)))
}

/// The same from `blocks` and `true_peak` of each track.
pub fn of_tracks<'t>(tracks: impl Iterator<Item = (Option<&'t str>, Option<f64>)>) -> Result<AlbumLoudness, ScanError> {
    let mut all = Blocks::new();
    let mut true_peak: Option<f64> = None;
    for (blocks, peak) in tracks {
        if let Some(text) = blocks {
            let wrong = || ScanError::InvalidRequest("these are no blocks of this component".into());
            all.add(&Blocks::from_text(text).ok_or_else(wrong)?);
        }
        true_peak = peak.into_iter().chain(true_peak).reduce(f64::max);
    }
    let [gating, short_term] = all.levels();
    let integrated = gated(&gating).map(loudness);
    let true_peak = true_peak.filter(|peak| decibels(10_f64.powf(peak / 20.0)).is_some());
    Ok(AlbumLoudness {
        integrated,
        range: range(&short_term).filter(|_| integrated.is_some()),
        true_peak,
        replaygain_album_gain: integrated.map(gain),
        replaygain_album_peak: true_peak.map(|peak| 10_f64.powf(peak / 20.0)),
    })
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;
    use crate::loudness::{Loudness, Meter};

    const RATE: u32 = 4_000;

    /// Noise in stereo whose level goes from one to another and back, in parts of full scale.
    fn noise(seed: u32, seconds: u32, from: f32, to: f32) -> Vec<f32> {
        let mut state = seed;
        let frames = seconds * RATE;
        let mut smooth = 0.0;
        (0..2 * frames)
            .map(|sample| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                smooth += 0.2 * (white - smooth);
                let part = (sample as f32 / (2 * frames) as f32 * std::f32::consts::TAU).sin().abs();
                smooth * (from + (to - from) * part)
            })
            .collect()
    }

    fn silence() -> Vec<f32> {
        vec![0.0; 10 * RATE as usize]
    }

    fn measured(samples: &[f32]) -> Loudness {
        let mut meter = Meter::new(2, RATE).unwrap();
        // Packets are of any length.
        samples.chunks(2 * 1152).for_each(|packet| meter.take(packet));
        meter.loudness()
    }

    #[test]
    fn an_album_is_as_loud_as_its_tracks_one_behind_the_other() {
        let tracks = [noise(1, 30, 0.02, 0.9), noise(2, 20, 0.3, 0.3), noise(3, 45, 0.005, 0.1), silence()];
        let mut whole = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK).unwrap();
        tracks.iter().for_each(|track| whole.add_frames_f32(track).unwrap());
        let each: Vec<_> = tracks.iter().map(|track| measured(track)).collect();
        let album = of_tracks(each.iter().map(|track| (track.blocks.as_deref(), track.true_peak))).unwrap();
        assert!((album.integrated.unwrap() - whole.loudness_global().unwrap()).abs() < 0.1, "{album:?}");
        assert!((album.range.unwrap() - whole.loudness_range().unwrap()).abs() < 1.0, "{album:?}");
        assert!((album.replaygain_album_gain.unwrap() - (-18.0 - album.integrated.unwrap())).abs() < 1e-9);
        let peak = whole.true_peak(0).unwrap().max(whole.true_peak(1).unwrap());
        assert!((album.replaygain_album_peak.unwrap() - peak).abs() < 0.001);
        // And no mean of its tracks.
        let loudest = each.iter().filter_map(|track| track.integrated).reduce(f64::max).unwrap();
        assert!(album.integrated.unwrap() < loudest - 0.5);
    }

    #[test]
    fn each_track_is_as_loud_as_the_reference_says() {
        for (seed, from, to) in [(1, 0.02, 0.9), (2, 0.3, 0.3), (3, 0.001, 0.5)] {
            let samples = noise(seed, 12, from, to);
            let mut reference = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK).unwrap();
            reference.add_frames_f32(&samples).unwrap();
            let loudness = measured(&samples);
            assert!((loudness.integrated.unwrap() - reference.loudness_global().unwrap()).abs() < 0.01, "{loudness:?}");
            // Its windows begin each second, and these each tenth of one.
            assert!((loudness.range.unwrap() - reference.loudness_range().unwrap()).abs() < 1.0, "{loudness:?}");
            assert!(loudness.blocks.unwrap().len() < 1500);
        }
    }

    #[test]
    fn silent_tracks_and_none_have_no_loudness() {
        for request in ["[]", "[[null,null],[null,null]]"] {
            let album = of_request(request).unwrap();
            assert_eq!((album.integrated, album.range, album.true_peak), (None, None, None));
        }
        let silent = measured(&silence());
        assert_eq!((silent.blocks, silent.integrated), (None, None));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for request in ["", "{}", "[1]", "[[\"?\",null]]", "[[\"AAAA\",1]]"] {
            assert!(matches!(of_request(request), Err(ScanError::InvalidRequest(_))), "{request}");
        }
    }
}
