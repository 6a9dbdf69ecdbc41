//! Long statements and storage that does not answer, during which an observer is told of progress
//! and may end the wait.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::error::{LibraryError, Unwritten};
use super::report::Observer;
use crate::work::progress::Progress;

/// Least time between two reports of progress.
pub(super) const BETWEEN_REPORTS: Duration = Duration::from_millis(50);

/// Waits for storage, and tells an observer meanwhile; `wait` asks what it is given whether to go
/// on. If the observer wants an end, that is the result.
pub(super) fn waited<T>(
    observer: &mut impl Observer,
    wait: impl FnOnce(&mut dyn FnMut() -> bool) -> Result<T, Unwritten>,
) -> Result<T, Unwritten> {
    let mut is_cancelled = false;
    let found = wait(&mut || {
        observer.progress(&Progress::default());
        is_cancelled = observer.is_cancelled();
        !is_cancelled
    });
    if is_cancelled { Err(LibraryError::Cancelled.into()) } else { found }
}

/// Runs statements, and tells of `progress` meanwhile. If the observer wants an end, the statements
/// are interrupted, and what they have written is taken back.
pub(super) fn attended<T>(
    connection: &Connection,
    progress: &Progress,
    observer: &mut (impl Observer + Send),
    statements: impl FnOnce() -> Result<T, Unwritten>,
) -> Result<T, Unwritten> {
    let interrupt = connection.get_interrupt_handle();
    let (over, ends) = (Mutex::new(false), Condvar::new());
    let attend = || {
        let mut is_over = over.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let waited = ends.wait_timeout_while(is_over, BETWEEN_REPORTS, |is_over| !*is_over);
            is_over = waited.unwrap_or_else(PoisonError::into_inner).0;
            if *is_over {
                return;
            }
            observer.progress(progress);
            if observer.is_cancelled() {
                interrupt.interrupt();
            }
        }
    };
    let done = thread::scope(|scope| {
        // Without a thread nobody is told, and that is all.
        let _attending = thread::Builder::new().name("mt-scanner observer".into()).spawn_scoped(scope, attend);
        // Also if the statements panic, or the attendant would be waited for in vain.
        let _end = Ending(&over, &ends);
        statements()
    });
    match done {
        Err(Unwritten::Database(error)) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Err(LibraryError::Cancelled.into())
        }
        done => done,
    }
}

/// Says that it is over when it is dropped.
struct Ending<'a>(&'a Mutex<bool>, &'a Condvar);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e10) SELECT max(i) FROM n";

    /// Wants an end when it has been told so often.
    struct Patient(u32);

    impl Observer for Patient {
        fn progress(&mut self, _: &Progress) {
            self.0 -= 1;
        }

        fn is_cancelled(&mut self) -> bool {
            self.0 == 0
        }
    }

    #[test]
    fn a_long_statement_is_ended_by_its_observer_and_what_it_has_written_is_taken_back() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (i); INSERT INTO t VALUES (1)").unwrap();
        let ended = attended(&connection, &Progress::default(), &mut Patient(3), || {
            let transaction = connection.unchecked_transaction()?;
            transaction.execute("DELETE FROM t", [])?;
            transaction.query_row(LONG, [], |_| Ok(()))?;
            Ok(transaction.commit()?)
        });
        assert!(matches!(ended, Err(Unwritten::Other(LibraryError::Cancelled))));
        assert_eq!(connection.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u32>(0)), Ok(1));
    }

    #[test]
    fn a_short_statement_is_over_at_once() {
        let connection = Connection::open_in_memory().unwrap();
        let done = attended(&connection, &Progress::default(), &mut (), || Ok(connection.execute_batch("SELECT 1")?));
        assert!(done.is_ok());
    }
}
