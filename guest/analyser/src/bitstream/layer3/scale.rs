//! How many bits scale factors take.

use super::side::{Blocks, Channel};

/// Bits of each of the two lengths (ISO/IEC 11172-3, section 2.4.2.7).
const LENGTHS: [(usize, usize); 16] = [
    (0, 0),
    (0, 1),
    (0, 2),
    (0, 3),
    (3, 0),
    (1, 1),
    (1, 2),
    (1, 3),
    (2, 1),
    (2, 2),
    (2, 3),
    (3, 1),
    (3, 2),
    (3, 3),
    (4, 2),
    (4, 3),
];
/// How many have each of the four lengths (ISO/IEC 13818-3, section 2.4.3.2): long, short and mixed
/// blocks, for each range of the number that says the lengths; then those of the second channel in
/// intensity stereo.
const COUNTS: [[[usize; 4]; 3]; 6] = [
    [[6, 5, 5, 5], [9, 9, 9, 9], [6, 9, 9, 9]],
    [[6, 5, 7, 3], [9, 9, 12, 6], [6, 9, 12, 6]],
    [[11, 10, 0, 0], [18, 18, 0, 0], [15, 18, 0, 0]],
    [[7, 7, 7, 0], [12, 12, 12, 0], [6, 15, 12, 0]],
    [[6, 6, 6, 3], [12, 9, 9, 6], [6, 12, 9, 6]],
    [[8, 8, 5, 0], [15, 12, 9, 0], [6, 18, 9, 0]],
];

/// Of a channel of MPEG 1. `shared`: the four groups that it has from the granule before.
pub fn bits(channel: &Channel, blocks: Blocks, shared: u32) -> usize {
    let (low, high) = LENGTHS[channel.scale as usize];
    match blocks {
        Blocks::Short => 18 * low + 18 * high,
        Blocks::Mixed => 17 * low + 18 * high,
        Blocks::Long => {
            let own = |group: u32, count: usize| if shared >> (3 - group) & 1 == 1 { 0 } else { count };
            (own(0, 6) + own(1, 5)) * low + (own(2, 5) + own(3, 5)) * high
        }
    }
}

/// Of a channel of MPEG 2. `is_intensity`: of the second channel in intensity stereo.
pub fn bits_of_mpeg2(channel: &Channel, blocks: Blocks, is_intensity: bool) -> usize {
    let scale = channel.scale as usize;
    let (range, lengths) = if is_intensity {
        match scale / 2 {
            scale @ 0..180 => (3, [scale / 36, scale % 36 / 6, scale % 6, 0]),
            scale @ 180..244 => (4, [(scale - 180) / 16, (scale - 180) % 16 / 4, scale % 4, 0]),
            scale => (5, [(scale - 244) / 3, (scale - 244) % 3, 0, 0]),
        }
    } else {
        match scale {
            0..400 => (0, [scale / 80, scale / 16 % 5, scale % 16 / 4, scale % 4]),
            400..500 => (1, [(scale - 400) / 20, (scale - 400) / 4 % 5, scale % 4, 0]),
            _ => (2, [(scale - 500) / 3, (scale - 500) % 3, 0, 0]),
        }
    };
    let kind = match blocks {
        Blocks::Long => 0,
        Blocks::Short => 1,
        Blocks::Mixed => 2,
    };
    lengths.iter().zip(COUNTS[range][kind]).map(|(length, count)| length * count).sum()
}
