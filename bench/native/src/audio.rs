//! Which files are audio.

use std::ffi::OsStr;
use std::path::Path;

const EXTENSIONS: [&str; 10] = ["mp3", "flac", "m4a", "ogg", "wav", "wma", "aac", "opus", "m4p", "mp4"];

/// Whether the name ends in one of the ten extensions, in any case.
pub fn is_audio(name: &OsStr) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}
