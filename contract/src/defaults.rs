//! Defaults that every host shares: what one call of a component may cost, and where a scan goes.

use std::time::Duration;

/// The most time for one file.
pub const FILE_TIMEOUT: Duration = Duration::from_secs(10);
/// The most time for listing one folder. A hundred thousand names take theirs on a slow disk or
/// network.
pub const LISTING_TIMEOUT: Duration = Duration::from_secs(120);
/// The most linear memory of an instance in bytes.
pub const MEMORY: usize = 256 << 20;
/// The time of one step in ms: progress is seen, and other workers get what was found, at least
/// this often.
pub const STEP_MILLISECONDS: u32 = 50;
/// A step that is not back so long after its time was over lends its place among the workers:
/// others go on meanwhile.
pub const STEP_OVERDUE: Duration = Duration::from_secs(1);
/// A call that is not back so long after its limit hangs in the storage, where no deadline of the
/// component reaches it. Its worker is abandoned.
pub const HANG_MARGIN: Duration = Duration::from_millis(300);
/// A root is given up after so many calls that hang. Calls that hang at the same time count as one.
pub const HUNG_CALLS: u32 = 8;
/// Symbolic links are followed inside a root, where they add something; one of the words of
/// `follow-links`.
pub const FOLLOW_LINKS: &str = "once";
/// Folders whose name begins with a dot are not entered.
pub const HIDDEN_FOLDERS: bool = false;
/// Folders that a `.nomedia` or a `.mtignore` excludes are not entered.
pub const IGNORED_FOLDERS: bool = false;
/// Archives are files like others that hold no music.
pub const ARCHIVES: bool = false;
/// What stands behind the name of an archive where it is a folder: `Album.zip!`.
pub const ARCHIVE_MARK: char = '!';
/// Texts whose charset nothing says are in ISO 8859-1, unless they are UTF-8.
pub const LEGACY_CHARSET: &str = "off";
/// Albums in one file are divided into tracks by their cue sheets.
pub const CUE: bool = true;
