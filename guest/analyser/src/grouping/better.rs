//! Which track of a group to keep, and why.

use std::cmp::Reverse;

use super::row::Track;

/// Lengths that differ by less are the same, in ms: frames, and what encoders add.
const LENGTHS: u64 = 1_000;

/// What is compared, in this order, with what decided.
const REASONS: [&str; 6] = ["undamaged", "lossless", "longer", "bit-rate", "better-tagged", "older-row"];

/// How good a track is in each way; more is better.
type Worth = [Reverse<u64>; REASONS.len()];

/// Orders the tracks of a group, the one to keep first, and says why it is. `is_one_audio`: all
/// have the same coded audio, so that length and quality are the same whatever headers say.
pub fn order(tracks: &[Track], group: &mut [usize], is_one_audio: bool) -> Vec<&'static str> {
    let longest = group.iter().filter_map(|&place| tracks[place].duration_ms).max().unwrap_or_default();
    let worth = |place: usize| -> Worth {
        let track = &tracks[place];
        let is_whole = track.duration_ms.is_some_and(|length| length + LENGTHS >= longest);
        let quality = [u64::from(track.is_lossless()), u64::from(is_whole), rate(track)];
        let [lossless, whole, rate] = if is_one_audio { [0; 3] } else { quality };
        let age = u64::MAX - track.id.unsigned_abs();
        [u64::from(!track.is_bad()), lossless, whole, rate, u64::from(track.tags), age].map(Reverse)
    };
    group.sort_by_cached_key(|&place| worth(place));
    let Some((first, others)) = group.split_first() else { return Vec::new() };
    let best = worth(*first);
    let decided = |&other: &usize| best.iter().zip(&worth(other)).position(|(best, other)| best != other);
    let mut reasons: Vec<usize> = others.iter().filter_map(decided).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons.into_iter().map(|reason| REASONS[reason]).collect()
}

/// How much of the sound there is: what is sampled of lossless audio, what was kept of other. Rates
/// that differ by less than a twelfth are the same: containers and frames.
fn rate(track: &Track) -> u64 {
    let of = |value: Option<u32>| u64::from(value.unwrap_or_default());
    if track.is_lossless() {
        return of(track.sample_rate) * of(track.bit_depth);
    }
    (of(track.bitrate).max(1) as f64).log2().mul_add(8.0, 0.5) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tests::track;

    fn why(group: [Track; 2], is_one_audio: bool) -> (usize, Vec<&'static str>) {
        let mut places = [0, 1];
        let why = order(&group, &mut places, is_one_audio);
        (places[0], why)
    }

    #[test]
    fn the_first_difference_decides() {
        let plain = track(1);
        let with = |change: fn(&mut Track)| {
            let mut track = track(2);
            change(&mut track);
            track
        };
        let verdict = |verdict: &str| Some(verdict.into());
        for (other, first, reason) in [
            (with(|track| track.codec = Some("flac".into())), 1, "lossless"),
            (with(|track| track.duration_ms = Some(220_000)), 1, "longer"),
            (with(|track| track.duration_ms = Some(200_500)), 0, "older-row"),
            (with(|track| track.bitrate = Some(320)), 1, "bit-rate"),
            (with(|track| track.bitrate = Some(190)), 0, "older-row"),
            (with(|track| track.tags = 9), 1, "better-tagged"),
            (with(|_| ()), 0, "older-row"),
        ] {
            assert_eq!(why([plain.clone(), other], false), (first, vec![reason]), "{reason}");
        }
        let damaged = Track { verdict: verdict("damaged"), codec: Some("flac".into()), ..track(2) };
        assert_eq!(why([plain.clone(), damaged], false), (0, vec!["undamaged"]));
        let suspicious = Track { verdict: verdict("suspicious"), tags: 9, ..track(2) };
        assert_eq!(why([plain, suspicious], false), (1, vec!["better-tagged"]));
    }

    #[test]
    fn of_the_same_audio_only_tags_and_age_are_compared() {
        let container = Track { bitrate: Some(320), duration_ms: Some(210_000), ..track(2) };
        assert_eq!(why([track(1), container], true), (0, vec!["older-row"]));
        assert_eq!(why([track(1), Track { tags: 9, ..track(2) }], true), (1, vec!["better-tagged"]));
    }

    #[test]
    fn each_reason_is_named_once() {
        let group = [track(3), track(2), Track { codec: Some("flac".into()), ..track(5) }, track(4)];
        let mut places = [0, 1, 2, 3];
        assert_eq!(order(&group, &mut places, false), ["lossless"]);
        assert_eq!(places, [2, 1, 0, 3]);
    }
}
