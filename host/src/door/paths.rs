//! Paths.

use super::{Door, Failure, Found, Request, tracks::typed};
use crate::bindings::exports::mt::scanner::scan::{Mode, Work};
use crate::instance::Instance;

pub(crate) struct Paths;

impl Door for Paths {
    type Work = Work;
    /// Relative to the root.
    type Rows = Vec<String>;
    const MOST_HANDED_IN: usize = 256;

    fn step(&self, instance: &mut Instance, request: Request<'_>) -> Result<Found<Vec<String>>, Failure> {
        typed(instance, request, Mode::Paths, |result| (std::mem::take(&mut result.paths), 0))
    }
}
