//! Places in the audio: minutes, seconds and frames of 1/75 s.

/// Frames of a CD in a second.
const FRAMES: u64 = 75;
/// Digits of a number of a time, and more than there are in any.
const DIGITS: usize = 7;

/// The place that `mm:ss:ff` says, in ms, rounded to the nearest; `None` if it is no time. Minutes
/// may be more than 99, and the frames may be left out.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let mut parts = text.split([':', '.']);
    let mut number = || parts.next().map(digits);
    let (minutes, seconds) = (number()??, number()??);
    let frames = number().unwrap_or(Some(0))?;
    if parts.next().is_some() {
        return None;
    }
    let frames = (minutes * 60 + seconds) * FRAMES + frames;
    Some((frames * 1000 + FRAMES / 2) / FRAMES)
}

fn digits(text: &str) -> Option<u64> {
    let is_number = (1..=DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_minutes_seconds_and_frames() {
        for (text, expected) in [
            ("00:00:00", Some(0)),
            ("00:00:01", Some(13)),
            ("00:00:74", Some(987)),
            ("00:01:00", Some(1_000)),
            ("3:25:37", Some(205_493)),
            ("99:59:74", Some(5_999_987)),
            ("143:00:00", Some(8_580_000)),
            ("01:02", Some(62_000)),
            ("01:02.37", Some(62_493)),
            ("9999999:00:00", Some(599_999_940_000)),
            ("", None),
            ("12", None),
            ("a:b:c", None),
            ("-1:00:00", None),
            ("1:2:3:4", None),
            ("1::3", None),
            ("99999999:00:00", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
    }
}
