//! Reads one file.

use std::io;

use mt_scanner_contract::Track;

use crate::adts::Adts;
use crate::asf::Asf;
use crate::audio_key;
use crate::container::{Container, Format};
use crate::content::{Content, Finished};
use crate::cue::Sheet;
use crate::fields::Details;
use crate::flac::Flac;
use crate::foreign::{Aiff, MonkeysAudio, Musepack, WavPack};
use crate::legacy::{How, Legacy, LegacyCharset};
use crate::mp4::Mp4;
use crate::mpeg::Mpeg;
use crate::ogg::Ogg;
use crate::payload::Picture;
use crate::reader::{FileReader, ReadAt};
use crate::recognise::{self, Found, Sight};
use crate::riff::Wave;
use crate::tags::{Leading, Trailing};

/// What a file says beside its track.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Its tags as they are in the file, its lyrics and chapters, when they were asked for.
    pub details: Details,
    /// Its embedded pictures, in the order of the file. They are not read.
    pub pictures: Vec<Picture>,
    /// What is damaged, in words.
    pub damage: Option<String>,
    /// The name of a container that is recognised and not read.
    pub unsupported: Option<&'static str>,
    /// The name of the system that protects the audio (DRM), of which the rest was read all the
    /// same.
    pub protection: Option<&'static str>,
    /// The cue sheet that is in it.
    pub cue: Option<Sheet>,
}

/// Fills `track` with what the file says. `listing`: its tags are kept as they are in the file.
/// `charset`: what texts are in that nothing says the charset of.
///
/// # Errors
///
/// Only those of the source. [`io::ErrorKind::WouldBlock`] means that bytes are not here yet: fetch
/// them and call again; the track is as it was then.
pub fn parse<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
    charset: LegacyCharset,
) -> io::Result<Parsed> {
    let result = parse_file(reader, track, listing, charset);
    if result.is_err() {
        clear(track);
    }
    result
}

/// What is left is known before the file is read.
fn clear(track: &mut Track) {
    let Track { root, path, size, mtime_ns, ctime_ns, .. } = std::mem::take(track);
    *track = Track { root, path, size, mtime_ns, ctime_ns, ..Track::default() };
}

/// Reads it once more, if its texts show that they are in another charset than was thought.
fn parse_file<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
    charset: LegacyCharset,
) -> io::Result<Parsed> {
    if !listing {
        return Ok(parse_for_track(reader, track, charset)?.0);
    }
    // Tags are shown as they say. What else there is to show is read as the track is.
    let (declared, texts) = parse_as(reader, track, true, How::AsDeclared)?;
    if !charset.repairs(&texts) {
        return Ok(declared);
    }
    clear(track);
    let (_, how) = parse_for_track(reader, track, charset)?;
    let (parsed, _) = parse_as(reader, &mut Track::default(), true, how)?;
    let details = Details { tags: declared.details.tags, ..parsed.details };
    Ok(Parsed { details, ..parsed })
}

/// Fills the track, and gives how its texts were read.
fn parse_for_track<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    charset: LegacyCharset,
) -> io::Result<(Parsed, How)> {
    let how = charset.at_first();
    let (parsed, texts) = parse_as(reader, track, false, how)?;
    let Some(how) = charset.judged(&texts) else { return Ok((parsed, how)) };
    clear(track);
    Ok((parse_as(reader, track, false, how)?.0, how))
}

fn parse_as<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
    how: How,
) -> io::Result<(Parsed, Legacy)> {
    if reader.is_empty() {
        let damage = Some("the file is empty".into());
        return Ok((Parsed { damage, ..Parsed::default() }, Legacy::default()));
    }
    let mut content = Content::new(track, listing, reader.len());
    content.tags.legacy = Legacy::new(how);
    let found = read_tags_and_audio(reader, &mut content)?;
    let texts = std::mem::take(&mut content.tags.legacy);
    let (audio, signature) = (std::mem::take(&mut content.audio), content.signature.take());
    let protection = content.protection;
    let Finished { details, pictures, damage, cue } = content.finish();
    let name = match found {
        Some(Found::Container(container)) => Some(container.name()),
        Some(Found::Other(name)) => Some(name),
        None => None,
    };
    track.format = name.map(str::to_owned);
    track.audio_key = Some(audio_key::of(reader, signature.as_ref(), &audio)?);
    let unsupported = name.filter(|_| matches!(found, Some(Found::Other(_))));
    track.text_charset = texts.repaired.map(|charset| charset.name().to_owned());
    Ok((Parsed { details, pictures, damage, unsupported, protection, cue }, texts))
}

/// Reads the tags in front, the container, and the tags behind, and takes what they say in the
/// order of trust.
fn read_tags_and_audio<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<Option<Found>> {
    let Located { leading, trailing, start, found } = locate(reader)?;
    content.start = start;
    let container = match found {
        Some(Found::Container(container)) => Some(container),
        _ => None,
    };
    let place = container.map_or(Tags::Around, Tags::of);
    if place == Tags::Inside {
        if let Some(container) = container {
            read(container, reader, content)?;
        }
        leading.pour(reader, content)?;
        let is_all = !content.tags.is_empty();
        if !is_all || content.tags.is_listing() {
            let trailing = trailing.map_or_else(|| Trailing::find(reader, start), Ok)?;
            match is_all {
                true => content.aside(|content| trailing.pour(reader, content))?,
                false => trailing.pour(reader, content)?,
            }
        }
        return Ok(found);
    }
    let trailing = trailing.map_or_else(|| Trailing::find(reader, start), Ok)?;
    content.end = trailing.start;
    if place == Tags::Around {
        leading.pour(reader, content)?;
        trailing.pour(reader, content)?;
    } else {
        trailing.pour(reader, content)?;
        leading.pour(reader, content)?;
    }
    match found {
        Some(Found::Container(container)) => read(container, reader, content)?,
        Some(Found::Other(_)) => {}
        None => content.damaged("the content is no known audio format"),
    }
    Ok(found)
}

/// Where a container's taggers write, which is what its players show. Tags elsewhere fill in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tags {
    /// In the container.
    Inside,
    /// In front of it, and behind it what is left.
    Around,
    /// Behind it, which is APEv2.
    Behind,
}

impl Tags {
    fn of(container: Container) -> Self {
        match container {
            Container::Mpeg | Container::Adts => Self::Around,
            Container::Ape | Container::Musepack | Container::WavPack => Self::Behind,
            Container::Aiff | Container::Asf | Container::Flac | Container::Mp4 | Container::Ogg | Container::Wave => {
                Self::Inside
            }
        }
    }
}

/// A file in its parts.
pub(crate) struct Located {
    leading: Leading,
    /// The tags behind, where they had to be found before the container.
    pub(crate) trailing: Option<Trailing>,
    /// Where the container begins.
    pub(crate) start: u64,
    pub(crate) found: Option<Found>,
}

/// Finds the tags in front and the container, and steps over what lies between them.
pub(crate) fn locate<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Located> {
    let mut leading = Leading::default();
    leading.find(reader, 0)?;
    let mut trailing = None;
    loop {
        let start = leading.end;
        if let Some(found) = recognise::by_signature(reader, start)? {
            return Ok(Located { leading, trailing, start, found: Some(found) });
        }
        let behind = match trailing.take() {
            Some(behind) => behind,
            None => Trailing::find(reader, start)?,
        };
        let sight = recognise::search(reader, start, behind.start)?;
        trailing = Some(behind);
        match sight {
            Some((start, Sight::Audio(container))) => {
                return Ok(Located { leading, trailing, start, found: Some(Found::Container(container)) });
            }
            Some((at, Sight::Tag)) if leading.find(reader, at)? => {}
            _ => return Ok(Located { leading, trailing, start, found: None }),
        }
    }
}

/// Reads a container. A new one is one line here.
fn read<S: ReadAt>(container: Container, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
    match container {
        Container::Adts => Adts::read(reader, content),
        Container::Aiff => Aiff::read(reader, content),
        Container::Ape => MonkeysAudio::read(reader, content),
        Container::Asf => Asf::read(reader, content),
        Container::Flac => Flac::read(reader, content),
        Container::Mpeg => Mpeg::read(reader, content),
        Container::Mp4 => Mp4::read(reader, content),
        Container::Musepack => Musepack::read(reader, content),
        Container::Ogg => Ogg::read(reader, content),
        Container::Wave => Wave::read(reader, content),
        Container::WavPack => WavPack::read(reader, content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id3v2::tests::tag;
    use crate::trial::{Slow, mpeg_frames, said};

    fn title(version: u8, text: &str) -> Vec<u8> {
        tag(version, &[("TIT2", &[b"\x03", text.as_bytes()].concat())])
    }

    #[test]
    fn zeros_and_junk_between_tag_and_audio_cost_neither() {
        let text = b"some words of an old server, repeated. ".repeat(2_000);
        for between in [vec![], vec![0; 4_000], text, vec![0xff; 70_000], b"RIFF and fLa and OggX ".to_vec()] {
            let said = said(&[title(3, "T"), between, mpeg_frames(100)].concat());
            assert_eq!((said.track.title.as_deref(), said.track.format.as_deref()), (Some("T"), Some("mp3")));
            let length = said.track.duration_ms.unwrap();
            assert!(length.abs_diff(2_612) < 10 && said.damage.is_empty(), "{length} {}", said.damage);
        }
    }

    #[test]
    fn several_tags_in_front_fill_each_other_in() {
        let second = tag(4, &[("TIT2", b"\x03two"), ("TALB", b"\x03album")]);
        for between in [0, 500] {
            let said = said(&[title(3, "one"), vec![0; between], second.clone(), mpeg_frames(10)].concat());
            assert_eq!((said.track.title.as_deref(), said.track.album.as_deref()), (Some("one"), Some("album")));
            assert_eq!(said.track.duration_ms, Some(261));
        }
    }

    #[test]
    fn what_is_no_audio_keeps_its_tags_and_is_named() {
        let words = b"no audio at all, only words. ".repeat(100);
        let said = said(&[title(3, "T"), words].concat());
        assert_eq!((said.track.title.as_deref(), said.track.format), (Some("T"), None));
        assert_eq!(said.damage, "the content is no known audio format");
    }

    #[test]
    fn a_container_that_is_not_read_is_named() {
        let mut track = Track::default();
        let mut reader = crate::reader::tests::reader(b"\x1a\x45\xdf\xa3 and more, a Matroska file".to_vec());
        let parsed = parse(&mut reader, &mut track, false, LegacyCharset::Off).unwrap();
        assert_eq!((parsed.unsupported, track.format.as_deref()), (Some("matroska"), Some("matroska")));
        assert!(track.audio_key.is_some());
    }

    #[test]
    fn a_tag_that_a_scan_does_not_look_at_is_kept_when_asked_for() {
        let comments = crate::ogg::vorbis_comment::tests::block(&[b"TITLE=inside"]);
        let blocks = [b"fLaC\x84\0\0".as_slice(), &[comments.len() as u8], &comments].concat();
        let file = [blocks, crate::tags::id3v1_with([b"behind", b"artist", b"", b"", b""], 0, 17)].concat();
        let said = said(&file);
        assert_eq!((said.track.title.as_deref(), said.track.artist), (Some("inside"), None));
        assert_eq!(
            said.items.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(),
            ["inside", "behind", "artist", "Rock"]
        );
    }

    #[test]
    fn an_empty_file_has_no_key() {
        let said = said(b"");
        assert_eq!((said.damage.as_str(), said.track), ("the file is empty", Track::default()));
    }

    #[test]
    fn bytes_that_are_not_here_yet_are_asked_for_again() {
        let file = [
            title(3, "T"),
            vec![0; 9_000],
            mpeg_frames(400),
            crate::tags::id3v1_with([b"", b"Artist", b"", b"", b""], 0, 17),
        ]
        .concat();
        let source = Slow::new(file.clone());
        let mut track = Track { path: "a path".into(), size: 7, ..Track::default() };
        let parsed = loop {
            match parse(&mut FileReader::new(&source, file.len() as u64), &mut track, true, LegacyCharset::Off) {
                Ok(parsed) => break parsed,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                    assert_eq!(track, Track { path: "a path".into(), size: 7, ..Track::default() });
                }
            }
        };
        assert!(source.refusals.get() > 2, "{}", source.refusals.get());
        let all = said(&file);
        assert_eq!((parsed.details.tags.len(), parsed.damage), (all.items.len(), None));
        assert_eq!(track, Track { path: "a path".into(), size: 7, ..all.track });
    }
}
