//! `mt-scan man`.

use std::io::{self, Write, stdout};

use clap::Command;
use clap_mangen::Man;
use mt_scanner::help::{EXAMPLES, EXIT_CODES};

use crate::done::Done;
use crate::failure::Failure;
use crate::help::{PROGRAM, command};

/// Prints the page of a command, or of the program.
pub fn run(about: Option<&str>) -> Result<Done, Failure> {
    let mut whole = command();
    whole.build();
    let one = about.and_then(|name| whole.find_subcommand(name)).unwrap_or(&whole).clone();
    let mut page = Vec::new();
    write(&mut page, one, about)?;
    stdout().write_all(&page)?;
    Ok(Done::Clean)
}

fn write(page: &mut Vec<u8>, one: Command, about: Option<&str>) -> io::Result<()> {
    let man = Man::new(one).source(format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION")));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if about.is_none() {
        man.render_subcommands_section(page)?;
        section(page, "EXIT STATUS", EXIT_CODES.iter().map(|(code, meaning)| ((*code).to_owned(), *meaning)))?;
    }
    let name = about.unwrap_or_default();
    let lines = EXAMPLES.iter().filter(|(command, _)| *command == name).flat_map(|(_, lines)| *lines);
    let whole = |line: &str| format!("{PROGRAM} {}", line.replace("{program}", PROGRAM));
    section(page, "EXAMPLES", lines.map(|(line, what)| (whole(line), *what)))
}

/// A heading, and below it paragraphs with a name each.
fn section<'a>(page: &mut Vec<u8>, heading: &str, rows: impl Iterator<Item = (String, &'a str)>) -> io::Result<()> {
    writeln!(page, ".SH {heading:?}")?;
    for (name, meaning) in rows {
        writeln!(page, ".TP\n\\fB{}\\fR\n{}", escaped(&name), escaped(meaning))?;
    }
    Ok(())
}

/// Text that roff takes for nothing else (groff_char(7)).
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('~', "\\(ti");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_request_of_roff() {
        assert_eq!(escaped(r".a-b \c"), r"\&.a\-b \ec");
    }
}
