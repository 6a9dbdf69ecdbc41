//! stub
use crate::budget::Budget;
use crate::listing::Listing;
use crate::slice::Slice;
use crate::trouble::Trouble;
use std::rc::Rc;
pub(crate) const SIGNATURE: [u8; 6] = *b"7z\xbc\xaf\x27\x1c";
pub(crate) fn list(_: &Slice, _: &Rc<Budget>) -> Result<Listing, Trouble> {
    Err(Trouble::unsupported("7Z is not read"))
}
