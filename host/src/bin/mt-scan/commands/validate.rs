//! `mt-scan validate`.

use std::io::{BufWriter, Write, stdout};
use std::path::Path;
use std::time::Duration;

use mt_scanner::report::Report;
use mt_scanner::text::thousands;
use mt_scanner::words::{self, filled};
use mt_scanner::{FileReport, Finding, Progress, Scanner, Verdict};

use super::json::{tell, tell_of_root, tell_passed_over};
use crate::arguments::Validate;
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::screen::{Bar, shown};
use crate::summary::Problems;

/// The bar moves and output is written at least this often, however long a file takes.
const PATIENCE: Duration = Duration::from_millis(100);

pub fn run(validate: &Validate) -> Result<Done, Failure> {
    let (analyser, output) = (validate.analyser()?, &validate.output);
    analyser.notices().iter().try_for_each(|notice| tell_of_root(output.json, notice))?;
    let mut validation = analyser.validate()?;
    interruption::cancels(validation.control());
    let (mut verdicts, mut problems) = (Verdicts::default(), Problems::default());
    let mut bar = Bar::new(output);
    let mut out = BufWriter::new(stdout());
    while let Some(report) = validation.next_within(PATIENCE) {
        if let Some(report) = report? {
            verdicts.add(report.verdict);
            if output.json {
                // In one piece: Ctrl-C leaves whole lines.
                out.write_all((report.json + "\n").as_bytes())?;
            } else if let Some(line) = line(&report) {
                bar.beside(|| writeln!(out, "{line}").and_then(|()| out.flush()))?;
            }
        } else {
            out.flush()?;
        }
        let more = validation.problems();
        problems.add(&more);
        if output.json {
            tell(&more)?;
        }
        bar.show(|| validation.progress());
    }
    drop(bar);
    out.flush()?;
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let (any, Progress { passed_over, playlists, .. }) = (problems.any(), validation.progress());
    if output.json {
        tell_passed_over(passed_over, playlists)?;
    } else if !output.quiet {
        writeln!(out, "{}", verdicts.in_words())?;
        if any || passed_over + playlists > 0 {
            let report = Report::Problems { problems: problems.told(), passed_over, playlists };
            out.write_all(Scanner::in_words(&report)?.as_bytes())?;
        }
        out.flush()?;
    }
    Ok(if verdicts.any_bad() { Done::WithProblems } else { Done::with(output, any) })
}

/// A file that is not fine, in words.
fn line(report: &FileReport) -> Option<String> {
    let finding = report.first_finding();
    if finding.is_none() && report.verdict <= Verdict::Unchecked {
        return None;
    }
    let below = if cfg!(windows) { report.path.replace('/', "\\") } else { report.path.clone() };
    let path = Path::new(&report.root).join(below).to_string_lossy().into_owned();
    let mut line = filled(words::VALIDATE_FILE, &[("path", &shown(&path)), ("verdict", report.verdict.name())]);
    if let Some(Finding { kind, detail, position, position_ms, .. }) = finding {
        line += &filled(words::VALIDATE_FINDING, &[("kind", kind), ("detail", &shown(detail))]);
        if let Some(position) = position {
            line += &filled(words::VALIDATE_POSITION, &[("position", &position.to_string())]);
        }
        if let Some(ms) = position_ms {
            let seconds = format!("{:.1}", *ms as f64 / 1000.0);
            line += &filled(words::VALIDATE_TIME, &[("seconds", &seconds)]);
        }
    }
    Some(line)
}

/// The number of files by verdict, from the best to the worst.
#[derive(Default)]
struct Verdicts([u64; Verdict::ALL.len()]);

impl Verdicts {
    fn add(&mut self, verdict: Verdict) {
        for (known, count) in Verdict::ALL.into_iter().zip(&mut self.0) {
            *count += u64::from(known == verdict);
        }
    }

    fn of_each(&self) -> impl DoubleEndedIterator<Item = (Verdict, u64)> {
        Verdict::ALL.into_iter().zip(self.0)
    }

    fn any_bad(&self) -> bool {
        self.of_each().any(|(verdict, count)| verdict.is_bad() && count > 0)
    }

    /// The worst first.
    fn in_words(&self) -> String {
        let files: u64 = self.0.iter().sum();
        let told =
            self.of_each().rev().filter(|&(verdict, count)| count > 0 || files == 0 && verdict == Verdict::Intact);
        let verdicts: Vec<_> =
            told.map(|(verdict, count)| format!("{} {}", thousands(count), verdict.name())).collect();
        let words = if files == 1 { words::VALIDATE_SUM_ONE } else { words::VALIDATE_SUM };
        filled(words, &[("files", &thousands(files)), ("verdicts", &verdicts.join(", "))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_has_the_worst_first_and_no_zeros() {
        let mut verdicts = Verdicts::default();
        assert_eq!(verdicts.in_words(), "0 files: 0 intact");
        verdicts.add(Verdict::Truncated);
        assert_eq!(verdicts.in_words(), "1 file: 1 truncated");
        (0..1234).for_each(|_| verdicts.add(Verdict::Intact));
        verdicts.add(Verdict::Damaged);
        assert_eq!(verdicts.in_words(), "1,236 files: 1 damaged, 1 truncated, 1,234 intact");
        assert!(verdicts.any_bad());
    }
}
