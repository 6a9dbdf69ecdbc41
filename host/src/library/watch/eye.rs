//! How one root is watched.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{Config, Error, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::inbox::Inbox;
use super::network;

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

/// A device and the number of a file there. What is mounted over a folder shows in it.
type Identity = (u64, u64);

impl Eye {
    /// One that is closed.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            real: root.to_owned(),
            identity: None,
            sight: Sight::None,
            emptied: false,
            full: None,
            lost: None,
            rest: SHORTEST_REST,
        }
    }

    /// Opens it. Gives the reason if the root has to be polled.
    pub fn open(&mut self, place: usize, inbox: &Arc<Inbox>, poll: bool) -> Option<String> {
        self.identity = identity(&self.root);
        self.real = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let why = if poll {
            "that was asked for".to_owned()
        } else if let Some(name) = network::filesystem(&self.real) {
            format!("it is on a network filesystem ({name})")
        } else {
            match self.watcher(place, inbox) {
                Ok(watcher) => {
                    self.sight = Sight::Events { _watcher: watcher };
                    return None;
                }
                Err(error) => reason(&error),
            }
        };
        self.poll();
        Some(why)
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
    pub fn is_new(&self) -> bool {
        match identity(&self.root) {
            Some(now) if self.identity != Some(now) => self.root.read_dir().is_ok(),
            _ => false,
        }
    }

    /// Whether the root was there and is not any more.
    pub fn is_gone(&self) -> bool {
        self.identity.is_some() && identity(&self.root).is_none()
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

#[cfg(unix)]
fn identity(root: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;

    let root = root.metadata().ok().filter(|root| root.is_dir())?;
    Some((root.dev(), root.ino()))
}

#[cfg(windows)]
fn identity(root: &Path) -> Option<Identity> {
    use winapi_util::{Handle, file};

    let root = root.is_dir().then(|| Handle::from_path_any(root))?.ok()?;
    let root = file::information(root).ok()?;
    Some((root.volume_serial_number(), root.file_index()))
}

#[cfg(not(any(unix, windows)))]
fn identity(root: &Path) -> Option<Identity> {
    root.is_dir().then_some((0, 0))
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
