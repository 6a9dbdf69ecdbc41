//! Prefix codes, looked up several bits at a time.

use super::bits::Bits;

/// Bits that one look takes.
const STEP: u32 = 9;
/// An entry that leads to another part of the table has this bit, how many bits are to be looked at
/// there from [`WIDTH`] on, and where that part begins.
const LINK: u16 = 1 << 15;
const WIDTH: u32 = 11;
/// Bits of an entry with the length of its code; the value stands above them.
const LENGTH: u32 = 5;

/// A code.
pub struct Code {
    /// By the first bits.
    first: [u16; 1 << STEP],
    /// By those that follow.
    others: Vec<u16>,
}

impl Code {
    /// The code with these leaves from the left to the right, each with the length of its code word
    /// in the high byte and its value in the low one. `extra`: how many bits of other kinds follow
    /// the code word of a value.
    pub fn new(leaves: &[u16], extra: impl Fn(u16) -> u32) -> Self {
        let mut next = 0_u32;
        let leaf = |leaf: &u16| {
            let (length, value) = (u32::from(leaf >> 8), leaf & 0xff);
            let code = next;
            next = next.wrapping_add(1 << (32 - length));
            Leaf { code, length, entry: value << LENGTH | (length + extra(value)) as u16 }
        };
        let leaves: Vec<Leaf> = leaves.iter().map(leaf).collect();
        let mut code = Self { first: [0; 1 << STEP], others: Vec::new() };
        for (at, entry) in code.part(&leaves, 0, STEP) {
            code.first[at] = entry;
        }
        code
    }

    /// The entries of a part of the table, for leaves whose first `passed` bits are the same. Those
    /// of deeper parts are added to the others.
    fn part(&mut self, leaves: &[Leaf], passed: u32, width: u32) -> Vec<(usize, u16)> {
        let place = |leaf: &Leaf| (leaf.code << passed >> (32 - width)) as usize;
        let mut entries = Vec::new();
        for same in leaves.chunk_by(|one, other| place(one) == place(other)) {
            let at = place(&same[0]);
            let longest = same.iter().map(|leaf| leaf.length).max().unwrap_or(0);
            if longest <= passed + width {
                // One leaf for as many places as its code leaves open.
                entries.extend((at..at + (1 << (passed + width - longest))).map(|at| (at, same[0].entry)));
                continue;
            }
            let deeper = (longest - passed - width).min(STEP);
            let inner = self.part(same, passed + width, deeper);
            let begin = self.others.len();
            self.others.resize(begin + (1 << deeper), 0);
            for (at, entry) in inner {
                self.others[begin + at] = entry;
            }
            entries.push((at, LINK | (deeper as u16) << WIDTH | begin as u16));
        }
        entries
    }

    /// Reads a code word and the bits that belong to it. Every row of bits begins with one.
    #[inline]
    pub fn read(&self, bits: &mut Bits<'_>) -> u16 {
        bits.fill();
        let mut entry = self.first[bits.peek(STEP) as usize];
        if entry & LINK != 0 {
            entry = self.longer(entry, bits);
        }
        bits.skip(u32::from(entry & ((1 << LENGTH) - 1)));
        entry >> LENGTH
    }

    /// The entry of a code word that is longer than one look.
    fn longer(&self, mut entry: u16, bits: &Bits<'_>) -> u16 {
        let mut passed = STEP;
        while entry & LINK != 0 {
            let width = u32::from(entry >> WIDTH & 0xf);
            let at = (entry & ((1 << WIDTH) - 1)) as usize + (bits.peek(passed + width) & ((1 << width) - 1)) as usize;
            entry = self.others[at];
            passed += width;
        }
        entry
    }
}

struct Leaf {
    /// From the highest bit on.
    code: u32,
    length: u32,
    entry: u16,
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Whether the leaves are those of a prefix code without gaps for these values, and its table
    /// finds each.
    pub fn assert_whole(leaves: &[u16], values: impl Iterator<Item = u16>) {
        let total: u64 = leaves.iter().map(|leaf| 1 << (32 - (leaf >> 8))).sum();
        assert_eq!(total, 1 << 32);
        let mut found: Vec<u16> = leaves.iter().map(|leaf| leaf & 0xff).collect();
        found.sort_unstable();
        assert!(found.into_iter().eq(values));
        let code = Code::new(leaves, |_| 0);
        let mut next = 0_u32;
        for leaf in leaves {
            let bytes = next.to_be_bytes();
            let mut bits = Bits::new(&bytes);
            assert_eq!(code.read(&mut bits), leaf & 0xff);
            assert_eq!(bits.position(), usize::from(leaf >> 8));
            next = next.wrapping_add(1 << (32 - (leaf >> 8)));
        }
    }
}
