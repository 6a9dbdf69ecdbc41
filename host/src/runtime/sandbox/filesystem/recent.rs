//! What an instance's filesystem remembers between calls.

#[cfg(target_os = "linux")]
use rustix::fs::Stat;

/// What is remembered between calls.
#[cfg(target_os = "linux")]
#[derive(Default)]
pub(in crate::runtime::sandbox) struct Recent {
    /// What a file's opening has told of it already: a `stat` usually follows.
    pub(super) stat: Option<(u32, Stat)>,
    /// A folder that was opened last, and not read from: a listing usually follows.
    pub(super) folder: Option<(u32, MayEnter)>,
    /// For entries as the system writes them.
    pub(super) buffer: Vec<u8>,
    /// For entries of directories.
    pub(super) told: Vec<Vec<u8>>,
}

/// Whether it is known that a folder may be entered, and not only read.
#[cfg(target_os = "linux")]
type MayEnter = bool;

/// What is remembered between calls: nothing.
#[cfg(not(target_os = "linux"))]
#[derive(Default)]
pub(in crate::runtime::sandbox) struct Recent(());
