//! Lyrics: `USLT` and `SYLT` (ID3v2.4.0 native frames, sections 4.8 and 4.9).

use std::borrow::Cow;
use std::io;

use super::frame::Frame;
use super::meaning::described;
use super::text::{Encoding, decoded};
use crate::fields::{Collector, Field, Part, lines_of};
use crate::legacy::Legacy;
use crate::reader::{FileReader, ReadAt};

/// Bytes of a language.
pub(super) const LANGUAGE: usize = 3;

/// Whether a frame has lyrics without times.
pub(super) fn is_plain(name: &str) -> bool {
    matches!(name, "USLT" | "ULT")
}

/// Looks at the beginning of lyrics, which shows their form.
pub(super) fn look<S: ReadAt>(reader: &mut FileReader<S>, frame: &Frame, tags: &mut Collector<'_>) -> io::Result<()> {
    let len = tags.needed(Some(Field::Lyrics), frame.content.end - frame.content.start);
    let head = Frame { content: frame.content.start..frame.content.start + len, ..*frame };
    // A stream that is cut off here cannot be unpacked to its end.
    let head = if frame.is_compressed { frame } else { &head };
    let Some(bytes) = head.bytes(reader)? else { return Ok(()) };
    // Up to three bytes of a character may be left at the end. The form is the same in any charset.
    let mut legacy = Legacy::default();
    let text = (0..4).find_map(|cut| whole(bytes.get(..bytes.len().checked_sub(cut)?)?, &mut legacy));
    if let Some(text) = text {
        tags.meaning(Field::Lyrics, &text);
    }
    Ok(())
}

/// The text of a `USLT`, unless a character at its end is cut.
fn whole<'b>(content: &'b [u8], legacy: &mut Legacy) -> Option<Cow<'b, str>> {
    let mut is_whole = true;
    let (_, text) = described(content, LANGUAGE, &mut is_whole, legacy)?;
    is_whole.then_some(text)
}

/// Takes the content of a `USLT`.
pub(super) fn take_plain(name: &str, content: &[u8], is_whole: &mut bool, tags: &mut Collector<'_>) -> Option<()> {
    let (description, text) = described(content, LANGUAGE, is_whole, &mut tags.legacy)?;
    tags.text(None, &text, || format!("{name}:{description}"));
    tags.lyrics(language(content).as_deref(), Some(&description), &text);
    Some(())
}

/// The language of a frame, behind its encoding. `XXX` is written for one that is not known.
fn language(content: &[u8]) -> Option<Cow<'_, str>> {
    let code = str::from_utf8(content.get(1..1 + LANGUAGE)?).ok()?.trim_matches(['\0', ' ']);
    (!code.is_empty() && !code.eq_ignore_ascii_case("xxx")).then_some(code.into())
}

/// Takes the content of a `SYLT`: what the times count, what the texts are, a description; then
/// texts, each with its time.
pub(super) fn take_synchronised(name: &str, content: &[u8], tags: &mut Collector<'_>) -> Option<()> {
    /// Times in ms. The other unit is frames of MPEG audio.
    const MILLISECONDS: u8 = 2;
    /// Lyrics, a transcription of them, or something else. Beyond it are chords and the like.
    const TRANSCRIPTION: u8 = 2;
    let &[encoding, _, _, _, unit, kind, ref rest @ ..] = content else { return None };
    let encoding = Encoding::of(encoding)?;
    let (description, rest) = encoding.split(rest);
    // A text without a byte order mark is written like the description.
    let encoding = match encoding {
        Encoding::Utf16 if description.starts_with(b"\xfe\xff") => Encoding::Utf16Be,
        encoding => encoding,
    };
    let description = decoded(encoding, description, &mut tags.legacy)?;
    tags.binary(content.len(), || format!("{name}:{description}"));
    if kind <= TRANSCRIPTION {
        let text = lines_of(&parts(encoding, rest, &mut tags.legacy)?, unit == MILLISECONDS);
        tags.lyrics(language(content).as_deref(), Some(&description), &text);
    }
    Some(())
}

/// The texts that have a time.
fn parts(encoding: Encoding, mut rest: &[u8], legacy: &mut Legacy) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let text = encoding.behind_terminator(rest);
        let Some((time, behind)) = text.and_then(<[u8]>::split_first_chunk::<4>) else { break };
        let text = decoded(encoding, encoding.split(rest).0, legacy)?.into();
        parts.push(Part { time: u32::from_be_bytes(*time), text });
        rest = behind;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use mt_scanner_contract::LyricsForm;

    use super::super::tests::{tag, utf16};
    use crate::trial::{Said, mpeg_frames, said};

    fn with(version: u8, id: &str, content: &[u8]) -> Said {
        said(&[tag(version, &[(id, content)]), mpeg_frames(3)].concat())
    }

    fn sylt(unit: u8, kind: u8, parts: &[(&str, u32)]) -> Vec<u8> {
        let parts = parts.iter().flat_map(|(text, time)| [text.as_bytes(), b"\0", &time.to_be_bytes()].concat());
        [vec![3, b'd', b'e', b'u', unit, kind], b"words\0".to_vec(), parts.collect()].concat()
    }

    fn text(said: &Said) -> &str {
        said.lyrics.first().map_or("", |lyrics| lyrics.text.as_str())
    }

    #[test]
    fn lyrics_are_whole_and_have_a_language_and_a_description() {
        let long = "la ".repeat(9_000);
        let said = with(3, "USLT", &[b"\x03engwords\0", long.as_bytes()].concat());
        let lyrics = &said.lyrics[0];
        assert_eq!((lyrics.language.as_deref(), lyrics.description.as_deref()), (Some("eng"), Some("words")));
        assert_eq!((text(&said), said.track.has_lyrics), (long.as_str(), LyricsForm::Plain));
        let said = with(2, "ULT", b"\0XXX\0[00:01.00]la");
        assert_eq!((said.lyrics[0].language.as_deref(), said.track.has_lyrics), (None, LyricsForm::Synchronised));
        assert_eq!(with(4, "USLT", b"\x03eng\0").track.has_lyrics, LyricsForm::None);
    }

    #[test]
    fn a_scan_looks_at_the_beginning_of_lyrics_alone() {
        let words = utf16(&"é月🚌".repeat(9_000));
        for version in [3, 4] {
            let content = [&[1], b"eng".as_slice(), b"\xff\xfe\0\0", &words[1..]].concat();
            let file = [tag(version, &[("USLT", &content)]), mpeg_frames(3)].concat();
            let mut track = crate::blank_track("", "");
            crate::parse(&mut crate::reader::tests::reader(file.clone()), &mut track, false, crate::LegacyCharset::Off)
                .unwrap();
            assert_eq!(track.has_lyrics, LyricsForm::Plain);
            assert_eq!(track, said(&file).track);
        }
    }

    #[test]
    fn times_become_those_of_lines() {
        for (parts, expected) in [
            (&[("one", 0), ("two", 1_500)][..], "[00:00.000]one\n[00:01.500]two"),
            (&[("one ", 0), ("two", 500), ("\nthree", 61_000)], "[00:00.000]one two\n[01:01.000]three"),
            (&[("one\n", 10), ("two\n", 20)], "[00:00.010]one\n[00:00.020]two"),
        ] {
            let said = with(4, "SYLT", &sylt(2, 1, parts));
            assert_eq!((text(&said), said.track.has_lyrics), (expected, LyricsForm::Synchronised));
            assert_eq!((said.lyrics[0].language.as_deref(), said.damage.as_str()), (Some("deu"), ""));
        }
    }

    #[test]
    fn times_in_frames_are_left_out_and_chords_are_no_lyrics() {
        let said = with(4, "SYLT", &sylt(1, 1, &[("one", 0), ("two", 9)]));
        assert_eq!((text(&said), said.track.has_lyrics), ("one\ntwo", LyricsForm::Plain));
        let said = with(4, "SYLT", &sylt(2, 4, &[("Bb F", 0)]));
        assert_eq!((said.lyrics.len(), said.track.has_lyrics), (0, LyricsForm::None));
    }

    #[test]
    fn damaged_lyrics_are_named_and_cost_themselves() {
        for content in [&b"\x09eng\0la"[..], b"\x03en"] {
            let said = with(4, "SYLT", content);
            assert_eq!((said.lyrics.len(), said.damage.as_str()), (0, "the frame SYLT of the ID3v2 tag is damaged"));
        }
        let cut = sylt(2, 1, &[("one", 0), ("two", 9)]);
        assert_eq!(text(&with(4, "SYLT", &cut[..cut.len() - 3])), "[00:00.000]one");
    }
}
