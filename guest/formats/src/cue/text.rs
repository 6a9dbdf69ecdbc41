//! The charset of a sheet.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use crate::legacy::{Legacy, LegacyCharset};

/// The text of a sheet, and the charset that it was read in if it is neither UTF-8 nor UTF-16,
/// which a mark at its beginning says, nor ISO 8859-1. `charset`: what others are in.
pub(super) fn decoded(bytes: &[u8], charset: LegacyCharset) -> (Cow<'_, str>, Option<&'static str>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0, None);
    }
    let mut legacy = Legacy::new(charset.at_first());
    let text = legacy.undeclared(bytes);
    let Some(how) = charset.judged(&legacy) else { return (text, name(&legacy)) };
    let mut legacy = Legacy::new(how);
    let text = legacy.undeclared(bytes);
    (text, name(&legacy))
}

fn name(legacy: &Legacy) -> Option<&'static str> {
    legacy.repaired.filter(|&encoding| encoding != UTF_8).map(Encoding::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_the_charset_and_utf_8_shows_itself() {
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| "\u{feff}Éloïse".encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let marked = [b"\xef\xbb\xbf".as_slice(), "Éloïse".as_bytes()].concat();
        for bytes in [utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes), marked, "Éloïse".into()] {
            assert_eq!(decoded(&bytes, LegacyCharset::named("windows-1251").unwrap()), ("Éloïse".into(), None));
        }
    }

    #[test]
    fn other_texts_are_in_the_charset_of_the_option() {
        let windows_1251 = b"TITLE \"\xcf\xe5\xf1\xed\xff \xee \xcb\xe5\xed\xe8\xed\xe5\"";
        for (name, text, charset) in [
            ("off", "TITLE \"Ïåñíÿ î Ëåíèíå\"", None),
            ("auto", "TITLE \"Песня о Ленине\"", Some("windows-1251")),
            ("cp1251", "TITLE \"Песня о Ленине\"", Some("windows-1251")),
        ] {
            let named = LegacyCharset::named(name).unwrap();
            assert_eq!(decoded(windows_1251, named), (text.into(), charset), "{name}");
        }
    }
}
