//! stub
use crate::budget::Budget;
use crate::listing::Listing;
use crate::slice::Slice;
use crate::trouble::Trouble;
use std::rc::Rc;
pub(crate) fn find(_: &Slice, head: &[u8]) -> Result<Option<u64>, Trouble> {
    Ok(head.starts_with(b"Rar!\x1a\x07").then_some(0))
}
pub(crate) fn list(_: &Slice, _: u64, _: &Rc<Budget>) -> Result<Listing, Trouble> {
    Err(Trouble::unsupported("RAR is not read"))
}
