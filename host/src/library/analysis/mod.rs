//! Analyses: a lane beside the syncs, in which files of the library are looked into.
//!
//! An analysis has a lock of its own. It writes in transactions as syncs do, and shares no lock
//! with them: what it writes is of a file as it was, and the statement looks whether it still is.

mod albums;
pub(crate) mod duplicates;
mod lane;
pub(crate) mod options;
pub(crate) mod report;
mod roots;

use std::time::Duration;

use serde_json::json;

use super::Library;
use super::attended::{attended, waited};
use super::database::Lock;
use super::error::{LibraryError, Unwritten};
use super::report::Observer;
use crate::analysis::analyser::Analyser;
use crate::analysis::request::Request;
use crate::work::progress::{Phase, Progress};
use lane::{Asked, Lane};
use mt_scanner_contract::analysis::{Health, Verdicts};
use options::AnalysisOptions;
use report::AnalysisReport;
use roots::Roots;

impl Library {
    /// Looks into the audio of the library's files, and keeps what is found: those in the roots of
    /// the analyser's scanner, or in all roots if it has none. Files that are as they were when
    /// they were analysed are not read again. Work is done by threads that give way to others.
    ///
    /// What was found is written within a second, and a sync may go on meanwhile. Whatever ends an
    /// analysis, the next one goes on from there. A file that ends the component, by a trap, its
    /// time or its memory, is a problem, and not tried again as long as it is as it was.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(&music)?;
    /// # std::fs::write(music.join("1.mp3"), b"this is no audio")?;
    /// use mt_scanner::{Analyser, AnalysisOptions, Library, Scanner, SyncOptions};
    ///
    /// let scanner = Scanner::new(&music)?;
    /// let library = Library::open(folder.path().join("library.db"), &scanner)?;
    /// library.sync(&scanner, &SyncOptions::full(), &mut ())?;
    ///
    /// let analyser = Analyser::new(&scanner)?;
    /// let report = library.analyse(&analyser, &AnalysisOptions::default(), &mut ())?;
    /// assert_eq!((report.analysed, report.verdicts.damaged, report.left), (1, 1, 0));
    /// let report = library.analyse(&analyser, &AnalysisOptions::default(), &mut ())?;
    /// assert_eq!((report.analysed, report.verdicts.damaged), (0, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LibraryError::BeingAnalysed`] if another analysis of it is under way, and
    /// [`LibraryError::Lock`] if that cannot be found out; [`LibraryError::NotARoot`] if a root of
    /// the scanner is none of the library; [`LibraryError::Scan`] if one that the scanner names
    /// cannot be opened, or the component cannot be used; [`LibraryError::Database`] if the
    /// database cannot be written; [`LibraryError::Cancelled`]. What was written until then stays.
    pub fn analyse(
        &self,
        analyser: &Analyser,
        options: &AnalysisOptions,
        observer: &mut (impl Observer + Send),
    ) -> Result<AnalysisReport, LibraryError> {
        let _alone = Lock::of_analysis(self.path())?;
        self.analyse_alone(analyser, options, observer).map_err(|error| self.unwritten(error))
    }

    fn analyse_alone(
        &self,
        analyser: &Analyser,
        options: &AnalysisOptions,
        observer: &mut (impl Observer + Send),
    ) -> Result<AnalysisReport, Unwritten> {
        let &AnalysisOptions { request, time } = options;
        let version = version(analyser)?;
        let roots = waited(observer, |goes_on| Roots::of(self, analyser, goes_on))?;
        let asked = Asked { request, version };
        let begin = [
            ("depth", json!(request.depth.map(|depth| depth.name()))),
            ("hashes", u8::from(request.hashes).into()),
            ("loudness", u8::from(request.loudness).into()),
            ("fingerprints", u8::from(request.fingerprint).into()),
            ("version", version.into()),
            ("roots", roots.as_json().into()),
        ];
        attended(&self.connection, &Progress::default(), observer, || {
            self.schema.execute(&self.connection, "analysis", &[])?;
            self.schema.execute(&self.connection, "analysis-begin", &begin)
        })?;
        let mut lane = Lane::start(self, analyser, asked, roots, observer)?;
        lane.run(time, observer)?;
        let mut progress = lane.progress();
        let (analysed, problems) = lane.end();
        progress.phase = Phase::Finishing;
        observer.progress(&progress);
        let albums = if request.loudness { albums::reckon(self, analyser, version, &progress, observer)? } else { 0 };
        let Health { verdicts, unreported, left } = self.health()?;
        progress.phase = Phase::Done;
        observer.progress(&progress);
        Ok(AnalysisReport { analysed, albums, problems, verdicts, unreported, left, progress })
    }

    /// What is known of the library's audio.
    fn health(&self) -> Result<Health, Unwritten> {
        self.schema.first(&self.connection, "analysis-report", &[], |row| {
            let count = |name| row.get::<_, i64>(name).map(i64::unsigned_abs);
            let verdicts = Verdicts::counted(|verdict| count(verdict.name()))?;
            Ok(Health { verdicts, unreported: count("unreported")?, left: count("left")? })
        })
    }
}

/// The version of the analyser.
fn version(analyser: &Analyser) -> Result<u32, LibraryError> {
    let mut asked = analyser.asked()?;
    Ok(asked.call("version", |exports, store| exports.mt_scanner_analysis().call_version(store))?)
}

impl Lock {
    /// Keeps other analyses away from a library. Who comes second is told so at once: an analysis
    /// may take hours.
    fn of_analysis(path: &std::path::Path) -> Result<Self, LibraryError> {
        Self::take_beside(path, "-analysis", Duration::ZERO, || false).map_err(|error| match error {
            LibraryError::Busy { path } => LibraryError::BeingAnalysed { path },
            error => error,
        })
    }
}

/// What hashes are asked for with.
const HASHES: Request = Request { depth: None, hashes: true, loudness: false, fingerprint: false };
