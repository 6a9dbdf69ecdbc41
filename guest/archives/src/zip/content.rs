//! The bytes of an entry.

use std::cell::RefCell;
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::budget::Budget;
use crate::content::Content;
use crate::cursor::Cursor;
use crate::pull::Pull;
use crate::slice::Slice;
use crate::zip::record::DEFLATED;

/// The content whose stored or deflated bytes these are.
pub(super) fn of(bytes: Slice, method: u16, budget: &Rc<Budget>) -> Content {
    if method != DEFLATED {
        return Content::Stored(bytes);
    }
    let begin = move |tap: &Rc<_>| Ok(Box::new(DeflateDecoder::new(Pull::new(bytes.clone(), tap))) as _);
    Content::Stream(Rc::new(RefCell::new(Cursor::new(budget, Box::new(begin)))), 0)
}
