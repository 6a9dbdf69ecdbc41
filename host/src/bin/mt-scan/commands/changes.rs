//! The lines about changes, for machines or for people.

use std::io::{BufWriter, Stdout, Write, stdout};

use mt_scanner::report::Report;
use mt_scanner::{Change, Scanner};

use crate::failure::Failure;

/// Changes that are put into words at a time.
const MANY: usize = 1000;

/// Writes changes on stdout. The first failure is kept, and ends the writing.
pub struct Lines {
    json: bool,
    /// Whether anybody is told.
    pub wanted: bool,
    pub out: BufWriter<Stdout>,
    waiting: Vec<(String, String, Option<String>)>,
    so_far: Result<(), Failure>,
}

impl Lines {
    pub fn new(json: bool, verbose: bool) -> Self {
        Self {
            json,
            wanted: json || verbose,
            out: BufWriter::with_capacity(1 << 16, stdout()),
            waiting: Vec::new(),
            so_far: Ok(()),
        }
    }

    /// Takes one change.
    pub fn take(&mut self, change: Change<'_>) {
        if self.json {
            let written = writeln!(self.out, "{}", change.json);
            self.note(written.map_err(Failure::from));
            return;
        }
        let text = |text: &str| text.to_owned();
        self.waiting.push((text(change.change), text(change.path), change.former_path.map(text)));
        if self.waiting.len() >= MANY {
            let written = self.write();
            self.note(written);
        }
    }

    /// Writes the lines that wait.
    pub fn write(&mut self) -> Result<(), Failure> {
        if !self.waiting.is_empty() {
            let changes = std::mem::take(&mut self.waiting);
            self.out.write_all(Scanner::in_words(&Report::Changes { changes })?.as_bytes())?;
        }
        Ok(())
    }

    /// Keeps the first failure.
    pub fn note(&mut self, written: Result<(), Failure>) {
        if self.so_far.is_ok() {
            self.so_far = written;
        }
    }

    /// Whether something has failed.
    pub fn has_failed(&self) -> bool {
        self.so_far.is_err()
    }

    /// Writes all of it, and gives the first failure.
    pub fn finish(mut self) -> Result<BufWriter<Stdout>, Failure> {
        self.so_far?;
        self.so_far = Ok(());
        self.write()?;
        Ok(self.out)
    }
}
