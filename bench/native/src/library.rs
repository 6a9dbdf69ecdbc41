//! An SQLite library, kept in step with a folder: threads read tags, this one writes.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use rayon::prelude::*;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, params_from_iter};

use crate::tags;
use crate::track::{Fingerprint, TEXTS, Track};
use crate::walk;

/// Rows in a transaction.
const ROWS: usize = 2000;
/// Columns beside the texts.
const OTHERS: [&str; 8] =
    ["path", "size", "mtime_ns", "duration_ms", "bitrate", "sample_rate", "channels", "bit_depth"];

/// Brings what is new or changed under `root` into the library, marks what is gone, and gives the
/// number of audio files there.
pub fn sync(root: &Path, db: &Path) -> Result<usize, Box<dyn Error>> {
    let mut connection = Connection::open(db)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(&schema())?;
    let known = known(&connection)?;
    let paths = walk::list(root)?;
    let found = paths.len();
    let gone = gone(&known, &paths);
    let (sender, receiver) = mpsc::sync_channel(ROWS);
    thread::scope(|scope| {
        let reading = scope.spawn(|| read_changed(paths, &known, sender));
        write(&mut connection, &receiver)?;
        reading.join().expect("reading does not panic")?;
        mark(&mut connection, &gone)?;
        Ok(found)
    })
}

/// What is known and was not found.
fn gone(known: &HashMap<String, Fingerprint>, paths: &[PathBuf]) -> Vec<String> {
    let found: HashSet<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
    known.keys().filter(|path| !found.contains(path.as_str())).cloned().collect()
}

fn mark(connection: &mut Connection, gone: &[String]) -> rusqlite::Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for path in gone {
        transaction.execute("UPDATE tracks SET missing_since = unixepoch() WHERE path = ?", [path])?;
    }
    transaction.commit()
}

fn read_changed(
    paths: Vec<PathBuf>,
    known: &HashMap<String, Fingerprint>,
    sender: mpsc::SyncSender<Track>,
) -> io::Result<()> {
    paths.into_par_iter().try_for_each_with(sender, |sender, path| {
        if let Some(fingerprint) = known.get(&*path.to_string_lossy())
            && *fingerprint == Fingerprint::from(&path.metadata()?)
        {
            return Ok(());
        }
        sender.send(tags::tuned(path)?).map_err(io::Error::other)
    })
}

fn write(connection: &mut Connection, tracks: &mpsc::Receiver<Track>) -> rusqlite::Result<()> {
    let insert = insert();
    let mut tracks = tracks.iter().peekable();
    while tracks.peek().is_some() {
        let transaction = connection.transaction()?;
        {
            let mut statement = transaction.prepare(&insert)?;
            for track in tracks.by_ref().take(ROWS) {
                statement.execute(params_from_iter(values(&track)))?;
            }
        }
        transaction.commit()?;
    }
    Ok(())
}

fn values(track: &Track) -> impl Iterator<Item = ToSqlOutput<'_>> {
    let Track { path, fingerprint, properties, texts } = track;
    let number = |value: Option<i64>| ToSqlOutput::Owned(value.map_or(Value::Null, Value::Integer));
    let properties = properties.as_ref();
    let others = [
        ToSqlOutput::Owned(Value::Text(path.to_string_lossy().into_owned())),
        number(Some(fingerprint.size)),
        number(Some(fingerprint.mtime_ns)),
        number(properties.map(|it| it.duration().as_millis() as i64)),
        number(properties.and_then(|it| it.audio_bitrate()).map(i64::from)),
        number(properties.and_then(|it| it.sample_rate()).map(i64::from)),
        number(properties.and_then(|it| it.channels()).map(i64::from)),
        number(properties.and_then(|it| it.bit_depth()).map(i64::from)),
    ];
    let texts = texts.iter().map(|text| match text {
        Some(text) => ToSqlOutput::from(text.as_str()),
        None => ToSqlOutput::Owned(Value::Null),
    });
    others.into_iter().chain(texts)
}

fn known(connection: &Connection) -> rusqlite::Result<HashMap<String, Fingerprint>> {
    let mut statement = connection.prepare("SELECT path, size, mtime_ns FROM tracks WHERE missing_since IS NULL")?;
    let rows =
        statement.query_map([], |row| Ok((row.get(0)?, Fingerprint { size: row.get(1)?, mtime_ns: row.get(2)? })))?;
    rows.collect()
}

fn columns() -> impl Iterator<Item = &'static str> {
    OTHERS.into_iter().chain(TEXTS.map(|(name, _)| name))
}

fn schema() -> String {
    let columns: Vec<_> = columns().skip(1).collect();
    format!("CREATE TABLE IF NOT EXISTS tracks (path TEXT PRIMARY KEY, {}, missing_since INTEGER)", columns.join(", "))
}

fn insert() -> String {
    let columns: Vec<_> = columns().collect();
    let places = vec!["?"; columns.len()].join(", ");
    format!("INSERT OR REPLACE INTO tracks ({}) VALUES ({places})", columns.join(", "))
}
