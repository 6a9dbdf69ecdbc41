//! The entries of one folder.

use wasip2::filesystem::types::{DescriptorType, ErrorCode};

use super::root::Folder;

/// What a folder holds that matters here, each kind in the order of the filesystem.
#[derive(Default)]
pub struct Listing {
    /// Audio files, by their own name.
    pub files: Vec<String>,
    /// Folders.
    pub folders: Vec<String>,
    /// Symbolic links, to be judged by their targets.
    pub links: Vec<String>,
    /// Entries whose name is not UTF-8.
    pub lost_names: u64,
    /// Whether there is a `.nomedia`: this folder and those below hold no music.
    pub nomedia: bool,
    /// Whether there is a `.mtignore`.
    pub mtignore: bool,
}

/// Lists a folder. One that cannot be read to its end is an error: what was listed is not handed out as if it were all.
pub fn list(folder: &Folder) -> Result<Listing, ErrorCode> {
    let entries = folder.0.read_directory()?;
    let mut listing = Listing::default();
    loop {
        let entry = match entries.read_directory_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(listing),
            // The name is lost, and the next call goes on with the next entry.
            Err(ErrorCode::IllegalByteSequence) => {
                listing.lost_names += 1;
                continue;
            }
            Err(code) => return Err(code),
        };
        match entry.type_ {
            DescriptorType::RegularFile => match entry.name.as_str() {
                ".nomedia" => listing.nomedia = true,
                ".mtignore" => listing.mtignore = true,
                name if crate::extension::is_audio_file(name) => listing.files.push(entry.name),
                _ => {}
            },
            DescriptorType::Directory => listing.folders.push(entry.name),
            // Some filesystems do not say what an entry is: a look at the target tells, as for a link.
            DescriptorType::SymbolicLink | DescriptorType::Unknown => listing.links.push(entry.name),
            _ => {}
        }
    }
}
