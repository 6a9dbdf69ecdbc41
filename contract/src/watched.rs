//! Events of a system that watches folders.

use serde::{Deserialize, Serialize};

/// The request of `folders-of-events`. `W` is a row of the statement `folders`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events<W> {
    /// The root, by the name of its preopen.
    pub root: String,
    /// The folders that the library knows, as work.
    pub known: Vec<W>,
    /// The paths that something has happened to, relative to the root.
    pub events: Vec<(String, Event)>,
}

/// A change of a path. Of several the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// Content was written: the path is a file's.
    Written,
    /// It was removed, has lost its name, or has other rights.
    Changed,
    /// It was made, or has got this name.
    Made,
}
