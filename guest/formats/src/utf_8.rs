//! Texts in UTF-8.

use std::borrow::Cow;

/// A text in which U+FFFD stands for what is not UTF-8.
///
/// As `String::from_utf8_lossy`, which looks at each byte; most texts are whole, and that can be
/// seen of eight bytes at a time.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
