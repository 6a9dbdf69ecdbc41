//! Where the bytes of an entry are.

use std::cell::RefCell;
use std::rc::Rc;

use crate::cursor::Cursor;
use crate::slice::Slice;

/// Where the bytes of an entry are.
pub(crate) enum Content {
    /// As they are, in the archive.
    Stored(Slice),
    /// In a decompressed stream, from this position on.
    Stream(Rc<RefCell<Cursor>>, u64),
}
