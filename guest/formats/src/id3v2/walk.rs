//! Finds the frames of a tag, one after the other, and goes on behind damage.

use std::io;
use std::ops::Range;

use super::frame::{Frame, is_identifier};
use super::header::{Header, synchsafe};
use super::unsynchronisation::{end_of, undone};
use super::{Tag, header, picture};
use crate::reader::{FileReader, ReadAt};

/// The most frames of a tag; taggers write some dozens. A tag that has more is damaged, or meant to
/// take long.
const MOST_FRAMES: usize = 10_000;

/// How many bytes of a tag are searched for a frame behind damage, in all.
const SEARCH: u64 = 256 * 1024;

/// How many bytes are looked at, in all, to see where frames end that a search has come to. Sizes
/// tell that, unless frame headers are unsynchronised.
const MEASURED: u64 = 1 << 20;

/// How much is searched in one go.
const PIECE: u64 = 4096;

/// Fills in the frames, the pictures and the end of a tag that ends at `limit` at the latest.
pub(super) fn frames<S: ReadAt>(
    reader: &mut FileReader<S>,
    header: &Header,
    limit: u64,
    tag: &mut Tag,
) -> io::Result<()> {
    let mut walk = Walk {
        version: header.version,
        is_unsynchronised: header.is_unsynchronised(),
        frames_are_unsynchronised: header.frames_are_unsynchronised(),
        end: header.frames_end.min(limit),
        to_search: SEARCH,
        to_measure: MEASURED,
        reader,
    };
    let mut position = header.frames;
    let mut is_cut = false;
    while let Some(found) = walk.frame(position)? {
        if tag.frames.len() == MOST_FRAMES {
            tag.damage.push(format!("the ID3v2 tag has more than {MOST_FRAMES} frames"));
            break;
        }
        let (frame, next) = match found {
            Found::Frame(frame, next) => (frame, next),
            Found::Damaged(frame, next) => {
                tag.damage.push(format!("the frame {} of the ID3v2 tag is not as long as it says", frame.name()));
                (frame, next)
            }
            Found::Nothing(next) => {
                is_cut = next.is_none();
                // A tag that claims too much is named below.
                if next.is_some() || header.end <= limit {
                    tag.damage.push(format!("the ID3v2 tag is damaged at byte {position} of the file"));
                }
                let Some(next) = next else { break };
                position = next;
                continue;
            }
        };
        position = next;
        if frame.is_picture() && !frame.is_encrypted {
            tag.pictures.extend(picture::find(walk.reader, &frame, &mut tag.damage)?.inspect(|picture| {
                // Before anything behind it is read.
                picture.data.pieces.iter().for_each(|piece| walk.reader.blank(piece.clone()));
            }));
        }
        tag.frames.push(frame);
    }
    if header.end > limit {
        tag.end = position.min(limit);
        if is_cut || header.end > limit + header::LEN {
            tag.damage.push(format!("the ID3v2 tag says {} bytes, which are not there", header.end - header.start));
        }
    }
    Ok(())
}

struct Walk<'r, S> {
    reader: &'r mut FileReader<S>,
    version: u8,
    /// Whether frame headers are unsynchronised too, and sizes are those of before.
    is_unsynchronised: bool,
    frames_are_unsynchronised: bool,
    /// Where the frames end.
    end: u64,
    /// How much may still be searched, and how much measured on the way.
    to_search: u64,
    to_measure: u64,
}

/// What is at a position, and what comes next.
enum Found {
    Frame(Frame, u64),
    /// A frame whose size is not true: its content ends with the next frame at the latest.
    Damaged(Frame, u64),
    /// No frame.
    Nothing(Option<u64>),
}

impl<S: ReadAt> Walk<'_, S> {
    /// The frame at `position`; `None` where the tag ends, or its padding begins.
    fn frame(&mut self, position: u64) -> io::Result<Option<Found>> {
        let Some((header, start)) = self.header(position)? else { return Ok(None) };
        if header[0] == 0 {
            return Ok(None);
        }
        let [a, b, c, d, ..] = header;
        let id = [a, b, c, if self.version == 2 { 0 } else { d }];
        if !is_identifier(&id) {
            return Ok(Some(Found::Nothing(self.search(position + 1)?)));
        }
        let sizes = self.sizes(&header);
        let mut fits = None;
        for &size in sizes.iter().flatten() {
            let Some(end) = self.end_of(start, size)? else { continue };
            if self.leads_on(end)? {
                return Ok(Some(Found::Frame(self.unwrapped(id, &header, start..end)?, end)));
            }
            fits = fits.or(Some(end));
        }
        // A frame behind it shows where this one ends.
        if let Some(next) = self.search(start)? {
            let end = fits.unwrap_or(next).min(next);
            return Ok(Some(Found::Damaged(self.unwrapped(id, &header, start..end)?, next)));
        }
        match fits {
            Some(end) => Ok(Some(Found::Frame(self.unwrapped(id, &header, start..end)?, end))),
            None => Ok(Some(Found::Nothing(None))),
        }
    }

    /// Bytes of a frame's header.
    fn header_len(&self) -> u64 {
        if self.version == 2 { 6 } else { 10 }
    }

    /// The header of a frame as it was meant, and where it ends; `None` if the tag ends before.
    fn header(&mut self, position: u64) -> io::Result<Option<([u8; 10], u64)>> {
        let mut header = [0; 10];
        let len = self.header_len();
        let Some(start) = self.end_of(position, len)? else { return Ok(None) };
        let Some(bytes) = self.reader.piece(position, start - position)? else { return Ok(None) };
        let bytes = if self.is_unsynchronised { undone(bytes) } else { bytes.into() };
        let Some(bytes) = bytes.get(..len as usize) else { return Ok(None) };
        header[..bytes.len()].copy_from_slice(bytes);
        Ok(Some((header, start)))
    }

    /// The size of a frame, and what it may be as well: old versions of iTunes wrote plain integers
    /// into ID3v2.4, others synchsafe ones into 2.3.
    fn sizes(&self, header: &[u8; 10]) -> [Option<u64>; 2] {
        let size = [header[4], header[5], header[6], header[7]];
        let plain = Some(u64::from(u32::from_be_bytes(size)));
        let safe = synchsafe(size);
        match self.version {
            2 => [Some(u64::from(u32::from_be_bytes([0, header[3], header[4], header[5]]))), None],
            3 => [plain, safe.filter(|_| safe != plain)],
            _ => [safe, plain.filter(|_| safe != plain)],
        }
    }

    /// Where as many bytes end that begin at `start`; `None` if that is behind the end of the tag.
    fn end_of(&mut self, start: u64, len: u64) -> io::Result<Option<u64>> {
        if self.is_unsynchronised {
            return end_of(self.reader, start, len, self.end);
        }
        Ok(start.checked_add(len).filter(|&end| end <= self.end))
    }

    /// Whether a frame, padding or the end of the tag is at `position`.
    fn leads_on(&mut self, position: u64) -> io::Result<bool> {
        let mut id = [0; 4];
        let id = &mut id[..if self.version == 2 { 3 } else { 4 }];
        if position + self.header_len() > self.end {
            return Ok(true);
        }
        Ok(self.reader.peek(position, id)? && (id[0] == 0 || is_identifier(id)))
    }

    /// The next position from which a frame leads on to another.
    fn search(&mut self, mut position: u64) -> io::Result<Option<u64>> {
        while position + self.header_len() <= self.end && self.to_search > 0 {
            let len = PIECE.min(self.end - position);
            let Some(piece) = self.reader.piece(position, len)? else { return Ok(None) };
            let candidates: Vec<u64> = piece
                .windows(if self.version == 2 { 3 } else { 4 })
                .enumerate()
                .filter(|(_, id)| is_identifier(id))
                .map(|(at, _)| position + at as u64)
                .collect();
            for candidate in candidates {
                if self.is_likely(candidate)? {
                    return Ok(Some(candidate));
                }
            }
            self.to_search = self.to_search.saturating_sub(len);
            // A header may begin in the last bytes.
            position += if len == PIECE { len - 3 } else { len };
        }
        // The next search begins further behind, and would find as little.
        self.to_search = 0;
        Ok(None)
    }

    /// Whether a frame is at this position whose size is not 0 and leads on.
    fn is_likely(&mut self, position: u64) -> io::Result<bool> {
        let Some((header, start)) = self.header(position)? else { return Ok(false) };
        let Some(size) = self.sizes(&header)[0].filter(|&size| size > 0) else { return Ok(false) };
        if self.is_unsynchronised && size <= self.end - start {
            let Some(left) = self.to_measure.checked_sub(size) else { return Ok(false) };
            self.to_measure = left;
        }
        match self.end_of(start, size)? {
            Some(end) => self.leads_on(end),
            None => Ok(false),
        }
    }

    /// The frame with what its flags say of its content, and put before it (ID3v2.4.0 structure,
    /// section 4.1; 2.3.0, section 3.3.1).
    fn unwrapped(&mut self, id: [u8; 4], header: &[u8; 10], content: Range<u64>) -> io::Result<Frame> {
        let flags = if self.version == 2 { 0 } else { header[9] };
        let has = |flag: u8| flags & flag != 0;
        let mut frame = Frame {
            id,
            content,
            is_unsynchronised: self.frames_are_unsynchronised || (self.version == 4 && has(0x02)),
            is_compressed: false,
            is_encrypted: false,
        };
        let before = if self.version == 3 {
            (frame.is_compressed, frame.is_encrypted) = (has(0x80), has(0x40));
            u64::from(has(0x80)) * 4 + u64::from(has(0x40)) + u64::from(has(0x20))
        } else {
            (frame.is_compressed, frame.is_encrypted) = (has(0x08), has(0x04));
            u64::from(has(0x40)) + u64::from(has(0x04)) + u64::from(has(0x01)) * 4
        };
        frame.content.start = match self.is_unsynchronised && before > 0 {
            true => self.end_of(frame.content.start, before)?.unwrap_or(frame.content.end),
            false => frame.content.start + before,
        };
        frame.content.start = frame.content.start.min(frame.content.end);
        Ok(frame)
    }
}
