//! What a terminal shows: text that cannot harm it, and a progress bar.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mt_scanner::Progress;

use crate::arguments::Output;
use crate::numbers::thousands;

/// Least time between two updates of the bar.
const BETWEEN_UPDATES: Duration = Duration::from_millis(100);
/// Holds emoji together; no other character without a shape of its own is let through.
const JOINER: char = '\u{200d}';

/// Text from a file or a file's name, for a terminal: control characters and marks of direction are
/// written as escapes.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        let code = char as u32;
        let _ = match char {
            '\n' => shown.write_str("\\n"),
            '\r' => shown.write_str("\\r"),
            '\t' => shown.write_str("\\t"),
            _ if is_harmless(char) => shown.write_char(char),
            _ if code < 0x100 => write!(shown, "\\x{code:02x}"),
            _ if code < 0x1_0000 => write!(shown, "\\u{code:04x}"),
            _ => write!(shown, "\\U{code:08x}"),
        };
    }
    Cow::Owned(shown)
}

fn is_harmless(char: char) -> bool {
    if char.is_ascii() {
        return !char.is_ascii_control();
    }
    if char == JOINER {
        return true;
    }
    // A mark that joins the character before it is printable; on its own `escape_debug` would
    // escape it.
    let mut bytes = [b'a'; 5];
    let length = 1 + char.encode_utf8(&mut bytes[1..]).len();
    let text = std::str::from_utf8(&bytes[..length]).unwrap_or_default();
    !text.escape_debug().nth(1).is_some_and(|second| second == '\\')
}

/// A progress bar on stderr, if that is a terminal.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_shown_as_they_are() {
        for name in ["a b.mp3", "Éloïse", "E\u{301}", "月見楽団", "👩\u{200d}🎤", "'\"\\"] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn what_could_move_the_cursor_or_turn_the_text_is_escaped() {
        assert_eq!(shown("a\x1b[2Jb\nc\u{9b}d\u{202e}e\u{e0001}"), r"a\x1b[2Jb\nc\x9bd\u202ee\U000e0001");
    }
}
