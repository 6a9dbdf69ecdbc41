//! FLAC (RFC 9639): metadata blocks, and frames of audio behind them.
//!
//! The lengths of blocks are not trusted blindly: where one leads to no block, the end that the
//! content itself has counts, and where that leads to none either, the next comments or the first
//! frame are looked for.

pub(crate) mod block;
pub(crate) mod cue_sheet;
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
use frames::Found;
use stream_info::StreamInfo;

/// Native FLAC.
pub(crate) struct Flac;

/// Bytes before the first block.
const MARK: u64 = 4;
/// The most blocks of a file. Taggers write some; each picture is one.
const MOST_BLOCKS: usize = 512;
/// What is said of a file that ends in its blocks.
const CUT: &str = "the metadata blocks are cut off";

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
            content.damaged(CUT);
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
            Kind::Picture => picture(reader, content, begin..claimed, header.is_last)?,
            Kind::CueSheet => {
                let mut bytes = vec![0; header.len.min(cue_sheet::MOST) as usize];
                if reader.peek(begin, &mut bytes)? {
                    cue_sheet::note(&bytes, info.map_or(0, |info: StreamInfo| info.sample_rate), content);
                }
                claimed
            }
            Kind::Other => claimed,
            Kind::Invalid => u64::MAX,
        };
        let behind = match header.is_last {
            _ if own != claimed || claimed > reader.len() => {
                let behind = behind(reader, [own, claimed], begin, header.is_last)?;
                let is_cut = matches!(behind, Behind::Nothing);
                content.damaged(if is_cut { CUT } else { "a metadata block has a wrong length" });
                behind
            }
            true => Behind::Audio(claimed),
            false => Behind::Block(claimed),
        };
        match behind {
            Behind::Block(at) => position = at,
            Behind::Audio(end) => return Ok(Metadata { info, end }),
            Behind::Nothing => break,
        }
    }
    Ok(Metadata { info, end: reader.len() })
}

/// What is behind a block.
enum Behind {
    /// Another one.
    Block(u64),
    /// Frames.
    Audio(u64),
    /// Nothing that can be found.
    Nothing,
}

/// Finds what is behind a block that may end at one of these places, or else somewhere behind
/// `begin`.
fn behind<S: ReadAt>(reader: &mut FileReader<S>, ends: [u64; 2], begin: u64, is_last: bool) -> io::Result<Behind> {
    for end in ends {
        if leads_on(reader, end, is_last)? {
            return Ok(if is_last { Behind::Audio(end) } else { Behind::Block(end) });
        }
    }
    Ok(match frames::find(reader, begin)? {
        Some(Found::Comments(at)) => Behind::Block(at),
        Some(Found::Audio(at)) => Behind::Audio(at),
        None => Behind::Nothing,
    })
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
fn picture<S: ReadAt>(
    reader: &mut FileReader<S>,
    content: &mut Content<'_>,
    block: Range<u64>,
    is_last: bool,
) -> io::Result<u64> {
    let whole = block.start..reader.len();
    let Some(mut header) = picture::header(&mut Block::new(reader, whole.clone()))? else {
        content.damaged("the block of a picture is damaged");
        return Ok(block.end);
    };
    let begin = block.start + header.data;
    let own = begin + header.len.unwrap_or(0);
    // A picture of more than 16 MiB does not fit into the length of its block, and some taggers
    // write it all the same.
    if own != block.end && !leads_on(reader, own, is_last)? && leads_on(reader, block.end, is_last)? {
        header.len = Some(block.end.min(own).saturating_sub(begin));
    }
    picture::note(&mut Block::new(reader, whole), header, content)?;
    Ok(own)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::content::Properties;
    use crate::ogg::vorbis_comment::tests::{block as comments, picture as structure};
    use crate::told::{self, Told};
    use crate::trial;
    use frame::tests::frame;
    use stream_info::tests::stream_info;

    const STREAM_INFO: u8 = 0;
    const PADDING: u8 = 1;
    const COMMENTS: u8 = 4;
    const PICTURE: u8 = 6;
    const LAST: u8 = 0x80;

    fn block(kind: u8, content: &[u8]) -> Vec<u8> {
        [&[kind], &(content.len() as u32).to_be_bytes()[1..], content].concat()
    }

    fn info() -> Vec<u8> {
        block(STREAM_INFO, &stream_info(44_100))
    }

    fn title(text: &str) -> Vec<u8> {
        comments(&[[b"TITLE=", text.as_bytes()].concat().as_slice()])
    }

    fn frames() -> Vec<u8> {
        (0..10).flat_map(|number| frame(number, 500)).collect()
    }

    fn flac(blocks: &[Vec<u8>]) -> Vec<u8> {
        [b"fLaC".as_slice(), &blocks.concat(), &frames()].concat()
    }

    /// A file with these blocks of kind and content behind STREAMINFO.
    pub fn with_blocks(blocks: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let blocks = blocks.iter().map(|(kind, content)| block(*kind, content));
        flac(&[vec![info()], blocks.collect(), vec![block(LAST | PADDING, &[0; 9])]].concat())
    }

    fn read(blocks: &[Vec<u8>]) -> Told {
        told::by::<Flac>(flac(blocks))
    }

    #[test]
    fn blocks_say_what_the_audio_is() {
        let told = read(&[info(), block(COMMENTS, &title("one")), block(LAST | PADDING, &[0; 99])]);
        let Properties { codec, bitrate, sample_rate, channels, bit_depth, .. } = told.properties;
        assert_eq!((codec, bitrate, sample_rate), (Some("flac"), Some(40), Some(44_100)));
        assert_eq!((told.ms(), channels, bit_depth), (Some(1000), Some(2), Some(16)));
        assert_eq!((told.title(), told.damage.as_str(), told.audio.len()), ("one", "", 5_000));
    }

    #[test]
    fn of_several_blocks_of_comments_the_first_counts_and_the_others_fill_in() {
        let second = comments(&[b"TITLE=two", b"ALBUM=album"]);
        let told = read(&[info(), block(COMMENTS, &title("one")), block(LAST | COMMENTS, &second)]);
        assert_eq!((told.title(), told.track.album.as_deref()), ("one", Some("album")));
    }

    #[test]
    fn pictures_are_places_and_links_and_empty_ones_are_none() {
        let pictures = [
            structure(3, "image/png", "front", &[7; 5_000]),
            structure(4, "image/png", &"long ".repeat(90), &[8; 10]),
            structure(3, "-->", "", b"http://example.com/a.png"),
            structure(3, "image/png", "", b""),
        ]
        .map(|picture| block(PICTURE, &picture));
        let file = flac(&[info(), pictures.concat(), block(LAST | COMMENTS, &title("one"))]);
        let told = told::by::<Flac>(file.clone());
        let data: Vec<_> = told.pictures.iter().map(|picture| picture.data.pieces[0].clone()).collect();
        assert_eq!(told.pictures.iter().map(|picture| picture.kind).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(file[data[0].start as usize..data[0].end as usize], [7; 5_000]);
        assert_eq!(file[data[1].start as usize..data[1].end as usize], [8; 10]);
        assert_eq!((told.title(), told.damage.as_str()), ("one", ""));
    }

    #[test]
    fn a_large_picture_is_not_read() {
        let picture = structure(3, "image/png", "", &vec![7; 1_000_000]);
        let told = read(&[info(), block(PICTURE, &picture), block(LAST | COMMENTS, &title("one"))]);
        let read: u64 = told.reads.iter().map(|(_, len)| len).sum();
        assert!(told.reads.len() == 2 && read < 40_000 && told.title() == "one", "{:?}", told.reads);
    }

    #[test]
    fn a_block_of_a_wrong_length_costs_no_other() {
        let parts = [
            block(STREAM_INFO, &stream_info(44_100)),
            block(PICTURE, &structure(3, "image/png", "", &[7; 300])),
            block(COMMENTS, &comments(&[b"TITLE=one", b"ALBUM=album"])),
            block(LAST | PADDING, &[0; 99]),
        ];
        let last = 4 + parts[..3].concat().len();
        let mut at = 4;
        for part in &parts {
            for wrong in [0, 3, 90, 20_000, 0xff_ffff_u32] {
                let mut file = flac(&parts);
                file[at + 1..at + 4].copy_from_slice(&wrong.to_be_bytes()[1..]);
                let told = told::by::<Flac>(file);
                assert_eq!((told.ms(), told.title(), told.pictures.len()), (Some(1000), "one", 1), "{at} {wrong}");
                assert_eq!(told.track.album.as_deref(), Some("album"), "{at} {wrong}");
                // Whether padding ends where it says is not looked at, which would be one more
                // read.
                assert!(!told.damage.is_empty() || at == last, "{at} {wrong}");
            }
            at += part.len();
        }
    }

    #[test]
    fn a_picture_that_does_not_fit_into_the_length_of_its_block_ends_where_it_says() {
        let mut picture = block(PICTURE, &structure(3, "image/png", "", &vec![7; (16 << 20) + 100]));
        picture[1..4].copy_from_slice(&[0, 0, 132]);
        let told = read(&[info(), picture, block(LAST | COMMENTS, &title("one"))]);
        assert_eq!((told.title(), told.pictures[0].data.len()), ("one", (16 << 20) + 100));
    }

    #[test]
    fn without_a_number_of_samples_the_last_frame_tells_it() {
        for behind in [vec![], [b"TAG".as_slice(), &[b' '; 125]].concat()] {
            let mut file = flac(&[block(STREAM_INFO, &stream_info(0)), block(LAST | COMMENTS, &title("one"))]);
            file.extend(behind);
            let told = told::by::<Flac>(file);
            // Ten frames of 4096 samples.
            assert_eq!((told.ms(), told.title()), (Some(928), "one"));
        }
    }

    #[test]
    fn without_stream_info_the_first_frame_tells_what_the_audio_is() {
        let told = read(&[block(LAST | COMMENTS, &title("one"))]);
        assert_eq!((told.ms(), told.properties.sample_rate, told.title()), (Some(928), Some(44_100), "one"));
        assert_eq!(told.damage, "the block STREAMINFO is missing");
    }

    #[test]
    fn a_file_that_is_cut_off_keeps_what_there_is() {
        let whole = flac(&[info(), block(COMMENTS, &title("one")), block(LAST | PADDING, &[0; 99])]);
        let told = told::by::<Flac>(whole[..120].to_vec());
        assert_eq!((told.ms(), told.title(), told.damage.as_str()), (Some(1000), "one", CUT));
        let told = told::by::<Flac>(whole[..20].to_vec());
        assert!(told.ms().is_none() && !told.damage.is_empty());
    }

    #[test]
    fn damaged_files_are_read_without_harm() {
        let picture = structure(3, "image/png", "front", &[7; 400]);
        trial::survives(&flac(&[
            info(),
            block(COMMENTS, &title("one")),
            block(PICTURE, &picture),
            block(LAST | PADDING, &[0; 99]),
        ]));
    }
}
