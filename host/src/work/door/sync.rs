//! The sync of a library: the component finds the differences between the disk and the library.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mt_scanner_contract::{Answer, ListedFile, Mode, Problem, ProblemRow};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::item::Item;
use super::rows::{not_understood, place};
use super::{Door, Failure, Found, Request};
use crate::runtime::bindings::Scanner;
use crate::runtime::error::{Error, Source};
use crate::runtime::instance::Instance;
use crate::runtime::root::Root;

/// The knowledge of a library that the caller keeps. Workers ask it, several at a time.
pub trait Knowledge: Send + Sync + 'static {
    /// The answers of the statement `known` for folders of a root, in their order: JSON text. Each
    /// folder comes with the name behind which its files are asked for, if not all are.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from answering. It ends the sync as [`Error::Knowledge`].
    fn known(&self, root: &str, folders: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source>;
}

/// Asks for changes.
pub(crate) struct SyncDoor<K> {
    pub knowledge: K,
    /// Whether folders that the library knows are entered from the folder above.
    pub deep: bool,
    /// The work that the sync begins with, for each root.
    pub begin: Vec<Vec<SyncWork>>,
}

/// Work of a sync (`step-json`, mode `sync`). The parts that this side need not know stay text.
pub(crate) type SyncWork = mt_scanner_contract::Work<Vec<ListedFile>, Box<RawValue>>;
/// An answer with its changes as parts of its text.
type SyncAnswer<'a> =
    Answer<IgnoredAny, IgnoredAny, BTreeMap<String, Vec<&'a RawValue>>, Vec<ProblemRow>, Vec<SyncWork>>;

/// A folder that this side names: whether it is skipped is for the component to find out.
pub(crate) fn named(folder: String) -> SyncWork {
    SyncWork::folder(folder, None)
}

/// Whether it is a folder that is to be compared with what the library knows.
fn wants_knowledge(work: &SyncWork) -> bool {
    work.files.is_none() && work.known.is_none() && work.unless_mtime_ns.is_none()
}

impl Item for SyncWork {
    fn whole() -> Self {
        named(String::new())
    }

    fn named(files: &[String]) -> Self {
        SyncWork::named(String::new(), files.iter().map(|name| ListedFile::of(name)).collect())
    }

    fn folder(&self) -> &str {
        &self.folder
    }

    fn is_files(&self) -> bool {
        self.files.is_some()
    }

    fn is_page(&self) -> bool {
        self.files.is_none() && self.after.is_some()
    }

    fn links(&self) -> u32 {
        self.links
    }

    fn is_held(&self) -> bool {
        self.held
    }

    fn first_file(&self) -> String {
        self.files.iter().flatten().next().map(ListedFile::name).unwrap_or_default()
    }

    fn take_rest(&mut self) -> Option<Self> {
        let files = self.files.as_mut().filter(|files| files.len() > 1)?;
        let rest = files.split_off(1);
        Some(Self { named: self.named, sheets: self.sheets.clone(), ..Self::files(self.folder.clone(), rest) })
    }
}

/// Rows for the library's statements, by their names: the text of an answer, and where in it each
/// row is.
#[derive(Default)]
pub struct Changes {
    text: String,
    rows: Vec<(String, Vec<(u32, u32)>)>,
}

impl Changes {
    /// The rows for a statement, each a JSON array.
    pub fn rows(&self, statement: &str) -> impl Iterator<Item = &str> {
        let rows = self.rows.iter().filter(move |(name, _)| name == statement).flat_map(|(_, rows)| rows);
        rows.map(|&(from, to)| &self.text[from as usize..to as usize])
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of them as JSON text: an object of arrays of rows, by the names of their statements.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(self.text.len());
        for (name, rows) in &self.rows {
            json.push_str(if json.is_empty() { "{\"" } else { "],\"" });
            // Names of statements are of letters and underscores.
            json.push_str(name);
            json.push_str("\":[");
            for (place, &(from, to)) in rows.iter().enumerate() {
                json.push_str(if place == 0 { "" } else { "," });
                json.push_str(&self.text[from as usize..to as usize]);
            }
        }
        json.push_str(if json.is_empty() { "{}" } else { "]}" });
        json
    }
}

impl<K: Knowledge> Door for SyncDoor<K> {
    type Work = SyncWork;
    type Rows = Changes;
    const MOST_HANDED_IN: usize = 32;
    const READS: bool = true;

    fn begin(&self, number: usize, _root: &Root) -> Vec<SyncWork> {
        self.begin[number].clone()
    }

    fn brings(rows: &Changes) -> bool {
        !rows.is_empty()
    }

    fn step(
        &self,
        instance: &mut Instance<Scanner>,
        request: Request<'_, SyncWork>,
    ) -> Result<Found<Changes, SyncWork>, Failure> {
        let mut told = self.told(request.root, request.work)?;
        if request.blind {
            told.iter_mut().for_each(|work| work.to_mut().blind = true);
        }
        let question = serde_json::to_string(&mt_scanner_contract::Request {
            root: Cow::Borrowed(request.root),
            work: Some(told),
            entered: Cow::Borrowed(request.entered),
            budget: request.budget,
            mode: Mode::Sync,
            walking: Cow::Borrowed(request.walking),
            reading: Cow::Borrowed(request.reading),
            deep: self.deep,
        })
        .map_err(not_understood)?;
        let answer = instance
            .call(request.limit, |exports, store| exports.mt_scanner_scan().call_step_json(store, &question))?;
        understood(answer.map_err(|error| Failure::Refused(error.into()))?)
    }
}

impl<K: Knowledge> SyncDoor<K> {
    /// The work, with what the library knows of folders that are to be listed.
    fn told<'a>(&self, root: &str, work: &'a [SyncWork]) -> Result<Vec<Cow<'a, SyncWork>>, Failure> {
        let asked: Vec<_> = work
            .iter()
            .filter(|item| wants_knowledge(item))
            .map(|item| (item.folder.as_str(), item.after.as_deref()))
            .collect();
        let known = if asked.is_empty() { Vec::new() } else { self.ask(root, &asked)? };
        let mut known = known.into_iter();
        let told = work.iter().map(|item| match wants_knowledge(item) {
            true => Cow::Owned(SyncWork { known: known.next(), ..item.clone() }),
            false => Cow::Borrowed(item),
        });
        Ok(told.collect())
    }

    fn ask(&self, root: &str, asked: &[(&str, Option<&str>)]) -> Result<Vec<Box<RawValue>>, Failure> {
        let known = self.knowledge.known(root, asked).map_err(|source| Error::Knowledge { source })?;
        if known.len() != asked.len() {
            // A folder without an answer would be asked for again and again.
            let source = format!("{} folders were asked for, and {} answers came", asked.len(), known.len());
            return Err(Error::Knowledge { source: source.into() }.into());
        }
        known.into_iter().map(RawValue::from_string).collect::<Result<_, _>>().map_err(not_understood)
    }
}

fn understood(text: String) -> Result<Found<Changes, SyncWork>, Failure> {
    let SyncAnswer { folders, files, passed_over, playlists, read, done, changes, problems, work, entered, .. } =
        serde_json::from_str(&text).map_err(not_understood)?;
    let rows = changes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, rows)| (name, rows.into_iter().map(|row| place(&text, row)).collect()))
        .collect();
    Ok(Found {
        folders,
        files,
        passed_over,
        playlists,
        tracks: read,
        done,
        problems: problems.into_iter().map(Problem::from).collect(),
        work,
        entered,
        rows: Changes { text, rows },
    })
}
