//! A place for one stream that is under way.

use std::cell::RefCell;
use std::io::Read;
use std::rc::Rc;

use crate::pull::Tap;

/// A stream that is under way.
pub(crate) struct Running {
    /// The number of its cursor.
    pub owner: u64,
    pub stream: Box<dyn Read>,
    pub tap: Rc<Tap>,
    /// How much it has given.
    pub position: u64,
    pub buffer: Vec<u8>,
}

/// A place for one stream that is under way. Cursors that share it take it from each other: so
/// many blocks, each with a large dictionary, take the memory of one.
pub(crate) type Seat = Rc<RefCell<Option<Running>>>;
