//! Tracks of a library that are the same.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::Library;
use super::super::attended::{attended, waited};
use super::super::database::Lock;
use super::super::error::{LibraryError, Unwritten};
use super::super::report::Observer;
use super::lane::{Asked, Lane};
use super::roots::Roots;
use super::{HASHES, version};
use crate::analysis::analyser::Analyser;
use crate::runtime::bindings::analyser::exports::mt::scanner::analysis::State;
use crate::runtime::error::Error;
use crate::work::progress::{Phase, Progress};

/// Rows that are handed to the component at a time, most of which have a fingerprint of some KiB.
const ROWS: usize = 256;
/// The time of one call in ms.
const SLICE: u32 = 100;

/// In which way tracks are the same, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DuplicateKind {
    /// The files have the same bytes.
    Copy,
    /// The coded audio is the same; tags or containers are not.
    SameAudio,
    /// They sound alike to their end: one recording in several encodings.
    SameRecording,
    /// By tags alone: a hint, and no more.
    SameSong,
}

impl DuplicateKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Copy, Self::SameAudio, Self::SameRecording, Self::SameSong];

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::SameAudio => "same-audio",
            Self::SameRecording => "same-recording",
            Self::SameSong => "same-song",
        }
    }
}

/// Tracks that are the same.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DuplicateGroup {
    /// In which way they are.
    pub kind: DuplicateKind,
    /// They, at least two, with the one to keep first.
    pub tracks: Vec<Duplicate>,
    /// All of it as the component gives it, JSON text.
    #[serde(skip)]
    pub json: String,
}

/// A track of a group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Duplicate {
    /// The id of the track in the library.
    pub id: i64,
    /// The root, as an absolute path.
    pub root: String,
    /// The file, relative to the root.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The container, as in [`Track`](crate::Track).
    pub format: Option<String>,
    /// The codec, as in [`Track`](crate::Track).
    pub codec: Option<String>,
    /// In kbit/s.
    pub bitrate: Option<u32>,
    /// In ms.
    pub duration_ms: Option<u64>,
    /// Whether it is the one to keep.
    pub keep: bool,
    /// Of the one to keep, in which ways it is better than the others; of others, `damaged` or
    /// `truncated`. `wit/analysis.wit` lists the words.
    pub why: Vec<String>,
    /// Of the same recording, how many of 32 bits differ from the one to keep on average.
    pub score: Option<f64>,
    /// Of the same recording, how much later it begins in this file, in ms.
    pub offset_ms: Option<i64>,
}

/// What is the same in a library.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Duplicates {
    /// Groups by kind, and then by the path of their first track.
    pub groups: Vec<DuplicateGroup>,
    /// Tracks that have no fingerprint: after [`Library::analyse`] the same recordings are found
    /// among them too.
    pub unfingerprinted: u64,
}

impl Library {
    /// Finds tracks that are the same, in the roots of the analyser's scanner, or in all roots if
    /// it has none. Nothing is deleted.
    ///
    /// With `hashing`, files that may be copies by what is known of them are hashed first if they
    /// have not been, which is an [analysis](Self::analyse). The same recordings are found among
    /// tracks that have a fingerprint.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(&music)?;
    /// # let song = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/formats/flac-16-44.flac");
    /// # std::fs::copy(song, music.join("1.flac"))?;
    /// # std::fs::copy(song, music.join("2.flac"))?;
    /// use mt_scanner::{Analyser, DuplicateKind, Library, Scanner, SyncOptions};
    ///
    /// let scanner = Scanner::new(&music)?;
    /// let library = Library::open(folder.path().join("library.db"), &scanner)?;
    /// library.sync(&scanner, &SyncOptions::full(), &mut ())?;
    ///
    /// let found = library.duplicates(&Analyser::new(&scanner)?, true, &mut ())?;
    /// assert_eq!(found.groups[0].kind, DuplicateKind::Copy);
    /// let paths: Vec<_> = found.groups[0].tracks.iter().map(|track| (track.path.as_str(), track.keep)).collect();
    /// assert_eq!(paths, [("1.flac", true), ("2.flac", false)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`analyse`](Self::analyse). Without `hashing` nobody else is kept away.
    pub fn duplicates(
        &self,
        analyser: &Analyser,
        hashing: bool,
        observer: &mut (impl Observer + Send),
    ) -> Result<Duplicates, LibraryError> {
        let alone = hashing.then(|| Lock::of_analysis(self.path())).transpose()?;
        let found = || {
            let roots = waited(observer, |goes_on| Roots::of(self, analyser, goes_on))?;
            let meant = [("roots", Value::from(roots.as_json()))];
            if hashing {
                self.hash_what_may_be_copies(analyser, roots, observer)?;
            }
            drop(alone);
            let groups = self.grouped(analyser, &meant, observer)?;
            let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>("tracks").map(i64::unsigned_abs);
            let unfingerprinted = self.schema.first(&self.connection, "unfingerprinted", &meant, count)?;
            Ok(Duplicates { groups, unfingerprinted })
        };
        found().map_err(|error| self.unwritten(error))
    }

    fn hash_what_may_be_copies(
        &self,
        analyser: &Analyser,
        roots: Roots,
        observer: &mut (impl Observer + Send),
    ) -> Result<(), Unwritten> {
        let asked = Asked { request: HASHES, version: version(analyser)? };
        let begin = [("version", asked.version.into()), ("roots", roots.as_json().into())];
        attended(&self.connection, &Progress::default(), observer, || {
            self.schema.execute(&self.connection, "analysis", &[])?;
            self.schema.execute(&self.connection, "duplicates-begin", &begin)
        })?;
        Lane::start(self, analyser, asked, roots, observer)?.run(None, observer)
    }

    /// The groups, as the component makes them.
    fn grouped(
        &self,
        analyser: &Analyser,
        meant: &[(&str, Value)],
        observer: &mut impl Observer,
    ) -> Result<Vec<DuplicateGroup>, Unwritten> {
        let mut asked = analyser.asked()?;
        let grouping = asked
            .call("grouping", |exports, store| exports.mt_scanner_analysis().grouping().call_constructor(store))?;
        let mut add = |rows: &mut Vec<Value>| -> Result<(), Unwritten> {
            let rows = Value::from(std::mem::take(rows)).to_string();
            let added = asked.call("grouping.add", |exports, store| {
                exports.mt_scanner_analysis().grouping().call_add(store, grouping, &rows)
            })?;
            Ok(added.map_err(Error::from)?)
        };
        let mut rows = Vec::new();
        self.schema.each(&self.connection, "duplicate-rows", meant, |row| {
            rows.push(row);
            if rows.len() >= ROWS { add(&mut rows) } else { Ok(()) }
        })?;
        add(&mut rows)?;
        let groups = loop {
            let state = asked.call("grouping.advance", |exports, store| {
                exports.mt_scanner_analysis().grouping().call_advance(store, grouping, SLICE)
            })?;
            match state {
                State::Done(groups) => break groups,
                State::Working(state) => observer.progress(&Progress {
                    phase: Phase::Scanning,
                    files: state.total,
                    done: state.done,
                    total_files: state.total,
                    ..Progress::default()
                }),
            }
            if observer.is_cancelled() {
                return Err(LibraryError::Cancelled.into());
            }
        };
        read(&groups).map_err(|error| Error::InvalidAnswer { source: error.into() }.into())
    }
}

/// Reads the component's groups.
fn read(groups: &str) -> serde_json::Result<Vec<DuplicateGroup>> {
    let texts: Vec<&RawValue> = serde_json::from_str(groups)?;
    let group = |text: &&RawValue| {
        let group: DuplicateGroup = serde_json::from_str(text.get())?;
        Ok(DuplicateGroup { json: text.get().to_owned(), ..group })
    };
    texts.iter().map(group).collect()
}
