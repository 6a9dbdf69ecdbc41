//! What the command lines of all hosts say beside their options, generated from `help.json`.

use std::fmt::Write as _;

use crate::words::{self, filled};

include!(concat!(env!("OUT_DIR"), "/help.rs"));

/// The lines about exit codes.
pub fn exit_codes() -> String {
    table("exit codes:", EXIT_CODES.iter().map(|(code, meaning)| ((*code).to_owned(), *meaning)))
}

/// The lines of examples of a command, or of the program under the name ``; none for one that has
/// none. `program`: its name.
///
/// ```
/// let text = mt_scanner_contract::help::examples("mt-scan", "purge");
/// assert!(text.starts_with("examples:\n  mt-scan purge --missing-for 30   forgets"));
/// ```
pub fn examples(program: &str, command: &str) -> String {
    let Some((_, lines)) = EXAMPLES.iter().find(|(name, _)| *name == command) else { return String::new() };
    let line = |line: &str| format!("{program} {}", line.replace("{program}", program));
    table("examples:", lines.iter().map(|(example, about)| (line(example), *about)))
}

/// The line that leads to the manual. `command`: the command that it is about, if it is about one.
///
/// ```
/// use mt_scanner_contract::help::manual;
///
/// assert_eq!(manual("mt-scan", Some("scan")), "manual: mt-scan man scan");
/// ```
pub fn manual(program: &str, command: Option<&str>) -> String {
    let line = filled(words::MANUAL, &[("program", program), ("command", command.unwrap_or_default())]);
    line.trim_end().to_owned()
}

/// A heading, and two columns below it.
fn table<'a>(heading: &str, rows: impl Iterator<Item = (String, &'a str)>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(first, _)| first.len()).max().unwrap_or(0);
    let mut text = heading.to_owned();
    for (first, second) in rows {
        let _ = write!(text, "\n  {first:width$}   {second}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_stand_in_two_columns() {
        assert!(exit_codes().starts_with("exit codes:\n  0     done\n  1     done, with problems"), "{}", exit_codes());
    }

    #[test]
    fn an_example_names_the_program_wherever_it_stands() {
        let text = examples("mt-scan", "completions");
        assert!(text.contains("\n  mt-scan completions fish > ~/.config/fish/completions/mt-scan.fish  "), "{text}");
        assert_eq!(examples("mt-scan", "no command"), "");
    }
}
