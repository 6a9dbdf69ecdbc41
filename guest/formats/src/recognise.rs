//! Finds out what a file is by its content, and where that begins.

use std::io;

use crate::container::{Container, SIGNATURE};
use crate::reader::{FileReader, ReadAt};
use crate::{adts, id3v2, mpeg};

/// How far behind the tags audio is looked for: as far as mutagen and ffmpeg look.
const SEARCH: u64 = 1 << 20;
/// How much is searched in one go.
const PIECE: u64 = 16 * 1024;
/// Frames in a row that make a stream where one may be expected, and where it may be chance.
const EXPECTED: usize = 2;
const BY_CHANCE: usize = 4;

/// Boxes that may stand before the one that says MP4 (ISO/IEC 14496-12, section 4.3; QuickTime).
const BEFORE_FTYP: [&[u8; 4]; 7] = [b"free", b"skip", b"wide", b"mdat", b"pnot", b"uuid", b"styp"];
/// The most of them: writers put one or two.
const MOST_BOXES: usize = 8;

/// Containers that are recognised and not read, with what they begin with.
const OTHERS: [(&str, &[u8]); 11] = [
    ("matroska", b"\x1a\x45\xdf\xa3"),
    ("dsf", b"DSD "),
    ("dsdiff", b"FRM8"),
    ("caf", b"caff"),
    ("amr", b"#!AMR"),
    ("au", b".snd"),
    ("midi", b"MThd"),
    ("optimfrog", b"OFR "),
    ("tak", b"tBaK"),
    ("tta", b"TTA1"),
    ("ac3", b"\x0b\x77"),
];

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A container.
    Container(Container),
    /// A container that is not read.
    Other(&'static str),
}

/// What has a signature at `start`, exactly.
pub(crate) fn by_signature<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Found>> {
    let len = (SIGNATURE as u64).min(reader.len().saturating_sub(start));
    let Some(bytes) = reader.piece(start, len)? else { return Ok(None) };
    if let Some(container) = Container::of_signature(bytes) {
        return Ok(Some(Found::Container(container)));
    }
    if let Some((name, _)) = OTHERS.iter().find(|(_, signature)| bytes.starts_with(signature)) {
        return Ok(Some(Found::Other(name)));
    }
    Ok(leads_to_ftyp(reader, start)?.then_some(Found::Container(Container::Mp4)))
}

/// Whether boxes at `start` lead to one that says MP4, or to the media data's end.
fn leads_to_ftyp<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<bool> {
    let mut position = start;
    for _ in 0..MOST_BOXES {
        let mut header = [0; 16];
        let len = 16.min(reader.len().saturating_sub(position)) as usize;
        if len < 8 || !reader.peek(position, &mut header[..len])? {
            return Ok(false);
        }
        let (size, name) = header.split_at(4);
        let name = &name[..4];
        if matches!(name, b"ftyp" | b"moov") {
            return Ok(true);
        }
        if !BEFORE_FTYP.iter().any(|known| *known == name) {
            return Ok(false);
        }
        let size = match u32::from_be_bytes([size[0], size[1], size[2], size[3]]) {
            1 => u64::from_be_bytes([8, 9, 10, 11, 12, 13, 14, 15].map(|at| header[at])),
            size => size.into(),
        };
        match position.checked_add(size) {
            Some(next) if size >= 8 => position = next,
            _ => return Ok(false),
        }
    }
    Ok(false)
}

/// What stands behind zeros or junk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Audio.
    Audio(Container),
    /// An ID3v2 tag.
    Tag,
}

/// Where audio or a tag begins, from `start` on, in a file whose audio ends before `end`.
pub(crate) fn search<S: ReadAt>(reader: &mut FileReader<S>, start: u64, end: u64) -> io::Result<Option<(u64, Sight)>> {
    if let Some(container) = frames_at(reader, start, end, EXPECTED)? {
        return Ok(Some((start, Sight::Audio(container))));
    }
    let stop = end.min(start.saturating_add(SEARCH));
    let mut position = start + 1;
    while position < stop {
        let len = PIECE.min(stop - position);
        let Some(piece) = reader.piece(position, len)? else { return Ok(None) };
        let candidates = candidates(piece);
        for at in candidates {
            let candidate = position + at;
            if let Some(sight) = sight(reader, candidate, end)? {
                return Ok(Some((candidate, sight)));
            }
        }
        position += len;
    }
    Ok(None)
}

/// Where in a piece audio or a tag may begin: by two bytes, or the last one.
fn candidates(piece: &[u8]) -> Vec<u64> {
    let begins = |(at, byte): (usize, &u8)| {
        let next = piece.get(at + 1);
        match byte {
            0xff => next.is_none_or(|next| next & 0xe0 == 0xe0),
            b'O' => next.is_none_or(|next| *next == b'g'),
            b'f' => next.is_none_or(|next| *next == b'L'),
            b'R' => next.is_none_or(|next| matches!(next, b'I' | b'F')),
            b'I' => next.is_none_or(|next| *next == b'D'),
            _ => false,
        }
    };
    piece.iter().enumerate().filter(|place| begins(*place)).map(|(at, _)| at as u64).collect()
}

/// What is at a position that nobody has named. Only signatures that are no words count there.
fn sight<S: ReadAt>(reader: &mut FileReader<S>, position: u64, end: u64) -> io::Result<Option<Sight>> {
    if let Some(container) = frames_at(reader, position, end, BY_CHANCE)? {
        return Ok(Some(Sight::Audio(container)));
    }
    if id3v2::is_at(reader, position)? {
        return Ok(Some(Sight::Tag));
    }
    Ok(match by_signature(reader, position)? {
        Some(Found::Container(container @ (Container::Ogg | Container::Flac | Container::Wave))) => {
            Some(Sight::Audio(container))
        }
        _ => None,
    })
}

/// The stream of which at least `count` frames are at `start`.
fn frames_at<S: ReadAt>(
    reader: &mut FileReader<S>,
    start: u64,
    end: u64,
    count: usize,
) -> io::Result<Option<Container>> {
    if let Some(frame) = mpeg::Frame::at(reader, start, end)?
        && frame.begins_row(reader, count, end)?
    {
        return Ok(Some(Container::Mpeg));
    }
    Ok(adts::begins_row(reader, start, end, count)?.then_some(Container::Adts))
}
