//! What `mt-scan hash` and `mt-scan fingerprint` tell people: a line for each file.

use mt_scanner::FileReport;

use super::examine::Telling;
use crate::screen::shown;
use crate::summary::path;

/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// The hash of each file's audio, or of the whole file.
pub struct Hashing {
    pub of_file: bool,
}

impl Telling for Hashing {
    const LISTS: bool = true;

    fn of_file(&mut self, report: &FileReport) -> Option<String> {
        let hash = if self.of_file { &report.file_hash } else { &report.payload_hash };
        let hash = hash.clone().unwrap_or_else(|| "-".repeat(DIGITS));
        Some(format!("{hash}  {}", shown(&path(report))))
    }
}

/// The fingerprint of each file.
pub struct Fingerprinting;

impl Telling for Fingerprinting {
    const LISTS: bool = true;

    fn of_file(&mut self, report: &FileReport) -> Option<String> {
        let fingerprint = report.fingerprint.as_deref().unwrap_or("-");
        Some(format!("{fingerprint}  {}", shown(&path(report))))
    }
}
