//! The codes of a spectrum.

use super::super::Misfit;
use super::super::bits::Bits;
use super::super::huffman::Code;
use super::bands::LINES;
use super::codes;
use super::side::Channel;

/// Bits behind a code word for a value of 15, by table.
const LINBITS: [u32; 32] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13];

/// Values of pairs that are no quad's: above 1.
const LARGE: u16 = 0xee;

/// The codes.
pub struct Codes {
    pairs: [Option<Code>; 25],
    quads: [Code; 2],
}

impl Codes {
    /// Builds the tables.
    pub fn new() -> Self {
        let pair =
            |leaves: &[u16]| Some(Code::new(leaves, |value| u32::from(value & 0xf > 0) + u32::from(value >> 4 > 0)));
        let quad = |leaves: &[u16]| Code::new(leaves, |value| value.count_ones());
        Self {
            pairs: std::array::from_fn(|table| match table {
                1 => pair(&codes::CODE_1),
                2 => pair(&codes::CODE_2),
                3 => pair(&codes::CODE_3),
                5 => pair(&codes::CODE_5),
                6 => pair(&codes::CODE_6),
                7 => pair(&codes::CODE_7),
                8 => pair(&codes::CODE_8),
                9 => pair(&codes::CODE_9),
                10 => pair(&codes::CODE_10),
                11 => pair(&codes::CODE_11),
                12 => pair(&codes::CODE_12),
                13 => pair(&codes::CODE_13),
                15 => pair(&codes::CODE_15),
                16 => pair(&codes::CODE_16),
                24 => pair(&codes::CODE_24),
                _ => None,
            }),
            quads: [quad(&codes::QUADS_A), quad(&codes::QUADS_B)],
        }
    }

    /// Follows the codes of a channel up to the bit where they should end. Gives whether its last
    /// two pairs had to be pairs: with values up to 1 they would have been shorter as a quad.
    /// `None`: no quad has room behind them.
    pub fn follow(&self, mut bits: Bits<'_>, channel: &Channel, end: usize) -> Result<Option<bool>, Misfit> {
        if channel.pairs > LINES / 2 {
            return Err(Misfit::Reserved);
        }
        let (mut at, mut before, mut last) = (0, 0, 0);
        for (&table, region) in channel.tables.iter().zip([channel.ends[0], channel.ends[1], LINES / 2]) {
            let count = region.min(channel.pairs).saturating_sub(at);
            at += count;
            if count == 0 {
                continue;
            }
            if table == 0 {
                (before, last) = (if count > 1 { 0 } else { last }, 0);
                continue;
            }
            let table = usize::from(table);
            let linbits = LINBITS[table];
            // Those from 16 and from 24 on differ by these bits alone.
            let same = if table > 16 { table & 24 } else { table };
            let code = self.pairs[same].as_ref().ok_or(Misfit::Reserved)?;
            for _ in 0..count {
                before = last;
                last = code.read(&mut bits);
                let high = u32::from(last & 0xf == 0xf) + u32::from(last >> 4 == 0xf);
                if linbits * high > 0 {
                    bits.fill();
                    bits.skip(linbits * high);
                }
            }
            if bits.position() > end {
                return Err(Misfit::Behind(bits.position() - end));
            }
        }
        let has_room = at >= 2 && 2 * at + 4 <= LINES;
        let had_to_be = has_room.then_some((before | last) & LARGE != 0);
        let mut lines = 2 * at;
        let code = &self.quads[usize::from(channel.is_quads_b)];
        while bits.position() < end && lines + 4 <= LINES {
            code.read(&mut bits);
            lines += 4;
        }
        Misfit::of(bits.position(), end).map(|()| had_to_be)
    }
}
