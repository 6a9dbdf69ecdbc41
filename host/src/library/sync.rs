//! The sync: one scan, whose rows are written while it goes on, and the end of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Row, Transaction, TransactionBehavior};

use super::attended::{self, BETWEEN_REPORTS};
use super::database::{self, Lock};
use super::error::{LibraryError, Unwritten};
use super::knowledge::{self, Asking, Reader};
use super::options::SyncOptions;
use super::report::{Observer, SyncReport};
use super::roots::{self, Roots};
use super::writer::Writer;
use super::{Library, history};
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;
use crate::scan::Scan;
use crate::scan::arranged;
use crate::scan::scanner::Scanner;
use crate::work::door::sync::{Changes, SyncDoor, SyncWork, named};
use crate::work::plan::Plan;
use crate::work::progress::{Phase, Progress};
use mt_scanner_contract::Problem;
use mt_scanner_contract::roots::Adopted;

/// The longest wait for the next step without a look at the time.
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

impl Library {
    /// Brings the library up to date with what is in the scanner's roots, in a transaction every
    /// second while the scan goes on.
    ///
    /// Files that are new or have changed are read. Those that are gone are marked missing; those
    /// that are back, or were moved, renamed, or moved with new tags, keep their rows. Roots that
    /// belong together are best synced together: moves are seen within one sync.
    ///
    /// A root that the library knows by another name keeps that name. Of roots inside each other
    /// the innermost owns a file: those of the library inside the scanner's are synced along, and
    /// rows that are doubled are made one, of which the older stays. Files of the scanner are
    /// synced alone, in the innermost root of the library that holds them, and read whatever their
    /// times say.
    ///
    /// # Errors
    ///
    /// [`LibraryError::InNoRoot`] if no root of the library holds a file of the scanner;
    /// [`LibraryError::Scan`] as [`Scanner::scan`], before anything is written;
    /// [`LibraryError::RootEmptied`], with nothing marked missing; [`LibraryError::Busy`] if
    /// another sync does not end within 30 s, and [`LibraryError::Lock`] if it cannot be found out
    /// whether there is one; [`LibraryError::Cancelled`] if the observer has ended it;
    /// [`LibraryError::Database`] if the database cannot be written. What was written until then
    /// stays and is true: the next sync goes on from there.
    pub fn sync(
        &self,
        scanner: &Scanner,
        options: &SyncOptions,
        observer: &mut (impl Observer + Send),
    ) -> Result<SyncReport, LibraryError> {
        let roots = attended::waited(observer, |goes_on| self.roots(scanner, options, goes_on));
        let roots = roots.map_err(|error| self.unwritten(error))?;
        roots.notices.iter().for_each(|notice| observer.root(notice));
        let checked = attended::waited(observer, |goes_on| Ok(roots.scanner.checked_while(goes_on)?));
        let checked = checked.map_err(|error| self.unwritten(error))?;
        let _alone = Lock::take(&self.path, self.patience, || {
            observer.progress(&Progress { phase: Phase::Waiting, ..Progress::default() });
            observer.is_cancelled()
        })?;
        self.sync_alone(&roots, checked, options, observer).map_err(|error| self.unwritten(error))
    }

    /// Reads files again though their sizes and times are as they were: a tag was edited within the
    /// grain of the clock, or by a tagger that puts times back. `scanner` has the options. A file
    /// that is not there any more is marked missing.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(music.join("Artist/Album"))?;
    /// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
    /// use mt_scanner::{Library, Scanner, SyncOptions};
    ///
    /// let scanner = Scanner::new(&music)?;
    /// let library = Library::open(folder.path().join("library.db"), &scanner)?;
    /// library.sync(&scanner, &SyncOptions::full(), &mut ())?;
    /// let report = library.rescan(&scanner, [music.join("Artist/Album/1.mp3")], &mut ())?;
    /// assert_eq!((report.progress.tracks, report.unchanged), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LibraryError::InNoRoot`] if no root of the library holds one of them, and those of
    /// [`sync`](Self::sync).
    pub fn rescan(
        &self,
        scanner: &Scanner,
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        observer: &mut (impl Observer + Send),
    ) -> Result<SyncReport, LibraryError> {
        let files: Vec<PathBuf> = files.into_iter().map(|file| file.as_ref().to_owned()).collect();
        let files = arranged::files(&files)?;
        self.sync(&scanner.of(files.into()), &SyncOptions::full(), observer)
    }

    /// Tells what [`sync`](Self::sync) would do, and leaves the library at `path` as it is; or does
    /// not make it. The sync is that of a copy.
    ///
    /// # Errors
    ///
    /// As `open` and `sync`.
    pub fn rehearse(
        path: impl AsRef<Path>,
        scanner: &Scanner,
        options: &SyncOptions,
        observer: &mut (impl Observer + Send),
    ) -> Result<SyncReport, LibraryError> {
        let folder = tempfile::tempdir().map_err(|source| LibraryError::NoCopy { source })?;
        let copy = folder.path().join("library.db");
        database::copy(path.as_ref(), &copy)?;
        Self::open(copy, scanner)?.sync(scanner, options, observer)
    }

    fn sync_alone(
        &self,
        roots: &Roots,
        checked: (Plan, Arc<Opened>),
        options: &SyncOptions,
        observer: &mut (impl Observer + Send),
    ) -> Result<SyncReport, Unwritten> {
        let (connection, schema) = (&self.connection, &self.schema);
        let begin = self.begin(roots, options)?;
        let deep = options.folders.is_none() && !options.quick;
        let reader = Arc::new(Reader::new(self.path.clone(), schema)?);
        let mut scan = Scanner::sync(checked, SyncDoor { knowledge: Asking(reader.clone()), deep, begin })?;
        let written = self.expect(&scan, roots, options).and_then(|()| self.write(&mut scan, observer));
        let mut progress = scan.progress();
        // Nobody else holds a connection when this returns, whatever hangs.
        drop(scan);
        reader.close();
        written?;
        if let Some(root) = self.emptied()?.filter(|_| !options.confirm_empty) {
            return Err(LibraryError::RootEmptied { root }.into());
        }
        progress.phase = Phase::Finishing;
        attended::attended(connection, &progress, observer, || {
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            schema.run(&transaction, "finish", &[])?;
            Ok(transaction.commit()?)
        })?;
        progress.phase = Phase::Done;
        observer.progress(&progress);
        self.report(progress, observer)
    }

    /// The roots of a sync. Those that a watch names were arranged when it began: storage need not
    /// be asked for each batch.
    fn roots(
        &self,
        scanner: &Scanner,
        options: &SyncOptions,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Roots, Unwritten> {
        match options.arranged {
            true => Ok(Roots::as_they_are(scanner)),
            false => Roots::of(scanner, (&self.connection, &self.schema), goes_on),
        }
    }

    /// Notes that there is a sync; gives the work that it begins with, for each root.
    fn begin(&self, roots: &Roots, options: &SyncOptions) -> Result<Vec<Vec<SyncWork>>, Unwritten> {
        let (connection, schema) = (&self.connection, &self.schema);
        let Roots { scanner, adopted, .. } = roots;
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        schema.run(&transaction, "begin", &[])?;
        schema.run(&transaction, "scan", &[options.mode(), &scanner.reading()])?;
        for root in scanner.names() {
            schema.run(&transaction, "root", &[root])?;
        }
        for Adopted { from, folder, root } in adopted {
            schema.run(&transaction, "adopt", &[from, folder, root])?;
            schema.run(&transaction, "merge", &[])?;
        }
        transaction.commit()?;
        let begin = |root: &Root| match (&options.folders, &root.files) {
            (_, Some(files)) => knowledge::files(connection, schema, &root.name, files),
            (Some(folders), None) => {
                let is_of = |path: &Path| path == root.path || (!options.arranged && roots::is_same(path, &root.path));
                let of = folders.iter().filter(|(path, _)| is_of(path));
                Ok(of.flat_map(|(_, folders)| folders).map(|folder| named(folder.clone())).collect())
            }
            (None, None) if options.quick => knowledge::folders(connection, schema, &root.name),
            (None, None) => Ok(vec![named(String::new())]),
        };
        scanner.all_of_roots().iter().map(begin).collect()
    }

    /// Says how much there probably is.
    fn expect(&self, scan: &Scan<Changes>, roots: &Roots, options: &SyncOptions) -> Result<(), Unwritten> {
        // Of folders and files alone that would be too much.
        if options.folders.is_some() || roots.scanner.all_of_roots().iter().any(|root| root.files.is_some()) {
            return Ok(());
        }
        let count = |row: &Row<'_>, name| row.get::<_, i64>(name).map(i64::unsigned_abs);
        let mut expected = self.connection.prepare(self.schema.single("expected")?)?;
        let (files, folders) = expected.query_row([], |row| Ok((count(row, "files")?, count(row, "folders")?)))?;
        // A quick sync looks at folders, and at files only where one has changed.
        scan.expect((!options.quick).then_some(files), folders);
        Ok(())
    }

    /// Writes what a scan finds.
    fn write(&self, scan: &mut Scan<Changes>, observer: &mut impl Observer) -> Result<(), Unwritten> {
        observer.progress(&scan.progress());
        let mut reported: Option<Instant> = None;
        let mut writer = Writer::new(&self.connection, &self.schema);
        while let Some(step) = scan.next_step_within(BETWEEN_LOOKS) {
            if let Some(step) = step? {
                for changes in &step.items {
                    writer.write(changes, &step.problems)?;
                }
            }
            writer.commit_in_time()?;
            if reported.is_none_or(|reported| reported.elapsed() >= BETWEEN_REPORTS) {
                observer.progress(&scan.progress());
                while observer.is_paused() && !observer.is_cancelled() {
                    writer.commit()?;
                    std::thread::sleep(BETWEEN_REPORTS);
                    observer.progress(&Progress { phase: Phase::Paused, ..scan.progress() });
                }
                if observer.is_cancelled() {
                    writer.finish()?;
                    return Err(LibraryError::Cancelled.into());
                }
                reported = Some(Instant::now());
            }
        }
        writer.finish()
    }

    /// A root that would lose every track.
    fn emptied(&self) -> Result<Option<String>, Unwritten> {
        let mut statement = self.connection.prepare(self.schema.single("emptied")?)?;
        let mut roots = statement.query([])?;
        Ok(roots.next()?.map(|row| row.get(0)).transpose()?)
    }

    fn report(&self, progress: Progress, observer: &mut impl Observer) -> Result<SyncReport, Unwritten> {
        let (connection, schema) = (&self.connection, &self.schema);
        let mut report = connection.prepare(schema.single("report")?)?.query_row([], |row| {
            let count = |name| row.get::<_, i64>(name).map(i64::unsigned_abs);
            Ok(SyncReport {
                scan: row.get("scan")?,
                added: count("added")?,
                modified: count("modified")?,
                moved: count("moved")?,
                missing: count("missing")?,
                restored: count("restored")?,
                reread: count("reread")?,
                unchanged: count("unchanged")?,
                problems: 0,
                progress,
            })
        })?;
        if observer.wants_changes() {
            let mut statement = connection.prepare(schema.single("changes")?)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                history::tell(row, &mut |change| observer.change(change))?;
            }
        }
        let mut statement = connection.prepare(schema.single("problems")?)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            report.problems += 1;
            let [root, path, outcome, detail] =
                ["root", "path", "outcome", "detail"].map(|name| row.get::<_, String>(name));
            let outcome = outcome?.parse().map_err(|error| Error::InvalidAnswer { source: Box::new(error) })?;
            observer.problem(&Problem { root: root?, path: path?, outcome, detail: detail? });
        }
        Ok(report)
    }
}
