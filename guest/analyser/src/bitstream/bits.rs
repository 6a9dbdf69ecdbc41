//! Bits from the front, the highest of a byte first.

/// Reads bits. Behind the end there are zeros, and the position goes on, so that a loop of codes
/// need not ask at each whether there are more.
#[derive(Clone)]
pub struct Bits<'a> {
    /// What is not in the window yet.
    rest: &'a [u8],
    /// The next bits, from the highest on.
    window: u64,
    /// How many of them there are.
    held: u32,
    /// Bits that were read.
    position: usize,
}

impl<'a> Bits<'a> {
    /// All of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, window: 0, held: 0, position: 0 }
    }

    /// Bits that were read so far.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Sees to it that 32 bits can be looked at and skipped.
    #[inline]
    pub fn fill(&mut self) {
        if self.held >= 32 {
            return;
        }
        let next = match self.rest.split_first_chunk::<4>() {
            Some((four, rest)) => {
                self.rest = rest;
                u32::from_be_bytes(*four)
            }
            None => {
                let mut four = [0; 4];
                four[..self.rest.len()].copy_from_slice(self.rest);
                self.rest = &[];
                u32::from_be_bytes(four)
            }
        };
        self.window |= u64::from(next) << (32 - self.held);
        self.held += 32;
    }

    /// The next bits, 1 to 32 of those that were filled in.
    #[inline]
    pub fn peek(&self, count: u32) -> u32 {
        (self.window >> (64 - count)) as u32
    }

    /// Passes over bits that were filled in.
    #[inline]
    pub fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.held -= count;
        self.position += count as usize;
    }

    /// Reads up to 32 bits.
    #[inline]
    pub fn read(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        self.fill();
        let value = self.peek(count);
        self.skip(count);
        value
    }

    /// Reads one bit.
    pub fn flag(&mut self) -> bool {
        self.read(1) == 1
    }

    /// Passes over what is left of a byte that was begun.
    pub fn align(&mut self) {
        self.read(self.position.wrapping_neg() as u32 % 8);
    }

    /// Passes over any number of bits.
    pub fn pass(&mut self, count: usize) {
        let here = (count as u64).min(u64::from(self.held)) as u32;
        self.skip(here);
        let mut left = count - here as usize;
        let whole = (left / 8).min(self.rest.len());
        self.rest = &self.rest[whole..];
        self.position += whole * 8;
        left -= whole * 8;
        if self.rest.is_empty() && left >= 8 {
            self.position += left;
        } else {
            self.read(left as u32);
        }
    }

    /// Passes over data, which ALAC has as AAC does: data_stream_element.
    pub fn pass_data(&mut self) {
        self.read(4);
        let is_aligned = self.flag();
        let count = match self.read(8) {
            255 => 255 + self.read(8),
            count => count,
        };
        if is_aligned {
            self.align();
        }
        self.pass(count as usize * 8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_bytes_in_any_portions() {
        let bytes: Vec<u8> = (0..200_u32).map(|at| (at * 37 % 251) as u8).collect();
        let all: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> (7 - bit) & 1 == 1)).collect();
        for step in 1..=32_u32 {
            let mut bits = Bits::new(&bytes);
            while bits.position() + step as usize <= all.len() {
                let at = bits.position();
                let expected =
                    all[at..at + step as usize].iter().fold(0_u64, |value, &bit| value << 1 | u64::from(bit));
                assert_eq!(u64::from(bits.read(step)), expected, "{step} at {at}");
            }
        }
        for passed in 0..1700 {
            let mut bits = Bits::new(&bytes);
            bits.read(passed % 33);
            bits.pass(passed as usize);
            let at = (passed % 33 + passed) as usize;
            assert_eq!((bits.position(), bits.flag()), (at, all.get(at).copied().unwrap_or(false)));
        }
    }
}
