//! Unsynchronisation: a zero stands behind each 0xff, so that no decoder takes a tag for audio
//! (ID3v2.4.0 structure, section 6.1).

use std::borrow::Cow;
use std::io;

use crate::reader::{FileReader, ReadAt};

/// The bytes as they were before.
pub(crate) fn undone(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(bytes, &[0xff, 0]).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, &[0xff, 0]) {
        plain.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

/// How much is looked at in one go.
const PIECE: u64 = 4096;

/// Where as many plain bytes end that begin at `start`; `None` if that is not before `end`.
pub(super) fn end_of<S: ReadAt>(
    reader: &mut FileReader<S>,
    start: u64,
    mut len: u64,
    end: u64,
) -> io::Result<Option<u64>> {
    if len > end.saturating_sub(start) {
        return Ok(None);
    }
    let mut position = start;
    // A zero that stands behind the piece's last byte is seen with it, or as the first of the next.
    let mut after_ff = false;
    while len > 0 {
        let wanted = PIECE.min(len * 2).min(end.saturating_sub(position));
        let Some(piece) = reader.piece(position, wanted)?.filter(|piece| !piece.is_empty()) else { return Ok(None) };
        for &byte in piece {
            if after_ff && byte == 0 {
                after_ff = false;
            } else if len == 0 {
                return Ok(Some(position));
            } else {
                after_ff = byte == 0xff;
                len -= 1;
            }
            position += 1;
        }
    }
    let mut next = [1];
    if after_ff && position < end && reader.peek(position, &mut next)? && next == [0] {
        position += 1;
    }
    Ok(Some(position))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::tests::reader;

    /// The bytes as a tagger writes them.
    pub fn done(plain: &[u8]) -> Vec<u8> {
        plain.iter().flat_map(|&byte| if byte == 0xff { vec![0xff, 0] } else { vec![byte] }).collect()
    }

    #[test]
    fn what_was_done_is_undone() {
        for plain in [&b"plain"[..], b"\xff", b"\xff\0\xff\xff\xe0", b"", b"\0\xff\0"] {
            assert_eq!(&*undone(&done(plain)), plain);
        }
    }

    #[test]
    fn the_end_of_every_length_is_found() {
        let plain: Vec<u8> = (0..20_000_u32).map(|index| if index % 3 == 0 { 0xff } else { index as u8 }).collect();
        let bytes = done(&plain);
        let mut reader = reader(bytes.clone());
        for len in [0, 1, 2, 3, 5_461, 5_462, 9_999, 20_000] {
            let end = end_of(&mut reader, 0, len, bytes.len() as u64).unwrap().unwrap();
            assert_eq!(end, done(&plain[..len as usize]).len() as u64, "{len}");
        }
        assert_eq!(end_of(&mut reader, 0, 20_001, bytes.len() as u64).unwrap(), None);
        assert_eq!(end_of(&mut reader, 0, 20_000, bytes.len() as u64 - 10).unwrap(), None);
    }
}
