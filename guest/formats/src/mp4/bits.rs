//! Numbers of a few bits, the highest first.

/// Reads bits from the beginning of some bytes.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// How many bits are left.
    pub fn left(&self) -> usize {
        self.bytes.len() * 8 - self.position
    }

    /// The next `count` bits, at most 32; `None` if fewer are left.
    pub fn take(&mut self, count: usize) -> Option<u32> {
        if count > self.left().min(32) {
            return None;
        }
        let mut value = 0;
        for position in self.position..self.position + count {
            let bit = self.bytes[position / 8] >> (7 - position % 8) & 1;
            value = value << 1 | u32::from(bit);
        }
        self.position += count;
        Some(value)
    }

    /// The next bit.
    pub fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// Passes over `count` bits.
    pub fn skip(&mut self, count: usize) -> Option<()> {
        (count <= self.left()).then(|| self.position += count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_taken_from_the_highest_on_and_end_with_the_bytes() {
        let mut bits = Bits::of(&[0b1010_0000, 0xff]);
        assert_eq!((bits.flag(), bits.take(3), bits.left()), (Some(true), Some(0b010), 12));
        assert_eq!((bits.skip(4), bits.take(9), bits.take(8)), (Some(()), None, Some(0xff)));
        assert_eq!((bits.take(0), bits.take(1), bits.skip(1)), (Some(0), None, None));
    }
}
