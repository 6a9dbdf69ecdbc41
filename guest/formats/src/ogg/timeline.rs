//! Granule positions of a logical stream: where it begins, and which of them can be true.
//!
//! A stream need not begin at 0: one that was recorded from the air begins where the sender was
//! (RFC 7845, section 4.3).

use std::io;

use super::identification::{Codec, Identification, opus_samples};
use super::page::{FIXED, Header, LONGEST};
use crate::reader::{FileReader, ReadAt};

/// How many pages are looked at for the end of the first packet. A packet of FLAC takes some.
const MOST_PAGES: u32 = 16;

/// Where a stream begins.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    /// Its first page of audio.
    first: Header,
    /// The granule position before the first sample.
    origin: u64,
    /// The most samples that a packet holds.
    packet: u64,
}

impl Timeline {
    /// That of the stream whose audio begins with this page.
    pub fn of<S: ReadAt>(reader: &mut FileReader<S>, first: Header, audio: &Identification) -> io::Result<Self> {
        let mut timeline = Self { origin: 0, packet: audio.packet, first };
        let Some((granule, page)) = first_granule(reader, &timeline.first)? else { return Ok(timeline) };
        let packets = page.packets();
        let likely = match audio.codec {
            Codec::Opus => first_packet(reader, &page)?.map_or(0, |packet| packets * opus_samples(packet)),
            _ => packets.saturating_mul(audio.packet),
        };
        if granule <= likely {
            return Ok(timeline);
        }
        let samples = match audio.codec {
            Codec::Opus => opus_page(reader, &page)?,
            // Vorbis has blocks of two lengths: the next page tells how many samples such a page
            // has.
            Codec::Vorbis => match next_of(reader, &page)? {
                Some((next_granule, next)) => next_granule
                    .saturating_sub(granule)
                    .saturating_mul(packets)
                    .checked_div(next.packets())
                    .unwrap_or(likely)
                    .min(likely),
                None => likely,
            },
            Codec::Speex | Codec::Flac => likely,
        };
        timeline.origin = granule.saturating_sub(samples);
        Ok(timeline)
    }

    /// Where the audio begins in the file.
    pub fn start(&self) -> u64 {
        self.first.position
    }

    /// The samples up to the end of a page; `None` where its granule position cannot be true: the
    /// pages up to there do not hold as many, or there are none.
    pub fn samples(&self, page: &Header) -> Option<u64> {
        let samples = page.granule()?.saturating_sub(self.origin);
        let bytes = page.end().checked_sub(self.first.position)?;
        // Some writers do not number their pages.
        let numbered = u64::from(page.number.wrapping_sub(self.first.number)) + 1;
        let is_numbered = (bytes / LONGEST..=bytes / FIXED as u64).contains(&numbered);
        let pages = if is_numbered { numbered } else { bytes / FIXED as u64 };
        (samples <= pages.saturating_mul(255).saturating_mul(self.packet.max(1))).then_some(samples)
    }
}

/// The first granule position from this page on, and its page.
fn first_granule<S: ReadAt>(reader: &mut FileReader<S>, first: &Header) -> io::Result<Option<(u64, Header)>> {
    match first.granule() {
        Some(granule) => Ok(Some((granule, first.clone()))),
        None => next_of(reader, first),
    }
}

/// The next page of the same stream that has a granule position.
fn next_of<S: ReadAt>(reader: &mut FileReader<S>, page: &Header) -> io::Result<Option<(u64, Header)>> {
    let mut position = page.end();
    for _ in 0..MOST_PAGES {
        let Some(next) = Header::at(reader, position)? else { break };
        position = next.end();
        if let Some(granule) = next.granule().filter(|_| next.serial == page.serial) {
            return Ok(Some((granule, next)));
        }
    }
    Ok(None)
}

/// The first bytes of the first packet on a page of Opus.
fn first_packet<S: ReadAt>(reader: &mut FileReader<S>, page: &Header) -> io::Result<Option<[u8; 2]>> {
    let mut packet = [0; 2];
    Ok(reader.peek(page.body().start, &mut packet)?.then_some(packet))
}

/// The samples of the packets that end on a page of Opus.
fn opus_page<S: ReadAt>(reader: &mut FileReader<S>, page: &Header) -> io::Result<u64> {
    let (mut samples, mut begin, mut position) = (0, page.body().start, page.body().start);
    for &segment in page.segments() {
        position += u64::from(segment);
        if segment < 255 {
            let mut packet = [0; 2];
            if position > begin && reader.peek(begin, &mut packet)? {
                samples += opus_samples(packet);
            }
            begin = position;
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogg::identification::tests::{opus, speex, vorbis};
    use crate::ogg::page::tests::{Kind, page, page_of};
    use crate::reader::tests::reader;

    fn timeline(bytes: &[u8], identification: &[u8]) -> Timeline {
        let mut reader = reader(bytes.to_vec());
        let first = Header::at(&mut reader, 0).unwrap().unwrap();
        Timeline::of(&mut reader, first, &Identification::of(identification).unwrap()).unwrap()
    }

    /// A page of Opus with three packets of 20 ms and one of 2.5 ms.
    fn opus_page_at(number: u32, granule: u64) -> Vec<u8> {
        let packets = [[31 << 3, 1], [31 << 3, 1], [31 << 3, 1], [16 << 3, 1]];
        page_of(number, granule, &[2; 4], &packets.concat())
    }

    #[test]
    fn a_stream_that_begins_at_its_beginning_has_its_origin_at_0() {
        assert_eq!(timeline(&opus_page_at(2, 3000), &opus()).origin, 0);
        assert_eq!(timeline(&page(3, 1024, Kind::Whole, &[1; 90]), &vorbis()).origin, 0);
        assert_eq!(timeline(&page(2, u64::MAX, Kind::GoesOn, &[1; 255]), &vorbis()).origin, 0);
        // Cut at the beginning by less than the first page (RFC 7845, section 4.5).
        assert_eq!(timeline(&opus_page_at(2, 100), &opus()).origin, 0);
    }

    #[test]
    fn the_first_page_tells_where_a_later_stream_begins() {
        assert_eq!(timeline(&opus_page_at(2, 48_000 * 3600 + 3000), &opus()).origin, 48_000 * 3600);
        assert_eq!(timeline(&page(2, 1_000_640, Kind::Whole, &[1; 90]), &speex()).origin, 1_000_000);
        let vorbis_pages =
            [page_of(3, 1_000_576, &[9; 2], &[1; 18]), page_of(4, 1_000_576 + 288 * 3, &[9; 3], &[1; 27])];
        assert_eq!(timeline(&vorbis_pages.concat(), &vorbis()).origin, 1_000_000);
    }

    #[test]
    fn a_granule_position_that_its_pages_cannot_hold_is_not_true() {
        let bytes = [opus_page_at(2, 3000), opus_page_at(3, 6000)].concat();
        let timeline = timeline(&bytes, &opus());
        let at = |number: u32, granule: u64| {
            let page = page(number, granule, Kind::Whole, &[1; 90]);
            Header::of(&page, bytes.len() as u64).unwrap()
        };
        assert_eq!(timeline.samples(&at(4, 9000)), Some(9000));
        assert_eq!(timeline.samples(&at(4, 48_000 * 3600)), None);
        assert_eq!(timeline.samples(&at(4, u64::MAX >> 1)), None);
        assert_eq!(timeline.samples(&at(4, u64::MAX)), None);
        // Pages without numbers are counted by their bytes.
        assert!(timeline.samples(&at(900, 9000)).is_some());
    }
}
