//! The terminal: a progress bar, and text that cannot harm it.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
pub use mt_scanner::text::shown;
use mt_scanner::text::thousands;
use mt_scanner::{Phase, Progress};

use crate::arguments::Output;

/// Least time between two updates of the bar.
const BETWEEN_UPDATES: Duration = Duration::from_millis(100);
/// Columns below which a terminal shows only the files.
const NARROW: u16 = 68;
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

    /// Writes something else, without the bar in between.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(live) => live.bar.suspend(write),
            None => write(),
        }
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
        if progress.fraction().is_some() {
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
        NARROW..WIDE => "{spinner} {bar:10} {msg}",
        WIDE.. => "{spinner} {wide_bar} {msg}",
    }
}

/// The parts of the bar that are full.
fn parts(progress: &Progress) -> u64 {
    (progress.fraction().unwrap_or(0.0) * PARTS as f64) as u64
}

/// The counts beside the bar, as many as a terminal of this width has room for.
fn counts(progress: &Progress, width: u16) -> String {
    let reached = reached(progress);
    let rest = format!("{} problems, {}", thousands(progress.problems), time(progress));
    match width {
        ..NARROW => reached,
        NARROW..WIDE => format!("{reached}, {rest}"),
        WIDE.. => format!(
            "{reached}, {} folders, {} files/s, {rest}",
            thousands(progress.folders),
            thousands(progress.files_per_second().round() as u64)
        ),
    }
}

/// What is done of the whole. An estimate is marked.
fn reached(progress: &Progress) -> String {
    let of = |done, total, what| {
        let about = if progress.is_estimated { "~" } else { "" };
        format!("{}/{about}{} {what}", thousands(done), thousands(total))
    };
    match progress.phase {
        Phase::Waiting => "waiting for another sync".to_owned(),
        Phase::Finishing => "finishing".to_owned(),
        _ if progress.total_files > 0 => of(progress.done, progress.total_files, "files"),
        _ => of(progress.folders, progress.total_folders, "folders"),
    }
}

/// The time that is left; that since the start while it is not known.
fn time(progress: &Progress) -> String {
    match progress.time_left() {
        Some(left) => format!("{} left", clock(left)),
        None => clock(progress.elapsed),
    }
}

/// A time as `1:02:03` or `2:03`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
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

    fn progress(done: u64, files: u64) -> Progress {
        let mut progress = Progress::default();
        (progress.folders, progress.total_files, progress.done, progress.problems) = (12, files, done, 3);
        progress.elapsed = Duration::from_secs(2);
        progress
    }

    #[test]
    fn a_line_fits_the_terminal() {
        let mut long = progress(1_234_567, 7_654_321);
        (long.is_estimated, long.elapsed) = (true, Duration::from_secs(10_000));
        for width in [40, 68, 80, 99, 100, 200] {
            let text = counts(&long, width);
            // The spinner, a bar of ten columns, and what is between them.
            assert!(text.len() + 13 <= usize::from(width), "{width}: {text}");
        }
        assert_eq!(counts(&progress(1000, 2000), 40), "1,000/2,000 files");
        assert_eq!(counts(&progress(1000, 2000), 80), "1,000/2,000 files, 3 problems, 0:02 left");
        let wide = "1,000/2,000 files, 12 folders, 500 files/s, 3 problems, 0:02 left";
        assert_eq!(counts(&progress(1000, 2000), 120), wide);
        long.phase = Phase::Finishing;
        assert_eq!(counts(&long, 80), "finishing, 3 problems, 0:00 left");
        let mut quick = progress(0, 0);
        (quick.total_folders, quick.is_estimated, quick.folders, quick.phase) = (40, true, 0, Phase::Scanning);
        assert_eq!(counts(&quick, 80), "0/~40 folders, 3 problems, 0:02");
    }

    #[test]
    fn times_are_read_as_on_a_clock() {
        for (seconds, text) in [(0, "0:00"), (65, "1:05"), (3600, "1:00:00"), (3725, "1:02:05")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn the_bar_is_full_when_every_file_is_read_and_empty_before_any_is_found() {
        assert_eq!(parts(&progress(0, 0)), 0);
        assert_eq!(parts(&progress(1, 2)), PARTS / 2);
        assert_eq!(parts(&progress(2, 2)), PARTS);
    }
}
