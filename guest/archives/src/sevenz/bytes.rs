//! The numbers and lists that a header is made of.

use crate::budget::Budget;
use crate::trouble::Trouble;

/// A header that is read from its front. No list is believed to be longer than what is left of it.
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
    budget: &'a Budget,
}

impl<'a> Bytes<'a> {
    pub fn new(rest: &'a [u8], budget: &'a Budget) -> Self {
        Self { rest, budget }
    }

    pub fn take(&mut self, len: u64) -> Result<&'a [u8], Trouble> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next bytes as a header of their own.
    pub fn part(&mut self, len: u64) -> Result<Self, Trouble> {
        Ok(Self { rest: self.take(len)?, budget: self.budget })
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn byte(&mut self) -> Result<u8, Trouble> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(damaged)?;
        self.rest = rest;
        Ok(byte)
    }

    /// A list may be in a stream of its own; no writer does that.
    pub fn is_here(&mut self) -> Result<(), Trouble> {
        if self.byte()? == 0 { Ok(()) } else { Err(Trouble::unsupported("the directory is in several streams")) }
    }

    pub fn u32(&mut self) -> Result<u32, Trouble> {
        let bytes = self.take(4)?.first_chunk().ok_or_else(damaged)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// A number of one to nine bytes: the ones at the top of the first byte count those that
    /// follow.
    pub fn number(&mut self) -> Result<u64, Trouble> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = 0;
        for index in 0..more {
            value |= u64::from(self.byte()?) << (8 * index);
        }
        // What is left of the first byte is the top.
        let top = u64::from(first) & (0x7f_u64 >> more);
        Ok(if more < 8 { value | top << (8 * more) } else { value })
    }

    /// As many items, each of which takes `size` bytes of memory.
    pub fn list<T>(
        &mut self,
        count: u64,
        size: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut items = Vec::new();
        for _ in 0..count {
            let next = item(self)?;
            self.budget.hold(size)?;
            items.push(next);
        }
        Ok(items)
    }

    /// A bit for each of `count` items.
    pub fn bits(&mut self, count: u64) -> Result<Bits<'a>, Trouble> {
        Ok(Bits::Some(self.take(count.div_ceil(8))?))
    }

    /// The same behind a byte that may say that all are set.
    pub fn bits_unless_all(&mut self, count: u64) -> Result<Bits<'a>, Trouble> {
        if self.byte()? != 0 { Ok(Bits::All) } else { self.bits(count) }
    }
}

/// One bit an item, the first one at the top of its byte.
pub(super) enum Bits<'a> {
    All,
    Some(&'a [u8]),
}

impl Bits<'_> {
    pub fn get(&self, index: u64) -> bool {
        match self {
            Bits::All => true,
            Bits::Some(bytes) => {
                let byte = usize::try_from(index / 8).ok().and_then(|at| bytes.get(at));
                byte.is_some_and(|byte| byte << (index % 8) & 0x80 != 0)
            }
        }
    }
}

pub(super) fn damaged() -> Trouble {
    Trouble::damaged("the directory is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        let budget = Budget::new(&Limits::default());
        let number = |bytes: &[u8]| Bytes::new(bytes, &budget).number();
        assert_eq!(number(&[0x7f]), Ok(0x7f));
        assert_eq!(number(&[0x81, 0x23]), Ok(0x123));
        assert_eq!(number(&[0xc1, 0x34, 0x12]), Ok(0x1_1234));
        assert_eq!(number(&[0xfe, 1, 2, 3, 4, 5, 6, 7]), Ok(0x07_0605_0403_0201));
        assert_eq!(number(&[0xff, 1, 2, 3, 4, 5, 6, 7, 8]), Ok(0x0807_0605_0403_0201));
        assert!(number(&[0xff, 1]).is_err() && number(&[]).is_err());
    }

    #[test]
    fn bits_begin_at_the_top() {
        let bits = Bits::Some(&[0b1010_0000, 0b0000_0001]);
        let set: Vec<u64> = (0..20).filter(|&index| bits.get(index)).collect();
        assert_eq!(set, [0, 2, 15]);
    }
}
