//! The command line.

use std::path::PathBuf;

use lexopt::{Arg, Error, Parser, ValueExt};

/// What goes with a wrong command line.
pub const HELP: &str = "\
Usage: native-peers <WORK> [--threads N] [--repeat N] [--db FILE] <FOLDER>

  count-walkdir, count-ignore    the number of audio files
  list-walkdir, list-ignore      their paths
  tags-idiomatic                 walkdir + rayon + lofty over a BufReader
  tags-tuned                     the same over a positioned reader with buffers of 16 KiB
  import --db FILE               walkdir + rayon + lofty + rusqlite; into a library that exists, only what has changed";

/// A parsed command line.
pub struct Arguments {
    pub work: Work,
    pub root: PathBuf,
    pub threads: usize,
    pub repeat: usize,
    pub db: Option<PathBuf>,
}

/// What to do.
#[derive(Clone, Copy)]
pub enum Work {
    CountWalkdir,
    CountIgnore,
    ListWalkdir,
    ListIgnore,
    TagsIdiomatic,
    TagsTuned,
    Import,
}

/// Parses the arguments of this process.
pub fn parse() -> Result<Arguments, Error> {
    let mut parser = Parser::from_env();
    let (mut work, mut root, mut db) = (None, None, None);
    let (mut threads, mut repeat) = (1, 1);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("threads") => threads = parser.value()?.parse()?,
            Arg::Long("repeat") => repeat = parser.value()?.parse()?,
            Arg::Long("db") => db = Some(parser.value()?.into()),
            Arg::Value(value) if work.is_none() => work = Some(value.parse_with(named)?),
            Arg::Value(value) if root.is_none() => root = Some(value.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Arguments {
        work: work.ok_or("what to do is missing")?,
        root: root.ok_or("the folder is missing")?,
        threads,
        repeat,
        db,
    })
}

fn named(name: &str) -> Result<Work, String> {
    Ok(match name {
        "count-walkdir" => Work::CountWalkdir,
        "count-ignore" => Work::CountIgnore,
        "list-walkdir" => Work::ListWalkdir,
        "list-ignore" => Work::ListIgnore,
        "tags-idiomatic" => Work::TagsIdiomatic,
        "tags-tuned" => Work::TagsTuned,
        "import" => Work::Import,
        _ => return Err(format!("no work is called {name}")),
    })
}
