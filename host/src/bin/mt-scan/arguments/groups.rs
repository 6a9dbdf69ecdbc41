//! Groups of words that several commands take.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mt_scanner::{FollowLinks, ScannerBuilder};

/// Where to look for files.
#[derive(Args)]
pub struct Walking {
    /// Enter hidden folders, and what systems leave behind, such as recycle bins.
    #[arg(long)]
    hidden: bool,
    /// Symbolic links to follow: `once`, where they lead to music that is not reached without them;
    /// `all`; or `no`.
    #[arg(long, value_name = "WHICH", default_value = "once", value_parser = links())]
    follow_links: FollowLinks,
    /// The same as --follow-links no.
    #[arg(long, conflicts_with = "follow_links")]
    no_follow_links: bool,
    /// Enter what .nomedia or .mtignore exclude.
    #[arg(long)]
    include_ignored: bool,
    /// Look for files with this extension too, `.aiff` for one; may be given several times. A
    /// library's later syncs need it too: without it the tracks of such files are marked missing.
    #[arg(long, value_name = "EXTENSION", value_parser = extension)]
    extension: Vec<String>,
}

/// Where the library is.
#[derive(Args)]
pub struct Database {
    /// The library.
    #[arg(long, value_name = "FILE", default_value = "library.db")]
    pub db: PathBuf,
}

/// The output.
#[derive(Args)]
pub struct Output {
    /// JSON lines: tracks on stdout, problems on stderr.
    #[arg(long)]
    pub json: bool,
    /// No progress bar and no summary.
    #[arg(long)]
    pub quiet: bool,
    /// Exit with 1 if there was a problem.
    #[arg(long)]
    pub strict: bool,
}

impl Walking {
    pub fn options(&self) -> mt_scanner::Walking {
        mt_scanner::Walking {
            follow_links: if self.no_follow_links { FollowLinks::No } else { self.follow_links },
            hidden_folders: self.hidden,
            ignored_folders: self.include_ignored,
            extensions: self.extension.clone(),
            ..mt_scanner::Walking::default()
        }
    }
}

/// The builder with limits that were named: a time, and MiB of memory.
pub fn limited(mut builder: ScannerBuilder, time: Option<Duration>, memory: Option<NonZeroUsize>) -> ScannerBuilder {
    if let Some(time) = time {
        builder = builder.file_timeout(time);
    }
    if let Some(memory) = memory {
        builder = builder.memory_limit(memory.get().saturating_mul(1 << 20));
    }
    builder
}

/// A time in s.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if seconds <= 0.0 {
        return Err("not more than 0".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// An extension in its one form.
fn extension(text: &str) -> Result<String, String> {
    mt_scanner::extension(text)
}

/// The words of `follow-links`.
fn links() -> impl TypedValueParser<Value = FollowLinks> {
    PossibleValuesParser::new(FollowLinks::ALL.map(FollowLinks::name))
        .map(|word| FollowLinks::named(&word).unwrap_or_default())
}
