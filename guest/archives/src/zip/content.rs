//! The bytes of an entry.

use std::cell::RefCell;
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::budget::Budget;
use crate::content::Content;
use crate::cursor::Cursor;
use crate::found::Open;
use crate::pull::Pull;
use crate::slice::Slice;
use crate::trouble::Trouble;
use crate::zip::local;
use crate::zip::record::{DEFLATED, Record};

/// The content behind the local header at `place`, which is read when somebody wants it.
pub(super) fn behind(slice: &Slice, place: u64, record: &Record, budget: &Rc<Budget>) -> Open {
    let (slice, budget) = (slice.clone(), budget.clone());
    let (compressed, method) = (record.compressed, record.method);
    Box::new(move || {
        let start =
            local::data(&slice, place)?.ok_or_else(|| Trouble::damaged("the entry is not where it should be"))?;
        Ok(of(slice.cut(start, compressed), method, &budget))
    })
}

/// The content whose stored or deflated bytes these are.
pub(super) fn of(bytes: Slice, method: u16, budget: &Rc<Budget>) -> Content {
    if method != DEFLATED {
        return Content::Stored(bytes);
    }
    let begin = move |tap: &Rc<_>| Ok(Box::new(DeflateDecoder::new(Pull::new(bytes.clone(), tap))) as _);
    Content::Stream(Rc::new(RefCell::new(Cursor::new(budget, Box::new(begin)))), 0)
}
