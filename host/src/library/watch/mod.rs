//! Watching: events become batches, and each batch one sync of the folders that have changed.

mod eye;
mod inbox;
mod look;
mod network;
pub(crate) mod notice;
pub(crate) mod options;
mod roots;
mod running;
mod syncing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Library;
use crate::scan::scanner::Scanner;
use eye::Eye;
use inbox::Inbox;
use options::WatchOptions;

/// Keeps a library up to date with the roots of a scanner; made by [`Library::watch`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::{Library, Observer, Scanner, StopWatch, SyncReport, WatchObserver, WatchOptions};
///
/// /// Ends the watch after its first sync.
/// struct Once(StopWatch);
///
/// impl Observer for Once {}
///
/// impl WatchObserver for Once {
///     fn synced(&mut self, report: &SyncReport) {
///         assert_eq!(report.added, 1);
///         self.0.stop();
///     }
/// }
///
/// let scanner = Scanner::new(&music)?;
/// let library = Library::open(folder.path().join("library.db"), &scanner)?;
/// let watch = library.watch(&scanner, WatchOptions::default());
/// let mut once = Once(watch.stopper());
/// watch.run(&mut once)?;
/// # Ok(())
/// # }
/// ```
pub struct Watch<'a> {
    library: &'a Library,
    scanner: Scanner,
    options: WatchOptions,
    inbox: Arc<Inbox>,
    eyes: Vec<Eye>,
}

/// Ends a watch, from any thread.
#[derive(Clone)]
pub struct StopWatch(Arc<Inbox>);

impl StopWatch {
    /// Ends it: at once while it waits, and after 100 ms or so in a sync, whose transactions so far
    /// stay and are true.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Library {
    /// A watch of the scanner's roots, and of those of the library inside them, to be
    /// [run](Watch::run).
    pub fn watch<'a>(&'a self, scanner: &Scanner, options: WatchOptions) -> Watch<'a> {
        Watch { library: self, scanner: scanner.clone(), options, inbox: Arc::default(), eyes: Vec::new() }
    }
}

impl Watch<'_> {
    /// The handle that ends it.
    pub fn stopper(&self) -> StopWatch {
        StopWatch(self.inbox.clone())
    }
}
