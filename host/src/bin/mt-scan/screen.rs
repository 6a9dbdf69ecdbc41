//! The terminal: a progress bar, and text that cannot harm it.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mt_scanner::Progress;
pub use mt_scanner::text::shown;
use mt_scanner::text::thousands;

use crate::arguments::Output;

/// Least time between two updates of the bar.
const BETWEEN_UPDATES: Duration = Duration::from_millis(100);
/// Columns below which a terminal shows only the files.
const NARROW: u16 = 60;
/// Columns below which a terminal shows files and problems.
const WIDE: u16 = 100;
/// Parts of the bar. Files are still found while others are read, so the bar counts neither.
const PARTS: u64 = 1000;

/// A progress bar on stderr, if somebody sees it.
pub struct Bar(Option<Live>);

struct Live {
    bar: ProgressBar,
    updated: Instant,
    width: u16,
    /// The parts that are full. They never run backwards.
    reached: u64,
}

impl Bar {
    pub fn new(output: &Output) -> Self {
        if output.quiet || output.json || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (_, width) = Term::stderr().size();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(template(width)).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(if is_utf8() { style } else { style.tick_chars("|/-\\ ").progress_chars("=> ") });
        Self(Some(Live { bar, updated: Instant::now(), width, reached: 0 }))
    }

    /// Moves the bar, at most ten times a second.
    pub fn show(&mut self, progress: impl FnOnce() -> Progress) {
        let Some(live) = &mut self.0 else { return };
        if live.updated.elapsed() < BETWEEN_UPDATES {
            return;
        }
        live.updated = Instant::now();
        let progress = progress();
        live.reached = live.reached.max(parts(&progress));
        if progress.files > 0 {
            live.bar.set_length(PARTS);
        }
        live.bar.set_position(live.reached);
        live.bar.set_message(counts(&progress, live.width));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(live) = &self.0 {
            live.bar.finish_and_clear();
        }
    }
}

/// What a line of a terminal of this width has.
fn template(width: u16) -> &'static str {
    match width {
        ..NARROW => "{spinner} {bar:10} {msg}",
        NARROW..WIDE => "{spinner} {bar:10} {msg} {elapsed_precise}",
        WIDE.. => "{spinner} {wide_bar} {msg} {elapsed_precise}",
    }
}

/// The parts of the bar that are full.
fn parts(progress: &Progress) -> u64 {
    (progress.tracks.saturating_mul(PARTS)).checked_div(progress.files).unwrap_or(0).min(PARTS)
}

/// The counts beside the bar, as many as a terminal of this width has room for.
fn counts(progress: &Progress, width: u16) -> String {
    let files = format!("{}/{} files", thousands(progress.tracks), thousands(progress.files));
    let problems = format!("{} problems", thousands(progress.problems));
    match width {
        ..NARROW => files,
        NARROW..WIDE => format!("{files}, {problems}"),
        WIDE.. => format!(
            "{files}, {} folders, {} files/s, {problems}",
            thousands(progress.folders),
            thousands(progress.files_per_second().round() as u64)
        ),
    }
}

/// Whether the terminal shows all of Unicode, as the locale says (POSIX, Base Definitions, 8.2).
fn is_utf8() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    cfg!(windows) || locale.is_some_and(|name| name.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(tracks: u64, files: u64) -> Progress {
        let mut progress = Progress::default();
        (progress.folders, progress.files, progress.tracks, progress.problems) = (12, files, tracks, 3);
        progress.elapsed = Duration::from_secs(2);
        progress
    }

    #[test]
    fn a_line_fits_the_terminal() {
        for width in [40, 60, 80, 99, 100, 200] {
            let text = counts(&progress(1_234_567, 7_654_321), width);
            // The spinner, a bar of ten columns, the time and what is between them.
            let beside = if width < NARROW { 13 } else { 13 + 9 };
            assert!(text.len() + beside <= usize::from(width), "{width}: {text}");
        }
        assert_eq!(counts(&progress(1000, 2000), 40), "1,000/2,000 files");
        assert_eq!(counts(&progress(1000, 2000), 80), "1,000/2,000 files, 3 problems");
        assert_eq!(counts(&progress(1000, 2000), 120), "1,000/2,000 files, 12 folders, 500 files/s, 3 problems");
    }

    #[test]
    fn the_bar_is_full_when_every_file_is_read_and_empty_before_any_is_found() {
        assert_eq!(parts(&progress(0, 0)), 0);
        assert_eq!(parts(&progress(1, 2)), PARTS / 2);
        assert_eq!(parts(&progress(2, 2)), PARTS);
    }
}
