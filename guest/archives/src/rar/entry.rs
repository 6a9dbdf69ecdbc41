//! What both kinds of headers say of a file.

use crate::content::Content;
use crate::found::Found;
use crate::slice::Slice;
use crate::trouble::Trouble;

/// The file that a header is about.
pub(super) struct Entry {
    pub name: String,
    pub size: u64,
    pub crc32: Option<u32>,
    pub is_stored: bool,
    pub is_encrypted: bool,
    /// The rest of it is in the next volume.
    pub goes_on: bool,
}

impl Entry {
    /// The file whose packed bytes these are.
    pub fn found(self, packed: Slice) -> Found {
        let Self { name, size, crc32, .. } = self;
        let why = if self.is_encrypted {
            Trouble::encrypted("the entry is encrypted")
        } else if self.goes_on {
            Trouble::unsupported("the entry goes on in another volume")
        } else if !self.is_stored {
            Trouble::unsupported("compressed RAR entries are not read")
        } else {
            return Found::new(name, size, crc32, Box::new(move || Ok(Content::Stored(packed.clone()))));
        };
        Found::refused(name, size, crc32, why)
    }
}

/// Why a volume has not all that its name promises.
pub(super) fn volume() -> Trouble {
    Trouble::unsupported("a volume of several; what is in the others is not read with it")
}

pub(super) fn encrypted_directory() -> Trouble {
    Trouble::encrypted("the directory is encrypted")
}

pub(super) fn cut() -> Trouble {
    Trouble::damaged("the archive is cut")
}

pub(super) fn damaged() -> Trouble {
    Trouble::damaged("a header is damaged; what is behind it is lost")
}
