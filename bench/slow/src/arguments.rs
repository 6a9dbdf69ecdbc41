//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Error, Parser, ValueExt};

use crate::faults::{Fault, Rule};

/// How to call the program.
pub const HELP: &str = "\
Usage: slow-mount mount [OPTIONS] <FOLDER> <MOUNTPOINT>
       slow-mount ceiling [--in-flight N] <FOLDER>

mount shows FOLDER at MOUNTPOINT until stdin ends, or SIGINT or SIGTERM comes. It prints `ready` when the mount is
there, and the calls that came as a line of JSON at the end and at SIGUSR1.

  --latency MS          added to every call; fractions are allowed [default: 0]
  --timeout S           how long the kernel keeps names and attributes [default: 1]
  --stall CALL=PATTERN  calls that are not answered until SIGUSR2: look, list, open or read, of paths below FOLDER
                        (`.` is FOLDER itself; `*` stays in a folder, `**` does not). May be given several times
  --fail CALL=PATTERN   the same, for calls that fail with EIO
  --ignore-interrupts   a stalled call stays stalled when its caller is interrupted or killed; without it, it fails with
                        EINTR
  --disconnect-after N  ends the connection at the call after the Nth: all calls fail with ENOTCONN from then on

ceiling looks at each file in FOLDER once, with N calls in flight [default: 64], and prints
{\"seconds\": [...], \"found\": N}.";

/// The work of the program.
pub enum Work {
    Help,
    Mount(Options),
    Ceiling { folder: PathBuf, in_flight: usize },
}

/// A mount: its folder, its place, its speed and its faults.
pub struct Options {
    pub folder: PathBuf,
    pub mountpoint: PathBuf,
    /// Added to every call.
    pub latency: Duration,
    /// How long the kernel may answer for names and attributes by itself.
    pub timeout: Duration,
    /// Stalls and failures. The first that fits a call decides.
    pub rules: Vec<Rule>,
    /// Whether FUSE_INTERRUPT ends a stall.
    pub interruptible: bool,
    /// The number of calls that are answered before the connection ends.
    pub disconnect_after: Option<u64>,
}

/// Parses the arguments of this process.
pub fn parse() -> Result<Work, Error> {
    let mut parser = Parser::from_env();
    match parser.next()? {
        Some(Arg::Value(word)) if word == "mount" => mount(&mut parser).map(Work::Mount),
        Some(Arg::Value(word)) if word == "ceiling" => ceiling(&mut parser),
        Some(Arg::Long("help") | Arg::Short('h')) => Ok(Work::Help),
        Some(other) => Err(other.unexpected()),
        None => Err("what to do is missing".into()),
    }
}

fn mount(parser: &mut Parser) -> Result<Options, Error> {
    let mut folders = Vec::new();
    let (mut latency, mut timeout) = (Duration::ZERO, Duration::from_secs(1));
    let (mut rules, mut interruptible, mut disconnect_after) = (Vec::new(), true, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("latency") => latency = parser.value()?.parse_with(|text| duration(text, 1e-3))?,
            Arg::Long("timeout") => timeout = parser.value()?.parse_with(|text| duration(text, 1.0))?,
            Arg::Long("stall") => rules.push(parser.value()?.parse_with(|text| Rule::parse(text, Fault::Stall))?),
            Arg::Long("fail") => rules.push(parser.value()?.parse_with(|text| Rule::parse(text, Fault::Fail))?),
            Arg::Long("ignore-interrupts") => interruptible = false,
            Arg::Long("disconnect-after") => disconnect_after = Some(parser.value()?.parse()?),
            Arg::Value(value) if folders.len() < 2 => folders.push(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
    let [folder, mountpoint] = folders.try_into().map_err(|_| "the folder and the mountpoint are needed")?;
    Ok(Options { folder, mountpoint, latency, timeout, rules, interruptible, disconnect_after })
}

fn ceiling(parser: &mut Parser) -> Result<Work, Error> {
    let (mut folder, mut in_flight) = (None, 64);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("in-flight") => in_flight = parser.value()?.parse()?,
            Arg::Value(value) if folder.is_none() => folder = Some(value.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Work::Ceiling { folder: folder.ok_or("the folder is missing")?, in_flight })
}

/// A duration as a number of units, which are given in seconds.
fn duration(text: &str, unit: f64) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}
