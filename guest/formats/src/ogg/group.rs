//! The logical streams that begin together (RFC 3533, section 4): among covers and subtitles, the
//! audio is found here.

use std::io;

use super::identification::{Identification, LEN};
use super::page::Header;
use crate::reader::{FileReader, ReadAt};

/// The most streams that begin together. Files of several languages have some.
const MOST_STREAMS: usize = 32;

/// Streams that begin together.
pub(super) struct Group {
    serials: Vec<u32>,
    /// The first stream of audio that is known: its first page, and what that says.
    pub audio: Option<(Header, Identification)>,
}

impl Group {
    /// The streams that begin at this place in the file.
    pub fn at<S: ReadAt>(reader: &mut FileReader<S>, mut position: u64) -> io::Result<Self> {
        let mut group = Self { serials: Vec::new(), audio: None };
        while group.serials.len() < MOST_STREAMS {
            let Some(page) = Header::at(reader, position)? else { break };
            if !page.is_first() && !group.serials.is_empty() {
                break;
            }
            position = page.end();
            group.serials.push(page.serial);
            if group.audio.is_none() {
                let body = page.body();
                let mut packet = [0; LEN];
                let packet = &mut packet[..LEN.min(usize::try_from(page.body_len()).unwrap_or(LEN))];
                if reader.peek(body.start, packet)? {
                    group.audio = Identification::of(packet).map(|identification| (page, identification));
                }
            }
        }
        Ok(group)
    }

    /// Whether a page is of one of the streams.
    pub fn has(&self, page: &Header) -> bool {
        self.serials.contains(&page.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::identification::tests::vorbis;
    use crate::ogg::page::tests::{Kind, SERIAL, page, with_serial};
    use crate::reader::tests::reader;

    #[test]
    fn the_audio_is_found_among_other_streams() {
        let file = [
            with_serial(1, page(0, 0, Kind::Whole, b"fishead\0")),
            with_serial(2, page(0, 0, Kind::Whole, b"\x80theora")),
            page(0, 0, Kind::Whole, &vorbis()),
            with_serial(2, page(1, 0, Kind::Whole, b"\x81theora")),
        ];
        let group = Group::at(&mut reader(file.concat()), 0).unwrap();
        let (page, identification) = group.audio.as_ref().unwrap();
        assert_eq!((page.serial, identification.channels), (SERIAL, 2));
        assert_eq!(group.serials, [1, 2, SERIAL]);
        assert!(group.has(page));
    }

    #[test]
    fn more_streams_than_anyone_writes_are_not_all_looked_at() {
        let file: Vec<u8> = (0..100).flat_map(|serial| with_serial(serial, page(0, 0, Kind::Whole, b"x"))).collect();
        assert_eq!(Group::at(&mut reader(file), 0).unwrap().serials.len(), MOST_STREAMS);
    }
}
