//! Members of archives, which are named as if these were folders.

use std::path::Path;

use mt_scanner::ARCHIVE_MARK;

/// The folder that a file is in; of a member of an archive that of the archive.
pub fn folder_of(file: &Path) -> &Path {
    let is_archive = |path: &&Path| {
        let archive = path.to_str().map(|path| path.trim_end_matches(ARCHIVE_MARK));
        archive.is_some_and(|archive| archive.len() < path.as_os_str().len() && Path::new(archive).is_file())
            && !path.is_dir()
    };
    let outermost = file.ancestors().skip(1).filter(is_archive).last();
    outermost.unwrap_or(file).parent().unwrap_or(file)
}
