//! Containers that lofty reads.

use std::cell::Cell;
use std::io;

use lofty::ape::ApeFile;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::FileParseError;
use lofty::file::AudioFile;
use lofty::iff::aiff::AiffFile;
use lofty::musepack::MpcFile;
use lofty::properties::FileProperties;
use lofty::wavpack::WavPackFile;

use crate::container::Container;
use crate::content::{Content, Properties};
use crate::id3v2;
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use crate::riff::chunks::Chunks;

/// Bytes before the first chunk of an AIFF file.
const FORM: u64 = 12;

/// Fills in what lofty says of the audio, and the tags that stand inside the container.
pub(crate) fn read<S: ReadAt>(
    container: Container,
    reader: &mut FileReader<S>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    with_lean_lofty();
    reader.begin_at(content.start);
    let options = ParseOptions::new().read_cover_art(false).read_tags(false);
    macro_rules! file {
        ($file:ty) => {
            <$file>::read_from(reader, options).map(|file| FileProperties::from(file.properties().clone()))
        };
    }
    let result: Result<FileProperties, FileParseError> = match container {
        Container::Aiff => file!(AiffFile),
        Container::Ape => file!(ApeFile),
        Container::Musepack => file!(MpcFile),
        _ => file!(WavPackFile),
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
    if container == Container::Aiff {
        let mut chunks = Chunks::new(content.start + FORM..content.end, true);
        while let Some(chunk) = chunks.next(reader)? {
            match &chunk.name {
                b"ID3 " | b"id3 " => id3v2::read(reader, chunk.content, content)?,
                b"SSND" => content.audio = Payload::plain(chunk.content),
                _ => {}
            }
        }
    }
    Ok(())
}

fn of(container: Container, properties: &FileProperties) -> Properties {
    Properties {
        codec: Some(match container {
            Container::Ape => "ape",
            Container::Musepack => "musepack",
            Container::WavPack => "wavpack",
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
