//! A header block.

use crate::name;

pub(super) const BLOCK: usize = 512;
/// An archive without entries is this many zeros; GNU tar fills a record with them.
const EMPTY: u64 = 10 << 10;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Whether a file of `len` bytes with this head is a TAR.
pub(crate) fn is_tar(head: &[u8], len: u64) -> bool {
    let block = head.first_chunk::<BLOCK>();
    block.is_some_and(|block| match block.iter().all(|&byte| byte == 0) {
        true => len <= EMPTY,
        false => Header::parse(block).is_some(),
    })
}

/// What a header is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    File,
    /// A file with holes, in the old GNU form.
    Sparse,
    /// A folder, a link or a device: nothing follows it, whatever its size says.
    Empty,
    /// Records for the next entry.
    Pax,
    /// The name of the next entry.
    LongName,
    /// Something else that is followed by as many bytes as its size says.
    Other,
}

/// A header whose checksum is right.
pub(super) struct Header {
    pub name: String,
    pub size: u64,
    pub kind: Type,
    /// More blocks with the map of a sparse file follow.
    pub has_more: bool,
}

impl Header {
    /// `None` where the checksum is another or the size none.
    pub fn parse(block: &[u8; BLOCK]) -> Option<Self> {
        // Some old writers summed signed bytes.
        let sum = |as_number: fn(u8) -> i64| -> i64 {
            let byte = |(at, &byte)| if CHECKSUM.contains(&at) { b' '.into() } else { as_number(byte) };
            block.iter().enumerate().map(byte).sum()
        };
        let said = i64::try_from(number(&block[CHECKSUM])?).ok()?;
        if said != sum(i64::from) && said != sum(|byte| i64::from(byte as i8)) {
            return None;
        }
        let name = name::until_nul(&block[..100]);
        let prefix = if &block[257..263] == b"ustar\0" { name::until_nul(&block[345..500]) } else { &[] };
        let kind = match block[156] {
            b'0' | 0 | b'7' if name.ends_with(b"/") => Type::Empty,
            b'0' | 0 | b'7' => Type::File,
            b'S' => Type::Sparse,
            b'1'..=b'6' => Type::Empty,
            b'x' | b'X' => Type::Pax,
            b'L' => Type::LongName,
            _ => Type::Other,
        };
        Some(Self {
            name: name::utf8(&[prefix, b"/", name].concat()),
            size: number(&block[124..136])?,
            kind,
            has_more: kind == Type::Sparse && block[482] != 0,
        })
    }
}

/// A number: octal digits between blanks and NULs, or in base 256 behind a byte with its top bit.
fn number(field: &[u8]) -> Option<u64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        // A negative one is no size.
        let mut value = u64::from(first & 0x7f);
        for &byte in rest {
            value = value.checked_mul(256)?.checked_add(byte.into())?;
        }
        return Some(value);
    }
    let is_blank = |byte: &u8| matches!(*byte, b' ' | 0);
    let digits = field.iter().skip_while(|byte| is_blank(byte)).take_while(|byte| !is_blank(byte));
    digits.copied().try_fold(0_u64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_in_base_256() {
        assert_eq!(number(b"00000000012\0"), Some(10));
        assert_eq!(number(b"     12 \0"), Some(10));
        assert_eq!(number(b"\0\0\0"), Some(0));
        assert_eq!(number(b"12x"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x01\0\0\0\x05"), Some((1 << 32) + 5));
        assert_eq!(number(&[0xff; 12]), None);
    }
}
