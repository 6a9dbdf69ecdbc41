//! MPEG audio: frames of layers I, II and III, one behind the other.

mod encoder;
mod estimate;
mod frames;
mod header;
mod properties;

use std::io;

use crate::container::Format;
use crate::content::{Content, SILENT};
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

use encoder::EncoderHeader;
pub(crate) use frames::Frame;
pub use header::{Header, Layer};

/// A stream of MPEG frames, with or without an encoder's header in the first.
pub(crate) struct Mpeg;

impl Format for Mpeg {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let (start, end) = (content.start, content.end);
        let Some(first) = Frame::at(reader, start, end)? else {
            content.damaged(SILENT);
            return Ok(());
        };
        content.audio = Payload::plain(start..end);
        let Some(header) = EncoderHeader::read(reader, &first)? else {
            content.properties = properties::by_frames(reader, &first, end)?;
            return Ok(());
        };
        content.tags.stream_encoder(&header.encoder);
        content.gain = header.gain.clone();
        // The frame of an encoder's header is no audio, and may have another bit rate.
        let frame = first.next(reader, end)?.unwrap_or(first);
        content.properties = match header.frames {
            Some(frames) => properties::by_header(&header, frames, &frame, end - start, first.len, content),
            None => properties::by_frames(reader, &frame, end)?,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
