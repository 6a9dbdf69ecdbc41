//! Pictures among the comments: in base64, with a header as FLAC has it, or without one.

use std::io;
use std::ops::Range;

use super::form::Start;
use super::{Bytes, Comments};
use crate::flac::picture;
use crate::ogg::base64;
use crate::payload::{Coding, Payload, Picture};

/// What a picture without a header shows.
const FRONT_COVER: u8 = 3;

/// The most bytes before the data of a picture: its description is seldom longer than some words.
const MOST_PICTURE_HEAD: usize = 48 * 1024;

impl<B: Bytes> Comments<'_, '_, B> {
    /// Notes the picture in the comment at `place`, in base64: with a header as FLAC has it, or
    /// plain.
    pub(super) fn picture(
        &mut self,
        place: &B::Place,
        start: &Start,
        key: usize,
        has_header: bool,
    ) -> io::Result<bool> {
        let value = start.len - key as u64 - 1;
        let begin = (4 + key + 1) as u64;
        // The older form has no header, and is the front (TagLib, `ogg/xiphcomment.cpp`).
        let mut found = Some(picture::Header { kind: FRONT_COVER, ..picture::Header::default() });
        if has_header && value > 0 {
            found = None;
            let mut wanted = 128;
            while wanted <= MOST_PICTURE_HEAD {
                self.source.go_back(place);
                self.source.pass(begin, &mut Vec::new())?;
                let mut head = vec![0; wanted.min(usize::try_from(value).unwrap_or(wanted))];
                let count = self.source.read(&mut head)?;
                match picture::parse(&base64::decoded(&head[..count])) {
                    picture::Parsed::Header(header) => found = Some(header),
                    picture::Parsed::Needs(len) if len / 3 * 4 + 4 > wanted && count == wanted => {
                        wanted = len / 3 * 4 + 4;
                        continue;
                    }
                    _ => self.content.damaged("a picture among the Vorbis comments is damaged"),
                }
                break;
            }
        }
        self.source.go_back(place);
        self.source.pass(begin, &mut Vec::new())?;
        let mut pieces = Vec::new();
        if self.source.pass(value, &mut pieces)? < value {
            return Ok(false);
        }
        self.source.seal(&pieces);
        let len = value * 3 / 4;
        // Part of a picture is none.
        if let Some(header) = &found
            && header.len.is_some_and(|data| header.data + data > len)
        {
            self.content.damaged("a picture is cut off");
            found = None;
        }
        if let Some(header) = found.filter(|header| !header.is_link() && header.data < len && header.len != Some(0)) {
            // Three bytes are four letters.
            trim(&mut pieces, header.data / 3 * 4);
            let coding = Coding::Base64 { lead: (header.data % 3) as u8, len: header.len };
            self.content.pictures.push(Picture {
                kind: header.kind,
                mime: header.mime,
                data: Payload { pieces, coding },
            });
        }
        self.content.tags.binary(usize::try_from(value).unwrap_or(usize::MAX), || {
            String::from_utf8_lossy(&start.bytes[..key]).into_owned()
        });
        Ok(true)
    }
}

/// Takes bytes off the beginning.
fn trim(pieces: &mut Vec<Range<u64>>, mut len: u64) {
    pieces.retain_mut(|piece| {
        let part = len.min(piece.end - piece.start);
        piece.start += part;
        len -= part;
        !piece.is_empty()
    });
}
