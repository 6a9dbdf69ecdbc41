//! The loudness of albums, from that of their tracks.

use rusqlite::{Transaction, TransactionBehavior};

use super::super::Library;
use super::super::attended::attended;
use super::super::error::{LibraryError, Unwritten};
use super::super::report::Observer;
use super::super::writer::Writer;
use crate::analysis::analyser::Analyser;
use crate::runtime::error::Error;
use crate::work::progress::Progress;

/// Albums that are read at a time: each with what all its tracks have.
const PAGE: u32 = 16;

/// Reckons it of albums whose tracks were measured, came or went; gives their number.
pub(super) fn reckon(
    library: &Library,
    analyser: &Analyser,
    version: u32,
    progress: &Progress,
    observer: &mut (impl Observer + Send),
) -> Result<u64, Unwritten> {
    let Library { connection, schema, .. } = library;
    attended(connection, progress, observer, || {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        schema.execute(&transaction, "albums-begin", &[("version", version.into())])?;
        Ok(transaction.commit()?)
    })?;
    let mut asked = analyser.asked()?;
    let mut writer = Writer::new(connection, schema);
    let (mut after, mut albums) = (0, 0);
    loop {
        let page = next(library, after)?;
        if page.is_empty() {
            break;
        }
        for (place, tracks) in page {
            let loudness = asked.call("album-loudness", |exports, store| {
                exports.mt_scanner_analysis().call_album_loudness(store, &tracks)
            })?;
            let loudness = loudness.map_err(Error::from)?;
            writer.execute("album-measured", &[("place", place.into()), ("loudness", loudness.into())])?;
            (after, albums) = (place, albums + 1);
        }
        writer.commit_in_time()?;
        observer.progress(progress);
        if observer.is_cancelled() {
            writer.finish()?;
            return Err(LibraryError::Cancelled.into());
        }
    }
    writer.finish()?;
    Ok(albums)
}

/// The next albums: the place of each, and its tracks as the component takes them.
fn next(library: &Library, after: i64) -> Result<Vec<(i64, String)>, Unwritten> {
    let mut statement = library.connection.prepare_cached(library.schema.single("albums-next")?)?;
    let rows = statement.query_map((after, PAGE), |row| Ok((row.get("place")?, row.get("tracks")?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
