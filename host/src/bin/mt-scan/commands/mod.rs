//! The commands, one a file.

mod analyse;
mod artwork;
mod benchmark;
mod changes;
mod count;
mod database;
mod duplicates;
mod events;
mod examine;
mod history;
mod index;
mod inspect;
mod json;
mod listing;
mod loudness;
mod man;
mod member;
mod purge;
mod scan;
mod validate;
mod watch;

use std::io::Write;

use listing::{Fingerprinting, Hashing};
use loudness::Measuring;
use mt_scanner::Request;
use mt_scanner::words::{self, filled};
use validate::Validating;

use crate::arguments::{Analyse, Arguments, Command};
use crate::done::Done;
use crate::failure::Failure;
use crate::screen::shown;
use crate::{help, interruption};

pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    if let Some(last) = last_words(&arguments.command) {
        interruption::ends_with(last);
    }
    match &arguments.command {
        Command::Scan(folders) if folders.events => events::scan(folders),
        Command::Scan(folders) => scan::run(folders),
        Command::Count(folders) if folders.events => events::count(folders),
        Command::Count(folders) => count::run(folders),
        Command::Index { folders, library, sync } if folders.events => events::index(folders, &library.db, sync),
        Command::Index { folders, library, sync } => index::run(folders, &library.db, sync),
        Command::Watch { folders, library, watch } if folders.events => events::watch(folders, &library.db, watch),
        Command::Watch { folders, library, watch } => watch::run(folders, &library.db, watch),
        Command::Purge { library, missing_for, output } => purge::run(&library.db, *missing_for, output),
        Command::Changes { library, since, output } => history::run(&library.db, *since, output),
        Command::Inspect { files, output, reading, sandbox } => inspect::run(files, output, reading, sandbox),
        Command::Artwork { file, artwork, output, sandbox } => artwork::run(file, artwork, output, sandbox),
        Command::Validate { depth, files } => {
            examine::run(files, Request { depth: Some(*depth), ..Request::default() }, &mut Validating)
        }
        Command::Hash { file, files } => {
            let request = Request { hashes: true, ..Request::default() };
            examine::run(files, request, &mut Hashing { of_file: *file })
        }
        Command::Loudness(files) => {
            let request = Request { loudness: true, ..Request::default() };
            examine::run(files, request, &mut Measuring::default())
        }
        Command::Fingerprint(files) => {
            let request = Request { fingerprint: true, ..Request::default() };
            examine::run(files, request, &mut Fingerprinting)
        }
        Command::Analyse(analyse) if analyse.events => events::analyse(analyse),
        Command::Analyse(analyse) => analyse::run(analyse),
        Command::Duplicates(duplicates) => duplicates::run(duplicates),
        Command::Benchmark { folders, iterations } => benchmark::run(folders, *iterations),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut help::command(), help::PROGRAM, &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(Done::Clean)
        }
        Command::Man { about } => man::run(about.as_deref()),
    }
}

/// What is said when Ctrl-C ends a command: what is kept, and how to go on. `None` if the command
/// takes care of Ctrl-C itself.
fn last_words(command: &Command) -> Option<String> {
    match command {
        // There is no other end.
        Command::Watch { .. } => None,
        Command::Index { sync, .. } if sync.dry_run => Some(words::INTERRUPTED.to_owned()),
        Command::Index { library, .. } | Command::Analyse(Analyse { library, .. }) => {
            Some(filled(words::INTERRUPTED_SYNC, &[("path", &shown(&library.db.to_string_lossy()))]))
        }
        _ => Some(words::INTERRUPTED.to_owned()),
    }
}
