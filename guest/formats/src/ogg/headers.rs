//! The packets of headers behind the first: comments, and what decoders need.

use std::io;

use super::identification::{Codec, Identification};
use super::packets::Packets;
use super::page::Header;
use super::tail;
use super::vorbis_comment::{self, Bytes};
use crate::content::Content;
use crate::flac::block::{self, Kind};
use crate::flac::{cue_sheet, picture};
use crate::reader::{FileReader, ReadAt};

/// The most packets of headers. FLAC has one for each block of metadata; others have two or three.
const MOST_HEADERS: u32 = 512;

/// Reads the headers of the stream that begins with this page. Gives the first page of audio, if
/// there is one.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    page: &Header,
    identification: &Identification,
    content: &mut Content<'_>,
) -> io::Result<Option<Header>> {
    let mut packets = Packets::from(reader, page.clone());
    if !packets.next()? {
        content.damaged("the comments of the Ogg stream are cut off");
        return Ok(None);
    }
    if identification.codec == Codec::Flac {
        return blocks(&mut packets, identification, content);
    }
    let signature: &[u8] = match identification.codec {
        Codec::Vorbis => b"\x03vorbis",
        Codec::Opus => b"OpusTags",
        Codec::Speex | Codec::Flac => b"",
    };
    let mut found = [0; 8];
    let found = &mut found[..signature.len()];
    if packets.read(found)? < signature.len() {
        content.damaged("the comments of the Ogg stream are cut off");
        return Ok(None);
    }
    if found == signature {
        vorbis_comment::read(&mut packets, content)?;
    } else {
        content.damaged("no comments are in the Ogg stream where they should be");
    }
    behind(&mut packets, identification.headers - 1)
}

/// Passes over the headers of the stream that begins with this page. Gives the first page of audio,
/// if there is one.
pub(super) fn pass<S: ReadAt>(
    reader: &mut FileReader<S>,
    page: &Header,
    identification: &Identification,
) -> io::Result<Option<Header>> {
    behind(&mut Packets::from(reader, page.clone()), identification.headers)
}

/// The page behind some more packets.
fn behind<S: ReadAt>(packets: &mut Packets<'_, S>, count: u32) -> io::Result<Option<Header>> {
    for _ in 0..count.min(MOST_HEADERS) {
        if !packets.next()? {
            return Ok(None);
        }
    }
    packets.page_behind()
}

/// Reads blocks of FLAC metadata, a packet each (RFC 9639, section 10.1), up to the one that says
/// it is the last. Their number in the first packet may be 0, for unknown.
fn blocks<S: ReadAt>(
    packets: &mut Packets<'_, S>,
    identification: &Identification,
    content: &mut Content<'_>,
) -> io::Result<Option<Header>> {
    for _ in 0..MOST_HEADERS {
        let mut bytes = [0; block::HEADER as usize];
        if packets.read(&mut bytes)? < bytes.len() {
            content.damaged("the metadata blocks are cut off");
            return Ok(None);
        }
        let header = block::Header::of(bytes);
        match header.kind {
            Kind::Comments => vorbis_comment::read(packets, content)?,
            Kind::Picture => match picture::header(packets)? {
                Some(header) => picture::note(packets, header, content)?,
                None => content.damaged("the block of a picture is damaged"),
            },
            Kind::CueSheet => {
                let mut bytes = vec![0; header.len.min(cue_sheet::MOST) as usize];
                let read = packets.read(&mut bytes)?;
                cue_sheet::note(&bytes[..read], identification.sample_rate, content);
            }
            _ => {}
        }
        if header.is_last || !packets.next()? {
            break;
        }
    }
    packets.page_behind()
}

/// The first page with samples of the stream that begins with this page, for a stream whose headers
/// do not lead there.
pub(super) fn first_with_samples<S: ReadAt>(reader: &mut FileReader<S>, page: &Header) -> io::Result<Option<Header>> {
    let mut position = page.body().start;
    for _ in 0..MOST_HEADERS {
        let Some(next) = tail::next(reader, position, reader.len())? else { break };
        if next.serial == page.serial && next.granule().is_some_and(|granule| granule > 0) {
            return Ok(Some(next));
        }
        position = next.body().start;
    }
    Ok(None)
}
