//! What watching has to say besides the reports of its syncs.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use mt_scanner_contract::words::{self, filled};

use crate::library::report::{Observer, SyncReport};

/// A change in the way in which a root is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// The root tells of no events, or not of all: it is looked at from time to time.
    Polling {
        /// The root.
        root: &'a Path,
        /// Least time between two looks.
        every: Duration,
        /// Why.
        why: &'a str,
    },
    /// The system has lost events: a full sync of the root follows.
    EventsLost {
        /// The root.
        root: &'a Path,
        /// The system's reason.
        why: &'a str,
    },
    /// The root cannot be read, or holds no music any more. The library is left as it is until it
    /// is back.
    RootGone {
        /// The root.
        root: &'a Path,
        /// In words.
        why: &'a str,
    },
    /// The root is back, and was synced.
    RootBack {
        /// The root.
        root: &'a Path,
    },
    /// Another sync of the library does not end. What has changed is synced later.
    Busy,
}

impl Notice<'_> {
    /// Its name: `polling`, `events-lost`, `root-gone`, `root-back` or `busy`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Polling { .. } => "polling",
            Self::EventsLost { .. } => "events-lost",
            Self::RootGone { .. } => "root-gone",
            Self::RootBack { .. } => "root-back",
            Self::Busy => "busy",
        }
    }
}

impl fmt::Display for Notice<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self {
            Self::Polling { every, why, .. } => {
                filled(words::NOTICE_POLLING, &[("seconds", &every.as_secs_f64().to_string()), ("why", why)])
            }
            Self::EventsLost { why, .. } => filled(words::NOTICE_EVENTS_LOST, &[("why", why)]),
            Self::RootGone { why, .. } => filled(words::NOTICE_ROOT_GONE, &[("why", why)]),
            Self::RootBack { .. } => words::NOTICE_ROOT_BACK.to_owned(),
            Self::Busy => words::NOTICE_BUSY.to_owned(),
        };
        match self {
            Self::Polling { root, .. } | Self::EventsLost { root, .. } | Self::RootBack { root } => {
                write!(formatter, "{}: {said}", root.display())
            }
            // The errors of roots begin with the root.
            Self::RootGone { .. } | Self::Busy => formatter.write_str(&said),
        }
    }
}

/// Watches a library that is kept up to date: every sync of it, as any [`Observer`], and what is
/// between them.
pub trait WatchObserver: Observer {
    /// A sync is over: the first one, or that of a batch of events.
    fn synced(&mut self, _report: &SyncReport) {}

    /// Takes a notice, when it happens.
    fn notice(&mut self, _notice: Notice<'_>) {}
}

/// Watches nothing.
impl WatchObserver for () {}
