//! Which names are audio files.

/// The extensions of audio files, in lower case, with their dot. The one list of the whole project.
pub const AUDIO_EXTENSIONS: [&str; 10] =
    [".mp3", ".flac", ".m4a", ".ogg", ".wav", ".wma", ".aac", ".opus", ".m4p", ".mp4"];

/// The list joined by spaces.
#[cfg(any(target_family = "wasm", test))]
pub const JOINED: [u8; joined_len()] = joined();

#[cfg(any(target_family = "wasm", test))]
const fn joined_len() -> usize {
    let mut len = AUDIO_EXTENSIONS.len() - 1;
    let mut index = 0;
    while index < AUDIO_EXTENSIONS.len() {
        len += AUDIO_EXTENSIONS[index].len();
        index += 1;
    }
    len
}

#[cfg(any(target_family = "wasm", test))]
const fn joined() -> [u8; joined_len()] {
    let mut bytes = [b' '; joined_len()];
    let (mut index, mut at) = (0, 0);
    while index < AUDIO_EXTENSIONS.len() {
        let extension = AUDIO_EXTENSIONS[index].as_bytes();
        let mut byte = 0;
        while byte < extension.len() {
            bytes[at + byte] = extension[byte];
            byte += 1;
        }
        at += extension.len() + 1;
        index += 1;
    }
    bytes
}

/// Other extensions of audio, in lower case, without their dot, and in the order of their bytes.
/// Files that have one are not looked for unless somebody names it, but they are counted:
/// `docs/formats.md` lists them. None is longer than four bytes.
pub const OTHER_EXTENSIONS: [&str; 50] = [
    "aa", "aa3", "aax", "ac3", "adts", "aif", "aifc", "aiff", "alac", "amr", "ape", "au", "awb", "caf", "dff", "dsf",
    "dts", "eac3", "f4a", "gsm", "kar", "m4b", "m4r", "mid", "midi", "mka", "mlp", "mod", "mp1", "mp2", "mpc", "mpp",
    "ofr", "oga", "ra", "rf64", "rmi", "s3m", "shn", "snd", "spx", "tak", "thd", "tta", "voc", "w64", "wave", "weba",
    "wv", "xm",
];

/// Extensions of audio files: those of [`AUDIO_EXTENSIONS`], and others that are asked for.
#[derive(Debug, Default)]
pub struct Extensions {
    /// In lower case and without their dot.
    more: Vec<String>,
}

impl Extensions {
    /// These too, in any case.
    ///
    /// ```
    /// use mt_scanner_formats::extension::Extensions;
    ///
    /// let extensions = Extensions::with(&[".AIFF".to_owned()])?;
    /// assert!(extensions.is_audio_file("a.aiff") && extensions.is_audio_file("a.mp3"));
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The reason in words, if one is not of the form of [`mt_scanner_contract::extension`].
    pub fn with(more: &[String]) -> Result<Self, String> {
        let letters = |text: &String| mt_scanner_contract::extension(text).map(|extension| extension[1..].to_owned());
        Ok(Self { more: more.iter().map(letters).collect::<Result<_, _>>()? })
    }

    /// Whether the name ends in one of them, as [`is_audio_file`] has it.
    pub fn is_audio_file(&self, name: &str) -> bool {
        is_audio_file(name) || self.has(name)
    }

    /// Whether the name, which is that of no audio file here, ends in one of [`OTHER_EXTENSIONS`].
    pub fn is_passed_over(name: &str) -> bool {
        let Some(extension) = of(name).filter(|extension| (2..=4).contains(&extension.len())) else { return false };
        let mut lower = [0; 4];
        let lower = &mut lower[..extension.len()];
        lower.copy_from_slice(extension);
        lower.make_ascii_lowercase();
        OTHER_EXTENSIONS.binary_search_by(|other| other.as_bytes().cmp(lower)).is_ok()
    }

    fn has(&self, name: &str) -> bool {
        // Nearly always there is none.
        !self.more.is_empty()
            && of(name)
                .is_some_and(|extension| self.more.iter().any(|more| more.as_bytes().eq_ignore_ascii_case(extension)))
    }
}

/// Whether the name ends in one of [`AUDIO_EXTENSIONS`], in any ASCII case. `.mp3` alone is a
/// hidden file without an extension, as `os.path.splitext` and `Path::extension` have it.
pub fn is_audio_file(name: &str) -> bool {
    of(name).is_some_and(|extension| {
        AUDIO_EXTENSIONS.iter().any(|audio| audio.as_bytes()[1..].eq_ignore_ascii_case(extension))
    })
}

/// The bytes after the last dot of the last component, unless nothing but dots stands before it.
pub fn of(name: &str) -> Option<&[u8]> {
    let bytes = name.as_bytes();
    let start = memchr::memrchr(b'/', bytes).map_or(0, |slash| slash + 1);
    let file = &bytes[start..];
    let dot = memchr::memrchr(b'.', file)?;
    let stem = &file[..dot];
    (!stem.iter().all(|&byte| byte == b'.')).then(|| &file[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_is_the_list() {
        assert_eq!(JOINED, AUDIO_EXTENSIONS.join(" ").as_bytes());
    }

    #[test]
    fn other_extensions_are_in_order_and_documented() {
        let document = include_str!("../../../docs/formats.md");
        let words: Vec<&str> = document.split(|letter: char| letter.is_whitespace() || letter == '`').collect();
        assert!(OTHER_EXTENSIONS.is_sorted() && OTHER_EXTENSIONS.iter().all(|other| (2..=4).contains(&other.len())));
        for other in OTHER_EXTENSIONS {
            assert!(words.contains(&format!(".{other}").as_str()), "{other}");
            assert!(!is_audio_file(&format!("a.{other}")), "{other}");
            assert!(Extensions::is_passed_over(&format!("some.folder/a.{}", other.to_uppercase())), "{other}");
        }
        for name in ["", "aiff", ".aiff", "a.txt", "a.jpg", "a.aiffs", "a.m4b.txt", "a.é"] {
            assert!(!Extensions::is_passed_over(name), "{name:?}");
        }
    }

    #[test]
    fn what_is_asked_for_counts_beside_the_list() {
        let extensions = Extensions::with(&[".Aiff".to_owned(), "mod".to_owned()]).unwrap();
        for (name, counts) in [("a.AIFF", true), ("a.mod", true), ("a.mp3", true), ("a.ape", false), (".aiff", false)] {
            assert_eq!(extensions.is_audio_file(name), counts, "{name}");
            assert_eq!(Extensions::default().is_audio_file(name), name == "a.mp3", "{name}");
        }
        assert!(Extensions::with(&["a/b".to_owned()]).unwrap_err().contains("is no extension"));
    }

    #[test]
    fn every_extension_counts_in_any_case() {
        for extension in AUDIO_EXTENSIONS {
            assert!(is_audio_file(&format!("a{extension}")));
            assert!(is_audio_file(&format!("Some Folder.jpg/A b{}", extension.to_uppercase())));
        }
    }

    #[test]
    fn what_only_looks_like_an_extension_does_not_count() {
        for name in
            ["", ".", "mp3", ".mp3", "..mp3", "a/.flac", "a.mp3/", "a.mp3.txt", "a.mp33", "a.mp", "a.ｍｐ３", "a. mp3"]
        {
            assert!(!is_audio_file(name), "{name:?}");
        }
    }
}
