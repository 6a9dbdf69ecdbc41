//! What an instance's filesystem remembers between calls.

#[cfg(target_os = "linux")]
use rustix::fs::Stat;

/// Answers of the system that save a call to it.
#[cfg(target_os = "linux")]
#[derive(Default)]
pub(in crate::runtime::sandbox) struct Recent {
    /// The status of the file that was opened last, by its descriptor: a `stat` usually follows.
    pub(super) stat: Option<(u32, Stat)>,
    /// The folder that was opened last, by its descriptor, while nothing was read from it: a
    /// listing usually follows.
    pub(super) folder: Option<(u32, MayEnter)>,
    /// Room for entries as the system writes them.
    pub(super) buffer: Vec<u8>,
    /// Room for the entries of listings, of which none is under way.
    pub(super) told: Vec<Vec<u8>>,
}

/// Whether it is known that a folder may be entered, and not only read.
#[cfg(target_os = "linux")]
type MayEnter = bool;

/// Nothing is remembered on this system.
#[cfg(not(target_os = "linux"))]
#[derive(Default)]
pub(in crate::runtime::sandbox) struct Recent(());
