//! Numbers, sizes, lengths and foreign texts as people read them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Holds emoji together; no other character without a shape of its own is let through.
const JOINER: char = '\u{200d}';

/// Text from a file or a file's name, for a terminal: control characters and marks of direction are
/// written as escapes.
///
/// ```
/// assert_eq!(mt_scanner_contract::text::shown("a\x1b[2J"), r"a\x1b[2J");
/// ```
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

/// A number of things: `1 track`, `1,234 tracks`.
pub fn number(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// The number with a comma after every three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same with one decimal.
fn decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{}.{rest}", thousands(whole.parse().unwrap_or(0)))
}

/// A length in the largest unit of which there are at least two: seconds, minutes, hours or days.
///
/// ```
/// assert_eq!(mt_scanner_contract::text::length(9_840_000_000), "113.9 days");
/// ```
pub fn length(milliseconds: u64) -> String {
    match milliseconds as f64 / 1000.0 {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds if seconds < 172_800.0 => format!("{} hours", decimal(seconds / 3600.0)),
        seconds => format!("{} days", decimal(seconds / 86_400.0)),
    }
}

/// The least amount that is `1,000.0` in decimals: it is `1.0` of the next unit.
const ROUNDED_UP: f64 = 999.95;

/// A size in bytes, or in decimal units of them.
///
/// ```
/// assert_eq!(mt_scanner_contract::text::size(999_999), "1.0 MB");
/// ```
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut amount = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if amount < ROUNDED_UP {
            return format!("{} {unit}", decimal(amount));
        }
        amount /= 1000.0;
    }
    format!("{} TB", decimal(amount))
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
    fn a_text_that_could_move_the_cursor_or_turn_the_line_is_escaped() {
        assert_eq!(shown("a\x1b[2Jb\nc\u{9b}d\u{202e}e\u{e0001}"), r"a\x1b[2Jb\nc\x9bd\u202ee\U000e0001");
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(number(1, "track"), "1 track");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(999_949), "999.9 kB");
        assert_eq!(size(999_950), "1.0 MB");
        assert_eq!(size(999_999_999_999), "1.0 TB");
        assert_eq!(size(4_321_000_000_000_000), "4,321.0 TB");
        assert_eq!(length(119_499), "119 s");
        assert_eq!(length(120_000), "2 min");
        assert_eq!(length(7_199_999), "120 min");
        assert_eq!(length(172_799_999), "48.0 hours");
        assert_eq!(length(172_800_000), "2.0 days");
        assert_eq!(length(4_321_000_000_000), "50,011.6 days");
    }
}
