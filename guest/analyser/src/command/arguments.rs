//! The command line.

use lexopt::{Arg, Error, Parser, ValueExt};

use crate::analysis::Request;
use crate::report::Depth;

/// What `--help` prints.
pub const HELP: &str = "\
Usage: mt_scanner_analyser.wasm <COMMAND> [OPTIONS] <PATH>

Commands, for a file or for all audio files of a folder; each gives a JSON line for a file:
  validate <PATH>      whether it is intact
  hash <PATH>          BLAKE3 of the coded audio, and of the file
  loudness <PATH>      loudness by EBU R 128, and ReplayGain; behind them a line for each folder
                       with several tracks: how loud these are together
  fingerprint <PATH>   the acoustic fingerprint of AcoustID, of the first two minutes
  duplicates <PATH>    which files are the same: a JSON line for each group, the one to keep first

Options:
  --depth <DEPTH>      how closely validate looks: header, stream, which follows every frame and
                       checksum, or audio, which decodes [default: stream]
  --help

The host opens the folders: wasmtime run --dir ~/Music::/music mt_scanner_analyser.wasm \\
  validate /music
Exit codes: 0 done, 1 wrong usage, a path that is not there, or a file that is damaged or truncated.
";

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// A report for each file.
    Reports,
    /// The same, and the loudness of folders.
    Albums,
    /// Groups of files that are the same.
    Groups,
}

/// A parsed command line.
#[derive(Debug)]
pub struct Command {
    /// What to find out.
    pub request: Request,
    /// What to print.
    pub output: Output,
    /// Of which file or folder.
    pub path: String,
}

/// Parses the arguments after the program's name; `None` asks for help.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Command>, Error> {
    let mut parser = Parser::from_args(arguments);
    let mut depth = None;
    let mut words: Vec<String> = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("depth") => depth = Some(named(&parser.value()?.string()?)?),
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let mut output = Output::Reports;
    let request = match words.next().as_deref() {
        Some("validate") => Request { depth: depth.take().or(Some(Depth::Stream)), ..Request::default() },
        Some("hash") => Request { hashes: true, ..Request::default() },
        Some("loudness") => {
            output = Output::Albums;
            Request { loudness: true, ..Request::default() }
        }
        Some("fingerprint") => Request { fingerprint: true, ..Request::default() },
        Some("duplicates") => {
            output = Output::Groups;
            Request { hashes: true, fingerprint: true, ..Request::default() }
        }
        Some(other) => return Err(format!("there is no command {other:?}").into()),
        None => return Err("a command is missing".into()),
    };
    if depth.is_some() {
        return Err("--depth is an option of validate".into());
    }
    match (words.next(), words.next()) {
        (Some(path), None) => Ok(Some(Command { request, output, path })),
        (None, _) => Err("a path is missing".into()),
        (_, Some(extra)) => Err(format!("one path at a time: {extra:?} is too much").into()),
    }
}

fn named(word: &str) -> Result<Depth, Error> {
    match word {
        "header" => Ok(Depth::Header),
        "stream" => Ok(Depth::Stream),
        "audio" => Ok(Depth::Audio),
        other => Err(format!("--depth takes header, stream or audio, not {other:?}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Command>, String> {
        parse(line.split_whitespace().map(str::to_owned)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_command_asks_for_one_thing() {
        let request = |line: &str| parsed(line).unwrap().unwrap().request;
        assert_eq!(request("validate /m").depth, Some(Depth::Stream));
        assert_eq!(request("validate --depth audio /m").depth, Some(Depth::Audio));
        assert!(request("fingerprint /m").fingerprint && !request("loudness /m").fingerprint);
        let (hash, loudness) = (request("hash /m"), request("loudness /m"));
        assert!(hash.hashes && hash.depth.is_none() && !hash.loudness && loudness.loudness && !loudness.hashes);
        let groups = parsed("duplicates /m").unwrap().unwrap();
        assert!(groups.output == Output::Groups && groups.request.hashes && groups.request.fingerprint);
        assert!(parsed("--help").unwrap().is_none());
    }

    #[test]
    fn wrong_usage_is_said() {
        for (line, says) in [
            ("", "a command is missing"),
            ("check /m", "there is no command \"check\""),
            ("hash", "a path is missing"),
            ("hash /a /b", "too much"),
            ("hash --depth audio /a", "an option of validate"),
            ("validate --depth deep /a", "takes header, stream or audio, not \"deep\""),
            ("validate --fast /a", "invalid option '--fast'"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
