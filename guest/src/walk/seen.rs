//! Fingerprints and times as WASI tells them.

use mt_scanner_contract::Fingerprint;
use wasip2::clocks::wall_clock::Datetime;
use wasip2::filesystem::types::DescriptorStat;

/// The fingerprint of a file.
pub fn fingerprint(stat: &DescriptorStat) -> Fingerprint {
    Fingerprint {
        size: stat.size,
        mtime_ns: nanoseconds(stat.data_modification_timestamp),
        ctime_ns: nanoseconds(stat.status_change_timestamp),
    }
}

/// Nanoseconds since 1970. Times before that, which WASI's unsigned seconds cannot say, come out as
/// 0 under every host.
pub fn nanoseconds(time: Option<Datetime>) -> i64 {
    let nanoseconds =
        |time: Datetime| (time.seconds as i64).saturating_mul(1_000_000_000).saturating_add(time.nanoseconds.into());
    time.map_or(0, nanoseconds).max(0)
}
