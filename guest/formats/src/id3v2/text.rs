//! Text in ID3v2 frames (ID3v2.4.0 structure, section 4).

use std::borrow::Cow;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ISO-8859-1.
    Latin1,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// UTF-16, the high byte first, without a mark.
    Utf16Be,
    /// UTF-8.
    Utf8,
}

impl Encoding {
    /// The encoding that the first byte of a frame names.
    pub fn of(byte: u8) -> Option<Self> {
        [Self::Latin1, Self::Utf16, Self::Utf16Be, Self::Utf8].get(usize::from(byte)).copied()
    }

    /// Splits a text that ends with a terminator from what follows; without a terminator nothing
    /// does.
    pub fn split(self, bytes: &[u8]) -> (&[u8], &[u8]) {
        self.terminator(bytes).map_or((bytes, &[]), |(at, len)| (&bytes[..at], &bytes[at + len..]))
    }

    /// What follows a text that ends with a terminator; `None` without one.
    pub fn behind_terminator(self, bytes: &[u8]) -> Option<&[u8]> {
        self.terminator(bytes).map(|(at, len)| &bytes[at + len..])
    }

    /// Where the terminator begins, and how long it is.
    fn terminator(self, bytes: &[u8]) -> Option<(usize, usize)> {
        match self {
            Self::Latin1 | Self::Utf8 => memchr::memchr(0, bytes).map(|at| (at, 1)),
            Self::Utf16 | Self::Utf16Be => {
                bytes.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0]).map(|at| (2 * at, 2))
            }
        }
    }
}

/// A text, or several separated by NUL; `None` if it is not written in its encoding. NULs at the
/// end are no part of it.
///
/// UTF-16 without a mark has the low byte first, as taggers that leave it out write it; a mark
/// holds for the text behind it. `None` if a surrogate is alone.
pub fn decoded(encoding: Encoding, bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = match encoding {
        Encoding::Latin1 if bytes.is_ascii() => Cow::Borrowed(str::from_utf8(bytes).ok()?),
        Encoding::Latin1 => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
        Encoding::Utf8 => Cow::Borrowed(str::from_utf8(bytes).ok()?),
        Encoding::Utf16 => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        Encoding::Utf16Be => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
    };
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches('\0')),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_end_matches('\0').len());
            Cow::Owned(text)
        }
    })
}

/// A text that is not all in its encoding: U+FFFD stands for what is not. Empty if nothing else is
/// left.
pub fn repaired(encoding: Encoding, bytes: &[u8]) -> String {
    let units = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|&unit| order(unit)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match encoding {
        Encoding::Latin1 | Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16 if bytes.starts_with(b"\xfe\xff") => units(u16::from_be_bytes),
        Encoding::Utf16 => units(u16::from_le_bytes),
        Encoding::Utf16Be => units(u16::from_be_bytes),
    };
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\0');
    let is_readable = |character| !matches!(character, '\u{fffd}' | '\0' | ' ');
    if text.contains(is_readable) { text.to_owned() } else { String::new() }
}

/// A single byte at the end, which is no character, is left out.
fn utf16(bytes: &[u8], mut order: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.as_chunks::<2>().0.iter().filter_map(|&unit| match unit {
        [0xff, 0xfe] => {
            order = u16::from_le_bytes;
            None
        }
        [0xfe, 0xff] => {
            order = u16::from_be_bytes;
            None
        }
        unit => Some(order(unit)),
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(units) {
        text.push(character.ok()?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_read() {
        let utf16 = |mark: &[u8], order: fn(u16) -> [u8; 2], text: &str| {
            [mark.to_vec(), text.encode_utf16().flat_map(order).collect()].concat()
        };
        let text = "Éloïse 月 🚌";
        for (encoding, bytes) in [
            (Encoding::Utf8, text.as_bytes().to_vec()),
            (Encoding::Utf16, utf16(b"\xff\xfe", u16::to_le_bytes, text)),
            (Encoding::Utf16, utf16(b"\xfe\xff", u16::to_be_bytes, text)),
            (Encoding::Utf16, utf16(b"", u16::to_le_bytes, text)),
            (Encoding::Utf16Be, utf16(b"", u16::to_be_bytes, text)),
        ] {
            assert_eq!(decoded(encoding, &bytes).unwrap(), text, "{encoding:?}");
            let ended = [&bytes[..], &[0; 2]].concat();
            assert_eq!(decoded(encoding, &ended).unwrap(), text, "{encoding:?}");
        }
        assert_eq!(decoded(Encoding::Latin1, b"\xc9lo\xefse\0").unwrap(), "Éloïse");
        assert_eq!(decoded(Encoding::Latin1, b"one\0two\0\0").unwrap(), "one\0two");
    }

    #[test]
    fn marks_within_a_text_are_no_part_of_it() {
        let bytes = b"\xff\xfea\0\0\0\xff\xfeb\0";
        assert_eq!(decoded(Encoding::Utf16, bytes).unwrap(), "a\0b");
    }

    #[test]
    fn what_is_not_in_its_encoding_is_no_text() {
        assert_eq!(decoded(Encoding::Utf8, b"\xff\xfe"), None);
        assert_eq!(decoded(Encoding::Utf16, b"\xff\xfe\0\xd8"), None);
        assert_eq!(Encoding::of(4), None);
    }

    #[test]
    fn what_is_not_in_its_encoding_costs_no_more_than_itself() {
        assert_eq!(repaired(Encoding::Utf8, b"Gran d\xeda\0"), "Gran d\u{fffd}a");
        assert_eq!(repaired(Encoding::Utf16, b"\xff\xfea\0\0\xd8b\0\0\0"), "a\u{fffd}b");
        assert_eq!(repaired(Encoding::Utf16, b"\xfe\xff\0a\xd8\0"), "a\u{fffd}");
        assert_eq!(repaired(Encoding::Utf16Be, b"\xd8\0\0b"), "\u{fffd}b");
        assert_eq!(repaired(Encoding::Utf8, b"\xff\xfe"), "");
    }

    #[test]
    fn a_terminator_is_of_whole_characters() {
        assert_eq!(Encoding::Latin1.split(b"key\0value"), (&b"key"[..], &b"value"[..]));
        assert_eq!(Encoding::Utf16.split(b"\xff\xfea\0\0\x01\0\0v\0"), (&b"\xff\xfea\0\0\x01"[..], &b"v\0"[..]));
        assert_eq!(Encoding::Utf8.split(b"only"), (&b"only"[..], &b""[..]));
    }
}
