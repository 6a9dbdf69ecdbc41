//! The bytes of a picture, and what they show without being decoded.

mod pieces;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek};

use flate2::read::ZlibDecoder;

use crate::id3v2::unsynchronisation::undone;
use crate::ogg::base64;
use crate::payload::{Coding, Payload, Picture};
use crate::reader::ReadAt;
use pieces::Pieces;

/// The most bytes of a picture that is read. Covers have some hundred kilobytes, scans of booklets
/// some megabytes.
pub const LARGEST_PICTURE: u64 = 32 << 20;

/// A picture without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The media type by the content. What the tag claims counts only where the content is of no
    /// type that is known here, and the claim is one of a picture that is not known here either.
    pub mime: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Width and height in pixels, where the content says them.
    pub dimensions: Option<(u32, u32)>,
}

/// Why a picture cannot be read.
#[derive(Debug)]
pub enum Unread {
    /// It has more than [`LARGEST_PICTURE`] bytes.
    TooLarge,
    /// Its bytes cannot be unpacked, or are fewer than they have to be.
    Damaged,
    /// The source failed.
    Source(io::Error),
}

impl Picture {
    /// A file of `len` bytes that is a picture as a whole.
    pub fn whole_file(len: u64) -> Self {
        Self { kind: 3, mime: String::new(), data: Payload::plain(0..len) }
    }

    /// What it shows, by the numbers of ID3v2's `APIC` (ID3v2.4.0 native frames, section 4.14): 3
    /// is the front cover.
    pub fn kind(&self) -> u8 {
        self.kind
    }

    /// What the picture is. Of one that is written as it is only the headers are read.
    ///
    /// # Errors
    ///
    /// [`Unread`] tells why it has no bytes.
    pub fn look<S: ReadAt>(&self, source: &S) -> Result<Look, Unread> {
        if self.data.coding == Coding::Plain {
            let bytes = self.data.len();
            if bytes > LARGEST_PICTURE {
                return Err(Unread::TooLarge);
            }
            let (mime, dimensions) = self.seen(Pieces::new(source, &self.data.pieces))?;
            return Ok(Look { mime, bytes, dimensions });
        }
        let bytes = self.bytes(source)?;
        let whole = 0..bytes.len() as u64;
        let (mime, dimensions) = self.seen(Pieces::new(&bytes.as_slice(), std::slice::from_ref(&whole)))?;
        Ok(Look { mime, bytes: bytes.len() as u64, dimensions })
    }

    /// The bytes of the picture, as they were before they were written into a tag.
    ///
    /// # Errors
    ///
    /// [`Unread`] tells why there are none.
    pub fn bytes<S: ReadAt>(&self, source: &S) -> Result<Vec<u8>, Unread> {
        let bytes = match self.data.coding {
            Coding::Plain => self.stored(source, LARGEST_PICTURE)?,
            // At most each second byte is a zero that goes.
            Coding::Unsynchronised => undone(&self.stored(source, LARGEST_PICTURE * 2)?).into_owned(),
            Coding::Base64 { lead, len } => {
                let mut bytes = base64::decoded(&self.stored(source, LARGEST_PICTURE / 3 * 4 + 8)?);
                bytes.drain(..usize::from(lead).min(bytes.len()));
                if let Some(len) = len {
                    if (bytes.len() as u64) < len {
                        return Err(Unread::Damaged);
                    }
                    bytes.truncate(len as usize);
                }
                bytes
            }
            Coding::Deflate { lead, is_unsynchronised } => {
                let stored = self.stored(source, LARGEST_PICTURE)?;
                let stored = if is_unsynchronised { undone(&stored) } else { stored.as_slice().into() };
                let (lead, mut bytes) = (u64::from(lead), Vec::new());
                let mut unpacked = ZlibDecoder::new(&*stored).take(lead + LARGEST_PICTURE + 1);
                unpacked.read_to_end(&mut bytes).map_err(|_| Unread::Damaged)?;
                bytes.drain(..(lead as usize).min(bytes.len()));
                bytes
            }
        };
        match bytes.len() as u64 {
            0 => Err(Unread::Damaged),
            len if len > LARGEST_PICTURE => Err(Unread::TooLarge),
            _ => Ok(bytes),
        }
    }

    /// Its bytes as they are in the file, if they are not more than `most`.
    fn stored<S: ReadAt>(&self, source: &S, most: u64) -> Result<Vec<u8>, Unread> {
        let len = self.data.len();
        if len > most {
            return Err(Unread::TooLarge);
        }
        let mut bytes = Vec::with_capacity(len as usize);
        let mut pieces = Pieces::new(source, &self.data.pieces);
        pieces.read_to_end(&mut bytes).map_err(Unread::Source)?;
        if (bytes.len() as u64) < len { Err(Unread::Damaged) } else { Ok(bytes) }
    }

    /// Media type and dimensions by the content.
    fn seen<S: ReadAt>(&self, mut bytes: Pieces<'_, S>) -> Result<(String, Option<(u32, u32)>), Unread> {
        let mut start = Vec::with_capacity(SIGNATURE as usize);
        bytes.by_ref().take(SIGNATURE).read_to_end(&mut start).map_err(Unread::Source)?;
        bytes.rewind().map_err(Unread::Source)?;
        let Some(mime) = of_content(&start) else {
            return Ok((self.claimed(), None));
        };
        let size = imagesize::reader_size(&mut bytes).ok();
        let number = |number: usize| u32::try_from(number).ok().filter(|&number| number > 0);
        let dimensions = size.and_then(|size| number(size.width).zip(number(size.height)));
        Ok((mime.to_owned(), dimensions))
    }

    /// The media type that the tag claims, unless the content would show it.
    fn claimed(&self) -> String {
        let claimed = self.mime.to_ascii_lowercase();
        let is_plain = claimed.len() <= 64 && claimed.bytes().all(|byte| byte.is_ascii_graphic());
        let is_picture = claimed.strip_prefix("image/").is_some_and(|kind| !kind.is_empty());
        match is_plain && is_picture && claimed != "image/jpg" && KNOWN.iter().all(|(known, _)| *known != claimed) {
            true => claimed,
            false => "application/octet-stream".to_owned(),
        }
    }
}

/// The media types that are known by their content, and what it begins with; a `?` stands for any
/// byte.
const KNOWN: [(&str, &[u8]); 6] = [
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
    ("image/webp", b"RIFF????WEBP"),
    // Two fields that are reserved stand behind the size.
    ("image/bmp", b"BM????\0\0\0\0"),
];

/// The most bytes of a signature.
const SIGNATURE: u64 = 16;

/// The media type that these first bytes show.
fn of_content(start: &[u8]) -> Option<&'static str> {
    let begins = |signature: &[u8]| {
        start.len() >= signature.len()
            && signature.iter().zip(start).all(|(&expected, &byte)| expected == b'?' || expected == byte)
    };
    KNOWN.iter().find(|(_, signature)| begins(signature)).map(|(mime, _)| *mime)
}
