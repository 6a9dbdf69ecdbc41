//! Reads one file.

use std::io;

use lofty::file::FileType;

use super::asf::Asf;
use super::container;
use super::content::Content;
use super::fields::Collector;
use super::format::{self, Format};
use super::id3v2::{self, Tag};
use super::mp4::Mp4;
use super::ogg::{self, Codec};
use super::reader::{FileReader, ReadAt};
use super::{audio_key, by_lofty};
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
        let Understood { file_type, tag, last_page } = if result.is_ok() { understood } else { Understood::default() };
        let audio_start = tag.map_or(0, |tag| tag.end);
        track.audio_key = audio_key::of(reader, file_type, audio_start, last_page).map_err(Failure::Io)?;
    }
    result
}

/// What is known of a file that is being parsed.
#[derive(Default)]
struct Understood {
    file_type: Option<FileType>,
    /// At the beginning.
    tag: Option<Tag>,
    /// Of an Ogg stream.
    last_page: Option<ogg::Last>,
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
    let file_type = match format::recognise(reader).map_err(Failure::Io)? {
        Format::Known(file_type) => file_type,
        Format::Unsupported("asf") => {
            track.format = Some("asf".to_owned());
            return parse_with::<Asf, S>(reader, track, listing);
        }
        Format::Unsupported(name) => {
            track.format = Some(name.to_owned());
            return Err(Failure::Unsupported(name));
        }
        Format::Unknown => return Err(Failure::Malformed("the content is no known audio format".into())),
    };
    understood.file_type = Some(file_type);
    track.format = Some(format::name(file_type).to_owned());
    if file_type == FileType::Mp4 {
        return parse_with::<Mp4, S>(reader, track, listing);
    }
    let Some(codec) = Codec::of(file_type) else {
        return by_lofty::parse(reader, file_type, understood.tag.as_ref(), track, listing);
    };
    reader.expect_tail(codec.tail());
    understood.last_page = ogg::last(reader).map_err(Failure::Io)?;
    parse_ogg(reader, codec, understood.last_page.as_ref(), track, listing)
}

/// Reads a file with a container's own reader.
fn parse_with<F: container::Format, S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
) -> Result<Parsed, Failure> {
    let mut content = Content::new(track, listing);
    F::read(reader, &mut content).map_err(Failure::Io)?;
    let (items, damage) = content.finish();
    Ok(Parsed { items, damage })
}

fn parse_ogg<S: ReadAt>(
    reader: &mut FileReader<S>,
    codec: Codec,
    last_page: Option<&ogg::Last>,
    track: &mut Track,
    listing: bool,
) -> Result<Parsed, Failure> {
    let mut collector = Collector::new(track, listing);
    let headers = ogg::read(reader, codec, last_page, &mut collector);
    let (_, items) = collector.finish();
    if reader.failed() {
        return Err(Failure::Io(io::Error::other("a read failed")));
    }
    let ogg::Headers { properties, picture } =
        headers.map_err(|error| Failure::Malformed(format!("the headers of the Ogg stream: {error}")))?;
    track.codec = Some(codec.name().to_owned());
    track.duration_ms = Some(properties.duration_ms).filter(|&duration| duration > 0);
    track.bitrate = Some(properties.bitrate).filter(|&bitrate| bitrate > 0);
    track.sample_rate = Some(properties.sample_rate).filter(|&rate| rate > 0);
    track.channels = Some(properties.channels).filter(|&channels| channels > 0);
    let damage = match picture {
        Ok(picture) => {
            track.has_artwork = picture;
            let silent = track.duration_ms.is_none().then(|| SILENT.to_owned());
            last_page.is_some_and(|last| last.is_cut).then(|| "the last page is cut off".to_owned()).or(silent)
        }
        Err(error) => Some(format!("the comments of the Ogg stream: {error}")),
    };
    Ok(Parsed { items, damage })
}

/// What is wrong with a file that has no length.
pub const SILENT: &str = "no audio was found behind the tags";
