//! The typed door, `step`: counts, paths, and tracks as the contract's record.

use mt_scanner_contract::Track;

use super::{Door, Failure, Found, Request};
use crate::runtime::bindings::Scanner;
use crate::runtime::bindings::exports::mt::scanner::scan::{Mode, StepResult, Work};
use crate::runtime::instance::Instance;

/// Asks for nothing but counts.
pub(crate) struct Count;

impl Door for Count {
    type Work = Work;
    type Rows = ();
    const MOST_HANDED_IN: usize = 256;
    const READS: bool = false;

    fn step(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<()>, Failure> {
        typed(instance, request, Mode::Count, |_| ((), 0))
    }
}

/// Asks for paths.
pub(crate) struct Paths;

/// Paths of audio files, relative to their root and with `/` on every system: one text.
#[derive(Default)]
pub struct RelativePaths(String);

impl RelativePaths {
    /// The paths.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator('\0')
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Door for Paths {
    type Work = Work;
    type Rows = RelativePaths;
    const MOST_HANDED_IN: usize = 256;
    const READS: bool = false;

    fn step(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<RelativePaths>, Failure> {
        typed(instance, request, Mode::Paths, |result| (RelativePaths(std::mem::take(&mut result.paths)), 0))
    }
}

/// Asks for tracks.
pub(crate) struct Tracks;

impl Door for Tracks {
    type Work = Work;
    type Rows = Vec<Track>;
    const MOST_HANDED_IN: usize = 8;
    const READS: bool = true;

    fn step(&self, instance: &mut Instance<Scanner>, request: Request<'_>) -> Result<Found<Vec<Track>>, Failure> {
        typed(instance, request, Mode::Tracks, |result| {
            let tracks: Vec<Track> = std::mem::take(&mut result.tracks).into_iter().map(Track::from).collect();
            // Tracks of cue sheets are of a file that is there too.
            let count = tracks.iter().filter(|track| track.audio_file.is_none()).count() as u64;
            (tracks, count)
        })
    }
}

/// A step through the typed door. `rows` takes what the caller wants out of the result, and says
/// of how many files they are.
pub(super) fn typed<R>(
    instance: &mut Instance<Scanner>,
    request: Request<'_>,
    mode: Mode,
    rows: impl FnOnce(&mut StepResult) -> (R, u64),
) -> Result<Found<R>, Failure> {
    let (budget, walking) = (request.budget.into(), request.walking.clone().into());
    let reading = request.reading.clone().into();
    let answer = instance.call(request.limit, |exports, store| {
        let Request { root, work, entered, .. } = request;
        exports.mt_scanner_scan().call_step(store, root, work, entered, budget, mode, &walking, &reading)
    })?;
    let mut result = answer.map_err(|error| Failure::Refused(error.into()))?;
    let (rows, tracks) = rows(&mut result);
    let StepResult { folders, files, passed_over, playlists, problems, work, entered, .. } = result;
    let problems = problems.into_iter().map(Into::into).collect();
    Ok(Found { folders, files, passed_over, playlists, tracks, done: tracks, rows, problems, work, entered })
}
