//! The command line with the texts around its options, for people and for what is made of it.

use clap::{Command, CommandFactory};
use mt_scanner::help::{examples, exit_codes, manual};

use crate::arguments::Arguments;

/// The name of the program.
pub const PROGRAM: &str = "mt-scan";

/// The command line.
pub fn command() -> Command {
    let behind = format!("{}\n\n{}\n\n{}", examples(PROGRAM, ""), exit_codes(), manual(PROGRAM, None));
    Arguments::command().after_help(behind).mut_subcommands(|one| {
        let name = one.get_name();
        let behind = format!("{}\n\n{}", examples(PROGRAM, name), manual(PROGRAM, Some(name)));
        one.after_help(behind)
    })
}
