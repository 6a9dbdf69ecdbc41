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
