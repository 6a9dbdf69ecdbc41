//! JSON lines.

use std::io::Write;

use mt_scanner::event::Advance;
use mt_scanner::report::PassedOver;
use mt_scanner::{Problem, Progress, RootNotice, Rows};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::screen::shown;

/// Rows of tracks as objects, with the names of the columns as keys.
pub struct Lines {
    /// Each as `"name":`, escaped already.
    keys: Vec<String>,
}

impl Lines {
    pub fn new(columns: &[String]) -> Result<Self, Failure> {
        let key = |name: &String| Ok(serde_json::to_string(name)? + ":");
        Ok(Self { keys: columns.iter().map(key).collect::<Result<_, Failure>>()? })
    }

    pub fn write(&self, out: &mut impl Write, rows: &Rows) -> Result<(), Failure> {
        self.write_behind(out, "", rows)
    }

    /// Each object begins with `first`, JSON that ends with a comma.
    pub fn write_behind(&self, out: &mut impl Write, first: &str, rows: &Rows) -> Result<(), Failure> {
        for row in rows.iter() {
            let cells: Vec<&RawValue> = serde_json::from_str(row)?;
            for (place, (key, cell)) in self.keys.iter().zip(cells).enumerate() {
                if place == 0 {
                    write!(out, "{{{first}")?;
                } else {
                    out.write_all(b",")?;
                }
                out.write_all(key.as_bytes())?;
                out.write_all(cell.get().as_bytes())?;
            }
            out.write_all(b"}\n")?;
        }
        Ok(())
    }
}

/// One problem.
pub fn problem(out: &mut impl Write, problem: &Problem) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Line<'a> {
        root: &'a str,
        path: &'a str,
        outcome: &'a str,
        detail: &'a str,
    }
    let Problem { root, path, outcome, detail } = problem;
    serde_json::to_writer(&mut *out, &Line { root, path, outcome: outcome.name(), detail })?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Writes problems as JSON lines on stderr.
pub fn tell(problems: &[Problem]) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    let mut lines = Vec::new();
    for one in problems {
        problem(&mut lines, one)?;
    }
    std::io::stderr().lock().write_all(&lines)?;
    Ok(())
}

/// Writes a notice about a root on stderr: a JSON line, or one for people.
pub fn tell_of_root(json: bool, notice: &RootNotice) -> Result<(), Failure> {
    let RootNotice { kind, root, detail } = notice;
    tell_notice(json, kind, &format!("{root}: {detail}"))
}

/// Writes a notice on stderr: a JSON line, or one for people.
pub fn tell_notice(json: bool, notice: &str, detail: &str) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Line<'a> {
        notice: &'a str,
        detail: &'a str,
    }
    let mut err = std::io::stderr();
    if json {
        writeln!(err, "{}", serde_json::to_string(&Line { notice, detail })?)?;
    } else {
        writeln!(err, "mt-scan: {}", shown(detail))?;
    }
    Ok(())
}

/// Writes the notice of files that were passed over as a JSON line on stderr, if there are some.
pub fn tell_passed_over(files: u64, playlists: u64) -> Result<(), Failure> {
    if let Some(notice) = PassedOver::of(files, playlists) {
        let line = serde_json::to_string(&notice)?;
        writeln!(std::io::stderr(), "{line}")?;
    }
    Ok(())
}

/// Progress as an event has it.
pub fn in_time(progress: &Progress) -> Advance {
    Advance {
        phase: progress.phase.name(),
        folders: progress.folders,
        files: progress.files,
        done: progress.done,
        tracks: progress.tracks,
        problems: progress.problems,
        passed_over: progress.passed_over,
        playlists: progress.playlists,
        total_files: progress.total_files,
        total_folders: progress.total_folders,
        done_bytes: progress.done_bytes,
        total_bytes: progress.total_bytes,
        is_estimated: progress.is_estimated,
        folder: progress.folder.as_deref().map(str::to_owned),
        seconds: progress.elapsed.as_secs_f64(),
        files_per_second: progress.files_per_second(),
        fraction: progress.fraction(),
        seconds_left: progress.time_left().map(|left| left.as_secs_f64()),
    }
}
