//! Lengths and bit rates from counts.

use std::time::Duration;

/// How long so many samples of each channel last; `None` without a sample rate in Hz.
pub(crate) fn length(samples: u64, sample_rate: u32) -> Option<Duration> {
    let rate = u64::from(sample_rate);
    let nanos = (u128::from(samples.checked_rem(rate)?) * 1_000_000_000 / u128::from(rate)) as u32;
    Some(Duration::new(samples / rate, nanos))
}

/// The mean bit rate in kbit/s of so many bytes in this time, rounded to the nearest; `None` where
/// no time passes.
pub(crate) fn bitrate(bytes: u64, length: Duration) -> Option<u32> {
    let nanos = length.as_nanos();
    let rate = (u128::from(bytes) * 8_000_000 + nanos / 2).checked_div(nanos)?;
    Some(u32::try_from(rate).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_exact_and_needs_a_rate() {
        assert_eq!(length(44_101, 44_100), Some(Duration::new(1, 22_675)));
        assert_eq!(length(u64::MAX, 1), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(length(0, 48_000), Some(Duration::ZERO));
        assert_eq!(length(1, 0), None);
    }

    #[test]
    fn a_bit_rate_is_rounded_and_needs_a_length() {
        assert_eq!(bitrate(16_000, Duration::from_secs(1)), Some(128));
        assert_eq!(bitrate(1_000, Duration::from_millis(62)), Some(129));
        assert_eq!(bitrate(u64::MAX, Duration::from_nanos(1)), Some(u32::MAX));
        assert_eq!(bitrate(1, Duration::ZERO), None);
    }
}
