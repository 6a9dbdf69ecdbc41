//! Ogg (RFC 3533) with Vorbis, Opus, Speex or FLAC: a packet that says what the audio is, packets
//! of headers with the comments, and pages of audio whose granule positions tell how long it is.

pub(crate) mod base64;
mod chain;
mod group;
mod headers;
pub(crate) mod identification;
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

/// What an album's gain is behind the output gain of an Opus header, in dB. Tools that write one
/// put the album's there, to -23 LUFS, and decoders apply it always (RFC 7845, sections 5.1 and
/// 5.2.1). ReplayGain 2.0's -18 LUFS is 5 dB above that.
const BEHIND_OUTPUT_GAIN: f64 = 5.0;

/// How much of the end of a file is read at once, in bytes: pages of Opus hold a second of audio,
/// up to 20 KiB of it at usual rates, and a fifth of the files of Vorbis have pages as long.
const TAIL: u64 = 24 * 1024;

impl Format for Ogg {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let group = Group::at(reader, content.start)?;
        let Some((page, identification)) = group.audio.clone() else {
            content.damaged("no audio that is known is in the Ogg file");
            return Ok(());
        };
        reader.expect_tail(TAIL);
        content.properties = Properties {
            codec: Some(identification.codec.name()),
            sample_rate: Some(identification.sample_rate),
            channels: Some(identification.channels),
            bit_depth: identification.bit_depth,
            ..Properties::default()
        };
        if identification.has_output_gain {
            content.gain.album = Some(BEHIND_OUTPUT_GAIN);
        }
        let first = match headers::read(reader, &page, &identification, content)? {
            Some(first) => Some(first),
            None => headers::first_with_samples(reader, &page)?,
        };
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

/// What tells the audio: the last page of it, since numbers and checksums of pages change with the
/// tags.
fn signature<S: ReadAt>(reader: &mut FileReader<S>, last: &Header) -> io::Result<Option<Signature>> {
    let body = reader.piece(last.body().start, last.body_len())?;
    let number = last.granule().unwrap_or_default();
    Ok(body.map(|body| Signature { kind: "ogg", number, bytes: body.to_vec() }))
}

#[cfg(test)]
mod tests {
    use mt_scanner_contract::Track;

    use super::*;
    use crate::LegacyCharset;
    use crate::flac::cue_sheet::tests::block as sheet;
    use crate::ogg::identification::tests::{flac, opus, speex, vorbis};
    use crate::ogg::page::tests::{Kind, page, page_of, with_serial};
    use crate::ogg::vorbis_comment::tests::{block, picture};
    use crate::payload::Coding;
    use crate::reader::tests::reader;
    use crate::told::{self, Told};
    use crate::trial;

    fn read(file: &[Vec<u8>]) -> Told {
        told::by::<Ogg>(file.concat())
    }

    fn title(text: &str) -> Vec<u8> {
        block(&[[b"TITLE=", text.as_bytes()].concat().as_slice()])
    }

    /// The headers of Opus.
    fn opus_headers(comments: &[u8]) -> Vec<Vec<u8>> {
        vec![page(0, 0, Kind::Whole, &opus()), page(1, 0, Kind::Whole, &[b"OpusTags", comments].concat())]
    }

    /// A page of Opus with fifty packets of 20 ms, which is a second.
    fn opus_second(number: u32, granule: u64) -> Vec<u8> {
        page_of(number, granule, &[40; 50], &[31 << 3; 2_000])
    }

    /// A second of Vorbis in three pages, whose comments hold this title.
    fn vorbis_second(comments: &[u8]) -> Vec<Vec<u8>> {
        vec![
            page(0, 0, Kind::Whole, &vorbis()),
            page_of(1, 0, &[comments.len() as u8 + 7, 200], &[b"\x03vorbis", comments, &[5; 200]].concat()),
            page_of(2, 44_100, &[90; 60], &[9; 5_400]),
        ]
    }

    fn opus_file(granules: &[u64]) -> Vec<Vec<u8>> {
        let pages = granules.iter().enumerate().map(|(at, &granule)| opus_second(at as u32 + 2, granule));
        opus_headers(&title("one")).into_iter().chain(pages).collect()
    }

    #[test]
    fn every_codec_is_read() {
        let told = read(&vorbis_second(&title("one")));
        assert_eq!((told.properties.codec, told.ms(), told.title()), (Some("vorbis"), Some(1000), "one"));
        assert_eq!(told.properties.bitrate, Some(128));
        let told = read(&opus_file(&[48_000, 96_312]));
        assert_eq!((told.properties.codec, told.ms(), told.title()), (Some("opus"), Some(2000), "one"));
        assert_eq!((told.properties.bitrate, told.audio.len()), (Some(17), 2 * 2_077));
        let speech = [page(0, 0, Kind::Whole, &speex()), page(1, 0, Kind::Whole, &title("one"))];
        let told = read(&[speech.concat(), page_of(2, 16_000, &[60; 25], &[7; 1_500])]);
        assert_eq!((told.properties.codec, told.ms(), told.title()), (Some("speex"), Some(1000), "one"));
        assert_eq!(told.damage, "");
    }

    #[test]
    fn behind_an_output_gain_the_album_is_as_loud_as_it_should_be_unless_a_tag_says_otherwise() {
        let with = |gain: i16, comment: &[u8]| {
            let mut head = opus();
            head[16..18].copy_from_slice(&gain.to_le_bytes());
            let mut file = opus_file(&[48_000]);
            file[0] = page(0, 0, Kind::Whole, &head);
            file[1] = page(1, 0, Kind::Whole, &[b"OpusTags", block(&[comment]).as_slice()].concat());
            let track = read(&file).track;
            (track.replaygain_album_gain, track.replaygain_track_gain)
        };
        assert_eq!(with(0, b"TITLE=t"), (None, None));
        assert_eq!(with(-1536, b"TITLE=t"), (Some(5.0), None));
        assert_eq!(with(-1536, b"R128_TRACK_GAIN=-256"), (Some(5.0), Some(4.0)));
        assert_eq!(with(-1536, b"R128_ALBUM_GAIN=256"), (Some(6.0), None));
    }

    #[test]
    fn flac_has_its_blocks_and_pictures_in_packets() {
        let picture = [&[0x86, 0, 0, 0], picture(3, "image/png", "", &[7; 900]).as_slice()].concat();
        let told = read(&[
            page(0, 0, Kind::Whole, &flac(0)),
            page(1, 0, Kind::Whole, &[&[4, 0, 0, 0], title("one").as_slice()].concat()),
            page(2, 0, Kind::Whole, &picture),
            page_of(3, 44_100, &[100; 11], &[7; 1_100]),
        ]);
        let Properties { codec, sample_rate, bit_depth, .. } = told.properties;
        assert_eq!((codec, sample_rate, bit_depth), (Some("flac"), Some(44_100), Some(16)));
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(1000), "one", ""));
        assert_eq!(told.pictures[0].data.len(), 900);
    }

    #[test]
    fn flac_has_its_cue_sheet_in_a_packet() {
        let sheet = sheet(&[(1, 0, true, &[(0, 1)]), (2, 22_050, true, &[(0, 1)])]);
        let len = (sheet.len() as u32).to_be_bytes();
        let packet = [&[0x85], &len[1..], sheet.as_slice()].concat();
        let pages = [
            page(0, 0, Kind::Whole, &flac(0)),
            page(1, 0, Kind::Whole, &[&[4, 0, 0, 0], title("one").as_slice()].concat()),
            page(2, 0, Kind::Whole, &packet),
            page_of(3, 44_100, &[100; 11], &[7; 1_100]),
        ];
        let mut track = Track::default();
        let parsed = crate::parse(&mut reader(pages.concat()), &mut track, false, LegacyCharset::Off).unwrap();
        assert_eq!(parsed.cue.map(|sheet| sheet.tracks_of_all()), Some(2));
        assert_eq!((track.title.as_deref(), track.duration_ms), (Some("one"), Some(1000)));
    }

    #[test]
    fn a_stream_begins_where_its_first_page_says() {
        let hour = 48_000 * 3600;
        assert_eq!(read(&opus_file(&[hour + 48_000, hour + 96_312])).ms(), Some(2000));
    }

    #[test]
    fn granule_positions_that_are_none_do_not_count() {
        for last in [u64::MAX, 1 << 63, (1 << 63) - 1, 48_000 * 3600] {
            let told = read(&opus_file(&[48_000, 96_312, last]));
            assert_eq!((told.ms(), told.title()), (Some(2000), "one"), "{last}");
        }
    }

    #[test]
    fn zeros_and_pages_of_other_streams_behind_do_not_count() {
        let zeros = [opus_file(&[48_000, 96_312]), vec![vec![0; 70_000]]].concat();
        assert_eq!(read(&zeros).ms(), Some(2000));
        let other = with_serial(99, page(5, 1 << 40, Kind::Whole, &[1; 500]));
        assert_eq!(read(&[opus_file(&[48_000, 96_312]), vec![other]].concat()).ms(), Some(2000));
    }

    #[test]
    fn the_audio_is_followed_among_other_streams() {
        let other = |number: u32, body: &[u8]| with_serial(99, page(number, 1 << 40, Kind::Whole, body));
        let mut file = opus_file(&[48_000, 96_312]);
        for (at, number) in [(1, 1), (3, 2), (5, 3)] {
            file.insert(at, other(number, b"more of it"));
        }
        file.insert(0, other(0, b"fishead\0"));
        let told = read(&file);
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(2000), "one", ""));
    }

    #[test]
    fn streams_one_behind_the_other_are_added_up() {
        let second = vorbis_second(&title("two")).into_iter().map(|page| with_serial(8, page)).collect();
        let third = opus_file(&[48_000, 96_312]).into_iter().map(|page| with_serial(9, page)).collect();
        let told = read(&[vorbis_second(&title("one")), second, third].concat());
        assert_eq!((told.ms(), told.title(), told.properties.codec), (Some(4000), "one", Some("vorbis")));
        assert_eq!((told.audio.pieces.len(), told.properties.is_estimate), (3, false));
    }

    /// A chain of links with so many seconds each.
    fn chain(links: u32, seconds: u64) -> Told {
        let link = |serial: u32| {
            let granules: Vec<u64> = (1..=seconds).map(|second| second * 48_000).collect();
            opus_file(&granules).into_iter().map(move |page| with_serial(serial, page))
        };
        read(&(0..links).flat_map(|serial| link(100 + serial)).collect::<Vec<_>>())
    }

    #[test]
    fn the_ends_of_long_streams_are_found_by_halving() {
        let told = chain(3, 600);
        assert_eq!((told.ms(), told.properties.is_estimate), (Some(1_799_980), false));
        assert!(told.reads.len() < 60, "{} reads", told.reads.len());
    }

    #[test]
    fn of_very_many_streams_the_rest_is_estimated() {
        let told = chain(60, 100);
        assert!(told.ms().unwrap().abs_diff(6_000_000) < 60_000 && told.properties.is_estimate, "{:?}", told.ms());
        assert!(told.reads.len() < 300, "{} reads", told.reads.len());
    }

    #[test]
    fn pictures_in_comments_are_places_over_pages() {
        let structure = picture(3, "image/png", "", &[7; 60_000]);
        let letters = base64::tests::encoded(&structure);
        let comment = [b"METADATA_BLOCK_PICTURE=", letters.as_bytes()].concat();
        let packet = [b"OpusTags", block(&[&comment, b"TITLE=one"]).as_slice()].concat();
        let mut file = vec![page(0, 0, Kind::Whole, &opus())];
        let chunks: Vec<_> = packet.chunks(16 * 255).collect();
        for (at, chunk) in chunks.iter().enumerate() {
            let kind = if at + 1 < chunks.len() { Kind::GoesOn } else { Kind::Whole };
            let next = page(at as u32 + 1, 0, kind, chunk);
            file.push(if at > 0 { page::tests::continued(next) } else { next });
        }
        file.push(opus_second(chunks.len() as u32 + 1, 48_000));
        let bytes = file.concat();
        let told = told::by::<Ogg>(bytes.clone());
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(993), "one", ""));
        let data = &told.pictures[0].data;
        let found: Vec<u8> =
            data.pieces.iter().flat_map(|piece| &bytes[piece.start as usize..piece.end as usize]).copied().collect();
        let Coding::Base64 { lead, .. } = data.coding else { panic!("{:?}", data.coding) };
        assert!(base64::decoded(&found)[usize::from(lead)..] == [7; 60_000]);
    }

    #[test]
    fn a_file_that_is_cut_off_keeps_what_there_is() {
        let whole = opus_file(&[48_000, 96_312]).concat();
        let told = told::by::<Ogg>(whole[..whole.len() - 10].to_vec());
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(993), "one", "the last page is cut off"));
        let told = told::by::<Ogg>(whole[..100].to_vec());
        assert_eq!((told.properties.channels, told.ms()), (Some(2), None));
        assert!(!told.damage.is_empty());
    }

    #[test]
    fn comments_that_are_missing_cost_no_audio() {
        let mut file = opus_file(&[48_000, 96_312]);
        file[1] = page(1, 0, Kind::Whole, b"OpusTagz and no comments");
        let told = read(&file);
        assert_eq!((told.ms(), told.damage.is_empty()), (Some(2000), false));
    }

    #[test]
    fn bytes_that_are_missing_or_too_many_cost_a_page() {
        let file = opus_file(&[48_000, 96_312, 144_312]);
        let comments = file[0].len() + file[1].len() - 4;
        let audio = file[..2].concat().len() + 100;
        for at in [comments, audio] {
            for (gone, more) in [(3, 0), (0, 3), (0, 300)] {
                let mut bytes = file.concat();
                bytes.splice(at..at + gone, vec![1; more]);
                let told = told::by::<Ogg>(bytes);
                assert_eq!(told.ms(), Some(3000), "{at} {gone} {more}");
                assert!(at == comments || told.title() == "one", "{at} {gone} {more}");
            }
        }
    }

    #[test]
    fn audio_that_is_not_known_is_named() {
        let told = read(&[page(0, 0, Kind::Whole, b"\x80theora and a film")]);
        assert_eq!((told.properties.codec, told.damage.as_str()), (None, "no audio that is known is in the Ogg file"));
    }

    #[test]
    fn damaged_files_are_read_without_harm() {
        trial::survives(&opus_file(&[48_000, 96_312]).concat());
        trial::survives(&vorbis_second(&title("one")).concat());
        let small = |serial| opus_headers(b"").into_iter().map(move |page| with_serial(serial, page));
        let pages = [page(2, 48_000, Kind::Whole, &[1; 40]), page(3, 96_312, Kind::Whole, &[1; 90])];
        let link = |serial| small(serial).chain(pages.clone().map(|page| with_serial(serial, page)));
        trial::survives(&(7..11).flat_map(link).collect::<Vec<_>>().concat());
    }

    #[test]
    fn a_large_file_is_read_at_both_ends_only() {
        let granules: Vec<u64> = (1..=600).map(|second| second * 48_000).collect();
        let told = read(&opus_file(&granules));
        assert_eq!((told.title(), told.reads.len()), ("one", 2));
        // Some encoders fill pages.
        let vorbis = |number: u32| page_of(number, u64::from(number) * 44_100, &[200; 100], &[9; 20_000]);
        let told = read(&[vorbis_second(&title("one")).concat(), (3..40).flat_map(vorbis).collect()]);
        assert_eq!((told.ms(), told.title(), told.reads.len()), (Some(39_000), "one", 2));
    }
}
