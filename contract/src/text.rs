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

/// A time within something as hours, minutes, seconds and ms.
///
/// ```
/// assert_eq!(mt_scanner_contract::text::clock(3_723_450), "1:02:03.450");
/// ```
pub fn clock(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!("{}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

const NANOSECONDS_A_DAY: i64 = 86_400 * 1_000_000_000;

/// A point in time, given in ns since 1970-01-01T00:00:00Z, as date and time of UTC.
///
/// ```
/// let time = mt_scanner_contract::text::instant(1_795_617_050_028_611_812);
/// assert_eq!(time, "2026-11-25 14:30:50.028 UTC");
/// ```
pub fn instant(nanoseconds: i64) -> String {
    let (year, month, day) = date(nanoseconds.div_euclid(NANOSECONDS_A_DAY));
    let milliseconds = nanoseconds.rem_euclid(NANOSECONDS_A_DAY) / 1_000_000;
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{rest:03} UTC")
}

/// The Gregorian date so many days after 1970-01-01: year, month and day.
///
/// Years begin with March here, so that the day of a leap year is their last one
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn date(days: i64) -> (i64, i64, i64) {
    /// Days in 400 years.
    const ERA: i64 = 146_097;
    let from_march_of_0 = days + 719_468;
    let (era, day_of_era) = (from_march_of_0.div_euclid(ERA), from_march_of_0.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
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
    fn times_are_those_of_the_gregorian_calendar() {
        let seconds = |seconds: i64| instant(seconds * 1_000_000_000);
        assert_eq!(seconds(0), "1970-01-01 00:00:00.000 UTC");
        assert_eq!(seconds(951_782_399), "2000-02-28 23:59:59.000 UTC");
        assert_eq!(seconds(951_782_400), "2000-02-29 00:00:00.000 UTC");
        assert_eq!(seconds(1_709_251_199), "2024-02-29 23:59:59.000 UTC");
        assert_eq!(seconds(4_107_542_400), "2100-03-01 00:00:00.000 UTC");
        assert_eq!(instant(-1), "1969-12-31 23:59:59.999 UTC");
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
