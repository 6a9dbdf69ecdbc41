//! The component as a command for the wasmtime CLI.
//!
//! Rows are JSON lines on stdout, problems JSON lines on stderr. Exit code 0: done. 1: wrong usage,
//! or a root that could not be scanned; WASI 0.2 knows no other codes.

mod arguments;

use std::io::{self, BufWriter, Write};

use mt_scanner_contract::report::PassedOver;
use mt_scanner_contract::{ScanError, words};
use serde::Serialize;

use crate::component::{benchmark, run_through};
use crate::json;
use crate::pictures::{Artwork, Found as Picture};
use crate::rows::write_object;
use crate::step::{Found, Mode};
use arguments::{Command, Verb};

/// Only a component can be run; natively the export has nobody to call it.
#[cfg(target_family = "wasm")]
mod export {
    struct Cli;

    wasip2::cli::command::export!(Cli);

    impl wasip2::exports::cli::run::Guest for Cli {
        fn run() -> Result<(), ()> {
            super::main()
        }
    }
}

/// Runs the command line that the host gave.
fn main() -> Result<(), ()> {
    let command = match arguments::parse(wasip2::cli::environment::get_arguments().into_iter().skip(1)) {
        Ok(Some(command)) => command,
        Ok(None) => {
            print!("{}", arguments::HELP);
            return Ok(());
        }
        Err(error) => {
            eprintln!("mt_scanner: {error}\n\n{}", arguments::HELP);
            return Err(());
        }
    };
    match run(&command) {
        Ok(()) => Ok(()),
        // Whoever read the output has seen enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Output(error)) => complain(&format!("writing the output: {error}")),
        Err(Stop::Scan(error)) => complain(&explained(&error)),
        Err(Stop::NoPicture) => complain(&format!("{}: {}", command.root, words::NO_PICTURE)),
    }
}

/// An error in the words of every command line of this project.
fn explained(error: &ScanError) -> String {
    let (_, path, why) = error.parts();
    format!("{path}: {why}")
}

fn complain(message: &str) -> Result<(), ()> {
    eprintln!("mt_scanner: {message}");
    Err(())
}

/// Why a command ended early.
enum Stop {
    Scan(ScanError),
    Output(io::Error),
    /// The file has no picture.
    NoPicture,
}

impl From<ScanError> for Stop {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn run(command: &Command) -> Result<(), Stop> {
    let Command { verb, root, .. } = command;
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    match verb {
        Verb::Count => {
            let mut files = 0;
            steps(command, Mode::Count, &mut out, |_, result| {
                files += result.files;
                Ok(())
            })?;
            writeln!(out, "{files}")?;
        }
        Verb::Scan => steps(command, Mode::Tracks, &mut out, |out, result| {
            let mut text = Vec::new();
            result.tracks.iter().try_for_each(|track| {
                text.clear();
                write_object(track, &mut text)?;
                text.push(b'\n');
                out.write_all(&text)
            })
        })?,
        Verb::Inspect => {
            let (root, path) = arguments::root_and_path(root)?;
            let mut inspection = crate::inspect::inspect(&root, &path, &command.reading)?;
            inspection.track.ctime_ns = 0;
            inspection.cue.iter_mut().for_each(|track| track.ctime_ns = 0);
            line(&mut out, &inspection)?;
        }
        Verb::Artwork { all, bytes } => artwork(&command.root, *all, *bytes, &mut out)?,
        Verb::Benchmark { iterations } => {
            writeln!(out, "{:.3}", benchmark(root, *iterations)?)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn steps<W: Write>(
    command: &Command,
    mode: Mode,
    out: &mut W,
    mut each: impl FnMut(&mut W, &Found) -> io::Result<()>,
) -> Result<(), Stop> {
    let mut written = Ok(());
    let (mut passed_over, mut playlists) = (0, 0);
    let (root, begin) = arguments::root_and_work(&command.root);
    run_through(&root, begin, mode, &command.walking, &command.reading, |mut result| {
        passed_over += result.passed_over;
        playlists += result.playlists;
        // The wasmtime CLI gives the time of birth in place of this one, and a wrong time is worse
        // than none.
        result.tracks.iter_mut().for_each(|track| track.ctime_ns = 0);
        written = each(out, &result).and_then(|()| {
            let mut err = io::stderr().lock();
            result.problems.iter().try_for_each(|problem| line(&mut err, problem))
        });
        written.is_ok()
    })?;
    written?;
    if let Some(notice) = PassedOver::of(passed_over, playlists) {
        line(&mut io::stderr().lock(), &notice)?;
    }
    Ok(())
}

/// Writes the pictures of a file as lines, or the bytes of the first.
fn artwork(file: &str, all: bool, bytes: bool, out: &mut impl Write) -> Result<(), Stop> {
    let (root, path) = arguments::root_and_path(file)?;
    let mut artwork = Artwork::of(&root, &path, all)?;
    let first = artwork.pictures.first().filter(|_| bytes).map(Picture::bytes);
    let picture = first.and_then(|read| read.map_err(|problem| artwork.problems.push(problem)).ok());
    let mut err = io::stderr().lock();
    artwork.problems.iter().try_for_each(|problem| line(&mut err, problem))?;
    match picture {
        Some(picture) => out.write_all(&picture)?,
        None if bytes || artwork.pictures.is_empty() => return Err(Stop::NoPicture),
        None => artwork.pictures.iter().try_for_each(|found| line(out, &found.item))?,
    }
    Ok(())
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut text = json::text(value);
    text.push('\n');
    out.write_all(text.as_bytes())
}
