//! Names that tell what a walk passes over: hidden folders, and what systems leave behind.

use mt_scanner_formats::extension::Extensions;

/// Folders that systems make beside people's own, in any ASCII case. Others begin with a dot:
/// `.Trash-1000`, `.@__thumb`, `.zfs`. Names that people give too are not here (`snapshot`).
const LEFT_BEHIND: [&str; 10] = [
    // Windows: deleted files, and what it keeps for itself on each volume.
    "$RECYCLE.BIN",
    "System Volume Information",
    // Synology: thumbnails, deleted files, older states.
    "@eaDir",
    "#recycle",
    "#snapshot",
    // QNAP: deleted files, older states.
    "@Recycle",
    "@Recently-Snapshot",
    // NetApp on SMB: older states.
    "~snapshot",
    // AFP servers: deleted files.
    "Network Trash Folder",
    // What a repair of the filesystem has found.
    "lost+found",
];
/// How the names of AppleDouble files begin, which macOS writes beside a file where the filesystem
/// has no room for its attributes.
const APPLE_DOUBLE: &str = "._";

/// Whether a folder of this name is entered only where hidden folders are. A dot that another
/// follows hides nothing: `...and more` is a title.
pub fn is_hidden_folder(name: &str) -> bool {
    let is_hidden = name.starts_with('.') && !name.starts_with("..");
    is_hidden || LEFT_BEHIND.iter().any(|left| left.eq_ignore_ascii_case(name))
}

/// Whether a file of this name may be a track.
pub fn is_track(extensions: &Extensions, name: &str) -> bool {
    !name.starts_with(APPLE_DOUBLE) && extensions.is_audio_file(name)
}

/// Whether a file of this name, which is no track, would be one if its extension were asked for.
pub fn is_passed_over(name: &str) -> bool {
    !name.starts_with(APPLE_DOUBLE) && Extensions::is_passed_over(name)
}

/// Whether a file of this name may be a cue sheet.
pub fn is_sheet(name: &str) -> bool {
    !name.starts_with(APPLE_DOUBLE) && has_extension(name, &[".cue"])
}

/// Whether a file of this name is a list of what to play: no audio.
pub fn is_playlist(name: &str) -> bool {
    !name.starts_with(APPLE_DOUBLE) && has_extension(name, &[".m3u", ".m3u8", ".pls"])
}

/// Whether something stands before one of these extensions, in any ASCII case.
fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let name = name.as_bytes();
    let ends = |extension: &&str| {
        name.len() > extension.len() && name[name.len() - extension.len()..].eq_ignore_ascii_case(extension.as_bytes())
    };
    extensions.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_folders_have_one_dot_or_the_name_of_a_system() {
        for name in [".git", ".Trash-1000", "._x", ".@__thumb", "$Recycle.Bin", "#recycle", "@recycle", "lost+found"] {
            assert!(is_hidden_folder(name), "{name}");
        }
        for name in ["...and more", "..And Justice", "a.b", "recycle", "snapshot", "lost and found", "@eaDirs", "$"] {
            assert!(!is_hidden_folder(name), "{name}");
        }
    }

    #[test]
    fn sheets_and_playlists_are_known_by_their_extension() {
        for (name, sheet, playlist) in [
            ("a.cue", true, false),
            ("A.CUE", true, false),
            (".cue", false, false),
            ("a.cue.txt", false, false),
            ("._a.cue", false, false),
            ("a.m3u", false, true),
            ("é.M3U8", false, true),
            ("a.pls", false, true),
            ("._a.pls", false, false),
            (".m3u", false, false),
            ("m3u", false, false),
            ("a.m3u9", false, false),
        ] {
            assert_eq!((is_sheet(name), is_playlist(name)), (sheet, playlist), "{name}");
        }
    }

    #[test]
    fn an_apple_double_file_is_no_track() {
        for (name, expected) in
            [("x.mp3", true), ("._x.mp3", false), (".x.mp3", true), ("..x.mp3", true), ("._", false)]
        {
            assert_eq!(is_track(&Extensions::default(), name), expected, "{name}");
            assert_eq!(is_passed_over(&name.replace(".mp3", ".aiff")), expected, "{name}");
        }
    }
}
