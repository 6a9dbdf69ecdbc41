//! Ogg (RFC 3533) with Vorbis, Opus, Speex or FLAC: a packet that says what the audio is, packets of headers with the
//! comments, and pages of audio whose granule positions tell how long it is.

pub(crate) mod base64;
mod chain;
mod group;
mod headers;
mod identification;
mod packets;
mod page;
mod tail;
mod timeline;
pub(crate) mod vorbis_comment;

use std::io;

use crate::container::Format;
use crate::content::{Content, Properties, SILENT};
use crate::measure;
use crate::payload::{Payload, Signature};
use crate::reader::{FileReader, ReadAt};
use chain::{Extent, Link};
use group::Group;
use page::Header;
use timeline::Timeline;

/// Ogg.
pub(crate) struct Ogg;

impl Format for Ogg {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let group = Group::at(reader, content.start)?;
        let Some((page, identification)) = group.audio.clone() else {
            content.damaged("no audio that is known is in the Ogg file");
            return Ok(());
        };
        reader.expect_tail(identification.codec.tail());
        content.properties = Properties {
            codec: Some(identification.codec.name()),
            sample_rate: Some(identification.sample_rate),
            channels: Some(identification.channels),
            bit_depth: identification.bit_depth,
            ..Properties::default()
        };
        let first = headers::read(reader, &page, &identification, content)?;
        let tail = tail::last(reader, page.position)?;
        if tail.is_cut {
            content.damaged("the last page is cut off");
        }
        let extent = match first {
            Some(first) => {
                let timeline = Timeline::of(reader, first, &identification)?;
                chain::measure(reader, Link { group, identification, page, timeline }, &tail)?
            }
            None => Extent::default(),
        };
        let Extent { length, is_estimate, audio, last } = extent;
        content.audio = Payload { pieces: audio, ..Payload::default() };
        if let Some(last) = last {
            content.signature = signature(reader, &last)?;
        }
        content.properties.is_estimate = is_estimate;
        content.properties.duration = length.or_else(|| {
            measure::length(identification.samples, identification.sample_rate).filter(|length| !length.is_zero())
        });
        if content.properties.duration.is_none() && !tail.is_cut {
            content.damaged(SILENT);
        }
        content.properties.bitrate = match identification.nominal_bitrate / 1000 {
            0 => content.properties.duration.and_then(|length| measure::bitrate(content.audio.len(), length)),
            bitrate => Some(bitrate),
        };
        Ok(())
    }
}

/// What tells the audio: the last page of it, since numbers and checksums of pages change with the tags.
fn signature<S: ReadAt>(reader: &mut FileReader<S>, last: &Header) -> io::Result<Option<Signature>> {
    let body = reader.piece(last.body().start, last.body_len())?;
    let number = last.granule().unwrap_or_default();
    Ok(body.map(|body| Signature { kind: "ogg", number, bytes: body.to_vec() }))
}
