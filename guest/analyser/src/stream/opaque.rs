//! Containers whose structure is not followed: Monkey's Audio, Musepack, WavPack, ADIF. Their
//! bytes between the tags are hashed, and nothing is said of them.

use std::io;
use std::ops::Range;

use super::{Desk, Step, Walk};
use crate::input::PIECE;
use crate::report::{Kind, Proof};

/// The walk over bytes.
pub struct Opaque {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
}

impl Opaque {
    /// Over bytes that lie there.
    pub fn new(range: Range<u64>, is_whole: bool) -> Self {
        Self { position: range.start, range, is_whole }
    }
}

impl Walk for Opaque {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        if self.position == self.range.start {
            desk.findings.remark(Kind::NotFollowed, "the structure of this format is not looked into");
        }
        if !self.is_whole || desk.payload.is_none() || self.position >= self.range.end {
            return Ok(Step::Done(Proof::Nothing));
        }
        let len = PIECE.min(self.range.end - self.position);
        desk.hash(self.position, len)?;
        self.position += len;
        Ok(Step::More)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
