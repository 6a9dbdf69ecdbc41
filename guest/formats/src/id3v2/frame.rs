//! One frame of a tag, as a place in the file, and its content (ID3v2.4.0 structure, section 4;
//! 2.3.0, section 3.3).

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::unsynchronisation::undone;
use crate::payload::Coding;
use crate::reader::{FileReader, ReadAt};

/// A frame of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its identifier; those of ID3v2.2 have three letters and a NUL.
    pub id: [u8; 4],
    /// Where its content is in the file, without what its flags put before it.
    pub content: Range<u64>,
    pub is_unsynchronised: bool,
    pub is_compressed: bool,
    pub is_encrypted: bool,
}

/// How many bytes of a compressed stream may be about its own codes.
const TABLES: u64 = 1024;

/// The longest frame that is read, in bytes. Lyrics are shorter.
pub(super) const LONGEST: u64 = 1 << 20;

impl Frame {
    /// The identifier as text: `TIT2`, or `TT2`.
    pub fn name(&self) -> &str {
        let letters = self.id.iter().rposition(|letter| !matches!(letter, 0 | b' ')).map_or(0, |last| last + 1);
        str::from_utf8(&self.id[..letters]).unwrap_or("?")
    }

    /// Whether it is an embedded picture.
    pub fn is_picture(&self) -> bool {
        matches!(&self.id, b"APIC" | b"PIC\0" | b"PIC ")
    }

    /// How its content is written, `lead` bytes of which are left out.
    pub fn coding(&self, lead: u32) -> Coding {
        match (self.is_compressed, self.is_unsynchronised) {
            (true, is_unsynchronised) => Coding::Deflate { lead, is_unsynchronised },
            (false, true) => Coding::Unsynchronised,
            (false, false) => Coding::Plain,
        }
    }

    /// Its content as it was meant, up to [`LONGEST`] bytes of it; `None` if it cannot be unpacked.
    pub fn bytes<'r, S: ReadAt>(&self, reader: &'r mut FileReader<S>) -> io::Result<Option<Cow<'r, [u8]>>> {
        let len = (self.content.end - self.content.start).min(LONGEST);
        let Some(stored) = reader.piece(self.content.start, len)? else { return Ok(None) };
        let bytes = if self.is_unsynchronised { undone(stored) } else { Cow::Borrowed(stored) };
        if !self.is_compressed {
            return Ok(Some(bytes));
        }
        let mut plain = Vec::new();
        let result = ZlibDecoder::new(&*bytes).take(LONGEST).read_to_end(&mut plain);
        Ok(result.is_ok().then_some(Cow::Owned(plain)))
    }
}

impl Frame {
    /// The first bytes of its compressed content, up to `most`; `None` if there are none.
    pub fn unpacked_head<S: ReadAt>(&self, reader: &mut FileReader<S>, most: u64) -> io::Result<Option<Vec<u8>>> {
        // What hardly gets smaller takes as much, and tables before it.
        let len = (self.content.end - self.content.start).min(most + TABLES);
        let Some(stored) = reader.piece(self.content.start, len)? else { return Ok(None) };
        let stored = if self.is_unsynchronised { undone(stored) } else { Cow::Borrowed(stored) };
        let mut plain = Vec::new();
        // The stream goes on behind the piece, which may be an error; what came before it counts.
        let result = ZlibDecoder::new(&*stored).take(most).read_to_end(&mut plain);
        Ok((result.is_ok() || !plain.is_empty()).then_some(plain))
    }
}

/// Whether these bytes are an identifier: capitals and digits. iTunes writes those of ID3v2.2 with
/// a NUL into tags of 2.3, others with a blank.
pub(super) fn is_identifier(id: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    id[..3].iter().all(letter) && id[3..].iter().all(|byte| letter(byte) || matches!(byte, 0 | b' '))
}
