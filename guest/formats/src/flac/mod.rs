//! FLAC (RFC 9639): metadata blocks, and frames of audio behind them.
//!
//! The lengths of blocks are not trusted blindly: where one leads to no block, the end that the content itself has
//! counts, and where that leads to none either, the next comments or the first frame are looked for.

pub(crate) mod block;
pub(crate) mod frame;
mod frames;
pub(crate) mod picture;
pub(crate) mod stream_info;

use std::io;
use std::ops::Range;

use crate::container::Format;
use crate::content::{Content, SILENT};
use crate::measure;
use crate::ogg::vorbis_comment::{self, Bytes};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};
use block::{Block, HEADER, Header, Kind};
use stream_info::StreamInfo;

/// Native FLAC.
pub(crate) struct Flac;

/// Bytes before the first block.
const MARK: u64 = 4;
/// The most blocks of a file. Taggers write some; each picture is one.
const MOST_BLOCKS: usize = 512;

impl Format for Flac {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let start = content.start + MARK;
        let Metadata { info, end } = metadata(reader, content, start)?;
        let audio = end.min(content.end)..content.end;
        content.audio = Payload::plain(audio.clone());
        let info = match info {
            Some(info) => info,
            None => {
                content.damaged("the block STREAMINFO is missing");
                match frames::described(reader, end)? {
                    Some(info) => info,
                    None => return Ok(()),
                }
            }
        };
        content.properties = info.properties();
        if info.samples == 0 {
            let samples = frames::counted(reader, &info, audio)?;
            content.properties.duration = samples.and_then(|samples| measure::length(samples, info.sample_rate));
        }
        let length = content.properties.duration;
        if length.is_none() {
            content.damaged(SILENT);
        }
        content.properties.bitrate = length.and_then(|length| measure::bitrate(content.audio.len(), length));
        Ok(())
    }
}

/// What the blocks say.
struct Metadata {
    info: Option<StreamInfo>,
    /// Where they end.
    end: u64,
}

/// Reads the blocks from `position` on.
fn metadata<S: ReadAt>(
    reader: &mut FileReader<S>,
    content: &mut Content<'_>,
    mut position: u64,
) -> io::Result<Metadata> {
    let mut info = None;
    for _ in 0..MOST_BLOCKS {
        let mut bytes = [0; HEADER as usize];
        if !reader.peek(position, &mut bytes)? {
            content.damaged("the metadata blocks are cut off");
            break;
        }
        let header = Header::of(bytes);
        let begin = position + HEADER;
        let claimed = begin + u64::from(header.len);
        let own = match header.kind {
            Kind::StreamInfo => {
                let mut bytes = [0; stream_info::LEN];
                if info.is_none() && reader.peek(begin, &mut bytes)? {
                    info = Some(StreamInfo::of(&bytes));
                    content.signature = StreamInfo::signature(&bytes);
                }
                begin + stream_info::LEN as u64
            }
            Kind::Comments => {
                let is_right = leads_on(reader, claimed, header.is_last)?;
                let end = if is_right { claimed } else { reader.len() };
                let mut block = Block::new(reader, begin..end);
                vorbis_comment::read(&mut block, content)?;
                if is_right { claimed } else { block.place() }
            }
            Kind::Picture => picture(reader, content, begin..claimed)?,
            Kind::Other => claimed,
            Kind::Invalid => u64::MAX,
        };
        let is_last = header.is_last;
        position = if own == claimed && claimed <= reader.len() {
            claimed
        } else {
            content.damaged("a metadata block has a wrong length");
            let here = [claimed, own].into_iter().map(|end| Ok((end, leads_on(reader, end, is_last)?)));
            let here: io::Result<Vec<_>> = here.collect();
            match here?.into_iter().find(|(_, leads_on)| *leads_on) {
                Some((end, _)) => end,
                None => match frames::find(reader, begin)? {
                    Some(frames::Found::Comments(at)) => {
                        position = at;
                        continue;
                    }
                    Some(frames::Found::Audio(at)) => return Ok(Metadata { info, end: at }),
                    None => return Ok(Metadata { info, end: reader.len() }),
                },
            }
        };
        if is_last {
            break;
        }
    }
    Ok(Metadata { info, end: position })
}

/// Whether another block begins there; behind the last one: a frame, or the end of the file.
fn leads_on<S: ReadAt>(reader: &mut FileReader<S>, position: u64, is_last: bool) -> io::Result<bool> {
    let mut bytes = [0; HEADER as usize];
    if !reader.peek(position, &mut bytes)? {
        return Ok(is_last && position == reader.len());
    }
    let left = reader.len() - position - HEADER;
    Ok(if is_last { frame::begins(&bytes) } else { Header::is_likely(bytes, left) })
}

/// Notes the picture in a block with this content, and gives where it ends by its own lengths.
fn picture<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>, block: Range<u64>) -> io::Result<u64> {
    let whole = block.start..reader.len();
    let Some(mut header) = picture::header(&mut Block::new(reader, whole.clone()))? else {
        content.damaged("the block of a picture is damaged");
        return Ok(block.end);
    };
    let begin = block.start + header.data;
    let own = begin + header.len.unwrap_or(0);
    // A picture of more than 16 MiB does not fit into the length of its block, and some taggers write it all the same.
    if own != block.end && leads_on(reader, block.end, false)? {
        header.len = Some(block.end.min(own).saturating_sub(begin));
    }
    picture::note(&mut Block::new(reader, whole), header, content)?;
    Ok(own)
}
