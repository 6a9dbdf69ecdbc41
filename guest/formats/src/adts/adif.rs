//! ADIF, the older form of AAC files: one header, and blocks that nothing separates (ISO/IEC
//! 14496-3, section 1.A.2.2.1).

use super::frame::RATES;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Adif {
    /// In bit/s: of each moment, or the highest.
    pub bitrate: u32,
    /// In Hz.
    pub sample_rate: Option<u32>,
    /// `None` where it is none.
    pub channels: Option<u8>,
}

/// How much of the header is read, in bytes: beyond what says the channels.
pub(super) const LEN: usize = 96;
/// What an ADIF file begins with.
pub(super) const MARK: &[u8; 4] = b"ADIF";

impl Adif {
    /// The header at the beginning of these bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits { bytes: bytes.strip_prefix(MARK)?, position: 0 };
        if bits.take(1)? == 1 {
            // An identification of the copyright.
            bits.pass(72);
        }
        bits.pass(2);
        let is_variable = bits.take(1)? == 1;
        let bitrate = bits.take(23)?;
        bits.pass(4);
        if !is_variable {
            bits.pass(20);
        }
        // The first program_config_element: its number and the object type stand before the rate.
        bits.pass(6);
        let sample_rate = RATES.get(bits.take(4)? as usize).copied();
        let [front, side, back, low] = [bits.take(4)?, bits.take(4)?, bits.take(4)?, bits.take(2)?];
        bits.pass(3 + 4);
        // Three kinds of mixing, each with a number where it is there.
        for len in [4, 4, 3] {
            if bits.take(1)? == 1 {
                bits.pass(len);
            }
        }
        let mut channels = low;
        for _ in 0..front + side + back {
            // An element of one channel or of two, and its number.
            channels += 1 + bits.take(1)?;
            bits.pass(4);
        }
        Some(Self { bitrate, sample_rate, channels: u8::try_from(channels).ok().filter(|&count| count > 0) })
    }
}

/// Bits, the highest of a byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |value, _| {
            let byte = self.bytes.get(self.position / 8)?;
            let bit = byte >> (7 - self.position % 8) & 1;
            self.position += 1;
            Some(value << 1 | u32::from(bit))
        })
    }

    fn pass(&mut self, count: usize) {
        self.position += count;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A header: 128 kbit/s of 44.1 kHz, one pair of front channels and one for low frequencies.
    pub fn header(has_copyright: bool) -> Vec<u8> {
        let copyright = if has_copyright { vec![(1, 1), (0, 24), (0, 24), (0, 24)] } else { vec![(0, 1)] };
        let fields: [(u32, usize); 16] = [
            (0, 2),
            (0, 1),
            (128_000, 23),
            (0, 4),
            (0, 20),
            (0, 4),
            (1, 2),
            (4, 4),
            (1, 4),
            (0, 4),
            (0, 4),
            (1, 2),
            (0, 3 + 4),
            (0, 3),
            (1, 1),
            (0, 4),
        ];
        let bits: Vec<u8> = copyright
            .into_iter()
            .chain(fields)
            .flat_map(|(value, len): (u32, usize)| (0..len).rev().map(move |bit| (value >> bit & 1) as u8))
            .collect();
        let bytes = bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | bit << (7 - at)));
        [MARK.to_vec(), bytes.collect()].concat()
    }

    #[test]
    fn a_header_says_what_the_audio_is() {
        for has_copyright in [false, true] {
            let expected = Adif { bitrate: 128_000, sample_rate: Some(44_100), channels: Some(3) };
            assert_eq!(Adif::of(&header(has_copyright)), Some(expected));
        }
    }

    #[test]
    fn a_header_that_is_cut_off_says_nothing() {
        assert!((0..15).all(|len| Adif::of(&header(false)[..len]).is_none()));
        assert_eq!(Adif::of(b"ADTS header with more bytes than enough"), None);
    }
}
