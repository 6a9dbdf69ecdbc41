//! Names: those of archives, and those inside them.

/// The endings of archives, in lower case.
pub const ENDINGS: [&str; 6] = [".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz"];
/// Those of archives without a directory, in one compressed stream.
const STREAMED: [&str; 2] = [".tar.gz", ".tgz"];

/// Whether a file of this name is taken for an archive. Archives under names of their own, as
/// `.cbz` and `.jar`, are not.
///
/// ```
/// use mt_scanner_archives::is_archive;
///
/// assert!(is_archive("Album.ZIP") && is_archive("a/b.tar.gz"));
/// assert!(!is_archive("comic.cbz") && !is_archive("notes.gz"));
/// ```
pub fn is_archive(name: &str) -> bool {
    has_one_of(&ENDINGS, name)
}

/// Whether an archive of this name is probably one compressed stream without a directory, so that
/// listing it takes as long as reading it.
///
/// ```
/// use mt_scanner_archives::is_streamed;
///
/// assert!(is_streamed("Album.tar.gz") && !is_streamed("Album.7z"));
/// ```
pub fn is_streamed(name: &str) -> bool {
    has_one_of(&STREAMED, name)
}

fn has_one_of(endings: &[&str], name: &str) -> bool {
    let (name, endings) = (name.as_bytes(), endings.iter().map(|ending| ending.as_bytes()));
    let mut endings = endings.filter(|ending| name.len() > ending.len());
    endings.any(|ending| name[name.len() - ending.len()..].eq_ignore_ascii_case(ending))
}

/// A name as a relative path that stays where it is: no component is empty, `.` or `..`, and no
/// character is a control character. Backslashes, colons and drive letters are characters.
pub(crate) fn clean(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for component in name.split('/').filter(|component| !matches!(*component, "" | ".")) {
        if !path.is_empty() {
            path.push('/');
        }
        match component {
            ".." => path.push('_'),
            _ => path.extend(component.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })),
        }
    }
    path
}

/// What is before the first NUL.
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// UTF-8, with U+FFFD in place of what is none.
pub(crate) fn utf8(bytes: &[u8]) -> String {
    clean(&String::from_utf8_lossy(bytes))
}

/// UTF-16 in little endian.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let decoded = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    clean(&decoded.collect::<String>())
}

/// IBM code page 437, the charset of a ZIP's names (APPNOTE, appendix D).
pub(crate) fn cp437(bytes: &[u8]) -> String {
    let upper: Vec<char> = CP437.chars().collect();
    let decoded = bytes.iter().map(|&byte| match byte.checked_sub(0x80) {
        Some(index) => upper[usize::from(index)],
        None => char::from(byte),
    });
    clean(&decoded.collect::<String>())
}

/// The characters 0x80 to 0xFF of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_beneath_the_archive() {
        for (name, cleaned) in [
            ("a/b.mp3", "a/b.mp3"),
            ("/etc/passwd", "etc/passwd"),
            ("../../a.mp3", "_/_/a.mp3"),
            ("./a//./b.mp3", "a/b.mp3"),
            ("a/..", "a/_"),
            ("C:\\Music\\..\\a.mp3", "C:\\Music\\..\\a.mp3"),
            ("a\0b\n.mp3", "a\u{fffd}b\u{fffd}.mp3"),
            ("...", "..."),
            ("/./", ""),
        ] {
            assert_eq!(clean(name), cleaned);
        }
    }

    #[test]
    fn archives_are_told_by_their_ending() {
        for name in ["a.zip", "A.ZIP", "x.7z", "x.Rar", "x.tar", "x.TAR.GZ", "x.tgz", "ü.zip"] {
            assert!(is_archive(name), "{name}");
        }
        for name in ["a.cbz", "a.jar", "a.gz", "zip", ".zip", ".tar.gz", "a.zip.mp3", "a.tar.xz", "ü", ""] {
            assert!(!is_archive(name), "{name}");
        }
    }

    #[test]
    fn legacy_names_are_in_code_page_437() {
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(cp437(b"\x81ber \xe1\xff"), "über ß\u{a0}");
        assert_eq!(utf16(b"a\0\xfc\0\x00\xd8"), "aü\u{fffd}");
    }
}
