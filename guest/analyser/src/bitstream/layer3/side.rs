//! The side information of a frame (ISO/IEC 11172-3, section 2.4.1.7; ISO/IEC 13818-3, section
//! 2.4.1.7).

use mt_scanner_formats::structure::MpegHeader;

use super::super::bits::Bits;
use super::bands::{Bands, LINES};

/// How the spectrum of a granule is divided in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// One block, whatever its window.
    Long,
    /// Three short ones.
    Short,
    /// Low frequencies in one, the others in three.
    Mixed,
}

/// What the side information says of a channel in a granule.
#[derive(Debug, Clone, Copy)]
pub struct Channel {
    /// Bits of scale factors and spectrum: part2_3_length.
    pub len: usize,
    /// Pairs of values that are coded one by one.
    pub pairs: usize,
    /// Which lengths scale factors have.
    pub scale: u32,
    /// The blocks; `None`: the value is reserved.
    pub blocks: Option<Blocks>,
    /// The tables of the regions.
    pub tables: [u8; 3],
    /// The pairs at which the first regions end.
    pub ends: [usize; 2],
    /// Whether the other code of quads is used.
    pub is_quads_b: bool,
}

/// The side information.
#[derive(Debug)]
pub struct Side {
    /// How many bytes before those behind the side information the main data begin.
    pub back: usize,
    /// For each channel, groups of scale factors that the second granule shares with the first.
    pub shared: [u32; 2],
    /// By granule and channel, as many as there are.
    pub granules: [[Channel; 2]; 2],
}

impl Side {
    /// Reads it.
    pub fn read(bits: &mut Bits<'_>, header: &MpegHeader, bands: &Bands) -> Self {
        let channels = usize::from(header.channels);
        let (back, shared) = if bands.is_mpeg1 {
            let back = bits.read(9);
            bits.read(if channels == 1 { 5 } else { 3 });
            let mut shared = [0; 2];
            shared[..channels].fill_with(|| bits.read(4));
            (back, shared)
        } else {
            let back = bits.read(8);
            bits.read(channels as u32);
            (back, [0; 2])
        };
        let none =
            Channel { len: 0, pairs: 0, scale: 0, blocks: None, tables: [0; 3], ends: [0; 2], is_quads_b: false };
        let mut granules = [[none; 2]; 2];
        for granule in &mut granules[..bands.granules()] {
            granule[..channels].fill_with(|| Channel::read(bits, bands));
        }
        Self { back: back as usize, shared, granules }
    }
}

impl Channel {
    fn read(bits: &mut Bits<'_>, bands: &Bands) -> Self {
        let (len, pairs) = (bits.read(12) as usize, bits.read(9) as usize);
        // The gain.
        bits.read(8);
        let scale = bits.read(if bands.is_mpeg1 { 4 } else { 9 });
        let mut tables = [0; 3];
        let is_switched = bits.flag();
        let (blocks, ends) = if is_switched {
            let (kind, is_mixed) = (bits.read(2), bits.flag());
            tables[..2].fill_with(|| bits.read(5) as u8);
            // The gains of the three blocks.
            bits.read(9);
            let blocks = match kind {
                0 => None,
                2 if is_mixed => Some(Blocks::Mixed),
                2 => Some(Blocks::Short),
                _ => Some(Blocks::Long),
            };
            (blocks, [bands.first_region(kind == 2), LINES / 2])
        } else {
            tables.fill_with(|| bits.read(5) as u8);
            let first = bits.read(4) as usize + 1;
            let second = first + bits.read(3) as usize + 1;
            (Some(Blocks::Long), [bands.end(first), bands.end(second)])
        };
        // Emphasis of high frequencies and the step of scale factors.
        bits.read(if bands.is_mpeg1 { 2 } else { 1 });
        Self { len, pairs, scale, blocks, tables, ends, is_quads_b: bits.flag() }
    }
}
