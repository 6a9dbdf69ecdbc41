//! What the reader of a format has found.

use std::cell::RefCell;
use std::rc::Rc;

use crate::cursor::Cursor;
use crate::slice::Slice;
use crate::trouble::Trouble;

/// Where the bytes of an entry are.
pub(crate) enum Content {
    /// As they are, in the archive.
    Stored(Slice),
    /// In a decompressed stream, from this position on.
    Stream(Rc<RefCell<Cursor>>, u64),
}

/// Finds the bytes of an entry, or says why it cannot.
pub(crate) type Open = Box<dyn Fn() -> Result<Content, Trouble>>;

/// A file of an archive.
pub(crate) struct Found {
    pub name: String,
    pub size: u64,
    pub crc32: Option<u32>,
    pub open: Open,
}

impl Found {
    /// One that cannot be read.
    pub fn refused(name: String, size: u64, crc32: Option<u32>, why: Trouble) -> Self {
        Self { name, size, crc32, open: Box::new(move || Err(why.clone())) }
    }
}
