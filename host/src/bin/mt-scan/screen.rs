//! The terminal: a progress bar, and text that cannot harm it.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mt_scanner::Progress;
pub use mt_scanner::text::shown;
use mt_scanner::text::thousands;

use crate::arguments::Output;

/// Least time between two updates of the bar.
const BETWEEN_UPDATES: Duration = Duration::from_millis(100);
/// A progress bar on stderr, if somebody sees it.
pub struct Bar(Option<(ProgressBar, Instant)>);

impl Bar {
    pub fn new(output: &Output) -> Self {
        if output.quiet || output.json || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {wide_bar} {pos}/{len} files, {msg} {elapsed_precise}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(Some((bar, Instant::now())))
    }

    /// Moves the bar, at most ten times a second.
    pub fn show(&mut self, progress: impl FnOnce() -> Progress) {
        let Some((bar, updated)) = &mut self.0 else { return };
        if updated.elapsed() < BETWEEN_UPDATES {
            return;
        }
        *updated = Instant::now();
        let progress = progress();
        bar.set_length(progress.files);
        bar.set_position(progress.tracks);
        bar.set_message(format!(
            "{} folders, {} files/s, {} problems",
            thousands(progress.folders),
            thousands(progress.files_per_second().round() as u64),
            thousands(progress.problems)
        ));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((bar, _)) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
