//! Tracks, as the contract's record.

use super::{Door, Failure, Found, Request};
use crate::Track;
use crate::bindings::exports::mt::scanner::scan::{Mode, StepResult, Work};
use crate::instance::Instance;

pub(crate) struct Tracks;

impl Door for Tracks {
    type Work = Work;
    type Rows = Vec<Track>;
    const MOST_HANDED_IN: usize = 8;
    const READS: bool = true;

    fn step(&self, instance: &mut Instance, request: Request<'_>) -> Result<Found<Vec<Track>>, Failure> {
        typed(instance, request, Mode::Tracks, |result| {
            let tracks = std::mem::take(&mut result.tracks);
            let count = tracks.len() as u64;
            (tracks, count)
        })
    }
}

/// A step through the typed door. `rows` takes what the caller wants out of the result, and says how many tracks it is.
pub(super) fn typed<R>(
    instance: &mut Instance,
    request: Request<'_>,
    mode: Mode,
    rows: impl FnOnce(&mut StepResult) -> (R, u64),
) -> Result<Found<R>, Failure> {
    let walking = request.walking.into();
    let answer = instance.call(request.time(), |exports, store| {
        exports.mt_scanner_scan().call_step(store, request.root, request.work, request.budget, mode, walking)
    })?;
    let mut result = answer.map_err(|error| Failure::Refused(error.into()))?;
    let (rows, tracks) = rows(&mut result);
    let StepResult { folders, files, problems, work, .. } = result;
    Ok(Found { folders, files, tracks, rows, problems, work })
}
