//! What `mt-scan validate` tells people.

use mt_scanner::text::thousands;
use mt_scanner::words::{self, filled};
use mt_scanner::{FileReport, Finding, Verdict};

use super::examine::Telling;
use crate::screen::shown;
use crate::summary::{Sum, path};

/// The files that are not fine, and how many have which verdict.
pub struct Validating;

impl Telling for Validating {
    fn of_file(&mut self, report: &FileReport) -> Option<String> {
        let finding = report.first_finding();
        let verdict = report.verdict.filter(|&verdict| finding.is_some() || verdict > Verdict::Unchecked)?;
        let told = [("path", shown(&path(report)).into_owned()), ("verdict", verdict.name().to_owned())];
        let mut line = filled(words::VALIDATE_FILE, &told.each_ref().map(|(name, value)| (*name, value.as_str())));
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

    fn sum(&mut self, sum: &Sum) -> String {
        let each = sum.verdicts.each().into_iter();
        let told = each.filter(|&(verdict, count)| count > 0 || sum.files == 0 && verdict == Verdict::Intact);
        let verdicts: Vec<_> =
            told.map(|(verdict, count)| format!("{} {}", thousands(count), verdict.name())).collect();
        let words = if sum.files == 1 { words::VALIDATE_SUM_ONE } else { words::VALIDATE_SUM };
        filled(words, &[("files", &thousands(sum.files)), ("verdicts", &verdicts.join(", "))]) + "\n"
    }
}

#[cfg(test)]
mod tests {
    use mt_scanner::Verdicts;

    use super::*;

    #[test]
    fn the_sum_has_the_worst_first_and_no_zeros() {
        let told = |files, verdicts| Validating.sum(&Sum { files, verdicts });
        assert_eq!(told(0, Verdicts::default()), "0 files: 0 intact\n");
        assert_eq!(told(1, Verdicts { truncated: 1, ..Verdicts::default() }), "1 file: 1 truncated\n");
        let verdicts = Verdicts { truncated: 1, damaged: 1, intact: 1234, ..Verdicts::default() };
        assert_eq!(told(1236, verdicts), "1,236 files: 1 damaged, 1 truncated, 1,234 intact\n");
    }
}
