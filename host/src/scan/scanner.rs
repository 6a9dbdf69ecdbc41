//! The scanner: one root or several, and the calls about them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mt_scanner_contract::report::Report;
#[cfg(feature = "library")]
use mt_scanner_contract::roots::Place;
use mt_scanner_contract::roots::{Naming, RootNotice};
use mt_scanner_contract::{Inspection, Problem, Track, Walking};
use wasmtime::Store;

use super::Scan;
#[cfg(feature = "library")]
use super::arranged::Arranged;
use super::named::Named;
use crate::runtime::apart::patiently;
use crate::runtime::bindings;
use crate::runtime::built_in::BuiltIn as _;
use crate::runtime::component::Compiled;
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;
use crate::runtime::sandbox::Sandbox;
use crate::work::door::rows::{Rows, RowsDoor};
use crate::work::door::typed::{Count, Paths, RelativePaths, Tracks};
use crate::work::plan::{Plan, Settings};

/// Scans music folders inside the sandbox.
///
/// It holds a compiled component and options; cloning it is cheap, and every scan has instances of
/// its own.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::Scanner;
///
/// let scanner = Scanner::new(&music)?;
/// assert_eq!(scanner.count(None)?, 1);
/// assert!(scanner.is_audio_file("Song.FLAC")?);
/// let inspection = scanner.inspect("Artist/Album/1.mp3")?;
/// assert_eq!((inspection.track.size, inspection.track.title), (0, None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Scanner {
    settings: Settings,
    named: Arc<Named>,
}

impl Scanner {
    /// The component that comes with this crate, as WebAssembly.
    pub fn built_in_component() -> &'static [u8] {
        bindings::Scanner::WASM
    }

    pub(super) fn with(settings: Settings, named: Named) -> Self {
        Self { settings, named: named.into() }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same scanner, which looks into no archive.
    pub(crate) fn without_archives(&self) -> Self {
        let walking = Walking { archives: false, ..self.settings.walking.clone() };
        Self { settings: Settings { walking, ..self.settings.clone() }, named: self.named.clone() }
    }

    pub(crate) fn compiled(&self) -> &Arc<Compiled<bindings::Scanner>> {
        &self.settings.compiled
    }

    /// The roots, as absolute paths. That of a file is its folder. None if the sandbox cannot
    /// express where a link leads that was named, which a scan fails with.
    ///
    /// The first call, or the first scan, looks where they are: storage that does not answer keeps
    /// it waiting for a second.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.all_of_roots().iter().map(|root| root.path.as_path())
    }

    /// What should be known of the roots: which lie inside another one, and which were named more
    /// than once. It is found out as [`roots`](Self::roots) are.
    pub fn notices(&self) -> &[RootNotice] {
        self.named.patiently().map_or(&[], |arranged| &arranged.notices)
    }

    /// Every track.
    ///
    /// # Errors
    ///
    /// [`Error::RootNotFound`], [`Error::RootNotAFolder`] or [`Error::RootUnreadable`] before
    /// anything starts.
    pub fn scan(&self) -> Result<Scan<Track>, Error> {
        Scan::start(self.checked()?, Tracks, |_, _, tracks| tracks)
    }

    /// The path of every audio file, absolute, as this system writes paths. No file is opened.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn paths(&self) -> Result<Scan<PathBuf>, Error> {
        Scan::start(self.checked()?, Paths, |plan, root, paths| {
            let root = &plan.roots[root];
            paths.iter().map(|path| root.native(path)).collect()
        })
    }

    /// The same, relative to their roots and some at a time; [`next_step`](Scan::next_step) tells
    /// the root. For callers that write them in another form: no text is made for each.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn relative_paths(&self) -> Result<Scan<RelativePaths>, Error> {
        Scan::start(self.checked()?, Paths, |_, _, paths| vec![paths])
    }

    /// Every track, as rows of JSON text in the order of [`columns`](Self::columns), some at a
    /// time.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn rows(&self) -> Result<Scan<Rows>, Error> {
        Scan::start(self.checked()?, RowsDoor, |_, _, rows| vec![rows])
    }

    /// A count under way: its [progress](Scan::progress) tells how many audio files there are. No
    /// file is opened.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn counting(&self) -> Result<Scan<()>, Error> {
        Scan::start(self.checked()?, Count, |_, _, ()| vec![()])
    }

    /// The number of audio files, or `limit` as soon as that many were found. No file is opened.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn count(&self, limit: Option<u64>) -> Result<u64, Error> {
        Ok(self.count_with_problems(limit)?.0)
    }

    /// [`count`](Self::count), and the problems on the way.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn count_with_problems(&self, limit: Option<u64>) -> Result<(u64, Vec<Problem>), Error> {
        let limit = limit.unwrap_or(u64::MAX);
        let mut scan = self.counting()?;
        while limit == u64::MAX || scan.progress().files < limit {
            match scan.next() {
                Some(found) => found?,
                None => break,
            }
        }
        Ok((scan.progress().files.min(limit), scan.problems()))
    }

    /// The mean time of one count, over `iterations` counts (at least one).
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan).
    pub fn benchmark(&self, iterations: u32) -> Result<Duration, Error> {
        let iterations = iterations.max(1);
        let start = Instant::now();
        for _ in 0..iterations {
            self.count(None)?;
        }
        Ok(start.elapsed() / iterations)
    }

    /// All that can be said of one file, whatever its extension, or of a track of its cue sheet
    /// (`Album.flac!/03`). `path` is absolute, or relative to the first root.
    ///
    /// # Errors
    ///
    /// [`Error::FileNotFound`] if no file is there, [`Error::EscapesRoot`] if it is in no root,
    /// [`Error::PathNotUtf8`] if the sandbox cannot express its name, [`Error::Ended`] if it ended
    /// the component, and those of [`scan`](Self::scan).
    pub fn inspect(&self, path: impl AsRef<Path>) -> Result<Inspection, Error> {
        let (root, path) = self.below(path.as_ref())?;
        let (name, what) = (root.name.clone(), format!("reading {path}"));
        let reading = self.settings.reading.clone().into();
        self.ask_about(vec![root], &what, move |exports, store| {
            exports.mt_scanner_files().call_inspect(store, &name, &path, &reading)
        })?
        .map(Inspection::from)
        .map_err(Error::from)
    }

    /// [`inspect`](Self::inspect) as JSON text: an object with the keys `track`, `problems`,
    /// `tags`, `lyrics`, `chapters` and `cue`.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn inspect_json(&self, path: impl AsRef<Path>) -> Result<String, Error> {
        let (root, path) = self.below(path.as_ref())?;
        let (name, what) = (root.name.clone(), format!("reading {path}"));
        let reading = self.settings.reading.clone().into();
        self.ask_about(vec![root], &what, move |exports, store| {
            exports.mt_scanner_files().call_inspect_json(store, &name, &path, &reading)
        })?
        .map_err(Error::from)
    }

    /// A report for people as lines of text: the same words under every host. They are those of the
    /// component that comes with this crate, whatever component scans.
    ///
    /// ```
    /// # fn main() -> Result<(), mt_scanner::Error> {
    /// let text = mt_scanner::Scanner::in_words(&mt_scanner::report::Report::Purge { tracks: 2 })?;
    /// assert_eq!(text, "2 tracks forgotten\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the component traps, [`Error::InvalidRequest`] if it is made for another
    /// contract.
    pub fn in_words(report: &Report) -> Result<String, Error> {
        let report =
            serde_json::to_string(report).map_err(|error| Error::InvalidRequest { reason: error.to_string() })?;
        Self::in_words_of_json(&report)
    }

    /// [`in_words`](Self::in_words) for a report that is JSON text.
    ///
    /// # Errors
    ///
    /// As [`in_words`](Self::in_words).
    pub fn in_words_of_json(report: &str) -> Result<String, Error> {
        let words = Self::builder().build()?;
        let report = report.to_owned();
        words
            .ask("in-words", move |exports, store| exports.mt_scanner_reports().call_in_words(store, &report))?
            .map_err(Error::from)
    }

    /// Arranges folders and files that were named, as `arrange-roots` does (`wit/scan.wit`);
    /// request and answer are JSON text. For hosts that keep a library by themselves.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the request is not of the documented form.
    pub fn arrange_roots(request: &str) -> Result<String, Error> {
        let invalid = |error: serde_json::Error| Error::InvalidRequest { reason: error.to_string() };
        let naming: Naming = serde_json::from_str(request).map_err(invalid)?;
        serde_json::to_string(&naming.arranged()).map_err(invalid)
    }

    /// The folders of a root in which something has changed, as a JSON array; `request` is JSON
    /// text (`folders-of-events` in `wit/library.wit`). For hosts that keep and watch a library by
    /// themselves.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if the request is not of the documented form, and those of
    /// [`scan`](Self::scan).
    pub fn folders_of_events(&self, request: &str) -> Result<String, Error> {
        let request = request.to_owned();
        let roots = self.named.looked(&mut patiently)?.roots;
        self.ask_about(roots.to_vec(), "folders-of-events", move |exports, store| {
            exports.mt_scanner_library().call_folders_of_events(store, &request)
        })?
        .map_err(Error::from)
    }

    /// Whether the name ends in one of [`audio_extensions`](Self::audio_extensions), in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the component traps.
    pub fn is_audio_file(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        self.ask("is-audio-file", move |exports, store| exports.mt_scanner_scan().call_is_audio_file(store, &name))
    }

    /// The extensions of audio files, in lower case, with their dot.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the component traps.
    pub fn audio_extensions(&self) -> Result<Vec<String>, Error> {
        self.ask("audio-extensions", |exports, store| exports.mt_scanner_scan().call_audio_extensions(store))
    }

    /// Makes one call with an instance that sees no file.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        what: &str,
        call: impl FnOnce(&bindings::Scanner, &mut Store<Sandbox>) -> wasmtime::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask_about(Vec::new(), what, call)
    }

    /// Makes one call about files of these roots.
    pub(super) fn ask_about<T: Send + 'static>(
        &self,
        roots: Vec<Root>,
        what: &str,
        call: impl FnOnce(&bindings::Scanner, &mut Store<Sandbox>) -> wasmtime::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.settings.compiled.ask(&self.settings.limits, roots, what, call)
    }

    /// Looks at every root. One that does not answer within half a second is passed over: a scan
    /// names it as a problem.
    ///
    /// # Errors
    ///
    /// [`Error::RootNotFound`], [`Error::RootNotAFolder`] or [`Error::RootUnreadable`] if one
    /// cannot be scanned.
    pub fn check(&self) -> Result<(), Error> {
        self.checked().map(drop)
    }

    /// The options that shape values, as JSON.
    #[cfg(feature = "library")]
    pub(crate) fn reading(&self) -> String {
        serde_json::json!(self.settings.reading).to_string()
    }

    /// The roots as rows have them.
    #[cfg(feature = "library")]
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all_of_roots().iter().map(|root| root.name.as_str())
    }

    /// The same scanner of some of its roots.
    #[cfg(feature = "library")]
    pub(crate) fn only(&self, places: &[usize]) -> Self {
        let roots = places.iter().filter_map(|&place| self.all_of_roots().get(place).cloned()).collect();
        self.of(roots)
    }

    /// The same scanner of other roots.
    #[cfg(feature = "library")]
    pub(crate) fn of(&self, roots: Arc<[Root]>) -> Self {
        Self { settings: self.settings.clone(), named: Named::arranged(Arranged::of(roots)).into() }
    }

    /// Whether no root was named.
    #[cfg(feature = "library")]
    pub(crate) fn has_no_root(&self) -> bool {
        self.named.is_empty()
    }

    /// The roots with all that is known of them.
    pub(crate) fn all_of_roots(&self) -> &[Root] {
        self.named.patiently().map_or(&[], |arranged| &arranged.roots)
    }

    /// The same, as long as `goes_on` says so while storage does not answer.
    #[cfg(feature = "library")]
    pub(crate) fn all_of_roots_while(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<Arc<[Root]>, Error> {
        Ok(self.named.looked(goes_on)?.roots)
    }

    /// Where the folders and files are now that were named. `goes_on` is asked while storage does
    /// not answer.
    #[cfg(feature = "library")]
    pub(crate) fn places(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<Vec<Place>, Error> {
        self.named.places(goes_on)
    }

    /// The plan of a scan and its open roots, when every root can be scanned.
    pub(crate) fn checked(&self) -> Result<(Plan, Arc<Opened>), Error> {
        self.checked_while(&mut patiently)
    }

    /// The same, as long as `goes_on` says so while storage does not answer.
    pub(crate) fn checked_while(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<(Plan, Arc<Opened>), Error> {
        let roots = self.named.looked(goes_on)?.roots;
        let opened = Opened::check(&roots, goes_on)?;
        Ok((Plan { roots, settings: self.settings.clone() }, opened))
    }

    /// The root that a path is in, the nearest of several, and the path below it as the component
    /// writes it.
    pub(super) fn below(&self, path: &Path) -> Result<(Root, String), Error> {
        let outside = || Error::EscapesRoot { path: path.display().to_string() };
        let roots = self.named.looked(&mut patiently)?.roots;
        let first = roots.first().map_or(Path::new(""), |root| &root.path);
        let absolute = match Root::new(&first.join(path)) {
            Ok(Root { path, .. }) => path,
            Err(Error::RootNotUtf8 { path }) => return Err(Error::PathNotUtf8 { path }),
            Err(error) => return Err(error),
        };
        let around = roots.iter().filter_map(|root| Some((root, absolute.strip_prefix(&root.path).ok()?)));
        let (root, below) = around.min_by_key(|(_, below)| below.as_os_str().len()).ok_or_else(outside)?;
        let names: Vec<_> = below.iter().map(OsStr::to_string_lossy).collect();
        let root = Root { files: None, inside: Vec::new(), path: root.path.clone(), name: root.name.clone() };
        Ok((root, names.join("/")))
    }
}
