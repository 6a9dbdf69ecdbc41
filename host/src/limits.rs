//! What one file may cost.

use std::time::Duration;

/// Limits of one call of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most time for one file.
    pub file_timeout: Duration,
    /// The most linear memory of an instance in bytes.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_timeout: Duration::from_secs(10), memory: 256 << 20 }
    }
}
