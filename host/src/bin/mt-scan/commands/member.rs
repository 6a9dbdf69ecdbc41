//! Paths that go on inside of a file: members of archives, tracks of cue sheets.

use std::path::Path;

use mt_scanner::ARCHIVE_MARK;

/// The folder that a file is in. A path may go on inside of a file (`Album.zip!/01.mp3`,
/// `Album.flac!/03`): then it is the folder of that file.
pub fn folder_of(file: &Path) -> &Path {
    let mark = ARCHIVE_MARK as u8;
    let goes_on = |folder: &&Path| folder.as_os_str().as_encoded_bytes().ends_with(&[mark]) && !folder.is_dir();
    file.ancestors().skip(1).filter(goes_on).last().unwrap_or(file).parent().unwrap_or(file)
}
