//! Tracks as rows of JSON text, in the order of the library's columns, which this side need not
//! know.

use std::borrow::Cow;

use mt_scanner_contract::{Answer, Budget, KnownFolder, Problem, ProblemRow, Slice};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::item::Item as _;
use super::typed::typed;
use super::{Door, Failure, Found, Request};
use crate::runtime::bindings::Scanner;
use crate::runtime::bindings::exports::mt::scanner::scan::{Mode, Work};
use crate::runtime::error::Error;
use crate::runtime::instance::Instance;

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

/// Work as this side writes and reads it in JSON.
type JsonWork = mt_scanner_contract::Work<Slice, KnownFolder>;
/// An answer with its rows as parts of its text.
type RowsAnswer<'a> = Answer<IgnoredAny, Vec<&'a RawValue>, IgnoredAny, Vec<ProblemRow>, Vec<JsonWork>>;

fn to_json(work: &Work) -> JsonWork {
    let Work { folder, files, after, ignored_by, links, place, held, named, sheets } = work.clone();
    let folder = JsonWork::folder(folder, Some(ignored_by));
    JsonWork { files: files.map(Slice::from), after, links, place, held, named, sheets, ..folder }
}

fn from_json(work: JsonWork) -> Work {
    let JsonWork { folder, files, after, ignored_by, links, place, held, named, sheets, .. } = work;
    let ignored_by = ignored_by.unwrap_or_default();
    Work { folder, files: files.map(String::from), after, ignored_by, links, place, held, named, sheets }
}

impl Door for RowsDoor {
    type Work = Work;
    type Rows = Rows;
    const MOST_HANDED_IN: usize = 8;
    const READS: bool = true;

    /// Folders are listed through the typed door: the names of a folder's files would be a text of
    /// many MB, and that more than once. Their files are then read through this one.
    fn step(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<Rows>, Failure> {
        let Request { work, budget, walking, .. } = request;
        // An archive is listed and read in one go, unless it is under suspicion. With the option
        // off, its mark is part of a name.
        let at_once = walking.archives && !budget.only_list;
        let lists = |item: &Work| item.held || !(item.is_files() || (at_once && item.is_archive()));
        let (folders, mut files): (Vec<_>, Vec<_>) = work.iter().cloned().partition(lists);
        let mut found = Found::default();
        if !folders.is_empty() {
            let only_list = Budget { only_list: true, ..budget };
            found = typed(instance, Request { work: &folders, budget: only_list, ..request }, Mode::Tracks, |_| {
                (Rows::default(), 0)
            })?;
            // What comes from there and is no file is an archive that this door lists as it reads.
            if budget.only_list {
                found.work.splice(0..0, files);
                return Ok(found);
            }
            // What was found is above what was handed in.
            files.reverse();
            let (folders, listed): (Vec<_>, Vec<_>) = found.work.drain(..).partition(lists);
            found.work = folders;
            files.extend(listed);
            files.reverse();
        }
        let budget = Budget { only_list: false, ..budget };
        let enough = how_many(&files, budget.items as usize);
        found.work.extend(files.drain(enough..).rev());
        if !files.is_empty() {
            found.add(self.read(instance, Request { work: &files, budget, ..request })?);
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
        let Request { root, work, budget, walking, reading, entered, blind, .. } = request;
        serde_json::to_string(&mt_scanner_contract::Request {
            root: Cow::Borrowed(root),
            work: Some(work.iter().map(|work| JsonWork { blind: *blind, ..to_json(work) }).collect()),
            entered: Cow::Borrowed(entered),
            budget: *budget,
            mode: mt_scanner_contract::Mode::Tracks,
            walking: Cow::Borrowed(walking),
            reading: Cow::Borrowed(reading),
            deep: false,
        })
    }
}

fn understood(text: String) -> Result<Found<Rows>, Failure> {
    let RowsAnswer { folders, files, passed_over, playlists, read, tracks, done, problems, work, entered, .. } =
        serde_json::from_str(&text).map_err(not_understood)?;
    let rows: Vec<_> = tracks.iter().map(|row| place(&text, row)).collect();
    Ok(Found {
        folders,
        files,
        passed_over,
        playlists,
        tracks: read,
        done,
        problems: problems.into_iter().map(Problem::from).collect(),
        work: work.into_iter().map(from_json).collect(),
        entered,
        rows: Rows { text, rows },
    })
}

/// Where in a text a part of it is.
pub(super) fn place(text: &str, part: &RawValue) -> (u32, u32) {
    let from = part.get().as_ptr() as usize - text.as_ptr() as usize;
    // No answer is 4 GiB long: the memory of an instance is not.
    (from as u32, (from + part.get().len()) as u32)
}

pub(super) fn not_understood(error: serde_json::Error) -> Failure {
    Failure::Refused(Error::InvalidAnswer { source: error.into() })
}
