//! Chapters as comments: `CHAPTER001=00:01:30.500` is where one begins, `CHAPTER001NAME` its name
//! (Xiph wiki, "Chapter Extension").

use std::collections::BTreeMap;

use mt_scanner_contract::Chapter;

use crate::fields::Collector;

/// Chapters by their numbers.
#[derive(Default)]
pub(super) struct Chapters(BTreeMap<u16, Parts>);

/// What is known of a chapter.
#[derive(Default)]
struct Parts {
    start: Option<u64>,
    name: Option<String>,
}

impl Chapters {
    /// Takes a comment, if it is of a chapter.
    pub fn take(&mut self, key: &str, text: &str) {
        const KEY: &str = "CHAPTER";
        let Some((word, rest)) = key.split_at_checked(KEY.len()) else { return };
        let (digits, part) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
        let Ok(number) = digits.parse::<u16>() else { return };
        if !word.eq_ignore_ascii_case(KEY) || digits.len() != 3 {
            return;
        }
        let parts = self.0.entry(number).or_default();
        if part.is_empty() {
            parts.start = parts.start.or_else(|| milliseconds(text));
        } else if part.eq_ignore_ascii_case("NAME") {
            parts.name.get_or_insert_with(|| text.to_owned());
        }
    }

    /// Hands over those that have a beginning.
    pub fn pour(self, tags: &mut Collector<'_>) {
        for Parts { start, name } in self.0.into_values() {
            if let Some(start_ms) = start {
                tags.chapter(Chapter { start_ms, end_ms: None, title: name });
            }
        }
    }
}

/// `01:02:03.450` in ms.
fn milliseconds(time: &str) -> Option<u64> {
    let (time, fraction) = time.trim().split_once('.').unwrap_or((time.trim(), ""));
    let mut seconds = 0_u64;
    for part in time.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into())?;
    }
    let digits = fraction.get(..3.min(fraction.len()))?;
    let thousandths = if digits.is_empty() { 0 } else { format!("{digits:0<3}").parse::<u32>().ok()? };
    seconds.checked_mul(1000)?.checked_add(thousandths.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("00:00:00.000", Some(0)),
            ("01:02:03.450", Some(3_723_450)),
            ("00:01:30", Some(90_000)),
            ("00:00:01.5", Some(1_500)),
            ("00:00:01.123456789", Some(1_123)),
            ("1:x", None),
            ("", None),
            ("00:00:01.é", None),
            ("99999999999:0:0", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_chapter_is_its_time_and_its_name_in_any_order() {
        let mut chapters = Chapters::default();
        for (key, text) in [
            ("CHAPTER002NAME", "two"),
            ("chapter001", "00:00:00.000"),
            ("CHAPTER002", "00:01:00.000"),
            ("CHAPTER003NAME", "without a time"),
            ("CHAPTER001URL", "http://a"),
            ("CHAPTER1", "00:02:00.000"),
            ("CHAPTERS", "3"),
        ] {
            chapters.take(key, text);
        }
        let mut track = crate::blank_track("", "");
        let mut tags = Collector::new(&mut track, true);
        chapters.pour(&mut tags);
        let found: Vec<_> = tags.finish().1.chapters.into_iter().map(|found| (found.start_ms, found.title)).collect();
        assert_eq!(found, [(0, None), (60_000, Some("two".into()))]);
    }
}
