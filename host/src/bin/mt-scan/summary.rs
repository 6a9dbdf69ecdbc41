//! The summary of a scan, for people.

use std::collections::HashMap;
use std::io::{self, Write};

use mt_scanner::{Problem, Progress, Track};

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

    pub fn show(mut self, out: &mut dyn Write, problems: &[Problem], progress: &Progress) -> io::Result<()> {
        let mut total = Sum::default();
        for (_, sum) in &self.kinds {
            total.tracks += sum.tracks;
            total.milliseconds += sum.milliseconds;
            total.bytes += sum.bytes;
        }
        writeln!(out, "{}, {}, {}", number(total.tracks, "track"), hours(total.milliseconds), size(total.bytes))?;
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
                .map(|(kind, sum)| [kind.clone(), thousands(sum.tracks), hours(sum.milliseconds), size(sum.bytes)]);
            table(out, &[head].into_iter().chain(rows).collect::<Vec<_>>())?;
        }
        show_problems(out, problems)
    }
}

pub fn show_problems(out: &mut dyn Write, problems: &[Problem]) -> io::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let mut counts: Vec<(&str, u64)> = Vec::new();
    for problem in problems {
        match counts.iter_mut().find(|(outcome, _)| *outcome == problem.outcome.name()) {
            Some((_, count)) => *count += 1,
            None => counts.push((problem.outcome.name(), 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<String> =
        counts.iter().map(|(outcome, count)| format!("{} {outcome}", thousands(*count))).collect();
    writeln!(out, "\n{}: {}", number(problems.len() as u64, "problem"), counts.join(", "))?;
    let key = |problem: &&Problem| {
        (problem.root.clone(), problem.path.clone(), problem.outcome.name(), problem.detail.clone())
    };
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_cached_key(key);
    for Problem { path, outcome, detail, .. } in sorted.iter().take(NAMED) {
        let path = if path.is_empty() { ".".into() } else { shown(path) };
        writeln!(out, "  {path}: {outcome}: {}", shown(detail))?;
    }
    if problems.len() > NAMED {
        writeln!(out, "  and {} more; --json names them all", thousands((problems.len() - NAMED) as u64))?;
    }
    Ok(())
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

fn number(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// The number with a comma after every three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same with decimals.
fn decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{}.{rest}", thousands(whole.parse().unwrap_or(0)))
}

fn hours(milliseconds: u64) -> String {
    let minutes = milliseconds as f64 / 60_000.0;
    if minutes >= 120.0 { format!("{} hours", decimal(minutes / 60.0)) } else { format!("{minutes:.1} min") }
}

pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut amount = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if amount < 1000.0 {
            return format!("{} {unit}", decimal(amount));
        }
        amount /= 1000.0;
    }
    format!("{} TB", decimal(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(4_321_000_000_000_000), "4,321.0 TB");
        assert_eq!(hours(7_199_999), "120.0 min");
        assert_eq!(hours(7_200_000), "2.0 hours");
    }
}
