//! Tracks as rows of JSON text, in the order of the library's columns, which this side need not
//! know.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::typed::typed;
use super::{Door, Failure, Found, Request};
use crate::runtime::bindings::Scanner;
use crate::runtime::bindings::exports::mt::scanner::scan::{Budget, Mode, Work};
use crate::runtime::bindings::exports::mt::scanner::types::Problem;
use crate::runtime::error::Error;
use crate::runtime::instance::Instance;
use crate::work::walking::Walking;

/// Asks for rows.
pub(crate) struct RowsDoor;

/// Rows of tracks: the text of an answer, and where in it each row is.
#[derive(Default)]
pub struct Rows {
    text: String,
    rows: Vec<(u32, u32)>,
}

impl Rows {
    /// The rows, each a JSON array.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.rows.iter().map(|&(from, to)| &self.text[from as usize..to as usize])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[derive(Serialize)]
struct Question<'a> {
    root: &'a str,
    work: Vec<WorkRef<'a>>,
    budget: BudgetRef,
    mode: &'static str,
    walking: WalkingRef,
}

#[derive(Serialize)]
struct WorkRef<'a> {
    folder: &'a str,
    #[serde(serialize_with = "as_array")]
    files: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
    ignored_by: &'a [String],
}

/// Names that are each ended by a NUL, as an array.
fn as_array<S: Serializer>(names: &Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    match names {
        Some(names) => serializer.collect_seq(names.split_terminator('\0')),
        None => serializer.serialize_none(),
    }
}

#[derive(Serialize)]
pub(super) struct BudgetRef {
    items: u32,
    milliseconds: u32,
    only_list: bool,
}

impl From<Budget> for BudgetRef {
    fn from(budget: Budget) -> Self {
        let Budget { items, milliseconds, only_list } = budget;
        Self { items, milliseconds, only_list }
    }
}

#[derive(Serialize)]
pub(super) struct WalkingRef {
    follow_links: bool,
    hidden_folders: bool,
    ignored_folders: bool,
}

impl From<Walking> for WalkingRef {
    fn from(walking: Walking) -> Self {
        let Walking { follow_links, hidden_folders, ignored_folders } = walking;
        Self { follow_links, hidden_folders, ignored_folders }
    }
}

#[derive(Deserialize)]
struct Answer<'a> {
    folders: u64,
    files: u64,
    #[serde(borrow)]
    tracks: Vec<&'a RawValue>,
    problems: Vec<(String, String, String, String)>,
    work: Vec<WorkOwned>,
}

#[derive(Deserialize)]
struct WorkOwned {
    folder: String,
    files: Option<Vec<String>>,
    #[serde(default)]
    after: Option<String>,
    ignored_by: Vec<String>,
}

impl From<WorkOwned> for Work {
    fn from(work: WorkOwned) -> Self {
        let WorkOwned { folder, files, after, ignored_by } = work;
        let files = files.map(|names| names.iter().flat_map(|name| [name, "\0"]).collect());
        Self { folder, files, after, ignored_by }
    }
}

impl Door for RowsDoor {
    type Work = Work;
    type Rows = Rows;
    const MOST_HANDED_IN: usize = 8;
    const READS: bool = true;

    /// Folders are listed through the typed door: the names of a folder's files would be a text of
    /// many MB, and that more than once. Their files are then read through this one.
    fn step(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<Rows>, Failure> {
        let Request { root, work, budget, walking, limit } = request;
        let (folders, mut files): (Vec<_>, Vec<_>) = work.iter().cloned().partition(|item| item.files.is_none());
        let mut found = Found::default();
        if !folders.is_empty() {
            let only_list = Budget { only_list: true, ..budget };
            found = typed(
                instance,
                Request { root, work: &folders, budget: only_list, walking, limit },
                Mode::Tracks,
                |_| (Rows::default(), 0),
            )?;
            if budget.only_list {
                found.work.splice(0..0, files);
                return Ok(found);
            }
            // What was found is above what was handed in.
            files.reverse();
            let (folders, listed): (Vec<_>, Vec<_>) = found.work.drain(..).partition(|item| item.files.is_none());
            found.work = folders;
            files.extend(listed);
            files.reverse();
        }
        let enough = how_many(&files, budget.items as usize);
        found.work.extend(files.drain(enough..).rev());
        if !files.is_empty() {
            found.add(self.read(instance, Request { root, work: &files, budget, walking, limit })?);
        }
        Ok(found)
    }
}

/// How many of the slices have as many files.
fn how_many(slices: &[Work], files: usize) -> usize {
    let mut so_far = 0;
    let enough = slices.iter().position(|slice| {
        let before = so_far;
        so_far += slice.files.iter().flat_map(|names| names.split_terminator('\0')).count();
        before >= files
    });
    enough.unwrap_or(slices.len())
}

impl RowsDoor {
    /// Reads files.
    fn read(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<Rows>, Failure> {
        let question = self.question(&request).map_err(not_understood)?;
        let answer = instance
            .call(request.limit, |exports, store| exports.mt_scanner_scan().call_step_json(store, &question))?;
        let text = answer.map_err(|error| Failure::Refused(error.into()))?;
        understood(text)
    }

    fn question(&self, request: &Request<'_>) -> serde_json::Result<String> {
        let Request { root, work, budget, walking, .. } = request;
        let work = work.iter().map(|Work { folder, files, after, ignored_by }| WorkRef {
            folder,
            files: files.as_deref(),
            after: after.as_deref(),
            ignored_by,
        });
        serde_json::to_string(&Question {
            root,
            work: work.collect(),
            budget: (*budget).into(),
            mode: "tracks",
            walking: (*walking).into(),
        })
    }
}

fn understood(text: String) -> Result<Found<Rows>, Failure> {
    let Answer { folders, files, tracks, problems, work } = serde_json::from_str(&text).map_err(not_understood)?;
    let rows: Vec<_> = tracks.iter().map(|row| place(&text, row)).collect();
    Ok(Found {
        folders,
        files,
        tracks: rows.len() as u64,
        problems: problems_of(problems)?,
        work: work.into_iter().map(Work::from).collect(),
        rows: Rows { text, rows },
    })
}

/// Where in a text a part of it is.
pub(super) fn place(text: &str, part: &RawValue) -> (u32, u32) {
    let from = part.get().as_ptr() as usize - text.as_ptr() as usize;
    // No answer is 4 GiB long: the memory of an instance is not.
    (from as u32, (from + part.get().len()) as u32)
}

/// Problems from their rows.
pub(super) fn problems_of(rows: Vec<(String, String, String, String)>) -> Result<Vec<Problem>, Failure> {
    let problem = |(root, path, outcome, detail): (String, String, String, String)| {
        let outcome =
            outcome.parse().map_err(|error| Failure::Refused(Error::InvalidAnswer { source: Box::new(error) }))?;
        Ok(Problem { root, path, outcome, detail })
    };
    rows.into_iter().map(problem).collect()
}

pub(super) fn not_understood(error: serde_json::Error) -> Failure {
    Failure::Refused(Error::InvalidAnswer { source: error.into() })
}
