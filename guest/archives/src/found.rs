//! What the reader of a format has found.

use crate::content::Content;
use crate::entry::Entry;
use crate::trouble::Trouble;

/// Finds the bytes of an entry, or says why it cannot.
pub(crate) type Open = Box<dyn Fn() -> Result<Content, Trouble>>;

/// A file of an archive.
pub(crate) struct Found {
    pub entry: Entry,
    pub open: Open,
}

impl Found {
    /// One whose bytes `open` finds.
    pub fn new(name: String, size: u64, crc32: Option<u32>, open: Open) -> Self {
        Self { entry: Entry { name, size, crc32 }, open }
    }

    /// One that cannot be read.
    pub fn refused(name: String, size: u64, crc32: Option<u32>, why: Trouble) -> Self {
        Self::new(name, size, crc32, Box::new(move || Err(why.clone())))
    }
}
