//! The analyser and its options.

use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

use mt_scanner_contract::Walking;
use mt_scanner_contract::roots::RootNotice;

use super::plan::Task;
use super::report::Depth;
use super::validation::Validation;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::built_in::BuiltIn as _;
use crate::runtime::component;
use crate::runtime::error::Error;
use crate::runtime::limits::Limits;
use crate::scan::scanner::Scanner;

/// Looks into the audio of files, inside the sandbox: the second component, `docs/analyser.md`.
///
/// It is loaded by [`AnalyserBuilder::build`]; whoever only scans never loads it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(&music)?;
/// # std::fs::write(music.join("1.mp3"), b"this is no audio")?;
/// use mt_scanner::{Analyser, Verdict};
///
/// let analyser = Analyser::builder().root(&music).build()?;
/// for report in analyser.validate()? {
///     let report = report?;
///     assert_eq!((report.path.as_str(), report.verdict), ("1.mp3", Verdict::Damaged));
///     assert_eq!(report.findings[0].kind, "no-audio");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Analyser {
    scanner: Scanner,
    task: Task,
}

/// Options of an [`Analyser`]; made by [`Analyser::builder`], which lists the defaults.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("1.aiff"), b"")?;
/// use std::time::Duration;
///
/// use mt_scanner::{Analyser, Depth, Walking};
///
/// let analyser = Analyser::builder()
///     .root(folder.path())
///     .walking(Walking { extensions: vec![".aiff".to_owned()], ..Walking::default() })
///     .depth(Depth::Audio)
///     .workers(1)
///     .file_timeout(Duration::from_secs(30))
///     .memory_limit(128 << 20)
///     .build()?;
/// assert_eq!(analyser.validate()?.count(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "options are of no use before `build`"]
pub struct AnalyserBuilder {
    roots: Vec<PathBuf>,
    workers: Option<usize>,
    walking: Walking,
    depth: Depth,
    limits: Limits,
    component: Option<PathBuf>,
}

impl Analyser {
    /// The component that comes with this crate, as WebAssembly.
    pub fn built_in_component() -> &'static [u8] {
        Exports::WASM
    }

    /// Options for an analyser, with these defaults:
    ///
    /// - no roots: at least one must be named;
    /// - as many workers as the system gives this process cores;
    /// - the files that a scan finds, but for those in archives;
    /// - depth [`Depth::Stream`];
    /// - 10 s without progress for one file, 256 MiB of memory for one instance;
    /// - the component that comes with this crate.
    pub fn builder() -> AnalyserBuilder {
        AnalyserBuilder {
            roots: Vec::new(),
            workers: None,
            walking: Walking::default(),
            depth: Depth::default(),
            limits: Limits::default(),
            component: None,
        }
    }

    /// What should be known of the roots; see [`Scanner::notices`].
    pub fn notices(&self) -> &[RootNotice] {
        self.scanner.notices()
    }

    /// Looks for damage: a report of every audio file.
    ///
    /// # Errors
    ///
    /// [`Error::RootNotFound`], [`Error::RootNotAFolder`] or [`Error::RootUnreadable`] before
    /// anything starts.
    pub fn validate(&self) -> Result<Validation, Error> {
        Validation::start(&self.scanner, self.task.clone())
    }
}

impl AnalyserBuilder {
    /// One more folder, or one more file; see [`ScannerBuilder::root`](crate::ScannerBuilder::root).
    pub fn root(mut self, root: impl AsRef<Path>) -> Self {
        self.roots.push(root.as_ref().to_owned());
        self
    }

    /// More folders and files.
    pub fn roots(mut self, roots: impl IntoIterator<Item = impl AsRef<Path>>) -> Self {
        self.roots.extend(roots.into_iter().map(|root| root.as_ref().to_owned()));
        self
    }

    /// How files are found: the walking options of a scan. Archives are not looked into, whatever
    /// they say.
    pub fn walking(mut self, walking: Walking) -> Self {
        self.walking = walking;
        self
    }

    /// How closely to look. By default [`Depth::Stream`].
    pub fn depth(mut self, depth: Depth) -> Self {
        self.depth = depth;
        self
    }

    /// The most instances, each on a thread of its own and with one file; at least one. By default
    /// as many as the system gives this process cores.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers.max(1));
        self
    }

    /// The most time that a file may take without progress. By default 10 s. What takes longer is a
    /// problem of outcome `timeout`, also if it is the storage that does not answer. A long file
    /// may take as long as it does.
    pub fn file_timeout(mut self, timeout: Duration) -> Self {
        self.limits.file_timeout = timeout;
        self
    }

    /// The most linear memory of an instance in bytes. By default 256 MiB. A file that takes more
    /// is a problem of outcome `memory`.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.limits.memory = bytes;
        self
    }

    /// Runs another component that exports the world `mt:scanner/analyser`. It is compiled by
    /// [`build`](Self::build), and refused there if it imports anything but files, clocks and
    /// standard streams.
    pub fn component(mut self, component: impl AsRef<Path>) -> Self {
        self.component = Some(component.as_ref().to_owned());
        self
    }

    /// The analyser.
    ///
    /// # Errors
    ///
    /// As [`ScannerBuilder::build`](crate::ScannerBuilder::build).
    pub fn build(self) -> Result<Analyser, Error> {
        let walking = Walking { archives: false, ..self.walking };
        let scanner = Scanner::builder().roots(self.roots).walking(walking).build()?;
        let compiled = match self.component {
            None => Exports::load()?,
            Some(path) => component::from_file(&path)?,
        };
        let cores = || available_parallelism().map_or(1, usize::from);
        let workers = self.workers.unwrap_or_else(cores);
        Ok(Analyser { scanner, task: Task { compiled, workers, depth: self.depth, limits: self.limits } })
    }
}
