//! `mt-scan analyse`.

use std::io::{Write, stdout};

use mt_scanner::report::Report;
use mt_scanner::{
    Analysed, AnalysedLine, AnalysisReport, FileReport, Health, Library, Observer, Problem, Progress, Scanner,
};

use super::database::existing;
use super::index::ended;
use super::json::tell;
use crate::arguments::Analyse;
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::screen::Bar;
use crate::summary::{Problems, reached};

pub fn run(analyse: &Analyse) -> Result<Done, Failure> {
    let output = &analyse.output;
    let mut seen = Seen { json: output.json, bar: Bar::new(output), problems: Problems::default(), written: Ok(()) };
    let report = analysed(analyse, &mut seen)?;
    let Seen { bar, problems, written, .. } = seen;
    drop(bar);
    written?;
    if output.json {
        let line = serde_json::to_string(&AnalysedLine { report: told(&report) })?;
        writeln!(stdout(), "{line}")?;
    } else if !output.quiet {
        let Analysed { analysed, health: library, progress, .. } = told(&report);
        let told = Report::Analysis { analysed, seconds: progress.seconds, library, problems: problems.told() };
        stdout().write_all(Scanner::in_words(&told)?.as_bytes())?;
    }
    Ok(Done::with(output, report.problems > 0))
}

/// Analyses the library that is named.
pub fn analysed(analyse: &Analyse, observer: &mut (impl Observer + Send)) -> Result<AnalysisReport, Failure> {
    let db = existing(&analyse.library.db)?;
    let analyser = analyse.analyser()?;
    let library = Library::open(db, analyser.scanner())?;
    library.analyse(&analyser, &analyse.options(), observer).map_err(ended)
}

/// The report as programs have it.
pub fn told(report: &AnalysisReport) -> Analysed {
    let &AnalysisReport { analysed, albums, problems, verdicts, unreported, left, .. } = report;
    let health = Health { verdicts, unreported, left };
    Analysed { analysed, albums, problems, health, progress: reached(&report.progress) }
}

/// An analysis, as it is told on its way.
pub struct Seen {
    pub json: bool,
    pub bar: Bar,
    pub problems: Problems,
    /// The first failure to write, which ends the work.
    pub written: Result<(), Failure>,
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        self.bar.show(|| progress.clone());
    }

    fn is_cancelled(&mut self) -> bool {
        self.written.is_err() || interruption::is_asked()
    }

    fn file(&mut self, _report: &FileReport) {}

    fn problem(&mut self, problem: &Problem) {
        let one = std::slice::from_ref(problem);
        if !self.json {
            self.problems.add(one);
        } else if self.written.is_ok() {
            self.written = tell(one);
        }
    }
}
