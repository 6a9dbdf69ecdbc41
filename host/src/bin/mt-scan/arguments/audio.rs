//! The words of commands that look into audio.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use mt_scanner::{Analyser, AnalysisOptions, Depth, DuplicateKind, Error, Request, Scanner, ScannerBuilder};

use super::groups::{Database, Output, Walking, limited, seconds};

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

/// What to find out about the files of a library.
#[derive(Args)]
pub struct Analyse {
    /// Roots of the library [default: all].
    #[arg(value_name = "PATH")]
    roots: Vec<PathBuf>,
    #[command(flatten)]
    pub library: Database,
    /// How closely to look: `header`, at the beginning, the end and the tables; `stream`, at every
    /// frame and checksum; `audio` decodes too.
    #[arg(long, value_name = "DEPTH", default_value = "stream", value_parser = depths())]
    depth: Depth,
    /// Find out only damage, hashes, loudness or fingerprints; may be given several times [default:
    /// all].
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Begin no file after this time, such as 90s, 10m or 1h30m.
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    #[command(flatten)]
    pub output: Output,
    /// JSON lines of all that happens, on stdout: progress ten to twenty times a second, what was
    /// found in each file, problems, notices, and the report.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    pub events: bool,
    #[command(flatten)]
    instances: Instances,
}

/// What an analysis finds out.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    Damage,
    Hashes,
    Loudness,
    Fingerprints,
}

/// Which tracks of a library are the same.
#[derive(Args)]
pub struct Duplicates {
    /// Roots of the library [default: all].
    #[arg(value_name = "PATH")]
    roots: Vec<PathBuf>,
    #[command(flatten)]
    pub library: Database,
    /// Only copies (copy), files with the same audio (same-audio), recordings that sound the same
    /// (same-recording), or the same by their tags (same-song); may be given several times
    /// [default: all].
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Vec<DuplicateKind>,
    /// Read no file: only what is known already.
    #[arg(long)]
    pub no_hashing: bool,
    #[command(flatten)]
    pub output: Output,
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

impl Analyse {
    /// The analyser of these roots.
    pub fn analyser(&self) -> Result<Analyser, Error> {
        self.instances.analyser(Scanner::builder().roots(&self.roots))
    }

    pub fn options(&self) -> AnalysisOptions {
        let wants = |part| self.only.is_empty() || self.only.contains(&part);
        let options = AnalysisOptions::of(Request {
            depth: wants(Part::Damage).then_some(self.depth),
            hashes: wants(Part::Hashes),
            loudness: wants(Part::Loudness),
            fingerprint: wants(Part::Fingerprints),
        });
        match self.time {
            Some(time) => options.at_most(time),
            None => options,
        }
    }
}

impl Duplicates {
    /// The analyser of these roots.
    pub fn analyser(&self) -> Result<Analyser, Error> {
        self.instances.analyser(Scanner::builder().roots(&self.roots))
    }

    /// Whether groups of this kind are wanted.
    pub fn wants(&self, kind: DuplicateKind) -> bool {
        self.kind.is_empty() || self.kind.contains(&kind)
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

/// The words of `kind`.
fn kinds() -> impl TypedValueParser<Value = DuplicateKind> {
    PossibleValuesParser::new(DuplicateKind::ALL.map(DuplicateKind::name))
        .map(|word| DuplicateKind::named(&word).unwrap_or(DuplicateKind::Copy))
}

/// A time such as `90s`, `10m` or `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text} is no time, such as 90s, 10m or 1h30m");
    let (mut rest, mut seconds) = (text, 0);
    for (unit, length) in [('h', 3600), ('m', 60), ('s', 1_u64)] {
        if let Some((number, behind)) = rest.split_once(unit) {
            let number = number.parse::<u32>().map_err(|_| wrong())?;
            (rest, seconds) = (behind, seconds + u64::from(number) * length);
        }
    }
    if text.is_empty() || !rest.is_empty() { Err(wrong()) } else { Ok(Duration::from_secs(seconds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_units_in_their_order() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2h5s", 7205), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "m", "1.5h", "5s10m", "1h1h", "-3m", "1d", "10m "] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
