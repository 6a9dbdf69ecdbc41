//! Files that lofty reads.

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
use lofty::properties::FileProperties;
use lofty::wavpack::WavPackFile;

use super::artwork::{self, Artwork};
use super::id3v2::Tag;
use super::parse::{Failure, Parsed, SILENT};
use super::reader::{FileReader, ReadAt};
use super::tags::{self, Collector, Source};
use mt_scanner_contract::{TagItem, Track};

/// Fills `track` with what a file of this type says. What was filled before a failure stays.
pub fn parse<S: ReadAt>(
    reader: &mut FileReader<S>,
    file_type: FileType,
    tag: Option<&Tag>,
    track: &mut Track,
    listing: bool,
) -> Result<Parsed, Failure> {
    with_lean_lofty();
    let audio_start = tag.map_or(0, |tag| tag.end);
    let mut prepared = prepare(reader, file_type, audio_start).map_err(Failure::Io)?;
    let artwork = artwork::find(reader, file_type, tag).unwrap_or(Artwork::Unknown);
    let usual = tag.filter(|tag| tag.is_usual() && matches!(file_type, FileType::Mpeg | FileType::Aac));
    if usual.is_some() {
        reader.begin_at(audio_start);
    }
    let options = ParseOptions::new()
        .read_cover_art(artwork == Artwork::Unknown)
        // They split `4/9` and lose the order of all items on the way; the collector splits too.
        .implicit_conversions(file_type != FileType::Flac);
    let mut found = Found::default();
    let mut result = read(reader, file_type, options, usual, track, listing, &mut found);
    if let Err(error) = &result {
        // Tags that cannot be read do not make the audio unreadable.
        prepared.damage = Some(with_sources(error));
        reader.seek(SeekFrom::Start(0)).map_err(Failure::Io)?;
        let without_tags = options.to_owned().read_tags(false);
        result =
            read(reader, file_type, without_tags, usual, track, listing, &mut found).map_err(|_| result.unwrap_err());
    }
    if reader.failed() {
        return Err(Failure::Io(io::Error::other("a read failed")));
    }
    if let Err(error) = result {
        if audio_start == 0 && matches!(file_type, FileType::Mpeg | FileType::Aac) {
            // Eleven bits made this guess, and they were wrong.
            track.format = None;
        }
        return Err(Failure::Malformed(with_sources(&error)));
    }
    track.has_artwork = match artwork {
        Artwork::Present => true,
        Artwork::Absent => false,
        Artwork::Unknown => found.pictures,
    };
    let silent = track.duration_ms.is_none().then(|| SILENT.to_owned());
    Ok(Parsed { items: found.items, damage: prepared.damage.or(found.damage).or(silent) })
}

/// What was found, and arranged for lofty, before it reads the file.
#[derive(Default)]
struct Prepared {
    damage: Option<String>,
}

fn prepare<S: ReadAt>(reader: &mut FileReader<S>, file_type: FileType, audio_start: u64) -> io::Result<Prepared> {
    let mut prepared = Prepared::default();
    match file_type {
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

#[derive(Default)]
struct Found {
    items: Vec<TagItem>,
    pictures: bool,
    /// What is damaged in a tag that lofty has not seen.
    damage: Option<String>,
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
    usual: Option<&Tag>,
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
            if let Some(tag) = usual {
                found.damage = tags::id3v2::pour(reader, tag, &mut collector)?;
            }
            $( file.$tag().pour(&mut collector); )*
            found.items = collector.finish().1;
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
