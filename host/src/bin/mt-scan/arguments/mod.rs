//! The words of the command line.

mod audio;
mod groups;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mt_scanner::help::EXAMPLES;
use mt_scanner::{Depth, Error, Scanner, ScannerBuilder, SyncOptions, WatchOptions};

pub use audio::{Analyse, Duplicates, Files};
pub use groups::{Database, Output};
use groups::{Walking, limited, seconds};

/// Scans music folders inside a WebAssembly sandbox.
#[derive(Parser)]
#[command(name = "mt-scan", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Read every audio file: a summary, or with --json the tracks.
    Scan(Folders),
    /// Print the number of audio files.
    Count(Folders),
    /// Bring an SQLite library up to date with what is in the folders.
    Index {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        library: Database,
        #[command(flatten)]
        sync: Sync,
    },
    /// Keep an SQLite library up to date while the folders change, until Ctrl-C (exit code 0).
    ///
    /// A batch of changes is one sync. Folders that tell of no changes, on a network for one, are
    /// looked at from time to time.
    Watch {
        #[command(flatten)]
        folders: Folders,
        #[command(flatten)]
        library: Database,
        #[command(flatten)]
        watch: Watch,
    },
    /// Forget tracks whose files have been missing.
    Purge {
        #[command(flatten)]
        library: Database,
        /// Only tracks that have been missing for this many days or longer.
        #[arg(long, value_name = "DAYS", default_value = "0", value_parser = days)]
        missing_for: Duration,
        #[command(flatten)]
        output: Output,
    },
    /// Print what syncs have changed, of the last 100 that have changed something.
    Changes {
        #[command(flatten)]
        library: Database,
        /// Only what was changed after the sync with this number: the `scan` of an earlier change
        /// or report.
        #[arg(long, value_name = "SCAN")]
        since: Option<i64>,
        #[command(flatten)]
        output: Output,
    },
    /// Everything about files.
    Inspect {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
        #[command(flatten)]
        reading: Reading,
        #[command(flatten)]
        sandbox: Sandbox,
    },
    /// The picture of a file: the embedded front cover, another embedded picture, or one in its
    /// folder (exit code 1 if there is none).
    ///
    /// Without --output it is told and not written, whatever stdout is.
    Artwork {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        artwork: Artwork,
        #[command(flatten)]
        output: Output,
        #[command(flatten)]
        sandbox: Sandbox,
    },
    /// Look for damage in audio files (exit code 1 if one is damaged or truncated).
    ///
    /// Archives are not looked into.
    Validate {
        /// How closely to look: `header`, at the beginning, the end and the tables; `stream`, at
        /// every frame and checksum; `audio` decodes too.
        #[arg(long, value_name = "DEPTH", default_value = "stream", value_parser = audio::depths())]
        depth: Depth,
        #[command(flatten)]
        files: Files,
    },
    /// Print a hash of the audio of each file, which is the same whatever its tags and its
    /// container.
    ///
    /// It is BLAKE3 of the coded audio, 64 hexadecimal digits; as many dashes where there is no
    /// audio. Archives are not looked into.
    Hash {
        /// The hash of the whole file in place of it.
        #[arg(long)]
        file: bool,
        #[command(flatten)]
        files: Files,
    },
    /// Print how loud audio files are, and the albums that folders are.
    ///
    /// Integrated loudness, range and true peak by EBU R 128, and the gain of ReplayGain 2.0, which
    /// leads to -18 LUFS. Archives are not looked into.
    Loudness(Files),
    /// Print the acoustic fingerprint of each file, in the form of AcoustID.
    ///
    /// It is of the first two minutes; a dash where there is none. Archives are not looked into.
    Fingerprint(Files),
    /// Look into the audio of a library's files, and keep in it what is found.
    ///
    /// Files that have changed since, or were never analysed, in low priority. Ended at any time,
    /// the next one goes on from there.
    Analyse(Analyse),
    /// List tracks of a library that are the same, and which of them to keep; nothing is deleted.
    ///
    /// Files that may be copies are hashed first, if they have not been.
    Duplicates(Duplicates),
    /// Print the mean time of a count in ms.
    Benchmark {
        #[command(flatten)]
        folders: Folders,
        /// How often to count.
        #[arg(long, value_name = "N", default_value = "10")]
        iterations: NonZeroU32,
    },
    /// Print a script that completes these words in a shell.
    Completions { shell: Shell },
    /// Print the manual as a page for man(1): of one command, or of all.
    Man {
        #[arg(value_name = "COMMAND", value_parser = commands())]
        about: Option<String>,
    },
}

/// Folders to scan, and how.
#[derive(Args)]
pub struct Folders {
    /// Folders, or files: those are read wherever they lie. A folder inside another one that is
    /// named owns its files.
    #[arg(required = true, value_name = "PATH")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
    /// JSON lines of all that happens, on stdout: progress ten to twenty times a second, tracks or
    /// changes, problems, notices, and the report.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    pub events: bool,
    #[command(flatten)]
    walking: Walking,
    #[command(flatten)]
    reading: Reading,
    /// Look into archives: .zip, .7z, .rar, .tar, .tar.gz, .tgz
    #[arg(long)]
    archives: bool,
    /// The most instances of the component at a time; more than cores only work while storage is
    /// slow [default: 64].
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,
    #[command(flatten)]
    sandbox: Sandbox,
}

/// What shapes values beside the files.
#[derive(Args)]
pub struct Reading {
    /// What texts are in that are not UTF-8 and whose charset nothing says: `off`, for ISO 8859-1;
    /// `auto`, to judge by the texts of each file; or a name, such as windows-1251 or shift_jis.
    #[arg(long, value_name = "NAME", default_value = "off")]
    legacy_charset: String,
    /// Leave albums in one file whole: no tracks of their own by their cue sheets.
    #[arg(long)]
    no_cue: bool,
}

/// What becomes of pictures.
#[derive(Args)]
pub struct Artwork {
    /// Write the picture to this file, or to stdout (`-`). With --all: every picture, into this
    /// folder. It may be anywhere, but no audio file is written over.
    #[arg(long = "output", short = 'o', value_name = "PATH")]
    pub to: Option<PathBuf>,
    /// Every picture, and not only the first: embedded ones, then those in the folder.
    #[arg(long)]
    pub all: bool,
}

/// How to bring it up to date.
#[derive(Args)]
pub struct Sync {
    /// `full` looks at every file; `quick` trusts folders whose time of last change is as it was,
    /// and does not see files that were changed in place.
    #[arg(long, default_value = "full")]
    mode: Mode,
    /// Leave the library as it is, and tell what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// The folders may have lost all their music. Without it that is an error: a disk may not be
    /// mounted.
    #[arg(long)]
    confirm_empty: bool,
    /// Name every track that was changed.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Full,
    Quick,
}

impl Mode {
    fn options(self) -> SyncOptions {
        match self {
            Self::Full => SyncOptions::full(),
            Self::Quick => SyncOptions::quick(),
        }
    }
}

impl Sync {
    pub fn options(&self) -> SyncOptions {
        self.mode.options().confirm_empty(self.confirm_empty)
    }
}

/// How to keep it up to date.
#[derive(Args)]
pub struct Watch {
    /// What to begin with: `full` looks at every file, `quick` only at folders whose time of last
    /// change is another one.
    #[arg(long, default_value = "full")]
    mode: Mode,
    /// The folders may have lost all their music when this begins.
    #[arg(long)]
    confirm_empty: bool,
    /// Look at every folder from time to time, whatever it tells.
    #[arg(long)]
    poll: bool,
    /// Least time between two such looks in s.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    poll_interval: Duration,
    /// Name every track that was changed.
    #[arg(long, short)]
    pub verbose: bool,
}

impl Watch {
    pub fn options(&self) -> WatchOptions {
        let first = self.mode.options().confirm_empty(self.confirm_empty);
        WatchOptions::default().first(first).poll(self.poll).poll_interval(self.poll_interval)
    }
}

/// The component, and its limits.
#[derive(Args)]
pub struct Sandbox {
    /// Run another component of the same world.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// The most time for one file in s [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    file_timeout: Option<Duration>,
    /// The most memory of an instance in MiB [default: 256].
    #[arg(long, value_name = "MIB")]
    memory_limit: Option<NonZeroUsize>,
}

impl Folders {
    /// The scanner that these words describe.
    pub fn scanner(&self) -> Result<Scanner, Error> {
        let walking = mt_scanner::Walking { archives: self.archives, ..self.walking.options() };
        let mut builder = Scanner::builder().roots(&self.folders).walking(walking);
        if let Some(workers) = self.workers {
            builder = builder.workers(workers.get());
        }
        self.sandbox.apply(self.reading.apply(builder)).build()
    }
}

impl Reading {
    pub fn apply(&self, builder: ScannerBuilder) -> ScannerBuilder {
        builder.legacy_charset(&self.legacy_charset).cue(!self.no_cue)
    }
}

impl Sandbox {
    pub fn apply(&self, mut builder: ScannerBuilder) -> ScannerBuilder {
        if let Some(component) = &self.component {
            builder = builder.component(component);
        }
        limited(builder, self.file_timeout, self.memory_limit)
    }
}

/// The names of commands.
fn commands() -> PossibleValuesParser {
    EXAMPLES.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).collect::<Vec<_>>().into()
}

fn days(text: &str) -> Result<Duration, String> {
    let days: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    Duration::try_from_secs_f64(days * 86_400.0).map_err(|error| error.to_string())
}
