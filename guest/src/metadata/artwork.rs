//! Whether a file embeds a picture, and where its bytes are.
//!
//! lofty would read pictures to throw them away. This walks the same headers first, one container a function, finds the pictures, and
//! blanks their bytes in the reader. When a structure looks unusual it answers [`Artwork::Unknown`], and lofty reads
//! the pictures after all.

use std::io::{self, Read, Seek, SeekFrom};

use lofty::file::FileType;

use super::reader::{FileReader, ReadAt};
use super::wave;

/// What is known about pictures before the tags are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artwork {
    /// There is at least one.
    Present,
    /// There is none.
    Absent,
    /// Only parsing will tell.
    Unknown,
}

impl Artwork {
    fn or(self, other: impl FnOnce() -> io::Result<Self>) -> io::Result<Self> {
        if self == Self::Absent { other() } else { Ok(self) }
    }
}

impl From<bool> for Artwork {
    fn from(present: bool) -> Self {
        if present { Self::Present } else { Self::Absent }
    }
}

/// Looks for pictures in a file of this type. The reader's position is the beginning before and after.
pub fn find<S: ReadAt>(reader: &mut FileReader<S>, file_type: FileType) -> io::Result<Artwork> {
    let artwork = match file_type {
        FileType::Mpeg => in_id3v2(reader, 0)?.0.or(|| in_ape(reader))?,
        FileType::Aac => in_id3v2(reader, 0)?.0,
        FileType::Flac => in_flac(reader)?,
        FileType::Mp4 => in_mp4(reader)?,
        FileType::Vorbis | FileType::Opus | FileType::Speex => in_ogg(reader)?,
        FileType::Wav => in_wav(reader)?,
        _ => Artwork::Unknown,
    };
    reader.seek(SeekFrom::Start(0))?;
    Ok(artwork)
}

/// Where the ID3v2 tag at the beginning ends; 0 when there is none.
///
/// Also the cheapest order: the frames behind a picture and the audio behind the tag mostly come in one read.
pub fn id3v2_end<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<u64> {
    Ok(in_id3v2(reader, 0)?.1)
}

/// ID3v2 at `start`, and where it ends (`start` when there is none). ID3v2.4.0 structure, section 3; ID3v2.3.0 and 2.2.0 likewise.
fn in_id3v2<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<(Artwork, u64)> {
    let mut header = [0; 10];
    if !reader.peek(start, &mut header)? || &header[..3] != b"ID3" {
        return Ok((Artwork::Absent, start));
    }
    let (major, flags) = (header[3], header[5]);
    let Some(size) = synchsafe(&header[6..10]) else { return Ok((Artwork::Unknown, start)) };
    let end = start + 10 + size + if flags & 0x10 != 0 { 10 } else { 0 };
    // Unsynchronisation before 2.4 and extended headers shift what follows; both are rare.
    if !(2..=4).contains(&major) || flags & 0x40 != 0 || (major < 4 && flags & 0x80 != 0) {
        return Ok((Artwork::Unknown, end));
    }
    let header_len: u64 = if major == 2 { 6 } else { 10 };
    let frames_end = (start + 10 + size).min(reader.len());
    let mut position = start + 10;
    let mut artwork = Artwork::Absent;
    while position + header_len < frames_end {
        let mut frame = [0; 10];
        if !reader.peek(position, &mut frame[..header_len as usize])? || frame[0] == 0 {
            break;
        }
        let size = match major {
            2 => Some(u64::from(u32::from_be_bytes([0, frame[3], frame[4], frame[5]]))),
            3 => Some(u64::from(u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]))),
            _ => frame_size(reader, position, &frame, frames_end)?,
        };
        let content = position + header_len;
        let Some(size) = size.filter(|size| content + size <= frames_end) else { return Ok((Artwork::Unknown, end)) };
        if frame.starts_with(if major == 2 { b"PIC" } else { b"APIC" }) && size > 0 {
            artwork = Artwork::Present;
            reader.blank(content..content + size);
        }
        position = content + size;
    }
    Ok((artwork, end))
}

/// The size of an ID3v2.4 frame. Old versions of iTunes wrote it as a plain integer: where only that leads to another frame, it is mended for
/// lofty, which would take it as it should be.
fn frame_size<S: ReadAt>(
    reader: &mut FileReader<S>,
    position: u64,
    frame: &[u8; 10],
    end: u64,
) -> io::Result<Option<u64>> {
    let bytes = &frame[4..8];
    let plain = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let proper = synchsafe(bytes);
    let mut leads_on = |size: u64| -> io::Result<bool> {
        let mut next = [0; 4];
        let at = position + 10 + size;
        let is_frame =
            |id: &[u8; 4]| id[0] == 0 || id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        Ok(at == end || at < end && reader.peek(at, &mut next)? && is_frame(&next))
    };
    if proper == Some(u64::from(plain)) || plain >= 1 << 28 {
        return Ok(proper);
    }
    if proper.is_some_and(|size| leads_on(size).unwrap_or(false)) || !leads_on(plain.into())? {
        return Ok(proper);
    }
    let mended = [21, 14, 7, 0].map(|shift| (plain >> shift & 0x7f) as u8);
    reader.patch(position + 4, &mended);
    Ok(Some(plain.into()))
}

/// A 28-bit integer in four bytes whose high bits are zero; `None` when they are not (some taggers wrote plain ones).
fn synchsafe(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0, |value, &byte| (byte < 0x80).then(|| value << 7 | u64::from(byte)))
}

/// The APEv2 tag at the end, before a possible ID3v1: its cover items are named `Cover Art (Front)` and the like.
fn in_ape<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    for trailer in [32, 160] {
        let mut footer = [0; 16];
        let Some(offset) = reader.len().checked_sub(trailer) else { continue };
        if !reader.peek(offset, &mut footer)? || &footer[..8] != b"APETAGEX" {
            continue;
        }
        let size = u64::from(u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]));
        let Some(start) = (offset + 32).checked_sub(size) else { return Ok(Artwork::Unknown) };
        let mut items = Vec::new();
        reader.seek(SeekFrom::Start(start))?;
        reader.by_ref().take(size).read_to_end(&mut items)?;
        items.make_ascii_lowercase();
        return Ok(memchr::memmem::find(&items, b"cover art (").is_some().into());
    }
    Ok(Artwork::Absent)
}

/// FLAC metadata blocks (RFC 9639, section 8), behind a possible ID3v2.
fn in_flac<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    const COMMENT: u8 = 4;
    const PICTURE: u8 = 6;
    let (id3v2, start) = in_id3v2(reader, 0)?;
    let mut position = start + 4;
    let mut artwork = id3v2;
    loop {
        let mut header = [0; 4];
        if !reader.peek(position, &mut header)? {
            return Ok(artwork);
        }
        let size = u64::from(u32::from_be_bytes([0, header[1], header[2], header[3]]));
        match header[0] & 0x7f {
            PICTURE => artwork = Artwork::Present,
            COMMENT if artwork == Artwork::Absent => {
                reader.seek(SeekFrom::Start(position + 4))?;
                artwork = in_vorbis_comment(reader)?.into();
            }
            _ => {}
        }
        if header[0] & 0x80 != 0 {
            return Ok(artwork);
        }
        position += 4 + size;
    }
}

/// `moov.udta.meta.ilst.covr` (ISO/IEC 14496-12 boxes, QuickTime metadata).
fn in_mp4<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let whole = 0..reader.len();
    let Some(moov) = box_in(reader, whole, b"moov")? else { return Ok(Artwork::Absent) };
    let Some(udta) = box_in(reader, moov, b"udta")? else { return Ok(Artwork::Absent) };
    let Some(mut meta) = box_in(reader, udta, b"meta")? else { return Ok(Artwork::Absent) };
    // `meta` has a version and flags, but for some writers that leave them out.
    let mut first = [0; 8];
    if reader.peek(meta.start, &mut first)? && &first[4..] != b"hdlr" {
        meta.start += 4;
    }
    let Some(ilst) = box_in(reader, meta, b"ilst")? else { return Ok(Artwork::Absent) };
    match box_in(reader, ilst, b"covr")? {
        // A `data` box without content is no picture.
        Some(covr) if covr.end - covr.start > 16 => {
            reader.blank(covr.start..covr.end);
            Ok(Artwork::Present)
        }
        _ => Ok(Artwork::Absent),
    }
}

/// The content of the first box of this type among the boxes in `range`.
fn box_in<S: ReadAt>(
    reader: &mut FileReader<S>,
    range: std::ops::Range<u64>,
    name: &[u8; 4],
) -> io::Result<Option<std::ops::Range<u64>>> {
    let end = range.end.min(reader.len());
    let mut position = range.start;
    while position + 8 <= end {
        let mut header = [0; 16];
        if !reader.peek(position, &mut header[..8])? {
            break;
        }
        let mut size = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        let mut header_len = 8;
        if size == 1 {
            if !reader.peek(position, &mut header)? {
                break;
            }
            size = u64::from_be_bytes(header[8..].try_into().unwrap_or_default());
            header_len = 16;
        } else if size == 0 {
            size = end - position;
        }
        let Some(next) = position.checked_add(size).filter(|_| size >= header_len) else { break };
        if &header[4..8] == name {
            return Ok(Some(position + header_len..next.min(end)));
        }
        position = next;
    }
    Ok(None)
}

/// The RIFF chunk `id3 ` of a WAVE file.
fn in_wav<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let mut artwork = Artwork::Absent;
    wave::chunks(reader, false, |reader, chunk| {
        let found = chunk.name.eq_ignore_ascii_case(b"id3 ");
        if found {
            artwork = in_id3v2(reader, chunk.start)?.0;
        }
        Ok(!found)
    })?;
    Ok(artwork)
}

/// The comment packet of an Ogg stream: the second packet, behind an `OpusTags` or `\x03vorbis` signature.
fn in_ogg<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let mut packets = Packets { reader, segments: [0; 255], count: 0, next: 0, left: 0, ended: false };
    io::copy(&mut packets, &mut io::sink())?;
    packets.ended = false;
    let mut signature = [0; 8];
    packets.read_exact(&mut signature[..7])?;
    if &signature[..7] == b"OpusTag" {
        packets.read_exact(&mut signature[7..])?;
    } else if &signature[1..7] != b"vorbis" {
        return Ok(Artwork::Unknown);
    }
    Ok(in_vorbis_comment(&mut packets)?.into())
}

/// One Ogg packet after the other (RFC 3533, sections 5 and 6): reads to the end of a packet, then gives none until `ended` is reset.
struct Packets<'r, S> {
    reader: &'r mut FileReader<S>,
    segments: [u8; 255],
    count: usize,
    next: usize,
    /// Bytes left in the current segment.
    left: u8,
    ended: bool,
}

impl<S: ReadAt> Packets<'_, S> {
    /// Moves on to the next segment with bytes in it; `false` at the end of the packet.
    fn advance(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if self.ended {
                return Ok(false);
            }
            if self.next == self.count {
                let mut header = [0; 27];
                self.reader.read_exact(&mut header)?;
                if &header[..4] != b"OggS" {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.count = usize::from(header[26]);
                self.reader.read_exact(&mut self.segments[..self.count])?;
                self.next = 0;
                continue;
            }
            self.left = self.segments[self.next];
            self.next += 1;
            self.ended = self.left < 255;
        }
        Ok(true)
    }
}

impl<S: ReadAt> Read for Packets<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.advance()? {
            return Ok(0);
        }
        let wanted = buffer.len().min(usize::from(self.left));
        let count = self.reader.read(&mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u8;
        Ok(count)
    }
}

impl<S: ReadAt> Skip for Packets<'_, S> {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()> {
        let mut left = len;
        while left > 0 {
            if !self.advance()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // What is left of the page in one piece: most segments of a large packet are full ones.
            let mut piece = u32::from(self.left);
            while piece < left && self.next < self.count && !self.ended {
                self.left = self.segments[self.next];
                self.next += 1;
                self.ended = self.left < 255;
                piece += u32::from(self.left);
            }
            let over = piece.saturating_sub(left);
            self.left = over as u8;
            self.reader.skip(piece - over, picture)?;
            left -= piece - over;
        }
        Ok(())
    }
}

/// Reading that can pass over bytes, which are blanked if `picture` says so.
trait Skip: Read {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()>;
}

impl<S: ReadAt> Skip for FileReader<S> {
    fn skip(&mut self, len: u32, picture: bool) -> io::Result<()> {
        let start = self.stream_position()?;
        let end = self.seek(SeekFrom::Current(i64::from(len)))?;
        if picture {
            self.blank(start..end);
        }
        Ok(())
    }
}

/// Whether a Vorbis comment has a picture: `METADATA_BLOCK_PICTURE`, or the older `COVERART`.
fn in_vorbis_comment(comment: &mut impl Skip) -> io::Result<bool> {
    const KEYS: [&[u8]; 2] = [b"METADATA_BLOCK_PICTURE=", b"COVERART="];
    let vendor = u32_le(comment)?;
    comment.skip(vendor, false)?;
    let mut found = false;
    for _ in 0..u32_le(comment)? {
        let len = u32_le(comment)?;
        let mut start = [0; 23];
        let taken = start.len().min(len as usize);
        comment.read_exact(&mut start[..taken])?;
        let is = |key: &&[u8]| start[..taken].get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key));
        let picture = KEYS.iter().any(is);
        comment.skip(len - taken as u32, picture)?;
        found |= picture;
    }
    Ok(found)
}

fn u32_le(reader: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
