//! The summary of a scan, for people.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use mt_scanner::{Outcome, Problem, Progress, Track};

use crate::numbers::{length, number, size, thousands};
use crate::screen::shown;

/// Problems that are named one by one.
const NAMED: usize = 5;

/// Adds up tracks.
#[derive(Default)]
pub struct Summary {
    /// In the order in which they came.
    kinds: Vec<(String, Sum)>,
    places: HashMap<String, usize>,
}

#[derive(Default, Clone, Copy)]
struct Sum {
    tracks: u64,
    milliseconds: u64,
    bytes: u64,
}

impl Summary {
    pub fn add(&mut self, track: &Track) {
        self.add_one(track.format.as_deref(), track.codec.as_deref(), track.duration_ms, track.size);
    }

    pub fn add_one(&mut self, format: Option<&str>, codec: Option<&str>, milliseconds: Option<u64>, bytes: u64) {
        let mut kind = format.unwrap_or("unknown").to_owned();
        if let Some(codec) = codec.filter(|codec| Some(*codec) != format) {
            kind += &format!(" ({codec})");
        }
        let place = *self.places.entry(kind).or_insert_with_key(|kind| {
            self.kinds.push((kind.clone(), Sum::default()));
            self.kinds.len() - 1
        });
        let sum = &mut self.kinds[place].1;
        sum.tracks += 1;
        sum.milliseconds += milliseconds.unwrap_or(0);
        sum.bytes += bytes;
    }

    pub fn show(mut self, out: &mut dyn Write, problems: Problems, progress: &Progress) -> io::Result<()> {
        let mut total = Sum::default();
        for (_, sum) in &self.kinds {
            total.tracks += sum.tracks;
            total.milliseconds += sum.milliseconds;
            total.bytes += sum.bytes;
        }
        writeln!(out, "{}, {}, {}", number(total.tracks, "track"), length(total.milliseconds), size(total.bytes))?;
        let speed = thousands(progress.files_per_second().round() as u64);
        let seconds = progress.elapsed.as_secs_f64();
        writeln!(out, "{} in {seconds:.1} s, {speed} files/s", number(progress.folders, "folder"))?;
        if total.tracks > 0 {
            // A stable sort: equals stay in the order in which they came.
            self.kinds.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.tracks));
            let head = ["format", "tracks", "length", "size"].map(str::to_owned);
            let rows = self
                .kinds
                .iter()
                .map(|(kind, sum)| [kind.clone(), thousands(sum.tracks), length(sum.milliseconds), size(sum.bytes)]);
            table(out, &[head].into_iter().chain(rows).collect::<Vec<_>>())?;
        }
        problems.show(out)
    }
}

/// Adds up problems, and remembers the first of them by root and path.
#[derive(Default)]
pub struct Problems {
    /// In the order in which they came.
    counts: Vec<(Outcome, u64)>,
    named: BTreeSet<Named>,
}

/// Root, path, outcome, detail.
type Named = (String, String, &'static str, String);

impl Problems {
    pub fn add(&mut self, problems: &[Problem]) {
        for problem in problems {
            match self.counts.iter_mut().find(|(outcome, _)| *outcome == problem.outcome) {
                Some((_, count)) => *count += 1,
                None => self.counts.push((problem.outcome, 1)),
            }
            let Problem { root, path, outcome, detail } = problem;
            let last = self.named.last().filter(|_| self.named.len() >= NAMED);
            if last.is_none_or(|last| (root, path) <= (&last.0, &last.1)) {
                self.named.insert((root.clone(), path.clone(), outcome.name(), detail.clone()));
                while self.named.len() > NAMED {
                    self.named.pop_last();
                }
            }
        }
    }

    pub fn any(&self) -> bool {
        !self.counts.is_empty()
    }

    pub fn show(mut self, out: &mut dyn Write) -> io::Result<()> {
        let total: u64 = self.counts.iter().map(|(_, count)| count).sum();
        if total == 0 {
            return Ok(());
        }
        self.counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let counts: Vec<String> =
            self.counts.iter().map(|(outcome, count)| format!("{} {outcome}", thousands(*count))).collect();
        writeln!(out, "\n{}: {}", number(total, "problem"), counts.join(", "))?;
        for (_, path, outcome, detail) in &self.named {
            let path = if path.is_empty() { ".".into() } else { shown(path) };
            writeln!(out, "  {path}: {outcome}: {}", shown(detail))?;
        }
        match total - self.named.len() as u64 {
            0 => Ok(()),
            more => writeln!(out, "  and {} more; --json names them all", thousands(more)),
        }
    }
}

/// Columns, the first to the left and the others to the right.
fn table(out: &mut dyn Write, rows: &[[String; 4]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [first, second, third, fourth] = [width(0), width(1), width(2), width(3)];
    writeln!(out)?;
    for [kind, tracks, length, size] in rows {
        let line = format!("  {kind:first$}   {tracks:>second$}   {length:>third$}   {size:>fourth$}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
