//! How an analysis is to be done.

use std::time::Duration;

use crate::analysis::request::Request;

/// How to analyse a library: by default all is found out about all files.
///
/// ```
/// use std::time::Duration;
///
/// use mt_scanner::{AnalysisOptions, Request};
///
/// let loudness = Request { loudness: true, ..Request::default() };
/// let _options = AnalysisOptions::of(loudness).at_most(Duration::from_secs(600));
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "options are of no use before `analyse`"]
pub struct AnalysisOptions {
    pub(super) request: Request,
    pub(super) time: Option<Duration>,
}

impl Default for AnalysisOptions {
    fn default() -> Self {
        Self::of(Request::EVERYTHING)
    }
}

impl AnalysisOptions {
    /// Finds out what is asked for. What is known already of a file as it is, is not found out
    /// again, and stays if less is asked for now.
    pub fn of(request: Request) -> Self {
        Self { request, time: None }
    }

    /// Begins no file after this time. Those that are worked on then are brought to their end, or a
    /// file that takes longer would never be done. By default there is no such time.
    pub fn at_most(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }
}
