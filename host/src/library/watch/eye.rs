//! How one root is watched.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mt_scanner_contract::defaults;
use notify::{Config, Error, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::inbox::Inbox;
use super::look::{Looks, Seen};
use crate::runtime::identity::Identity;

/// A root that loses events again and again rests between two full syncs: from this long
const SHORTEST_REST: Duration = Duration::from_secs(10);
/// to this long.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// Attempts to set up the watches of a root: a folder that vanishes meanwhile ends one.
const ATTEMPTS: u32 = 3;
/// One of this many looks at a root is a full sync.
const TURNS: u32 = 10;

/// One root.
pub(super) struct Eye {
    /// As the scanner has it.
    pub root: PathBuf,
    /// The same, links followed: what events are about.
    pub real: PathBuf,
    /// Which folder this is; `None`: it cannot be read.
    identity: Option<Identity>,
    looks: Looks,
    sight: Sight,
    /// The last sync found no music, and the library has some.
    pub emptied: bool,
    /// When a full sync is due.
    pub full: Option<Instant>,
    lost: Option<Instant>,
    rest: Duration,
}

enum Sight {
    /// The root is not looked at.
    None,
    /// Events, for as long as it lives.
    Events { _watcher: RecommendedWatcher },
    /// A look from time to time.
    Polling { next: Instant, turn: u32 },
}

impl Eye {
    /// One that is closed.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            real: root.to_owned(),
            identity: None,
            looks: Looks::default(),
            sight: Sight::None,
            emptied: false,
            full: None,
            lost: None,
            rest: SHORTEST_REST,
        }
    }

    /// Takes a look at the root. `afresh`: whether it can be listed, even if it is as it was.
    pub fn look(&mut self, afresh: bool) {
        self.looks.ask(&self.root, if afresh { None } else { self.identity });
    }

    /// What the look has shown; `None` if the storage does not answer for so long, or as long as
    /// `goes_on` says so.
    pub fn seen(&mut self, patience: Duration, goes_on: &mut dyn FnMut() -> bool) -> Option<Seen> {
        self.looks.seen(patience, goes_on)
    }

    /// Whether the storage has not answered for as long as one file may take.
    pub fn is_silent(&self) -> bool {
        self.looks.silence() > defaults::FILE_TIMEOUT
    }

    /// Opens it. Gives the reason if the root has to be polled.
    pub fn open(&mut self, place: usize, inbox: &Arc<Inbox>, poll: bool, seen: Seen) -> Option<String> {
        self.identity = seen.identity;
        let (real, network) = seen.place.map_or((None, None), |place| (Some(place.real), place.network));
        self.real = real.unwrap_or_else(|| self.root.clone());
        let why = if poll {
            "that was asked for".to_owned()
        } else if let Some(name) = network {
            format!("it is on a network filesystem ({name})")
        } else {
            return self.watch(place, inbox);
        };
        self.poll();
        Some(why)
    }

    /// Waits for events, from now on. Gives the reason if the root has to be polled.
    pub fn watch(&mut self, place: usize, inbox: &Arc<Inbox>) -> Option<String> {
        match self.watcher(place, inbox) {
            Ok(watcher) => {
                self.sight = Sight::Events { _watcher: watcher };
                None
            }
            Err(error) => {
                self.poll();
                Some(reason(&error))
            }
        }
    }

    /// Polls from now on.
    pub fn poll(&mut self) {
        self.sight = Sight::Polling { next: Instant::now(), turn: 0 };
    }

    /// Closes it: the root is not there.
    pub fn close(&mut self) {
        self.identity = None;
        self.sight = Sight::None;
        self.full = None;
    }

    fn watcher(&self, place: usize, inbox: &Arc<Inbox>) -> Result<RecommendedWatcher, Error> {
        let mut attempt = 1;
        loop {
            let (to, real) = (inbox.clone(), self.real.clone());
            // A folder that can be reached by several links has events of one name only: its own.
            let config = Config::default().with_follow_symlinks(false);
            let mut watcher = RecommendedWatcher::new(move |event| to.put(place, &real, event), config)?;
            match watcher.watch(&self.real, RecursiveMode::Recursive) {
                Ok(()) => return Ok(watcher),
                Err(Error { kind: ErrorKind::PathNotFound, .. }) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the root can be read, and is not the folder that is looked at.
    pub fn is_new(&self, seen: &Seen) -> bool {
        self.identity != seen.identity && seen.place.as_ref().is_some_and(|place| place.readable)
    }

    /// Whether the root was there and is not any more.
    pub fn is_gone(&self, seen: &Seen) -> bool {
        self.identity.is_some() && seen.identity.is_none()
    }

    /// Whether the root is looked at.
    pub fn is_open(&self) -> bool {
        !matches!(self.sight, Sight::None)
    }

    /// Whether the root is watched by events.
    pub fn has_events(&self) -> bool {
        matches!(self.sight, Sight::Events { .. })
    }

    /// Events were lost: a full sync is due, now or after a rest. Our own reading makes events,
    /// too, and must not go on for ever.
    pub fn lost_events(&mut self) {
        let now = Instant::now();
        let again = self.lost.is_some_and(|lost| now - lost < 2 * self.rest);
        self.rest = if again { (2 * self.rest).min(LONGEST_REST) } else { SHORTEST_REST };
        self.lost = Some(now);
        self.full = Some(self.full.unwrap_or(if again { now + self.rest / 2 } else { now }));
    }

    /// Whatever is due is due later: the storage does not answer.
    pub fn put_off(&mut self, time: Duration) {
        let later = Instant::now() + time;
        self.full = self.full.map(|due| due.max(later));
        if let Sight::Polling { next, .. } = &mut self.sight {
            *next = later.max(*next);
        }
    }

    /// When there is something to do without an event.
    pub fn due(&self) -> Option<Instant> {
        let next = match self.sight {
            Sight::Polling { next, .. } => Some(next),
            _ => None,
        };
        [next, self.full].into_iter().flatten().min()
    }

    /// Whether a full sync is due.
    pub fn wants_full(&self, now: Instant) -> bool {
        let polled = matches!(self.sight, Sight::Polling { next, turn } if next <= now && turn % TURNS == 0);
        polled || self.full.is_some_and(|due| due <= now)
    }

    /// Whether a quick sync is due.
    pub fn wants_quick(&self, now: Instant) -> bool {
        matches!(self.sight, Sight::Polling { next, turn } if next <= now && turn % TURNS != 0)
    }

    /// A full or a quick sync is over.
    pub fn synced(&mut self, took: Duration, interval: Duration) {
        self.full = None;
        if let Sight::Polling { next, turn } = &mut self.sight {
            *next = Instant::now() + interval.max(10 * took);
            *turn += 1;
        }
    }
}

fn reason(error: &Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system watches no more folders (fs.inotify.max_user_watches)".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_loses_events_again_and_again_rests_longer_each_time() {
        let mut eye = Eye::new(Path::new("/music"));
        let mut rests = Vec::new();
        for _ in 0..4 {
            eye.lost_events();
            rests.push(eye.full.map(|due| due.saturating_duration_since(Instant::now()).as_secs_f64().round()));
            eye.synced(Duration::ZERO, Duration::ZERO);
        }
        assert_eq!(rests, [0.0, 10.0, 20.0, 40.0].map(Some));
    }

    #[test]
    fn every_tenth_look_is_a_full_sync() {
        let mut eye = Eye::new(Path::new("/music"));
        eye.poll();
        let mut full = 0;
        for _ in 0..30 {
            let now = Instant::now();
            assert!(eye.wants_full(now) != eye.wants_quick(now));
            full += u32::from(eye.wants_full(now));
            eye.synced(Duration::ZERO, Duration::ZERO);
        }
        assert_eq!(full, 3);
    }
}
