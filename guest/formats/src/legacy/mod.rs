//! Texts whose tag says ISO 8859-1, or nothing of a charset. Taggers have written them in UTF-8 and
//! in the charset of their system.

mod judge;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// The option `legacy-charset`: what such a text is read as if it is neither ASCII nor UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LegacyCharset {
    /// ISO 8859-1.
    #[default]
    Off,
    /// The charset that all such texts of a file together show; ISO 8859-1 where they show none.
    Auto,
    /// This one; ISO 8859-1 where a text is not in it.
    Named(&'static Encoding),
}

impl LegacyCharset {
    /// `off`, `auto`, or a label of the Encoding Standard (<https://encoding.spec.whatwg.org>,
    /// section 4.2): `windows-1251`, `sjis`, ... UTF-16 is none, since it is no charset of such
    /// texts.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "auto" => Some(Self::Auto),
            label => {
                let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
                let is_usual = ![UTF_16BE, UTF_16LE, X_USER_DEFINED].contains(&encoding);
                is_usual.then_some(Self::Named(encoding))
            }
        }
    }

    /// How a file is read at first.
    pub(crate) fn at_first(self) -> How {
        match self {
            Self::Off | Self::Auto => How::Latin1,
            Self::Named(encoding) => How::In(encoding),
        }
    }

    /// How a file is read once more whose texts came to this; `None` if once is enough.
    pub(crate) fn judged(self, texts: &Legacy) -> Option<How> {
        let charset = if self == Self::Auto { judge::charset(&texts.found) } else { None };
        charset.map(How::In)
    }

    /// Whether texts may be read as another charset than their tags say.
    pub(crate) fn repairs(self, texts: &Legacy) -> bool {
        texts.has_utf_8 || (self != Self::Off && !texts.found.is_empty())
    }
}

/// What bytes that are not ASCII are taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum How {
    /// UTF-8 if they are, else ISO 8859-1.
    #[default]
    Latin1,
    /// What the tag says.
    AsDeclared,
    /// UTF-8 if they are, else this charset if they are in it, else ISO 8859-1.
    In(&'static Encoding),
}

/// The most bytes that a charset is judged by.
const MOST: usize = 16 * 1024;

/// Reads the texts of a file, and notes what they show.
#[derive(Debug, Default)]
pub(crate) struct Legacy {
    how: How,
    /// Texts that are neither ASCII nor UTF-8, each ended by a newline.
    found: Vec<u8>,
    /// Whether a text is UTF-8 against what its tag says.
    has_utf_8: bool,
    /// The charset that texts were read in against what their tag says.
    pub repaired: Option<&'static Encoding>,
}

impl Legacy {
    pub fn new(how: How) -> Self {
        Self { how, ..Self::default() }
    }

    /// A text that its tag says to be in ISO 8859-1.
    pub fn latin1<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        match str::from_utf8(bytes) {
            Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
            Ok(text) => {
                self.has_utf_8 = true;
                if self.how == How::AsDeclared {
                    return Cow::Owned(as_latin1(bytes));
                }
                self.repaired.get_or_insert(UTF_8);
                Cow::Borrowed(text)
            }
            Err(_) => Cow::Owned(self.legacy(bytes)),
        }
    }

    /// A text of a tag that says nothing of charsets, or says UTF-8: the rest is what others write.
    pub fn undeclared<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        match str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(self.legacy(bytes)),
        }
    }

    fn legacy(&mut self, bytes: &[u8]) -> String {
        if self.found.len() < MOST {
            self.found.extend(bytes.iter().map(|&byte| if byte == 0 { b'\n' } else { byte }).take(MOST));
            self.found.push(b'\n');
        }
        let How::In(encoding) = self.how else { return as_latin1(bytes) };
        match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => {
                self.repaired = Some(encoding);
                text.into_owned()
            }
            None => as_latin1(bytes),
        }
    }

    /// A text in a field of a fixed length, which may have cut off its last character.
    pub fn latin1_cut<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        let text = self.latin1(bytes);
        let How::In(encoding) = self.how else { return text };
        let is_broken = |bytes| {
            str::from_utf8(bytes).is_err()
                && encoding.decode_without_bom_handling_and_without_replacement(bytes).is_none()
        };
        match bytes.split_last() {
            Some((_, whole)) if is_broken(bytes) && !is_broken(whole) => self.latin1(whole),
            _ => text,
        }
    }
}

fn as_latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GBK, SHIFT_JIS, WINDOWS_1251};

    #[test]
    fn names_are_labels_in_any_case() {
        for (name, expected) in [
            ("off", Some(LegacyCharset::Off)),
            ("auto", Some(LegacyCharset::Auto)),
            ("windows-1251", Some(LegacyCharset::Named(WINDOWS_1251))),
            ("CP1251", Some(LegacyCharset::Named(WINDOWS_1251))),
            ("sjis", Some(LegacyCharset::Named(SHIFT_JIS))),
            ("gb2312", Some(LegacyCharset::Named(GBK))),
            ("utf-16", None),
            ("klingon", None),
            ("", None),
        ] {
            assert_eq!(LegacyCharset::named(name), expected, "{name}");
        }
    }

    #[test]
    fn a_text_that_is_utf_8_is_utf_8_whatever_its_tag_says() {
        for how in [How::Latin1, How::In(WINDOWS_1251)] {
            let mut legacy = Legacy::new(how);
            assert_eq!(legacy.latin1("Éloïse".as_bytes()), "Éloïse");
            assert_eq!(legacy.repaired, Some(UTF_8));
            assert_eq!(legacy.undeclared("月".as_bytes()), "月");
        }
        let mut legacy = Legacy::new(How::AsDeclared);
        assert_eq!(legacy.latin1("é".as_bytes()), "Ã©");
        assert_eq!(legacy.repaired, None);
        assert_eq!(legacy.undeclared("é".as_bytes()), "é");
    }

    #[test]
    fn ascii_is_never_doubtful() {
        let mut legacy = Legacy::new(How::In(SHIFT_JIS));
        assert_eq!((legacy.latin1(b"a\\b~\0c"), legacy.undeclared(b"d")), ("a\\b~\0c".into(), "d".into()));
        assert_eq!(legacy.repaired, None);
        assert!(!LegacyCharset::Auto.repairs(&legacy) && LegacyCharset::Auto.judged(&legacy).is_none());
    }

    #[test]
    fn a_named_charset_is_used_where_the_text_is_in_it() {
        let mut legacy = Legacy::new(How::In(SHIFT_JIS));
        assert_eq!(legacy.latin1(b"Caf\xe9"), "Café");
        assert_eq!(legacy.repaired, None);
        assert_eq!(legacy.undeclared(b"\x93\xfa\x96\x7b"), "日本");
        assert_eq!(legacy.repaired, Some(SHIFT_JIS));
    }

    #[test]
    fn a_character_that_a_field_has_cut_is_left_out() {
        let mut legacy = Legacy::new(How::In(SHIFT_JIS));
        assert_eq!(legacy.latin1_cut(b"\x93\xfa\x96\x7b\x8c"), "日本");
        assert_eq!(legacy.latin1_cut(b"\x93\xfa"), "日");
        assert_eq!(legacy.latin1_cut(b"caf\xe9"), "caf");
        let mut legacy = Legacy::new(How::Latin1);
        assert_eq!(legacy.latin1_cut(b"caf\xe9"), "café");
    }
}
