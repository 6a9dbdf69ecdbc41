//! Problems, added up and the first of them named.

use std::cmp::Reverse;
use std::fmt::Write as _;

use mt_scanner_contract::Problem;
use mt_scanner_contract::report::Problems;
use mt_scanner_contract::text::{number, shown, thousands};

/// Writes the lines about problems; none if there are none.
pub(super) fn write(text: &mut String, problems: Problems) {
    let Problems { mut counts, first } = problems;
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return;
    }
    // A stable sort: equals stay in the order in which they came.
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let counts: Vec<String> =
        counts.iter().map(|(outcome, count)| format!("{} {outcome}", thousands(*count))).collect();
    let _ = writeln!(text, "\n{}: {}", number(total, "problem"), counts.join(", "));
    let mut first: Vec<Problem> = first.into_iter().map(Problem::from).collect();
    first.sort_by(|a, b| (&a.root, &a.path, a.outcome.name()).cmp(&(&b.root, &b.path, b.outcome.name())));
    first.truncate(Problems::NAMED);
    for Problem { path, outcome, detail, .. } in &first {
        let path = if path.is_empty() { ".".into() } else { shown(path) };
        let _ = writeln!(text, "  {path}: {outcome}: {}", shown(detail));
    }
    let more = total.saturating_sub(first.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "  and {} more; --json names them all", thousands(more));
    }
}
