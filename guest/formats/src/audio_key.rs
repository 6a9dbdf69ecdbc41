//! What tells this audio from other audio, whatever its name, place and tags: a hash over the length, the beginning and the end
//! of the payload. It finds files again that were moved, and is no proof that two are equal.
//!
//! What is hashed lies beside what the parser has read, so that a key costs at most one read more, and mostly none.

use std::io;
use std::ops::Range;

use lofty::file::FileType;
use twox_hash::XxHash3_64;

use super::reader::{FileReader, ReadAt};
use super::riff::chunks::Chunks;

/// How much of the beginning and of the end is hashed, in bytes.
const PIECE: u64 = 2048;
/// Bytes of an ID3v1 tag, of an APEv2 header or footer.
const ID3V1: u64 = 128;
const APE: u64 = 32;

/// The key of a file of this type, or of one that is not understood. An ID3v2 tag at its beginning ends at `audio_start`; of an Ogg stream the last page may
/// be known already. The position
/// afterwards is anywhere.
pub fn of<S: ReadAt>(
    reader: &mut FileReader<S>,
    file_type: Option<FileType>,
    audio_start: u64,
) -> io::Result<Option<String>> {
    // What a parser was not to walk through.
    reader.hide(0..0);
    if reader.is_empty() {
        return Ok(None);
    }
    let whole = 0..reader.len();
    let payload = match file_type {
        Some(FileType::Flac) => match flac(reader, audio_start)? {
            Flac::Signature(key) => return Ok(Some(key.text())),
            Flac::Frames(frames) => Some(frames),
        },
        Some(FileType::Mp4) => mdat(reader)?,
        Some(FileType::Wav) => chunk(reader, b"RIFF", b"data")?,
        Some(FileType::Aiff) => chunk(reader, b"FORM", b"SSND")?,
        Some(_) => {
            let end = end_before_tags(reader)?;
            Some(audio_start.min(end)..end)
        }
        None => None,
    };
    let payload = payload.unwrap_or(whole);
    let len = payload.end.saturating_sub(payload.start);
    let mut key = Key::new("", len);
    let first = len.min(PIECE);
    if let Some(piece) = reader.piece(payload.start, first)? {
        key = key.with(piece);
    }
    let last = (len - first).min(PIECE);
    if let Some(piece) = reader.piece(payload.end - last, last)? {
        key = key.with(piece);
    }
    Ok(Some(key.text()))
}

/// What a key is made of.
struct Key(Vec<u8>);

impl Key {
    fn new(kind: &str, len: u64) -> Self {
        let mut bytes = Vec::with_capacity(32 + 2 * PIECE as usize);
        bytes.extend_from_slice(kind.as_bytes());
        bytes.extend_from_slice(&len.to_le_bytes());
        Self(bytes)
    }

    fn with(mut self, piece: &[u8]) -> Self {
        self.0.extend_from_slice(piece);
        self
    }

    fn text(&self) -> String {
        format!("{:016x}", XxHash3_64::oneshot(&self.0))
    }
}

enum Flac {
    /// Number of samples, format and MD5, from STREAMINFO.
    Signature(Key),
    /// The encoder left the MD5 out: where the frames are.
    Frames(Range<u64>),
}

/// RFC 9639, section 8.
fn flac<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Flac> {
    let mut position = start + 4;
    // STREAMINFO is the first block; its last 24 bytes are rate, channels, depth, number of samples, and the MD5.
    if let Some(signature) = reader.piece(position + 4 + 10, 24)?
        && signature[8..].iter().any(|&byte| byte != 0)
    {
        return Ok(Flac::Signature(Key::new("flac", 0).with(signature)));
    }
    let mut header = [0; 4];
    while reader.peek(position, &mut header)? {
        position += 4 + u64::from(u32::from_be_bytes([0, header[1], header[2], header[3]]));
        if header[0] & 0x80 != 0 {
            break;
        }
    }
    let end = end_before_tags(reader)?;
    Ok(Flac::Frames(position.min(end)..end))
}

/// The media data box, the largest if there are several (ISO/IEC 14496-12, section 8.1.1).
fn mdat<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Option<Range<u64>>> {
    let mut position = 0;
    let mut found: Option<Range<u64>> = None;
    let mut header = [0; 8];
    while reader.peek(position, &mut header)? {
        let (mut start, mut size) =
            (position + 8, u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]])));
        if size == 1 {
            let mut long = [0; 8];
            if !reader.peek(start, &mut long)? {
                break;
            }
            (start, size) = (start + 8, u64::from_be_bytes(long));
        }
        let end = match size {
            0 => reader.len(),
            size => position.saturating_add(size).min(reader.len()),
        };
        if end <= position || end < start {
            break;
        }
        if &header[4..] == b"mdat" && found.as_ref().is_none_or(|found| found.end - found.start < end - start) {
            found = Some(start..end);
        }
        position = end;
    }
    Ok(found)
}

/// The first chunk of this name in a RIFF or IFF file.
fn chunk<S: ReadAt>(reader: &mut FileReader<S>, form: &[u8; 4], name: &[u8; 4]) -> io::Result<Option<Range<u64>>> {
    let mut chunks = Chunks::new(12..reader.len(), form == b"FORM");
    while let Some(chunk) = chunks.next(reader)? {
        if &chunk.name == name {
            return Ok(Some(chunk.content));
        }
    }
    Ok(None)
}

/// Where ID3v1 and APEv2 tags at the end begin.
pub(crate) fn end_before_tags<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<u64> {
    let mut end = reader.len();
    let mut tag = [0; 3];
    if end >= ID3V1 && reader.peek(end - ID3V1, &mut tag)? && &tag == b"TAG" {
        end -= ID3V1;
    }
    let mut footer = [0; 24];
    if end >= APE && reader.peek(end - APE, &mut footer)? && footer.starts_with(b"APETAGEX") {
        // The size counts the footer, and a header only where the flags have one.
        let [size, flags] =
            [12, 20].map(|at| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]));
        let header = if flags & 1 << 31 != 0 { APE } else { 0 };
        end = end.saturating_sub(u64::from(size) + header);
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id3v2;
    use crate::reader::tests::reader;

    fn key_of(bytes: Vec<u8>, file_type: FileType) -> String {
        let mut reader = reader(bytes);
        let audio_start = id3v2::find(&mut reader, 0).unwrap().map_or(0, |tag| tag.end);
        of(&mut reader, Some(file_type), audio_start).unwrap().unwrap()
    }

    fn audio(seed: u8) -> Vec<u8> {
        (0..20_000_u32).map(|index| (index * 7 % 253) as u8 ^ seed).collect()
    }

    fn id3v2(len: u8) -> Vec<u8> {
        [b"ID3\x04\0\0\0\0\0".as_slice(), &[len], &vec![0; usize::from(len)]].concat()
    }

    fn ape(len: u32) -> Vec<u8> {
        let footer = [b"APETAGEX\xd0\x07\0\0".as_slice(), &(len + 32).to_le_bytes(), &[0; 16]].concat();
        [vec![1; len as usize], footer].concat()
    }

    #[test]
    fn tags_at_both_ends_make_no_difference() {
        let bare = key_of(audio(1), FileType::Mpeg);
        let id3v1 = [b"TAG".as_slice(), &[b' '; 125]].concat();
        let tagged = [id3v2(100), audio(1), ape(50), id3v1].concat();
        assert_eq!(key_of(tagged, FileType::Mpeg), bare);
        assert_ne!(key_of(audio(2), FileType::Mpeg), bare);
        assert_ne!(key_of([audio(1), vec![0]].concat(), FileType::Mpeg), bare);
    }

    #[test]
    fn boxes_around_the_media_data_make_no_difference() {
        let atom = |name: &[u8; 4], content: &[u8]| {
            [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
        };
        let first = [atom(b"ftyp", b"M4A "), atom(b"moov", &[1; 300]), atom(b"mdat", &audio(1))].concat();
        let last = [atom(b"ftyp", b"M4A "), atom(b"mdat", &audio(1)), atom(b"moov", &[2; 999])].concat();
        assert_eq!(key_of(first, FileType::Mp4), key_of(last, FileType::Mp4));
    }

    #[test]
    fn the_md5_of_a_flac_file_decides() {
        let flac = |md5: u8, comment: usize| {
            let info = [vec![0; 18], vec![md5; 16]].concat();
            let block = |kind: u8, content: &[u8]| [&[kind, 0, 0, content.len() as u8], content].concat();
            [b"fLaC".as_slice(), &block(0, &info), &block(0x84, &vec![7; comment]), &audio(1)].concat()
        };
        assert_eq!(key_of(flac(9, 10), FileType::Flac), key_of(flac(9, 200), FileType::Flac));
        assert_ne!(key_of(flac(9, 10), FileType::Flac), key_of(flac(8, 10), FileType::Flac));
        // Without one the frames do.
        assert_eq!(key_of(flac(0, 10), FileType::Flac), key_of(flac(0, 200), FileType::Flac));
    }

    #[test]
    fn what_is_cut_short_has_a_key() {
        for file_type in
            [FileType::Mpeg, FileType::Flac, FileType::Mp4, FileType::Vorbis, FileType::Wav, FileType::Aiff]
        {
            for len in [1, 4, 30, 60] {
                assert_eq!(key_of(vec![b'x'; len], file_type).len(), 16);
            }
        }
        assert_eq!(of(&mut reader(Vec::new()), None, 0).unwrap(), None);
    }
}
