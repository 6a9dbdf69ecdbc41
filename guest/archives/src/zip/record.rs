//! What a record says of its entry, be it central or local.

use crate::name;
use crate::trouble::Trouble;
use crate::zip::extra;

/// Bits of the flags (APPNOTE 4.4.4).
const ENCRYPTED: u16 = 1;
pub(super) const DESCRIPTOR: u16 = 1 << 3;
const STRONG: u16 = 1 << 6;
const UTF8: u16 = 1 << 11;
const MASKED: u16 = 1 << 13;

/// Methods (APPNOTE 4.4.5).
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
const AES: u16 = 99;

/// The fields that both records have, as they stand from `version needed to extract` on.
pub(super) struct Record {
    pub flags: u16,
    pub method: u16,
    pub crc32: u32,
    pub compressed: u64,
    pub size: u64,
    pub name_len: usize,
    pub extra_len: usize,
}

impl Record {
    /// Of at least 26 bytes.
    pub fn parse(bytes: &[u8]) -> Self {
        let short = |at: usize| bytes[at..].first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes));
        let long = |at: usize| u32::from(short(at)) | u32::from(short(at + 2)) << 16;
        Self {
            flags: short(2),
            method: short(4),
            crc32: long(10),
            compressed: long(14).into(),
            size: long(18).into(),
            name_len: short(22).into(),
            extra_len: short(24).into(),
        }
    }

    /// Takes the sizes from the ZIP64 field where they are there, and gives what it has besides.
    pub fn widen(&mut self, extra: &[u8]) -> impl Iterator<Item = u64> {
        let mut wide = extra::zip64(extra);
        for size in [&mut self.size, &mut self.compressed] {
            if *size == u64::from(u32::MAX) {
                *size = wide.next().unwrap_or(*size);
            }
        }
        wide
    }

    /// The name, of a record that was `made_by` a system where it says so.
    ///
    /// Names without the flag are in code page 437 (APPNOTE, appendix D). Unix and macOS have no
    /// code pages, so theirs are UTF-8 where they can be.
    pub fn name(&self, raw: &[u8], extra: &[u8], made_by: Option<u8>) -> String {
        if self.flags & UTF8 != 0 {
            return name::utf8(raw);
        }
        match extra::unicode_path(extra, raw) {
            Some(unicode) => name::utf8(unicode),
            None if made_by.is_none_or(is_unix) && std::str::from_utf8(raw).is_ok() => name::utf8(raw),
            None => name::cp437(raw),
        }
    }

    /// Why the content is not read.
    pub fn refusal(&self) -> Option<Trouble> {
        if self.flags & (ENCRYPTED | STRONG | MASKED) != 0 || self.method == AES {
            return Some(Trouble::encrypted("the entry is encrypted"));
        }
        let name = match self.method {
            STORED | DEFLATED => return None,
            1 => "Shrink",
            2..=5 => "Reduce",
            6 => "Implode",
            9 => "Deflate64",
            10 | 18 => "IBM TERSE",
            12 => "BZip2",
            14 => "LZMA",
            20 | 93 => "Zstandard",
            94 => "MP3",
            95 => "XZ",
            96 => "JPEG",
            97 => "WavPack",
            98 => "PPMd",
            method => return Some(Trouble::unsupported(format!("compression method {method} is not read"))),
        };
        Some(Trouble::unsupported(format!("{name} compression is not read")))
    }
}

/// Systems whose attributes have a Unix mode (APPNOTE 4.4.2).
pub(super) fn is_unix(system: u8) -> bool {
    matches!(system, 3 | 19)
}
