//! ID3v2: usual tags of 2.3 and 2.4 from their frames, others as lofty reads them, who gives the frames of older versions the names of 2.4.

use std::borrow::Cow;
use std::io;

use lofty::config::ParsingMode;
use lofty::id3::v2::{Frame, Id3v2Tag};
use lofty::tag::items::Timestamp;

use super::{Collector, Field, Source};
use crate::fields::GENRES;
use crate::id3v2::{Encoding, Tag, decoded};
use crate::reader::{FileReader, ReadAt};

/// Whose `UFID` holds the recording's identifier.
const MUSICBRAINZ: &str = "http://musicbrainz.org";

/// The longest frame that is read, in bytes. Lyrics are shorter.
const LONGEST: u64 = 1 << 20;

/// Hands over the frames of a usual tag. Gives words for those that are damaged.
pub fn pour<S: ReadAt>(
    reader: &mut FileReader<S>,
    tag: &Tag,
    collector: &mut Collector<'_>,
) -> io::Result<Option<String>> {
    let listing = collector.is_listing();
    let mut when = When::default();
    let mut damage = None;
    collector.begin_tag();
    for frame in &tag.frames {
        let id = str::from_utf8(&frame.id).unwrap_or("?");
        let len = frame.content.end - frame.content.start;
        if !(listing || means_something(id)) {
            continue;
        }
        let content =
            if len > LONGEST || frame.is_picture() { None } else { reader.piece(frame.content.start, len)? };
        match content {
            None => collector.binary(len as usize, || id.to_owned()),
            Some(content) => {
                if take(id, content, &mut when, collector).is_none() {
                    damage.get_or_insert_with(|| format!("the frame {id} of the ID3v2 tag is damaged"));
                }
            }
        }
    }
    if let Some(date) = when.date(tag.version) {
        collector.meaning(Field::Date, &date);
    }
    Ok(damage)
}

/// Whether a frame can fill a field of a track.
fn means_something(id: &str) -> bool {
    matches!(id, "TXXX" | "COMM" | "UFID" | "TCON" | "TDAT" | "TIME") || of_frame(id).is_some()
}

/// Takes the content of a frame; `None` if it is not what it should be.
fn take(id: &str, content: &[u8], when: &mut When, collector: &mut Collector<'_>) -> Option<()> {
    let key = || id.to_owned();
    let split_first = || content.split_first().and_then(|(&first, rest)| Some((Encoding::of(first)?, rest)));
    match id {
        "UFID" => {
            let (owner, identifier) = Encoding::Latin1.split(content);
            let field = (owner == MUSICBRAINZ.as_bytes()).then_some(Field::MusicbrainzRecordingId);
            let key = || format!("{id}:{}", String::from_utf8_lossy(owner));
            match str::from_utf8(identifier) {
                Ok(text) => collector.text(field, text.trim_end_matches('\0'), key),
                Err(_) => collector.binary(identifier.len(), key),
            }
        }
        "TXXX" => {
            let (encoding, rest) = split_first()?;
            let (description, text) = encoding.split(rest);
            let (description, text) = (decoded(encoding, description)?, like(encoding, description, text)?);
            collector.text(Field::of_free_name(&description), &text, || format!("{id}:{description}"));
        }
        "COMM" | "USLT" => {
            let (encoding, rest) = split_first()?;
            let (description, text) = encoding.split(rest.get(3..)?);
            let (description, text) = (decoded(encoding, description)?, like(encoding, description, text)?);
            // Players keep settings under a description (`iTunNORM`); a person's comment has none.
            let field = (id == "COMM" && description.is_empty()).then_some(Field::Comment);
            collector.text(field, &text, || format!("{id}:{description}"));
        }
        _ if id.starts_with('T') => {
            let (encoding, rest) = split_first()?;
            let text = decoded(encoding, rest)?;
            match id {
                "TCON" => genres(&text).into_iter().for_each(|genre| collector.text(Some(Field::Genre), genre, key)),
                "TDRC" | "TDRL" => match timestamp(&text) {
                    Some(date) => collector.text(of_frame(id), &date.to_string(), key),
                    None => collector.text(of_frame(id), &text, key),
                },
                "TYER" | "TDAT" | "TIME" => {
                    let kept = match id {
                        "TYER" => &mut when.year,
                        "TDAT" => &mut when.day,
                        _ => &mut when.time,
                    };
                    kept.get_or_insert_with(|| text.clone().into_owned());
                    collector.text(None, &text, key);
                }
                _ => collector.text(of_frame(id), &text, key),
            }
        }
        _ if id.starts_with('W') && id != "WXXX" => {
            collector.text(None, &decoded(Encoding::Latin1, content)?, key);
        }
        _ => collector.binary(content.len(), key),
    }
    Some(())
}

/// A text behind a description: one without a byte order mark is written like that.
fn like<'a>(encoding: Encoding, description: &[u8], text: &'a [u8]) -> Option<Cow<'a, str>> {
    let marked = |bytes: &[u8]| bytes.starts_with(b"\xfe\xff") || bytes.starts_with(b"\xff\xfe");
    let encoding = match encoding {
        Encoding::Utf16 if !marked(text) && description.starts_with(b"\xfe\xff") => Encoding::Utf16Be,
        encoding => encoding,
    };
    decoded(encoding, text)
}

/// The parts of a date in ID3v2.3 (section 4.2.1): `TYER`, `TDAT` as `DDMM`, `TIME` as `HHMM`.
#[derive(Default)]
struct When {
    year: Option<String>,
    day: Option<String>,
    time: Option<String>,
}

impl When {
    /// The date as ID3v2.4 writes it. There a `TYER` has no business, and is what it is without a `TDRC`.
    fn date(self, version: u8) -> Option<String> {
        let year = self.year?;
        let Some(mut date) = timestamp(&year) else { return Some(year) };
        let day = self.day.as_deref().and_then(two_numbers).filter(|_| version == 3 && date.month.is_none());
        if let Some((day, month)) = day {
            (date.month, date.day) = (Some(month), Some(day));
            if let Some((hour, minute)) = self.time.as_deref().and_then(two_numbers) {
                (date.hour, date.minute) = (Some(hour), Some(minute));
            }
        }
        Some(date.to_string())
    }
}

fn two_numbers(digits: &str) -> Option<(u8, u8)> {
    let four = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
    if four { Some((digits[..2].parse().ok()?, digits[2..].parse().ok()?)) } else { None }
}

/// A time in the subset of ISO 8601 that ID3v2.4.0 allows (structure, section 4), written in the usual way.
fn timestamp(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&mut text.as_bytes(), ParsingMode::BestAttempt).ok().flatten()
}

impl Source for Id3v2Tag {
    fn pour(&self, collector: &mut Collector<'_>) {
        for frame in self {
            let id = frame.id().as_str();
            let key = || id.to_owned();
            match frame {
                Frame::Text(text) if id == "TCON" => {
                    for genre in genres(&text.value) {
                        collector.text(Some(Field::Genre), genre, key);
                    }
                }
                Frame::Text(text) => collector.text(of_frame(id), &text.value, key),
                Frame::Timestamp(date) => collector.text(of_frame(id), &date.timestamp.to_string(), key),
                Frame::UserText(text) => {
                    let field = Field::of_free_name(&text.description);
                    collector.text(field, &text.content, || format!("{id}:{}", text.description));
                }
                Frame::Comment(comment) => {
                    // Players keep settings under a description (`iTunNORM`); a person's comment has none.
                    let field = comment.description.is_empty().then_some(Field::Comment);
                    collector.text(field, &comment.content, || format!("{id}:{}", comment.description));
                }
                Frame::UniqueFileIdentifier(unique) => match std::str::from_utf8(&unique.identifier) {
                    Ok(text) => {
                        let field = (unique.owner == MUSICBRAINZ).then_some(Field::MusicbrainzRecordingId);
                        collector.text(field, text, || format!("{id}:{}", unique.owner));
                    }
                    Err(_) => collector.binary(unique.identifier.len(), key),
                },
                Frame::Url(url) => collector.text(None, url.url(), key),
                Frame::UnsynchronizedText(lyrics) => collector.text(None, &lyrics.content, key),
                Frame::Binary(binary) => collector.binary(binary.data.len(), key),
                Frame::Private(private) => {
                    collector.binary(private.private_data.len(), || format!("{id}:{}", private.owner))
                }
                Frame::Picture(picture) => collector.binary(picture.picture.data().len(), key),
                _ => collector.text(None, "", key),
            }
        }
    }

    fn has_picture(&self) -> bool {
        self.into_iter().any(|frame| matches!(frame, Frame::Picture(_)))
    }
}

/// The genres of a `TCON`: texts or numbers of ID3v1's list, `(17)`, `(17)(4)Refinement`, with `((` for a parenthesis that is meant
/// (ID3v2.3.0, section 4.2.1, and 2.4.0).
fn genres(text: &str) -> Vec<&str> {
    let mut genres = Vec::new();
    for mut rest in text.split('\0') {
        while let Some((number, behind)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let Some(genre) = numbered(number) else { break };
            genres.push(genre);
            rest = behind;
        }
        let refinement = if rest.starts_with("((") { &rest[1..] } else { numbered(rest).unwrap_or(rest) };
        if !genres.contains(&refinement) {
            genres.push(refinement);
        }
    }
    genres.retain(|genre| !genre.is_empty());
    genres
}

fn numbered(genre: &str) -> Option<&str> {
    match genre {
        "RX" => Some("Remix"),
        "CR" => Some("Cover"),
        digits if digits.len() <= 3 => GENRES.get(digits.parse::<usize>().ok()?).copied(),
        _ => None,
    }
}

/// The field of a frame that has one meaning (ID3v2.4.0 native frames, section 4.2).
fn of_frame(id: &str) -> Option<Field> {
    Field::of_frame(id.as_bytes()).filter(|_| id != "TCON")
}

#[cfg(test)]
mod tests {
    use lofty::config::ParseOptions;
    use lofty::file::AudioFile;
    use lofty::mpeg::MpegFile;

    use super::*;
    use crate::blank_track;
    use crate::id3v2::{find, tests::tag};
    use crate::reader::tests::reader;
    use mt_scanner_contract::{TagItem, Track};

    type Frames<'a> = &'a [(&'a str, &'a [u8])];

    fn ours(version: u8, frames: Frames<'_>, listing: bool) -> (Track, Vec<TagItem>, Option<String>) {
        let mut reader = reader(tag(version, frames));
        let tag = find(&mut reader, 0).unwrap().unwrap();
        assert!(tag.is_usual());
        let mut track = blank_track("", "");
        let mut collector = Collector::new(&mut track, listing);
        let damage = pour(&mut reader, &tag, &mut collector).unwrap();
        let (_, items) = collector.finish();
        (track, items, damage)
    }

    fn loftys(version: u8, frames: Frames<'_>) -> Track {
        let audio = include_bytes!("../../../../tests/fixtures/formats/mp3-untagged.mp3");
        let mut reader = reader([&tag(version, frames), audio.as_slice()].concat());
        let file = MpegFile::read_from(&mut reader, ParseOptions::new()).unwrap();
        let mut track = blank_track("", "");
        let mut collector = Collector::new(&mut track, false);
        file.id3v2().pour(&mut collector);
        collector.finish();
        track
    }

    fn utf16(text: &str) -> Vec<u8> {
        [vec![1, 0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
    }

    #[test]
    fn a_usual_tag_says_the_same_to_lofty() {
        let described = [utf16("MusicBrainz Album Id\0").as_slice(), b"\xff\xfei\0d\0"].concat();
        let cases: [(u8, Frames<'_>); 6] = [
            (
                3,
                &[("TIT2", &utf16("Éloïse 月")), ("TPE1", b"\0Fr\xe9d"), ("TRCK", b"\x003/12"), ("TCON", b"\0(17)(4)")],
            ),
            (
                4,
                &[
                    ("TIT2", b"\x03one\0two"),
                    ("TPE1", b"\x03a\0b"),
                    ("TPE2", b"\x02\0a\0b"),
                    ("TDRC", b"\x002003-05-04"),
                ],
            ),
            (3, &[("TYER", b"\x001999"), ("TDAT", b"\x000405"), ("TIME", b"\x001230"), ("TCMP", b"\x001")]),
            (4, &[("TDRC", b"\x002003-05-04T10:11"), ("TDRL", b"\x002001"), ("TPOS", b"\x001/2"), ("TSRC", b"\0X")]),
            (
                3,
                &[
                    ("TXXX", &described),
                    ("TXXX", b"\0replaygain_track_gain\0-7.03 dB"),
                    ("COMM", b"\0engiTunNORM\0 0001"),
                    ("COMM", b"\0eng\0a word"),
                    ("UFID", b"http://musicbrainz.org\0an id"),
                    ("PRIV", b"x\0y"),
                ],
            ),
            (3, &[("TYER", b"\x001999"), ("TALB", b"\0"), ("TCOM", b"\0c")]),
        ];
        for (version, frames) in cases {
            let (track, _, damage) = ours(version, frames, false);
            assert_eq!(track, loftys(version, frames), "{frames:?}");
            assert_eq!(damage, None);
        }
    }

    #[test]
    fn every_frame_is_listed_as_it_is() {
        let frames: Frames<'_> = &[
            ("TYER", b"\x001999"),
            ("TXXX", b"\0Mood\0calm"),
            ("USLT", b"\x03eng\0la la"),
            ("WOAR", b"somewhere"),
            ("APIC", &[0; 100]),
            ("PRIV", b"abc"),
        ];
        let (track, items, _) = ours(3, frames, true);
        let items: Vec<_> = items.iter().map(|item| (item.key.as_str(), item.value.as_str())).collect();
        let expected = [
            ("TYER", "1999"),
            ("TXXX:Mood", "calm"),
            ("USLT:", "la la"),
            ("WOAR", "somewhere"),
            ("APIC", "<100 bytes>"),
            ("PRIV", "<3 bytes>"),
        ];
        assert_eq!(items, expected);
        assert_eq!(track.date.as_deref(), Some("1999"));
    }

    #[test]
    fn a_damaged_frame_is_named_and_costs_no_other() {
        for frame in [b"\x07text".as_slice(), b"\x03\xff\xff", b""] {
            let (track, _, damage) = ours(4, &[("TIT2", frame), ("TALB", b"\0album")], false);
            assert_eq!((track.title, track.album.as_deref()), (None, Some("album")));
            assert_eq!(damage.as_deref(), Some("the frame TIT2 of the ID3v2 tag is damaged"));
        }
    }

    #[test]
    fn a_date_that_is_none_is_kept_as_it_is_written() {
        for (version, id) in [(3, "TYER"), (4, "TDRC")] {
            let (track, _, damage) = ours(version, &[(id, b"\0about 1999"), ("TALB", b"\0a")], false);
            assert_eq!((track.date.as_deref(), track.year, damage), (Some("about 1999"), Some(1999), None));
        }
        let (track, ..) = ours(3, &[("TYER", b"\x001999-05"), ("TDAT", b"\x000405")], false);
        assert_eq!(track.date.as_deref(), Some("1999-05"));
    }

    #[test]
    fn the_mark_of_a_description_holds_for_a_text_without_one() {
        let frame = b"\x01\xfe\xff\0M\0o\0o\0d\0\0\0c\0a\0l\0m";
        let (_, items, _) = ours(3, &[("TXXX", frame)], true);
        assert_eq!(items[0].value, "calm");
    }

    #[test]
    fn genres_are_texts_or_numbers_in_every_spelling() {
        for (text, expected) in [
            ("Jazz", &["Jazz"][..]),
            ("17", &["Rock"]),
            ("(17)", &["Rock"]),
            ("(17)Rock", &["Rock"]),
            ("(17)(4)Eurodisco", &["Rock", "Disco", "Eurodisco"]),
            ("(17)\0(4)", &["Rock", "Disco"]),
            ("Rock\0Chanson", &["Rock", "Chanson"]),
            ("((Foo", &["(Foo"]),
            ("(RX)", &["Remix"]),
            ("(999)", &["(999)"]),
            ("80s", &["80s"]),
            ("", &[]),
        ] {
            assert_eq!(genres(text), expected, "{text:?}");
        }
    }
}
