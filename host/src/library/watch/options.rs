//! How a library is to be kept up to date.

use std::time::Duration;

use crate::library::options::SyncOptions;

/// How to watch; made by `WatchOptions::default()`.
#[derive(Debug, Clone)]
#[must_use = "options are of no use before `watch`"]
pub struct WatchOptions {
    pub(super) first: SyncOptions,
    pub(super) silence: Duration,
    pub(super) longest: Duration,
    pub(super) interval: Duration,
    pub(super) poll: bool,
}

impl Default for WatchOptions {
    /// A full sync first; 250 ms of silence, 2 s at most; events where the system has them, else a
    /// look every 30 s.
    fn default() -> Self {
        Self {
            first: SyncOptions::full(),
            silence: Duration::from_millis(250),
            longest: Duration::from_secs(2),
            interval: Duration::from_secs(30),
            poll: false,
        }
    }
}

impl WatchOptions {
    /// The sync that watching begins with. By default a full one, which sees the changes since the
    /// last watch.
    pub fn first(mut self, options: SyncOptions) -> Self {
        self.first = options;
        self
    }

    /// A batch ends when nothing has happened for `silence`, and no later than `longest` after its
    /// first event. By default 250 ms and 2 s.
    pub fn debounce(mut self, silence: Duration, longest: Duration) -> Self {
        self.silence = silence;
        self.longest = longest;
        self
    }

    /// Time between two looks at a root that tells of no events; a look that takes long is followed
    /// by ten times as long a rest. By default 30 s. A look is a quick sync, and every tenth a full
    /// one, which sees what was changed in place.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Whether to poll every root, whatever it tells. By default only those that need it.
    pub fn poll(mut self, poll: bool) -> Self {
        self.poll = poll;
        self
    }
}
