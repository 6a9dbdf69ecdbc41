//! What the filesystem says of a file or folder.

use mt_scanner_contract::Fingerprint;
use wasip2::clocks::wall_clock::Datetime;
use wasip2::filesystem::types::DescriptorStat;

use super::Kind;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Its size and times.
    pub fingerprint: Fingerprint,
}

impl Stat {
    /// The fingerprint of a regular file; `None` for everything else.
    pub fn of_file(&self) -> Option<Fingerprint> {
        (self.kind == Kind::File).then_some(self.fingerprint)
    }
}

impl From<DescriptorStat> for Stat {
    fn from(stat: DescriptorStat) -> Self {
        let fingerprint = Fingerprint {
            size: stat.size,
            mtime_ns: nanoseconds(stat.data_modification_timestamp),
            ctime_ns: nanoseconds(stat.status_change_timestamp),
        };
        Self { kind: stat.type_.into(), fingerprint }
    }
}

/// Nanoseconds since 1970. Times before that, which WASI's unsigned seconds cannot say, come out as
/// 0 under every host.
fn nanoseconds(time: Option<Datetime>) -> i64 {
    let nanoseconds =
        |time: Datetime| (time.seconds as i64).saturating_mul(1_000_000_000).saturating_add(time.nanoseconds.into());
    time.map_or(0, nanoseconds).max(0)
}
