//! Lengths in ticks of a time scale.

use std::time::Duration;

/// A length in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticks {
    pub count: u64,
    /// Ticks a second.
    pub scale: u32,
}

const NANOSECONDS: u128 = 1_000_000_000;

impl Ticks {
    /// As a length of time; `None` without a scale.
    pub fn duration(self) -> Option<Duration> {
        let nanoseconds = (u128::from(self.count) * NANOSECONDS).checked_div(u128::from(self.scale))?;
        Some(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)))
    }

    /// In ticks of another scale.
    pub fn in_scale(self, scale: u32) -> u64 {
        let count = (u128::from(self.count) * u128::from(scale)).checked_div(u128::from(self.scale));
        count.and_then(|count| u64::try_from(count).ok()).unwrap_or(u64::MAX)
    }
}

/// A length that a header gives, of 32 or 64 bits: all ones say that it is not known, 0 that it is
/// elsewhere or that there is none.
pub(super) fn stated(bytes: &[u8], at: usize, is_long: bool) -> Option<u64> {
    let (value, unknown) = match is_long {
        true => (super::atom::u64_at(bytes, at)?, u64::MAX),
        false => (super::atom::u32_at(bytes, at)?.into(), u32::MAX.into()),
    };
    Some(value).filter(|&value| value != 0 && value != unknown)
}
