//! ASF, the container of WMA (Advanced Systems Format specification, revision 01.20.05).
//!
//! A file is a header object full of other objects, and a data object with packets. Objects that
//! hold tags form one tag together: taggers put the first artist into the content description and
//! the others into the extended one.

mod attributes;
mod guid;
mod lyrics;
mod object;
mod pictures;
mod properties;

#[cfg(test)]
mod tests;

use std::io;
use std::ops::Range;

use crate::container::Format;
use crate::content::Content;
use crate::fields::Block;
use crate::payload::Payload;
use crate::reader::{FileReader, ReadAt};

use object::{Object, Objects, beginning};
use properties::{Bitrates, FileProperties, Stream};

/// What the header object has before the objects in it: how many they are, and two reserved bytes
/// (section 3.1).
const HEADER_FIELDS: u64 = 6;
/// What the header extension has before its objects: a reserved identifier, two reserved bytes, a
/// size (section 3.4).
const EXTENSION_FIELDS: u64 = 22;
/// What the data object has before its packets: the file's identifier, the number of packets, two
/// reserved bytes (section 5.1).
const DATA_FIELDS: u64 = 26;

/// Reads ASF files.
pub(crate) struct Asf;

impl Format for Asf {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let mut top = Objects::within(content.start..reader.len());
        let Some(header) = top.next(reader)? else {
            content.damaged("the header object is damaged");
            return Ok(());
        };
        if header.is_cut() {
            content.damaged("the header object is cut off");
        }
        let mut found = Header::default();
        found.take_children(reader, header.content.start + HEADER_FIELDS..header.content.end, content, true)?;
        while let Some(object) = top.next(reader)? {
            if object.guid == guid::DATA {
                let packets = object.content.start + DATA_FIELDS..object.content.end;
                if object.is_cut() {
                    content.damaged("the audio data is cut off");
                }
                if !packets.is_empty() {
                    content.audio = Payload::plain(packets);
                }
                break;
            }
        }
        if found.is_protected {
            content.protection = Some("Windows Media DRM");
        }
        if found.stream.is_none() {
            content.damaged("the file has no audio stream");
        }
        content.properties = properties::of(&found.file, found.stream, &found.bitrates, content.audio.len());
        content.tags.begin_tag(Block::with_lists("ASF"));
        attributes::read(reader, &found.tags, content)
    }
}

/// What the header says.
#[derive(Default)]
struct Header {
    file: FileProperties,
    /// The first audio stream.
    stream: Option<Stream>,
    bitrates: Bitrates,
    is_protected: bool,
    tags: Tags,
}

/// The most objects with tags of one kind that are read. There is one of each.
const MOST: usize = 8;

/// The contents of objects that hold tags.
#[derive(Default)]
struct Tags {
    descriptions: Vec<Range<u64>>,
    extended: Vec<Range<u64>>,
    /// Metadata objects, and behind them metadata library objects.
    metadata: Vec<Range<u64>>,
    library: Vec<Range<u64>>,
}

impl Header {
    /// Takes every object in a range. `is_top`: the header extension may be among them.
    fn take_children<S: ReadAt>(
        &mut self,
        reader: &mut FileReader<S>,
        range: Range<u64>,
        content: &mut Content<'_>,
        is_top: bool,
    ) -> io::Result<()> {
        let mut objects = Objects::within(range);
        while let Some(object) = objects.next(reader)? {
            if object.guid == guid::HEADER_EXTENSION && is_top {
                let inner = object.content.start + EXTENSION_FIELDS..object.content.end;
                self.take_children(reader, inner, content, false)?;
            } else {
                self.take(reader, object)?;
            }
        }
        if objects.stopped_early(reader)? {
            content.damaged("an object of the header is damaged");
        }
        Ok(())
    }

    fn take<S: ReadAt>(&mut self, reader: &mut FileReader<S>, object: Object) -> io::Result<()> {
        let tags = match object.guid {
            guid::FILE_PROPERTIES => {
                self.file = FileProperties::of(beginning(reader, &object.content, 80)?);
                return Ok(());
            }
            guid::STREAM_PROPERTIES | guid::EXTENDED_STREAM_PROPERTIES if self.stream.is_none() => {
                self.stream = match object.guid {
                    guid::STREAM_PROPERTIES => Stream::read(reader, &object.content)?,
                    _ => Stream::read_extended(reader, &object.content)?,
                };
                return Ok(());
            }
            guid::STREAM_BITRATE_PROPERTIES => {
                self.bitrates = Bitrates::of(beginning(reader, &object.content, properties::BITRATES)?);
                return Ok(());
            }
            guid::CONTENT_ENCRYPTION | guid::EXTENDED_CONTENT_ENCRYPTION | guid::ADVANCED_CONTENT_ENCRYPTION => {
                self.is_protected = true;
                return Ok(());
            }
            guid::CONTENT_DESCRIPTION => &mut self.tags.descriptions,
            guid::EXTENDED_CONTENT_DESCRIPTION => &mut self.tags.extended,
            guid::METADATA => &mut self.tags.metadata,
            guid::METADATA_LIBRARY => &mut self.tags.library,
            _ => return Ok(()),
        };
        if tags.len() < MOST {
            tags.push(object.content);
        }
        Ok(())
    }
}
