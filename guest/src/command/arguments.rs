//! The command line.

use lexopt::{Arg, Error, Parser, ValueExt};
use mt_scanner_contract::{FollowLinks, Reading, ScanError, Slice, Walking, extension};

use crate::step::{Work, whole_root};
use crate::tree::{Root, root_names};

/// What `--help` prints.
pub const HELP: &str = "\
Usage: mt_scanner.wasm <COMMAND> [OPTIONS] <PATH>

Commands:
  scan <PATH>          tracks of a folder, or of a file, as JSON lines on stdout, problems as
                       JSON lines on stderr
  count <PATH>         the number of audio files
  inspect <FILE>       everything about one file, as a JSON line
  artwork <FILE>       the picture of a file, or of its folder, as a JSON line
  benchmark <FOLDER>   the mean time of a count in ms

Options:
  --hidden             enter hidden folders, and what systems leave behind, such as recycle bins
  --follow-links <WHICH>
                       symbolic links to follow: no; once, where they lead to music that
                       is not reached without them; all [default: once]
  --no-follow-links    the same as --follow-links no
  --include-ignored    enter folders that .nomedia or .mtignore exclude
  --legacy-charset <NAME>
                       what texts are in that are not UTF-8 and whose charset nothing says:
                       off, for ISO 8859-1; auto, to judge by the texts of each file; or a
                       name, such as windows-1251 or shift_jis [default: off]
  --archives           look into archives: .zip, .7z, .rar, .tar, .tar.gz, .tgz
  --no-cue             leave albums in one file whole: no tracks of cue sheets
  --extension <EXTENSION>
                       look for files with this extension too, .aiff for one; may be given
                       several times
  --all                every picture, and not only the first
  --output -           the bytes of the picture on stdout
  --iterations <N>     how often benchmark counts [default: 10]
  --help, --version

The host opens the folders: wasmtime run --dir ~/Music::/music mt_scanner.wasm scan /music
Exit codes: 0 done, 1 wrong usage a folder that could not be scanned, no picture.
";

/// A parsed command line.
#[derive(Debug)]
pub struct Command {
    /// What to do.
    pub verb: Verb,
    /// On which folder or file.
    pub root: String,
    /// Where to go.
    pub walking: Walking,
    /// What shapes values.
    pub reading: Reading,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Verb {
    Scan,
    Count,
    Inspect,
    Artwork { all: bool, bytes: bool },
    Benchmark { iterations: u32 },
}

/// Parses the arguments after the program's name; `None` asks for help.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Command>, Error> {
    let mut parser = Parser::from_args(arguments);
    let (mut walking, mut reading) = (Walking::default(), Reading::default());
    let (mut iterations, mut all, mut bytes) = (10, false, false);
    let mut words: Vec<String> = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("hidden") => walking.hidden_folders = true,
            Arg::Long("follow-links") => walking.follow_links = follow_links(&parser.value()?.string()?)?,
            Arg::Long("no-follow-links") => walking.follow_links = FollowLinks::No,
            Arg::Long("include-ignored") => walking.ignored_folders = true,
            Arg::Long("legacy-charset") => reading.legacy_charset = parser.value()?.string()?,
            Arg::Long("archives") => walking.archives = true,
            Arg::Long("no-cue") => reading.cue = false,
            Arg::Long("extension") => {
                walking.extensions.push(extension(&parser.value()?.string()?).map_err(Error::from)?)
            }
            Arg::Long("all") => all = true,
            Arg::Long("output") => bytes = to_stdout(&parser.value()?.string()?)?,
            Arg::Long("iterations") => iterations = parser.value()?.parse()?,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let verb = match words.next().as_deref() {
        Some("scan") => Verb::Scan,
        Some("count") => Verb::Count,
        Some("inspect") => Verb::Inspect,
        Some("artwork") if all && bytes => return Err("--output - writes one picture, not --all".into()),
        Some("artwork") => Verb::Artwork { all, bytes },
        Some("benchmark") => Verb::Benchmark { iterations },
        Some(other) => return Err(format!("there is no command {other:?}").into()),
        None => return Err("a command is missing".into()),
    };
    match (words.next(), words.next()) {
        (Some(root), None) => Ok(Some(Command { verb, root, walking, reading })),
        (None, _) => Err("a path is missing".into()),
        (_, Some(extra)) => Err(format!("one path at a time: {extra:?} is too much").into()),
    }
}

/// The links to follow, by their word.
fn follow_links(word: &str) -> Result<FollowLinks, Error> {
    FollowLinks::named(word).ok_or_else(|| format!("--follow-links takes no, once or all, not {word:?}").into())
}

/// Whether bytes go to stdout, which is where they can go: no file can be written from in here.
fn to_stdout(path: &str) -> Result<bool, Error> {
    match path {
        "-" => Ok(true),
        other => Err(format!("--output takes -, not {other:?}: no file is written from the sandbox").into()),
    }
}

/// The root and what a scan of it begins with, for a folder, or for a file by its folder.
pub fn root_and_work(path: &str) -> (String, Work) {
    match (Root::open(path, false), path.rsplit_once('/')) {
        (Err(ScanError::RootNotAFolder(_)), Some((folder, file))) if !file.is_empty() => {
            (folder.to_owned(), Work::named(String::new(), Slice::from(format!("{file}\0"))))
        }
        _ => (path.to_owned(), whole_root()),
    }
}

/// The root and the path in it of a file that is named as the guest sees it: `/music/a/b.mp3`.
pub fn root_and_path(file: &str) -> Result<(String, String), ScanError> {
    root_names()
        .filter_map(|root| {
            let below = file.strip_prefix(&root)?;
            let path = if root.ends_with('/') { below } else { below.strip_prefix('/')? };
            Some((root.len(), root.clone(), path.to_owned()))
        })
        .max_by_key(|(len, ..)| *len)
        .map(|(_, root, path)| (root, path))
        .ok_or_else(|| ScanError::RootNotFound(file.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Command>, String> {
        parse(line.split_whitespace().map(str::to_owned)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_a_path_and_options_in_any_order() {
        let command = parsed("benchmark --hidden /music --iterations 3 --no-follow-links").unwrap().unwrap();
        assert_eq!((command.verb, command.root.as_str()), (Verb::Benchmark { iterations: 3 }, "/music"));
        assert!(
            command.walking.hidden_folders
                && command.walking.follow_links == FollowLinks::No
                && !command.walking.ignored_folders
        );
    }

    #[test]
    fn extensions_may_be_several_and_pictures_go_to_stdout() {
        let command = parsed("scan /music --extension .AIFF --extension ape").unwrap().unwrap();
        assert_eq!(command.walking.extensions, [".aiff", ".ape"]);
        let verb = |line: &str| parsed(line).unwrap().unwrap().verb;
        assert_eq!(verb("artwork /music/a.mp3 --all"), Verb::Artwork { all: true, bytes: false });
        assert_eq!(verb("artwork --output - /music/a.mp3"), Verb::Artwork { all: false, bytes: true });
    }

    #[test]
    fn links_are_followed_once_unless_another_word_is_given() {
        let links = |line: &str| parsed(line).unwrap().unwrap().walking.follow_links;
        assert_eq!(links("scan /music"), FollowLinks::Once);
        for links_to_follow in FollowLinks::ALL {
            assert_eq!(links(&format!("scan /music --follow-links {}", links_to_follow.name())), links_to_follow);
        }
    }

    #[test]
    fn a_charset_is_off_unless_one_is_named() {
        let charset = |line: &str| parsed(line).unwrap().unwrap().reading.legacy_charset;
        assert_eq!((charset("scan /m"), charset("scan /m --legacy-charset auto")), ("off".into(), "auto".into()));
    }

    #[test]
    fn cue_sheets_are_read_unless_somebody_says_no() {
        let cue = |line: &str| parsed(line).unwrap().unwrap().reading.cue;
        assert_eq!((cue("scan /m"), cue("scan /m --no-cue")), (true, false));
    }

    #[test]
    fn wrong_usage_is_said() {
        for (line, says) in [
            ("", "a command is missing"),
            ("sacn /music", "there is no command \"sacn\""),
            ("scan", "a path is missing"),
            ("scan /a /b", "too much"),
            ("scan /a --fast", "invalid option '--fast'"),
            ("benchmark /a --iterations many", "many"),
            ("scan /a --extension a/b", "a/b is no extension"),
            ("artwork /a/b.mp3 --output b.jpg", "takes -, not \"b.jpg\""),
            ("artwork /a/b.mp3 --output - --all", "one picture"),
            ("scan /a --follow-links twice", "takes no, once or all, not \"twice\""),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(says), "{line}: {error}");
        }
        assert!(parsed("scan --help").unwrap().is_none());
    }
}
