//! Lyrics: which form they have, and how times are written in them.

use mt_scanner_contract::LyricsForm;

/// How much of a text shows its form, in bytes: a head of LRC files is shorter.
const SHOWN: usize = 1024;
/// How much of a value has to be read for that, in bytes, whatever its encoding.
pub(super) const HEAD: u64 = 4096;

/// The form of a text: that of an LRC file is synchronised.
pub(super) fn form(text: &str) -> LyricsForm {
    let text = &text[..text.floor_char_boundary(SHOWN)];
    if text.trim().is_empty() {
        LyricsForm::None
    } else if memchr::memchr(b'[', text.as_bytes()).is_some() && text.lines().any(has_time) {
        LyricsForm::Synchronised
    } else {
        LyricsForm::Plain
    }
}

/// Whether a line begins with its time: `[1:23` and what follows.
fn has_time(line: &str) -> bool {
    let Some((minutes, rest)) = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    minutes.len() <= 3 && is_number(minutes.as_bytes()) && rest.as_bytes().get(..2).is_some_and(is_number)
}

/// A piece of a text with the time when it is sung: a line, a word, a syllable.
pub(crate) struct Part {
    /// In ms, if it counts these.
    pub time: u32,
    /// What is sung. A line break in it begins a line.
    pub text: String,
}

/// The lines of an LRC file. A line break within a part begins a line, and so does each part where
/// none has one; parts of a line stand behind each other.
pub(crate) fn lines_of(parts: &[Part], has_times: bool) -> String {
    let are_lines = !parts.iter().any(|part| part.text.contains(['\n', '\r']));
    let mut lines = String::new();
    let mut is_new = true;
    for Part { time, text } in parts {
        is_new |= are_lines;
        for (number, piece) in text.split('\n').enumerate() {
            is_new |= number > 0;
            let piece = piece.trim_matches('\r');
            if piece.is_empty() && !are_lines {
                continue;
            }
            if std::mem::take(&mut is_new) {
                lines.push_str(if lines.is_empty() { "" } else { "\n" });
                if has_times {
                    lines.push_str(&stamp(*time));
                }
            }
            lines.push_str(piece);
        }
    }
    lines
}

/// The time of a line as LRC files have it: `[01:23.450]`.
fn stamp(milliseconds: u32) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("[{:02}:{:02}.{rest:03}]", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_times_is_synchronised() {
        for (text, expected) in [
            ("la la la", LyricsForm::Plain),
            ("[ti:A title]\n[00:12.00]la", LyricsForm::Synchronised),
            ("  [1:02]la", LyricsForm::Synchronised),
            ("[Chorus]\nla [00:12.00]", LyricsForm::Plain),
            ("[Verse 1: somebody]", LyricsForm::Plain),
            ("[:12]", LyricsForm::Plain),
            (" \n ", LyricsForm::None),
            ("", LyricsForm::None),
        ] {
            assert_eq!(form(text), expected, "{text:?}");
        }
        assert_eq!(form(&"é".repeat(600)), LyricsForm::Plain);
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        assert_eq!((stamp(0).as_str(), stamp(6_083_450).as_str()), ("[00:00.000]", "[101:23.450]"));
        assert_eq!(form(&stamp(83_450)), LyricsForm::Synchronised);
    }
}
