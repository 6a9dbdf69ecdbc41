//! The words of commands that look into audio.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mt_scanner::{Analyser, Depth, Error, Scanner, ScannerBuilder};

use super::{Output, Walking, limited, seconds};

/// Files to look into, and how.
#[derive(Args)]
pub struct Files {
    /// Folders, or files.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
    /// JSON lines of all that happens, on stdout: progress ten to twenty times a second, what was
    /// found in each file, problems, notices, and the report.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    pub events: bool,
    #[command(flatten)]
    walking: Walking,
    #[command(flatten)]
    instances: Instances,
}

/// Instances of the analyser, and their limits.
#[derive(Args)]
struct Instances {
    /// The most instances of the component at a time [default: as many as cores].
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,
    /// Run another component of the same world.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// The most time for one file without progress in s [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    file_timeout: Option<Duration>,
    /// The most memory of an instance in MiB [default: 256].
    #[arg(long, value_name = "MIB")]
    memory_limit: Option<NonZeroUsize>,
}

impl Files {
    /// The analyser that these words describe.
    pub fn analyser(&self) -> Result<Analyser, Error> {
        self.instances.analyser(Scanner::builder().roots(&self.paths).walking(self.walking.options()))
    }
}

impl Instances {
    /// An analyser of what the scanner finds.
    fn analyser(&self, scanner: ScannerBuilder) -> Result<Analyser, Error> {
        let mut scanner = limited(scanner, self.file_timeout, self.memory_limit);
        if let Some(workers) = self.workers {
            scanner = scanner.workers(workers.get());
        }
        let scanner = scanner.build()?;
        match &self.component {
            Some(component) => Analyser::with_component(&scanner, component),
            None => Analyser::new(&scanner),
        }
    }
}

/// The words of `depth`.
pub fn depths() -> impl TypedValueParser<Value = Depth> {
    PossibleValuesParser::new(Depth::ALL.map(Depth::name)).map(|word| Depth::named(&word).unwrap_or_default())
}
