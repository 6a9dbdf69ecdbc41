//! Options of a scanner.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::arranged::{Arranged, with_paths};
use super::named::Named;
use super::scanner::Scanner;
use crate::runtime::bindings;
use crate::runtime::built_in::BuiltIn as _;
use crate::runtime::component::{self, Compiled};
use crate::runtime::error::Error;
use crate::runtime::limits::Limits;
use crate::runtime::root::Root;
use crate::work::plan::Settings;
use mt_scanner_contract::roots::ArrangedRoot;
use mt_scanner_contract::{FollowLinks, Reading, Walking};

/// The most files and folders in one step.
const ITEMS: u32 = 256;

/// Options of a [`Scanner`]; made by [`Scanner::builder`], which lists the defaults.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use std::time::Duration;
///
/// use mt_scanner::Scanner;
///
/// let scanner = Scanner::builder()
///     .root(&music)
///     .workers(2)
///     .hidden_folders(true)
///     .file_timeout(Duration::from_secs(5))
///     .memory_limit(128 << 20)
///     .build()?;
/// assert_eq!(scanner.roots().collect::<Vec<_>>(), [music]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "options are of no use before `build`"]
pub struct ScannerBuilder {
    roots: Vec<PathBuf>,
    arranged: Option<Vec<ArrangedRoot>>,
    workers: Option<usize>,
    walking: Walking,
    reading: Reading,
    limits: Limits,
    items: u32,
    component: Choice,
}

/// The component that is to run.
#[derive(Debug, Clone, Default)]
enum Choice {
    #[default]
    BuiltIn,
    File(PathBuf),
    Compiled(Arc<Compiled<bindings::Scanner>>),
}

impl Scanner {
    /// A scanner of one folder, with the defaults of [`ScannerBuilder`].
    ///
    /// # Errors
    ///
    /// As [`ScannerBuilder::build`].
    pub fn new(root: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().root(root).build()
    }

    /// Options for a scanner, with these defaults:
    ///
    /// - no roots: at least one must be named;
    /// - as many workers as the system gives this process cores, and up to 64 while storage is
    ///   slow;
    /// - symbolic links are followed inside a root where they add something; hidden and ignored
    ///   folders are not entered;
    /// - 10 s for one file, 120 s for listing one folder, 256 MiB of memory for one instance;
    /// - the component that comes with this crate.
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder {
            roots: Vec::new(),
            arranged: None,
            workers: None,
            walking: Walking::default(),
            reading: Reading::default(),
            limits: Limits::default(),
            items: ITEMS,
            component: Choice::default(),
        }
    }
}

impl ScannerBuilder {
    /// One more folder to scan, or one more file. A folder is opened read-only; nothing else can be
    /// seen from inside the sandbox. A file is opened through its folder, which is the root of its
    /// row then; files of one folder are one root. One in a folder that is scanned as well is
    /// scanned there, if the scan comes to it.
    ///
    /// A root inside another one owns its files: they are found there alone. A folder that is named
    /// twice, through a link for one, is one root by its first name. See [`Scanner::notices`].
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(music.join("Artist/Album"))?;
    /// # std::fs::write(music.join("Artist/1.mp3"), b"")?;
    /// # std::fs::write(music.join("Artist/Album/2.mp3"), b"")?;
    /// use mt_scanner::Scanner;
    ///
    /// let scanner = Scanner::builder().root(&music).root(music.join("Artist/Album")).build()?;
    /// assert_eq!(scanner.count(None)?, 2);
    /// assert_eq!(scanner.notices()[0].kind, "root-inside");
    ///
    /// let mut scan = Scanner::new(music.join("Artist/1.mp3"))?.scan()?;
    /// assert_eq!(scan.next().transpose()?.map(|track| track.path).as_deref(), Some("1.mp3"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn root(mut self, root: impl AsRef<Path>) -> Self {
        self.roots.push(root.as_ref().to_owned());
        self
    }

    /// More folders and files to scan.
    pub fn roots(mut self, roots: impl IntoIterator<Item = impl AsRef<Path>>) -> Self {
        self.roots.extend(roots.into_iter().map(|root| root.as_ref().to_owned()));
        self
    }

    /// Roots that were arranged before ([`Scanner::arrange_roots`]), in place of all that are
    /// named: nobody looks again where they are. For hosts that keep a library by themselves.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("1.mp3"), b"")?;
    /// # std::fs::write(folder.path().join("2.mp3"), b"")?;
    /// # let name = folder.path().to_str().unwrap().to_owned();
    /// use mt_scanner::{ArrangedRoot, Scanner};
    ///
    /// let one = ArrangedRoot { name, files: Some(vec!["1.mp3".into()]), inside: Vec::new() };
    /// assert_eq!(Scanner::builder().arranged([one]).build()?.count(None)?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn arranged(mut self, roots: impl IntoIterator<Item = ArrangedRoot>) -> Self {
        self.arranged = Some(roots.into_iter().collect());
        self
    }

    /// The most instances, each on a thread of its own; at least one. By default 64. As many as
    /// there are cores work at a time, and more only while their calls to the filesystem wait: on a
    /// network, or on a disk that sleeps.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers.max(1));
        self
    }

    /// All of the walking options at once.
    pub fn walking(mut self, walking: Walking) -> Self {
        self.walking = walking;
        self
    }

    /// Which symbolic links to follow inside a root. By default [`FollowLinks::Once`]: those that
    /// lead to music that is not reached without them.
    pub fn follow_links(mut self, links: FollowLinks) -> Self {
        self.walking.follow_links = links;
        self
    }

    /// Whether to enter folders whose name begins with a dot, and what systems leave behind, such
    /// as recycle bins. By default: no.
    pub fn hidden_folders(mut self, enter: bool) -> Self {
        self.walking.hidden_folders = enter;
        self
    }

    /// Whether to enter folders with a `.nomedia`, and what a `.mtignore` excludes. By default: no.
    pub fn ignored_folders(mut self, enter: bool) -> Self {
        self.walking.ignored_folders = enter;
        self
    }

    /// Whether to look into archives (`.zip`, `.7z`, `.rar`, `.tar`, `.tar.gz`, `.tgz`). An archive
    /// is a folder then, named as its file is with a `!` behind: `Album.zip!/01.mp3`. Nothing is
    /// extracted to a disk. By default: no.
    pub fn archives(mut self, enter: bool) -> Self {
        self.walking.archives = enter;
        self
    }

    /// What texts are read in that are not UTF-8, and whose charset nothing says: `off` (ISO
    /// 8859-1), the default; `auto`, to judge by the texts of each file; or a label of the Encoding
    /// Standard, such as `windows-1251`. A scan ends with [`Error::UnknownCharset`] if there is
    /// none of this name. A library reads files again that were read with another one.
    pub fn legacy_charset(mut self, name: impl Into<String>) -> Self {
        self.reading.legacy_charset = name.into();
        self
    }

    /// Whether cue sheets divide albums in one file into tracks of their own, beside that of the
    /// file: `Album.flac!/03`. By default: yes. A library reads files again that were read
    /// otherwise.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("Album.flac"), b"")?;
    /// let sheet = "FILE Album.flac WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 03:20:00";
    /// std::fs::write(folder.path().join("Album.cue"), sheet)?;
    /// use mt_scanner::Scanner;
    ///
    /// let tracks = Scanner::new(folder.path())?.scan()?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!((tracks[0].path.as_str(), tracks[0].cue_tracks), ("Album.flac", Some(2)));
    /// assert_eq!((tracks[2].path.as_str(), tracks[2].start_ms), ("Album.flac!/02", Some(200_000)));
    /// assert_eq!(tracks[2].audio_file.as_deref(), Some("Album.flac"));
    ///
    /// let scanner = Scanner::builder().root(folder.path()).cue(false).build()?;
    /// assert_eq!(scanner.scan()?.count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cue(mut self, divide: bool) -> Self {
        self.reading.cue = divide;
        self
    }

    /// One more extension of files to look for, beside those of
    /// [`audio_extensions`](Scanner::audio_extensions), with its dot or without it and in any case.
    /// What such a file is, its content says; content that no reader knows is a track with a
    /// problem.
    ///
    /// A library whose next sync does not look for them any more marks their tracks missing.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("1.aiff"), b"")?;
    /// # std::fs::write(folder.path().join("2.ape"), b"")?;
    /// use mt_scanner::Scanner;
    ///
    /// let scanner = Scanner::builder().root(folder.path()).extension(".aiff").build()?;
    /// let mut scan = scanner.counting()?;
    /// scan.by_ref().try_for_each(|step| step.map(drop))?;
    /// let progress = scan.progress();
    /// assert_eq!((progress.files, progress.passed_over), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn extension(mut self, extension: impl Into<String>) -> Self {
        self.walking.extensions.push(extension.into());
        self
    }

    /// Several of them.
    pub fn extensions(mut self, extensions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.walking.extensions.extend(extensions.into_iter().map(Into::into));
        self
    }

    /// The most time for one file. By default 10 s. What takes longer is a problem of outcome
    /// `timeout`, also if it is the storage that does not answer, as on a dead network mount: no
    /// call for a file or a folder may take longer.
    pub fn file_timeout(mut self, timeout: Duration) -> Self {
        self.limits.file_timeout = timeout;
        self
    }

    /// The most time for listing one folder. By default 120 s: a hundred thousand names take theirs
    /// on a slow disk or network. A folder that takes longer is left out, and is a problem of
    /// outcome `timeout`.
    pub fn listing_timeout(mut self, timeout: Duration) -> Self {
        self.limits.listing_timeout = timeout;
        self
    }

    /// The most linear memory of an instance in bytes. By default 256 MiB. A file that takes more
    /// is a problem of outcome `memory`.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.limits.memory = bytes;
        self
    }

    /// The most files and folders in one step, at least one. By default 256. Rows do not depend on
    /// it.
    pub fn items(mut self, items: u32) -> Self {
        self.items = items.max(1);
        self
    }

    /// Runs another component that exports the world `mt:scanner/scanner`. It is compiled by
    /// [`build`](Self::build), and refused there if it imports anything but files, clocks and
    /// standard streams.
    pub fn component(mut self, component: impl AsRef<Path>) -> Self {
        self.component = Choice::File(component.as_ref().to_owned());
        self
    }

    /// Runs the same component as another scanner, which then is not compiled once more.
    pub fn component_of(mut self, scanner: &Scanner) -> Self {
        self.component = Choice::Compiled(scanner.compiled().clone());
        self
    }

    /// The scanner.
    ///
    /// # Errors
    ///
    /// [`Error::Load`] if the component cannot be used, [`Error::RootNotUtf8`] if the sandbox
    /// cannot express a root's name, [`Error::NoExtension`] if an extension is none. No storage is
    /// asked here. Which of the paths are files, and which folders are one or inside each other, is
    /// looked up once, by whatever needs it first: a scan, or [`Scanner::roots`]. Storage that does
    /// not answer within a second is taken for a folder by its name then.
    pub fn build(mut self) -> Result<Scanner, Error> {
        for extension in &mut self.walking.extensions {
            *extension = mt_scanner_contract::extension(extension).map_err(|reason| Error::NoExtension { reason })?;
        }
        let named = match self.arranged {
            Some(roots) => Named::arranged(Arranged::of(with_paths(roots)?)),
            None => Named::new(self.roots.iter().map(|path| Root::new(path)).collect::<Result<_, _>>()?),
        };
        let compiled = match self.component {
            Choice::BuiltIn => bindings::Scanner::load()?,
            Choice::File(path) => component::from_file(&path)?,
            Choice::Compiled(compiled) => compiled,
        };
        let settings = Settings {
            compiled,
            workers: self.workers,
            walking: self.walking,
            reading: self.reading,
            limits: self.limits,
            items: self.items,
        };
        Ok(Scanner::with(settings, named))
    }
}
