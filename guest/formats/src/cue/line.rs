//! A line of a sheet: a command, and what stands behind it.

use super::sheet::LONGEST_TEXT;

/// What a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'t> {
    /// The file that what follows is in: its name as written, without folders.
    File(&'t str),
    /// A track: its number, if it has one, and whether it is audio.
    Track(Option<u32>, bool),
    /// A place in the audio, in ms: its number and the time.
    Index(u32, u64),
    /// A text: the command in capitals, or the key of a remark, and what it says.
    Text(Key<'t>, &'t str),
}

/// What a text is called.
#[derive(Debug, PartialEq)]
pub(super) enum Key<'t> {
    Title,
    Performer,
    Songwriter,
    Catalog,
    Isrc,
    /// A remark: `REM GENRE Rock`.
    Remark(&'t str),
}

impl<'t> Line<'t> {
    /// `None` for what says nothing of tracks: an empty line, `FLAGS`, `PREGAP`, prose.
    pub fn of(line: &'t str) -> Option<Self> {
        let (command, rest) = word(line);
        let is = |name: &str| command.eq_ignore_ascii_case(name);
        Some(match command.len() {
            3 if is("REM") => {
                let (key, rest) = word(rest);
                Self::Text(Key::Remark(key), value(rest)?)
            }
            4 if is("FILE") => Self::File(file_name(rest)),
            4 if is("ISRC") => Self::Text(Key::Isrc, value(rest)?),
            5 if is("TRACK") => track(rest),
            5 if is("INDEX") => {
                let (number, rest) = word(rest);
                Self::Index(number.parse().ok()?, super::time::milliseconds(word(rest).0)?)
            }
            5 if is("TITLE") => Self::Text(Key::Title, value(rest)?),
            7 if is("CATALOG") => Self::Text(Key::Catalog, value(rest)?),
            9 if is("PERFORMER") => Self::Text(Key::Performer, value(rest)?),
            10 if is("SONGWRITER") => Self::Text(Key::Songwriter, value(rest)?),
            _ => return None,
        })
    }
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// A text with its quotes or without. The last quote counts, since titles have some too; `None` if
/// nothing is in it, or more than a text has.
fn value(text: &str) -> Option<&str> {
    let text = unquoted(text).unwrap_or(text).trim();
    (1..=LONGEST_TEXT).contains(&text.len()).then_some(text)
}

/// What stands between the first quote, with which a text begins, and the last one; to its end if
/// there is no other.
fn unquoted(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix('"')?;
    Some(inner.rsplit_once('"').map_or(inner, |(inner, _)| inner))
}

/// The name of a file without its folders, of either kind of slash, and without its type.
fn file_name(text: &str) -> &str {
    let name = unquoted(text).unwrap_or_else(|| match text.trim().rsplit_once(char::is_whitespace) {
        Some((name, kind)) if is_kind(kind) => name,
        _ => text,
    });
    name.trim().rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Whether a word is the type of a file: the guide's, and what others write.
fn is_kind(word: &str) -> bool {
    const KINDS: [&str; 10] = ["WAVE", "MP3", "AIFF", "BINARY", "MOTOROLA", "FLAC", "APE", "WAV", "OGG", "WAVPACK"];
    KINDS.iter().any(|kind| word.eq_ignore_ascii_case(kind))
}

/// `01 AUDIO`: a track without a type is audio.
fn track(text: &str) -> Line<'_> {
    let (number, rest) = word(text);
    let kind = word(rest).0;
    let is_audio = ["", "AUDIO", "CDG"].iter().any(|audio| kind.eq_ignore_ascii_case(audio));
    Line::Track(number.parse().ok(), is_audio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_known_in_any_case_and_between_any_blanks() {
        for (line, expected) in [
            ("FILE \"A b.wav\" WAVE", Line::File("A b.wav")),
            ("\tfile  \"C:\\Music\\A b.wav\"  WAVE ", Line::File("A b.wav")),
            ("FILE ../x/A b.flac wave", Line::File("A b.flac")),
            ("FILE A b.flac", Line::File("A b.flac")),
            ("FILE \"A \"b\".wav\" WAVE", Line::File("A \"b\".wav")),
            ("FILE", Line::File("")),
            ("  TRACK 01 AUDIO", Line::Track(Some(1), true)),
            ("Track 2", Line::Track(Some(2), true)),
            ("TRACK AUDIO", Line::Track(None, true)),
            ("TRACK 03 MODE1/2352", Line::Track(Some(3), false)),
            ("INDEX 01 03:25:37", Line::Index(1, 205_493)),
            ("index\t00\t00:02:00", Line::Index(0, 2_000)),
            ("TITLE \"Say \"Hello\" again\"", Line::Text(Key::Title, "Say \"Hello\" again")),
            ("TITLE \"unfinished", Line::Text(Key::Title, "unfinished")),
            ("TITLE  without quotes ", Line::Text(Key::Title, "without quotes")),
            ("PERFORMER \"A; B\"", Line::Text(Key::Performer, "A; B")),
            ("SONGWRITER C", Line::Text(Key::Songwriter, "C")),
            ("CATALOG 0731453433427", Line::Text(Key::Catalog, "0731453433427")),
            ("ISRC GBAAA9700001", Line::Text(Key::Isrc, "GBAAA9700001")),
            ("REM GENRE \"Trip Hop\"", Line::Text(Key::Remark("GENRE"), "Trip Hop")),
            ("rem date 1997", Line::Text(Key::Remark("date"), "1997")),
        ] {
            assert_eq!(Line::of(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_says_nothing_of_tracks_is_nothing() {
        let long = format!("TITLE {}", "x".repeat(LONGEST_TEXT + 1));
        for line in [
            "",
            "  ",
            "FLAGS DCP",
            "PREGAP 00:02:00",
            "POSTGAP 00:02:00",
            "CDTEXTFILE \"a.cdt\"",
            "INDEX",
            "INDEX 01",
            "INDEX x 00:00:00",
            "INDEX 01 soon",
            "TITLE",
            "TITLE \"\"",
            "TITLE \"  \"",
            "REM",
            "TITLES \"x\"",
            "Once upon a time",
            long.as_str(),
        ] {
            assert_eq!(Line::of(line), None, "{line}");
        }
    }
}
