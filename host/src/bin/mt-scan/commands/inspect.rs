//! `mt-scan inspect`.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use mt_scanner::report::Report;
use mt_scanner::{Error, Scanner};
use serde_json::Value;

use crate::arguments::{Output, Reading, Sandbox};
use crate::done::Done;
use crate::failure::Failure;

pub fn run(files: &[PathBuf], output: &Output, reading: &Reading, sandbox: &Sandbox) -> Result<Done, Failure> {
    let files = files.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>()?;
    // One scanner, whatever folders they are in: another component is compiled once. A name that it
    // cannot express is a failure of its file alone.
    let folders = files.iter().filter_map(|file| folder_of(file)).filter(|folder| folder.to_str().is_some());
    let scanner = sandbox.apply(reading.apply(Scanner::builder().roots(folders))).build()?;
    let (mut problems, mut failed, mut shown) = (false, false, false);
    let mut out = stdout().lock();
    for file in &files {
        let text = match inspected(&scanner, file) {
            Ok(text) => text,
            Err(failure) => {
                failed = true;
                failure.tell();
                continue;
            }
        };
        let found: Value = serde_json::from_str(&text)?;
        problems |= found["problems"].as_array().is_some_and(|problems| !problems.is_empty());
        if output.json {
            writeln!(out, "{text}")?;
        } else {
            if std::mem::replace(&mut shown, true) {
                out.write_all(b"\n")?;
            }
            out.write_all(Scanner::in_words(&Report::Inspect { files: vec![found] })?.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(if failed { Done::InPart } else { Done::with(output, problems) })
}

/// The folder that a file is in. A path may go on inside of a file, behind a `!`
/// (`Album.flac!/03`): then it is the folder of that file.
pub fn folder_of(file: &Path) -> Option<&Path> {
    let goes_on = |folder: &&Path| folder.as_os_str().as_encoded_bytes().ends_with(b"!") && !folder.is_dir();
    file.ancestors().skip(1).filter(goes_on).last().unwrap_or(file).parent()
}

/// All that is known of a file, as JSON. A failure names it as it can be found.
fn inspected(scanner: &Scanner, file: &Path) -> Result<String, Failure> {
    scanner.inspect_json(file).map_err(|error| {
        let path = file.display().to_string();
        match error {
            Error::Ended { outcome, detail, .. } => Failure::Work(format!("{path}: {outcome}: {detail}").into()),
            // Its folder, or the file in it.
            Error::RootNotFound { .. } | Error::RootNotAFolder { .. } | Error::FileNotFound { .. } => {
                Error::FileNotFound { path }.into()
            }
            Error::EscapesRoot { .. } => Error::EscapesRoot { path }.into(),
            error => error.into(),
        }
    })
}
