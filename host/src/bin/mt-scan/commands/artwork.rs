//! `mt-scan artwork`.

use std::fs;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, Error as Usage};
use mt_scanner::report::Report;
use mt_scanner::{Picture, PictureItem, Problem, Scanner, words};

use super::json::tell;
use super::member::folder_of;
use crate::arguments::{Arguments, Artwork, Output, Sandbox};
use crate::done::Done;
use crate::failure::Failure;
use crate::screen::shown;
use crate::summary::Problems;

pub fn run(file: &Path, artwork: &Artwork, output: &Output, sandbox: &Sandbox) -> Result<Done, Failure> {
    let path = std::path::absolute(file)?;
    let scanner = sandbox.apply(Scanner::builder().root(folder_of(&path))).build()?;
    let (pictures, problems) = match artwork.to.as_deref() {
        None => {
            let found = scanner.picture_items(&path, artwork.all)?;
            (found.pictures, found.problems)
        }
        Some(to) => {
            refuse(&scanner, &path, to, artwork.all)?;
            let found = if artwork.all { scanner.pictures(&path)? } else { scanner.artwork(&path)? };
            write(to, artwork.all, &found.pictures)?;
            (found.pictures.iter().map(Picture::item).collect(), found.problems)
        }
    };
    let any = !problems.is_empty();
    complain(problems, output)?;
    if pictures.is_empty() {
        writeln!(stderr(), "mt-scan: {}: {}", shown(&path.to_string_lossy()), words::NO_PICTURE)?;
        return Ok(Done::WithProblems);
    }
    // The picture itself went where these lines go.
    if artwork.to.as_deref() != Some(Path::new("-")) {
        list(pictures, output)?;
    }
    Ok(Done::with(output, any))
}

/// Fails if a picture may not be written there.
fn refuse(scanner: &Scanner, file: &Path, to: &Path, all: bool) -> Result<(), Failure> {
    let wrong =
        |words: String| -> ! { Usage::raw(ErrorKind::ValueValidation, words).format(&mut Arguments::command()).exit() };
    if to == Path::new("-") {
        if all {
            wrong("--all takes a folder as --output, and not stdout\n".to_owned());
        }
        if stdout().is_terminal() {
            wrong(format!("{}\n", words::OUTPUT_TO_TERMINAL));
        }
        return Ok(());
    }
    if all || !to.exists() {
        return Ok(());
    }
    let is_itself = matches!((to.canonicalize(), file.canonicalize()), (Ok(to), Ok(file)) if to == file);
    if is_itself || scanner.is_audio_file(&to.to_string_lossy())? {
        return Err(Failure::Work(format!("{}: {}", to.display(), words::OUTPUT_IS_AUDIO).into()));
    }
    Ok(())
}

fn write(to: &Path, all: bool, pictures: &[Picture]) -> Result<(), Failure> {
    let failed = |path: &Path, error: std::io::Error| Failure::Work(format!("{}: {error}", path.display()).into());
    if all {
        if !pictures.is_empty() {
            fs::create_dir_all(to).map_err(|error| failed(to, error))?;
        }
        for (place, picture) in pictures.iter().enumerate() {
            let path = to.join(format!("{:02}-{}{}", place + 1, picture.kind.name(), picture.extension));
            fs::write(&path, &picture.data).map_err(|error| failed(&path, error))?;
        }
    } else if let Some(picture) = pictures.first() {
        if to == Path::new("-") {
            let mut out = stdout().lock();
            out.write_all(&picture.data)?;
            out.flush()?;
        } else {
            fs::write(to, &picture.data).map_err(|error| failed(to, error))?;
        }
    }
    Ok(())
}

/// Tells of problems on stderr.
fn complain(problems: Vec<Problem>, output: &Output) -> Result<(), Failure> {
    if output.json {
        return tell(&problems);
    }
    if !output.quiet && !problems.is_empty() {
        let report = Report::Problems { problems: Problems::from(problems).told(), passed_over: 0, playlists: 0 };
        stderr().lock().write_all(Scanner::in_words(&report)?.as_bytes())?;
    }
    Ok(())
}

/// Tells what the pictures are.
fn list(pictures: Vec<PictureItem>, output: &Output) -> Result<(), Failure> {
    let mut out = stdout().lock();
    if output.json {
        for picture in &pictures {
            serde_json::to_writer(&mut out, picture)?;
            out.write_all(b"\n")?;
        }
    } else if !output.quiet {
        out.write_all(Scanner::in_words(&Report::Artwork { pictures })?.as_bytes())?;
    }
    Ok(out.flush()?)
}
