//! Reads one file with lofty.

use std::cell::Cell;
use std::io::{self, Seek, SeekFrom};
use std::time::Duration;

use lofty::aac::AacFile;
use lofty::ape::ApeFile;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::FileParseError;
use lofty::file::{AudioFile, FileType};
use lofty::flac::FlacFile;
use lofty::iff::{aiff::AiffFile, wav::WavFile};
use lofty::mp4::{Mp4Codec, Mp4File};
use lofty::mpeg::{Layer, MpegFile};
use lofty::musepack::MpcFile;
use lofty::ogg::{OpusFile, SpeexFile, VorbisFile};
use lofty::properties::FileProperties;
use lofty::wavpack::WavPackFile;

use super::adts;
use super::artwork::{self, Artwork};
use super::audio_key;
use super::format::{self, Format};
use super::ogg;
use super::reader::{FileReader, ReadAt};
use super::tags::{Collector, Source};
use super::wave;
use crate::bindings::exports::mt::scanner::{files::TagItem, types::Track};

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
        let Understood { file_type, last_page } = if result.is_ok() { understood } else { Understood::default() };
        track.audio_key = audio_key::of(reader, file_type, last_page).map_err(Failure::Io)?;
    }
    result
}

/// What is known of a file that is being parsed.
#[derive(Default)]
struct Understood {
    file_type: Option<FileType>,
    /// Of an Ogg stream.
    last_page: Option<ogg::Page>,
}

fn parse_content<S: ReadAt>(
    reader: &mut FileReader<S>,
    track: &mut Track,
    listing: bool,
    understood: &mut Understood,
) -> Result<Parsed, Failure> {
    with_lean_lofty();
    if reader.len() == 0 {
        return Err(Failure::Malformed("the file is empty".into()));
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
    let mut prepared = prepare(reader, file_type).map_err(Failure::Io)?;
    understood.last_page = prepared.last_page.take();
    let artwork = artwork::find(reader, file_type).unwrap_or(Artwork::Unknown);
    let options = ParseOptions::new()
        .read_cover_art(artwork == Artwork::Unknown)
        // They split `4/9` and lose the order of all items on the way; the collector splits too.
        .implicit_conversions(!has_vorbis_comments(file_type));
    let mut found = Found::default();
    let mut result = read(reader, file_type, options, track, listing, &mut found);
    if let Err(error) = &result {
        // Tags that cannot be read do not make the audio unreadable.
        prepared.damage = Some(with_sources(error));
        reader.seek(SeekFrom::Start(0)).map_err(Failure::Io)?;
        let without_tags = options.to_owned().read_tags(false);
        result = read(reader, file_type, without_tags, track, listing, &mut found).map_err(|_| result.unwrap_err());
    }
    if reader.failed() {
        return Err(Failure::Io(io::Error::other("a read failed")));
    }
    if let Err(error) = result {
        if prepared.audio_start == 0 && matches!(file_type, FileType::Mpeg | FileType::Aac) {
            // Eleven bits made this guess, and they were wrong.
            track.format = None;
        }
        return Err(Failure::Malformed(with_sources(&error)));
    }
    if let Some(length) = prepared.length {
        track.duration_ms = Some(length.duration_ms);
        track.bitrate = Some(length.bitrate);
    }
    track.has_artwork = match artwork {
        Artwork::Present => true,
        Artwork::Absent => false,
        Artwork::Unknown => found.pictures,
    };
    let silent = track.duration_ms.is_none().then(|| "no audio was found behind the tags".to_owned());
    Ok(Parsed { items: found.items, damage: prepared.damage.or(silent) })
}

fn has_vorbis_comments(file_type: FileType) -> bool {
    matches!(file_type, FileType::Flac | FileType::Vorbis | FileType::Opus | FileType::Speex)
}

/// What was found, and arranged for lofty, before it reads the file.
#[derive(Default)]
struct Prepared {
    /// Where a tag at the beginning ends.
    audio_start: u64,
    length: Option<adts::Length>,
    /// Of an Ogg stream.
    last_page: Option<ogg::Page>,
    damage: Option<String>,
}

fn prepare<S: ReadAt>(reader: &mut FileReader<S>, file_type: FileType) -> io::Result<Prepared> {
    let mut prepared = Prepared { audio_start: artwork::id3v2_end(reader)?, ..Prepared::default() };
    match file_type {
        FileType::Opus | FileType::Vorbis | FileType::Speex => {
            reader.expect_tail(if file_type == FileType::Vorbis { VORBIS_TAIL } else { OGG_TAIL });
            prepared.last_page = ogg::last_page(reader)?;
            if let Some(page) = &prepared.last_page {
                // lofty looks for it backwards, byte by byte: it is to begin where the page's mark ends.
                reader.begin_backwards_at(page.start + 4, OGG_SEARCH);
            }
        }
        FileType::Wav => prepared.damage = wave::mend(reader)?,
        FileType::Aac => {
            // lofty would walk through every frame, and only estimate. An ID3v1 at the end stays in sight.
            prepared.length = adts::measure(reader, prepared.audio_start)?;
            reader.hide(prepared.audio_start + adts::SAMPLE..reader.len().saturating_sub(ID3V1));
        }
        _ => {}
    }
    Ok(prepared)
}

/// An error and what is behind it: lofty's own text only says that parsing failed.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// Bytes of an ID3v1 tag.
const ID3V1: u64 = 128;

/// How much of the end of an Ogg stream is read at once: pages of Opus are longer, mostly a second of audio.
const OGG_TAIL: u64 = 16 * 1024;
const VORBIS_TAIL: u64 = 8 * 1024;
/// lofty looks for the last Ogg page in pieces of this size.
const OGG_SEARCH: u64 = 16 * 1024;

#[derive(Default)]
struct Found {
    items: Vec<TagItem>,
    pictures: bool,
}

/// lofty's custom resolvers cost a lock for every file, and nobody registers one here.
fn with_lean_lofty() {
    thread_local!(static APPLIED: Cell<bool> = const { Cell::new(false) });
    if !APPLIED.replace(true) {
        apply_global_options(GlobalOptions::new().use_custom_resolvers(false));
    }
}

fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    file_type: FileType,
    options: ParseOptions,
    track: &mut Track,
    listing: bool,
    found: &mut Found,
) -> Result<(), FileParseError> {
    // `$tag` in order of trust: what the first says stays, the others fill in.
    macro_rules! file {
        ($file:ty, [$($tag:ident),*], $codec:expr) => {{
            let file = <$file>::read_from(reader, options)?;
            properties(track, &FileProperties::from(file.properties().clone()), $codec(file.properties()));
            let mut collector = Collector::new(track, listing);
            $( file.$tag().pour(&mut collector); )*
            found.items = collector.finish();
            found.pictures = false $( || file.$tag().has_picture() )*;
        }};
    }
    match file_type {
        FileType::Mpeg => file!(MpegFile, [id3v2, ape, id3v1], |properties: &lofty::mpeg::MpegProperties| {
            Some(match properties.layer() {
                Layer::Layer1 => "mp1",
                Layer::Layer2 => "mp2",
                _ => "mp3",
            })
        }),
        FileType::Flac => file!(FlacFile, [vorbis_comments, id3v2], |_: &_| Some("flac")),
        FileType::Mp4 => file!(Mp4File, [ilst], |properties: &lofty::mp4::Mp4Properties| {
            Some(match properties.codec()? {
                Mp4Codec::AAC => "aac",
                Mp4Codec::ALAC => "alac",
                Mp4Codec::MP3 => "mp3",
                Mp4Codec::FLAC => "flac",
                _ => return None,
            })
        }),
        FileType::Vorbis => file!(VorbisFile, [vorbis_comments], |_: &_| Some("vorbis")),
        FileType::Opus => {
            file!(OpusFile, [vorbis_comments], |_: &_| Some("opus"));
            // Whatever the encoder was fed with, Opus plays at 48 kHz (RFC 7845, section 5.1).
            track.sample_rate = Some(48_000);
        }
        FileType::Speex => file!(SpeexFile, [vorbis_comments], |_: &_| Some("speex")),
        FileType::Wav => file!(WavFile, [id3v2, riff_info], |_: &_| Some("pcm")),
        FileType::Aac => file!(AacFile, [id3v2, id3v1], |_: &_| Some("aac")),
        FileType::Aiff => file!(AiffFile, [id3v2], |_: &_| Some("pcm")),
        FileType::Ape => file!(ApeFile, [ape, id3v2, id3v1], |_: &_| Some("ape")),
        FileType::Mpc => file!(MpcFile, [ape, id3v2, id3v1], |_: &_| Some("musepack")),
        FileType::WavPack => file!(WavPackFile, [ape, id3v1], |_: &_| Some("wavpack")),
        _ => {}
    }
    Ok(())
}

fn properties(track: &mut Track, properties: &FileProperties, codec: Option<&str>) {
    track.codec = codec.map(str::to_owned);
    track.duration_ms = Some(properties.duration()).filter(|&length| length != Duration::ZERO).map(milliseconds);
    track.bitrate =
        properties.audio_bitrate().filter(|&rate| rate > 0).or(properties.overall_bitrate()).filter(|&rate| rate > 0);
    track.sample_rate = properties.sample_rate().filter(|&rate| rate > 0);
    track.channels = properties.channels().filter(|&count| count > 0);
    track.bit_depth = properties.bit_depth().filter(|&bits| bits > 0);
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
