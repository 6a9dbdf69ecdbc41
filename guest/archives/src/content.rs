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
    /// The same, and some of them have passed already: whoever wants no others spares the stream
    /// another pass.
    Passed(Rc<RefCell<Cursor>>, u64, Rc<Passed>),
}

/// What of an entry has passed while its archive was listed.
pub(crate) struct Passed {
    /// Its beginning.
    pub head: Vec<u8>,
    /// Its end.
    pub tail: Vec<u8>,
}
