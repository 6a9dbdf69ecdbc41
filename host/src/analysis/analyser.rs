//! The analyser.

use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

use serde_json::{Value, json};

use super::examination::Examination;
use super::plan::Task;
use super::report::Loudness;
use super::request::{Depth, Request};
use crate::runtime::asked::Asked;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::built_in::BuiltIn as _;
use crate::runtime::component::{self, Compiled};
use crate::runtime::error::Error;
use crate::scan::scanner::Scanner;

/// Looks into the audio of the files that a scanner finds, inside the sandbox: the second
/// component, `docs/analyser.md`. Who only scans never loads it.
///
/// Roots, walking, and the limits of time and memory are those of the scanner, with these
/// differences: archives are not looked into; the time of a file is that without progress, so that
/// a long file may take as long as it does; and unless the scanner has a number of workers, there
/// are as many as the system gives this process cores.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(&music)?;
/// # std::fs::write(music.join("1.mp3"), b"this is no audio")?;
/// use mt_scanner::{Analyser, Depth, Request, Scanner, Verdict};
///
/// let analyser = Analyser::new(&Scanner::builder().root(&music).workers(1).build()?)?;
/// for report in analyser.validate(Depth::Audio)? {
///     let report = report?;
///     assert_eq!((report.path.as_str(), report.verdict), ("1.mp3", Some(Verdict::Damaged)));
///     assert_eq!(report.findings[0].kind, "no-audio");
/// }
/// for report in analyser.examine(Request { hashes: true, ..Request::default() })? {
///     let report = report?;
///     assert_eq!((report.verdict, report.payload_hash), (None, None));
///     assert!(report.file_hash.is_some());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Analyser {
    scanner: Scanner,
    compiled: Arc<Compiled<Exports>>,
}

impl Analyser {
    /// The component that comes with this crate, as WebAssembly.
    pub fn built_in_component() -> &'static [u8] {
        Exports::WASM
    }

    /// An analyser of the files that the scanner finds.
    ///
    /// # Errors
    ///
    /// [`Error::Load`] if the component that comes with this crate cannot be used here.
    pub fn new(scanner: &Scanner) -> Result<Self, Error> {
        Ok(Self::of(scanner, Exports::load()?))
    }

    /// The same with another component that exports the world `mt:scanner/analyser`. It is compiled
    /// here, and refused if it imports anything but files, clocks and standard streams.
    ///
    /// # Errors
    ///
    /// [`Error::Load`] if the component cannot be used.
    pub fn with_component(scanner: &Scanner, component: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::of(scanner, component::from_file(component.as_ref())?))
    }

    fn of(scanner: &Scanner, compiled: Arc<Compiled<Exports>>) -> Self {
        Self { scanner: scanner.without_archives(), compiled }
    }

    /// The scanner that finds the files.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// Finds out what is asked for: a report of every audio file.
    ///
    /// # Errors
    ///
    /// [`Error::RootNotFound`], [`Error::RootNotAFolder`] or [`Error::RootUnreadable`] before
    /// anything starts.
    pub fn examine(&self, request: Request) -> Result<Examination, Error> {
        Examination::start(&self.scanner, self.task(request))
    }

    /// Looks for damage alone.
    ///
    /// # Errors
    ///
    /// As [`examine`](Self::examine).
    pub fn validate(&self, depth: Depth) -> Result<Examination, Error> {
        self.examine(Request { depth: Some(depth), ..Request::default() })
    }

    /// How loud tracks are together, as an album: a mean of their values is another number.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let album = folder.path().join("Album");
    /// # std::fs::create_dir_all(&album)?;
    /// # for song in ["flac-16-44.flac", "flac-16-48.flac"] {
    /// #     let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/formats");
    /// #     std::fs::copy(format!("{fixtures}/flac-16-44.flac"), album.join(song))?;
    /// # }
    /// use mt_scanner::{Analyser, Request, Scanner};
    ///
    /// let analyser = Analyser::new(&Scanner::new(&album)?)?;
    /// let reports = analyser.examine(Request { loudness: true, ..Request::default() })?;
    /// let tracks = reports.collect::<Result<Vec<_>, _>>()?;
    /// let together = analyser.album_loudness(tracks.iter().flat_map(|track| &track.loudness))?;
    /// println!("{}: {:?} dB", album.display(), together.gain);
    /// # assert!(together.integrated.is_some_and(|loudness| (loudness + together.gain.unwrap() + 18.0).abs() < 0.01));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] if a track was measured by another version of the component, and
    /// [`Error::Ended`] if the component traps.
    pub fn album_loudness<'a>(&self, tracks: impl IntoIterator<Item = &'a Loudness>) -> Result<Loudness, Error> {
        let tracks = Value::from_iter(tracks.into_iter().map(|track| json!([track.blocks, track.true_peak])));
        let tracks = tracks.to_string();
        let loudness = self.asked()?.call("album-loudness", |exports, store| {
            exports.mt_scanner_analysis().call_album_loudness(store, &tracks)
        })?;
        serde_json::from_str(&loudness?).map_err(|error| Error::InvalidAnswer { source: error.into() })
    }

    /// What workers are to do.
    pub(crate) fn task(&self, request: Request) -> Task {
        let settings = self.scanner.settings();
        let cores = || available_parallelism().map_or(1, usize::from);
        let workers = settings.workers.unwrap_or_else(cores);
        Task { compiled: self.compiled.clone(), workers, request, limits: settings.limits, background: false }
    }

    /// An instance that sees no file.
    pub(crate) fn asked(&self) -> Result<Asked<Exports>, Error> {
        Asked::blind(&self.compiled, &self.scanner.settings().limits)
    }
}
