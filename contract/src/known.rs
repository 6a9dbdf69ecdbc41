//! What a library knows, as its statement `known` answers, and whether a file is still like that.

use crate::{Slice, Track};
use serde::{Deserialize, Serialize};

/// What changes when a file does. In JSON an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, i64, i64)", into = "(u64, i64, i64)")]
pub struct Fingerprint {
    /// Size in bytes.
    pub size: u64,
    /// Time of last change of the content in ns since 1970; 0 if not known.
    pub mtime_ns: i64,
    /// Time of last change of the status in ns since 1970; 0 if not known.
    pub ctime_ns: i64,
}

/// A track that the library has in a place. In JSON an array.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Cells", into = "Cells")]
pub struct KnownFile {
    /// Its row.
    pub id: i64,
    /// What its file was like.
    pub fingerprint: Fingerprint,
    trust: u8,
    missing: u8,
    /// What it sounds like.
    pub audio_key: Option<String>,
    /// Which track of a cue sheet in the file it is; 0: the file itself.
    pub cue: u32,
}

type Cells = (i64, u64, i64, i64, u8, u8, Option<String>, u32);

/// In the cell of trust: a change of the file since its fingerprint was taken would show.
const SETTLED: u8 = 1;
/// In the cell of trust: what the row says comes from another reader, or was read with other
/// options.
const OF_ANOTHER_READER: u8 = 2;

/// A folder that the library has, or has not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownFolder {
    /// It has nothing of this folder, nor of any below it.
    pub new: bool,
    /// Whether it was there at the last sync.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub present: bool,
    /// Its time of last change at the last sync; `None` if that cannot be trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtime_ns: Option<i64>,
    /// Whether there are problems with it or with anything below.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub problems: bool,
    /// The names of folders in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// The last name that was looked for among its files; `None` if all of them were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Files in it.
    #[serde(skip_serializing_if = "Slice::is_empty")]
    pub files: Slice,
}

impl KnownFolder {
    /// One that the library has nothing of.
    pub fn none() -> Self {
        Self { new: true, ..Self::default() }
    }
}

/// The clock's grain for times that are whole seconds: FAT's, the coarsest (2 s for changes).
const COARSE: i64 = 2_000_000_000;
/// The grain of other clocks: Linux's is 10 ms at most, network filesystems round to more.
const FINE: i64 = 100_000_000;

/// Whether a change that follows now would show in this time of last change: the "racy git"
/// problem.
pub fn is_settled(changed_ns: i64, now_ns: i64) -> bool {
    let grain = if changed_ns % 1_000_000_000 == 0 { COARSE } else { FINE };
    now_ns.saturating_sub(changed_ns) >= grain
}

impl Fingerprint {
    /// Whether a change of the file that follows now would show.
    pub fn is_settled(&self, now_ns: i64) -> bool {
        is_settled(self.mtime_ns, now_ns) && is_settled(self.ctime_ns, now_ns)
    }

    /// Whether nothing differs. By inequality, never by "newer": a file may be replaced by an older
    /// one. A time that is not known says nothing.
    pub fn is_like(&self, other: &Self) -> bool {
        let ctimes = self.ctime_ns == other.ctime_ns || self.ctime_ns == 0 || other.ctime_ns == 0;
        self.size == other.size && self.mtime_ns == other.mtime_ns && ctimes
    }
}

impl KnownFile {
    /// Whether the last sync did not find it.
    pub fn is_missing(&self) -> bool {
        self.missing != 0
    }

    /// Whether it is the file, and no track of a cue sheet in it.
    pub fn is_file(&self) -> bool {
        self.cue == 0
    }

    /// Whether a file with this fingerprint is the one that was read.
    pub fn is(&self, fingerprint: &Fingerprint) -> bool {
        self.trust & SETTLED != 0 && self.fingerprint.is_like(fingerprint)
    }

    /// Whether the file is to be read again though it is as it was: its row is of another version
    /// of the reader, or of other options that shape values.
    pub fn is_of_another_reader(&self) -> bool {
        self.trust & OF_ANOTHER_READER != 0
    }
}

impl From<(u64, i64, i64)> for Fingerprint {
    fn from((size, mtime_ns, ctime_ns): (u64, i64, i64)) -> Self {
        Self { size, mtime_ns, ctime_ns }
    }
}

impl From<Fingerprint> for (u64, i64, i64) {
    fn from(Fingerprint { size, mtime_ns, ctime_ns }: Fingerprint) -> Self {
        (size, mtime_ns, ctime_ns)
    }
}

/// The fingerprint of a track's file.
impl From<&Track> for Fingerprint {
    fn from(track: &Track) -> Self {
        Self { size: track.size, mtime_ns: track.mtime_ns, ctime_ns: track.ctime_ns }
    }
}

impl From<Cells> for KnownFile {
    fn from((id, size, mtime_ns, ctime_ns, trust, missing, audio_key, cue): Cells) -> Self {
        Self { id, fingerprint: Fingerprint { size, mtime_ns, ctime_ns }, trust, missing, audio_key, cue }
    }
}

impl From<KnownFile> for Cells {
    fn from(file: KnownFile) -> Self {
        let Fingerprint { size, mtime_ns, ctime_ns } = file.fingerprint;
        (file.id, size, mtime_ns, ctime_ns, file.trust, file.missing, file.audio_key, file.cue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn known(trust: u8) -> KnownFile {
        (1, 10, 5 * SECOND + 7, 6 * SECOND + 7, trust, 0, None, 0).into()
    }

    fn seen(size: u64, mtime_ns: i64, ctime_ns: i64) -> Fingerprint {
        Fingerprint { size, mtime_ns, ctime_ns }
    }

    #[test]
    fn any_difference_counts_an_older_time_too() {
        let (mtime, ctime) = (5 * SECOND + 7, 6 * SECOND + 7);
        assert!(known(1).is(&seen(10, mtime, ctime)));
        for other in
            [seen(11, mtime, ctime), seen(10, mtime - 1, ctime), seen(10, mtime, ctime - 1), seen(10, 0, ctime)]
        {
            assert!(!known(1).is(&other), "{other:?}");
        }
    }

    #[test]
    fn a_ctime_that_a_host_does_not_know_says_nothing() {
        assert!(known(1).is(&seen(10, 5 * SECOND + 7, 0)));
    }

    #[test]
    fn a_row_of_another_reader_is_still_that_of_its_file() {
        let same = seen(10, 5 * SECOND + 7, 6 * SECOND + 7);
        for (trust, is, of_another) in [(0, false, false), (1, true, false), (2, false, true), (3, true, true)] {
            let known = known(trust);
            assert_eq!((known.is(&same), known.is_of_another_reader()), (is, of_another), "{trust}");
        }
    }

    #[test]
    fn what_was_taken_within_the_clocks_grain_is_not_trusted() {
        assert!(!known(0).is(&seen(10, 5 * SECOND + 7, 6 * SECOND + 7)));
        assert!(!is_settled(5 * SECOND, 6 * SECOND) && is_settled(5 * SECOND, 7 * SECOND));
        assert!(!is_settled(5 * SECOND + 1, 5 * SECOND + 2) && is_settled(5 * SECOND + 1, 6 * SECOND));
        // A clock that is ahead of ours.
        assert!(!is_settled(9 * SECOND, 5 * SECOND));
    }
}
