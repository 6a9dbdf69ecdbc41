//! Containers that lofty reads.

mod monkeys_audio;
mod musepack;
mod wavpack;

pub(crate) use monkeys_audio::MonkeysAudio;
pub(crate) use musepack::Musepack;
pub(crate) use wavpack::WavPack;

use std::cell::Cell;
use std::io;

use lofty::aac::AacFile;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::FileParseError;
use lofty::file::AudioFile;
use lofty::flac::FlacFile;
use lofty::iff::{aiff::AiffFile, wav::WavFile};
use lofty::properties::FileProperties;

use crate::container::Container;
use crate::content::{Content, Properties};
use crate::fields::Field;
use crate::ogg;
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use crate::wave::chunks;

/// Fills in what lofty says of the audio, and the tags that stand inside the container.
pub(crate) fn read<S: ReadAt>(
    container: Container,
    reader: &mut FileReader<S>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    with_lean_lofty();
    if container == Container::Ogg {
        return ogg(reader, content);
    }
    reader.begin_at(content.start);
    let options = ParseOptions::new().read_cover_art(false).read_tags(container == Container::Flac);
    macro_rules! file {
        ($file:ty) => {
            <$file>::read_from(reader, options).map(|file| FileProperties::from(file.properties().clone()))
        };
    }
    let result: Result<FileProperties, FileParseError> = match container {
        Container::Aiff => file!(AiffFile),
        Container::Adts => file!(AacFile),
        Container::Wave => file!(WavFile),
        Container::Flac => FlacFile::read_from(reader, options).map(|file| {
            if let Some(comments) = file.vorbis_comments() {
                for (key, value) in comments.items() {
                    content.tags.text(Field::of_free_name(key), value, || key.to_owned());
                }
            }
            FileProperties::from(file.properties().clone())
        }),
        _ => return Ok(()),
    };
    reader.begin_at(0);
    if let Some(kind) = reader.failure() {
        return Err(kind.into());
    }
    match result {
        Ok(properties) => content.properties = of(container, &properties),
        Err(error) => content.damaged(with_sources(&error)),
    }
    content.audio = Payload::plain(content.start..content.end);
    if matches!(container, Container::Aiff | Container::Wave) {
        let mut tags = Vec::new();
        chunks(reader, container == Container::Aiff, |_, chunk| {
            if chunk.name.eq_ignore_ascii_case(b"id3 ") {
                tags.push(chunk.start..chunk.start + u64::from(chunk.size));
            }
            if matches!(&chunk.name, b"data" | b"SSND") {
                content.audio = Payload::plain(chunk.start..chunk.start + u64::from(chunk.size));
            }
            Ok(true)
        })?;
        for tag in tags {
            crate::id3v2::read(reader, tag.start..tag.end.min(content.end), content)?;
        }
    }
    Ok(())
}

fn ogg<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
    let last = ogg::last(reader)?;
    let codec =
        if reader.piece(28, 8)?.is_some_and(|id| id == b"OpusHead") { ogg::Codec::Opus } else { ogg::Codec::Vorbis };
    let Ok(headers) = ogg::read(reader, codec, last.as_ref(), &mut content.tags) else { return Ok(()) };
    content.properties = Properties {
        codec: Some(codec.name()),
        duration: Some(std::time::Duration::from_millis(headers.properties.duration_ms)),
        bitrate: Some(headers.properties.bitrate),
        sample_rate: Some(headers.properties.sample_rate),
        channels: Some(headers.properties.channels),
        ..Properties::default()
    };
    Ok(())
}

fn of(container: Container, properties: &FileProperties) -> Properties {
    Properties {
        codec: Some(match container {
            Container::Adts => "aac",
            Container::Flac => "flac",
            _ => "pcm",
        }),
        duration: Some(properties.duration()),
        bitrate: properties.audio_bitrate().filter(|&rate| rate > 0).or(properties.overall_bitrate()),
        sample_rate: properties.sample_rate(),
        channels: properties.channels(),
        bit_depth: properties.bit_depth(),
        ..Properties::default()
    }
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

/// lofty's custom resolvers cost a lock for every file, and nobody registers one here.
fn with_lean_lofty() {
    thread_local!(static APPLIED: Cell<bool> = const { Cell::new(false) });
    if !APPLIED.replace(true) {
        apply_global_options(GlobalOptions::new().use_custom_resolvers(false));
    }
}
