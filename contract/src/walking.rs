//! Where a scan goes.

use crate::words::{self, filled};
use crate::{FollowLinks, Walking, defaults};

impl FollowLinks {
    /// Whether any link is followed.
    pub fn any(self) -> bool {
        self != Self::No
    }

    /// The case of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|links| links.name() == name)
    }
}

/// [`defaults::FOLLOW_LINKS`].
impl Default for FollowLinks {
    fn default() -> Self {
        Self::named(defaults::FOLLOW_LINKS).unwrap_or(Self::Once)
    }
}

/// The defaults of every host.
impl Default for Walking {
    fn default() -> Self {
        Self {
            follow_links: FollowLinks::default(),
            hidden_folders: defaults::HIDDEN_FOLDERS,
            ignored_folders: defaults::IGNORED_FOLDERS,
            extensions: Vec::new(),
            archives: defaults::ARCHIVES,
            roots_inside: Vec::new(),
        }
    }
}

/// The most bytes of an extension, without its dot.
const LONGEST_EXTENSION: usize = 16;

/// An extension in its one form: in lower case and with its dot, which may be left out.
///
/// ```
/// use mt_scanner_contract::extension;
///
/// assert_eq!(extension("AIFF").as_deref(), Ok(".aiff"));
/// assert!(extension("tar.gz").unwrap_err().starts_with("tar.gz is no extension"));
/// ```
///
/// # Errors
///
/// The reason in words, if it is not 1 to 16 letters or digits of ASCII, `+`, `-` or `_`.
pub fn extension(text: &str) -> Result<String, String> {
    let letters = text.strip_prefix('.').unwrap_or(text);
    let may_be_in = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_');
    if (1..=LONGEST_EXTENSION).contains(&letters.len()) && letters.bytes().all(may_be_in) {
        Ok(format!(".{}", letters.to_ascii_lowercase()))
    } else {
        Err(filled(words::NO_EXTENSION, &[("extension", text)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_has_one_form() {
        for text in [".aiff", "aiff", ".AIFF", "Aiff"] {
            assert_eq!(extension(text).unwrap(), ".aiff");
        }
        assert_eq!(extension(".mp+").unwrap(), ".mp+");
        for text in ["", ".", "..a", ".a.b", "a/b", "a b", ".é", ".a\0", ".12345678901234567"] {
            assert!(extension(text).unwrap_err().contains("is no extension"), "{text:?}");
        }
    }
}
