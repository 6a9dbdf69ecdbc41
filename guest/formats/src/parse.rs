//! Reads one file.

use std::io;

use lofty::file::FileType;

use super::format::{self, Format};
use super::id3v2::{self, Tag};
use super::reader::{FileReader, ReadAt};
use super::{adts, audio_key, by_lofty, flac, ogg, riff};
use crate::container::Format as _;
use crate::content::Content;
use mt_scanner_contract::{TagItem, Track};

/// A file that could be parsed.
pub struct Parsed {
    /// Its tags as they are in the file, when they were asked for.
    pub items: Vec<TagItem>,
    /// What is damaged all the same.
    pub damage: Option<String>,
}

/// Why a file could not be parsed.
#[derive(Debug)]
pub enum Failure {
    /// Reading it failed.
    Io(io::Error),
    /// It is no audio that is known, or damaged.
    Malformed(String),
    /// It is recognised as this format, which is not read.
    Unsupported(&'static str),
}

/// Fills `track` with what the file says. What was filled before a failure stays.
pub fn parse<S: ReadAt>(reader: &mut FileReader<S>, track: &mut Track, listing: bool) -> Result<Parsed, Failure> {
    let mut understood = Understood::default();
    let result = parse_content(reader, track, listing, &mut understood);
    if !matches!(result, Err(Failure::Io(_))) {
        // A file that is not understood is known by all of its bytes.
        let Understood { file_type, tag } = if result.is_ok() { understood } else { Understood::default() };
        let audio_start = tag.map_or(0, |tag| tag.end);
        track.audio_key = audio_key::of(reader, file_type, audio_start).map_err(Failure::Io)?;
    }
    result
}

/// What is known of a file that is being parsed.
#[derive(Default)]
struct Understood {
    file_type: Option<FileType>,
    /// At the beginning.
    tag: Option<Tag>,
}

fn parse_content<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
    understood: &mut Understood,
) -> Result<Parsed, Failure> {
    if reader.is_empty() {
        return Err(Failure::Malformed("the file is empty".into()));
    }
    understood.tag = id3v2::find(reader, 0).map_err(Failure::Io)?;
    let start = understood.tag.as_ref().map_or(0, |tag| tag.end);
    let mut mark = [0; 4];
    reader.peek(start, &mut mark).map_err(Failure::Io)?;
    let own = |reader: &mut FileReader<S>, track: &mut Track, name: &str| {
        track.format = Some(name.to_owned());
        let mut content = Content::new(track, listing);
        content.start = start;
        match &mark {
            b"OggS" => ogg::Ogg::read(reader, &mut content),
            b"fLaC" => flac::Flac::read(reader, &mut content),
            b"RIFF" | b"RIFX" | b"RF64" | b"BW64" => riff::Wave::read(reader, &mut content),
            _ => adts::Adts::read(reader, &mut content),
        }
        .map_err(Failure::Io)?;
        let (items, damage) = content.finish();
        Ok(Parsed { items, damage })
    };
    match &mark {
        b"OggS" => return own(reader, track, "ogg"),
        b"fLaC" => return own(reader, track, "flac"),
        b"RIFF" | b"RIFX" | b"RF64" | b"BW64" => return own(reader, track, "wav"),
        b"ADIF" | [0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, ..] => return own(reader, track, "aac"),
        _ => {}
    }
    let file_type = match format::recognise(reader).map_err(Failure::Io)? {
        Format::Known(file_type) => file_type,
        Format::Unsupported(name) => {
            track.format = Some(name.to_owned());
            return Err(Failure::Unsupported(name));
        }
        Format::Unknown => return Err(Failure::Malformed("the content is no known audio format".into())),
    };
    understood.file_type = Some(file_type);
    track.format = Some(format::name(file_type).to_owned());
    by_lofty::parse(reader, file_type, understood.tag.as_ref(), track, listing)
}

/// What is wrong with a file that has no length.
pub const SILENT: &str = "no audio was found behind the tags";
