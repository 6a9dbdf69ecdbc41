//! Headers of frames (RFC 9639, section 9.1), which tell audio from anything else and number its
//! samples.

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What precedes it: samples, or frames where all have the same number of samples.
    pub before: Before,
    /// Samples of each channel in it.
    pub samples: u32,
    /// In Hz; 0 where only STREAMINFO says it.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u8,
    /// Bits a sample; 0 where only STREAMINFO says it.
    pub bit_depth: u8,
}

/// What precedes a frame in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Samples of each channel.
    Samples(u64),
    /// Frames.
    Frames(u64),
}

/// The longest header in bytes.
pub(crate) const LONGEST: usize = 16;

/// Whether these bytes begin as every frame does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xf8 | 0xf9, ..])
}

impl Frame {
    /// The header at the beginning of these bytes, if it is one to its checksum.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let [_, strategy, sizes, format, ..] = *bytes else { return None };
        if !begins(bytes) || format & 1 != 0 {
            return None;
        }
        let (number, number_len) = coded_number(&bytes[4..])?;
        let mut at = 4 + number_len;
        let mut take = |len: usize| -> Option<u32> {
            let taken = bytes.get(at..at + len)?;
            at += len;
            Some(taken.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)))
        };
        let samples = match sizes >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 144 << code,
            6 => take(1)? + 1,
            7 => take(2)? + 1,
            code => 1 << code,
        };
        let sample_rate = match sizes & 15 {
            0 => 0,
            12 => take(1)? * 1000,
            13 => take(2)?,
            14 => take(2)? * 10,
            15 => return None,
            code => RATES[usize::from(code)],
        };
        let channels = match format >> 4 {
            count @ 0..=7 => count + 1,
            8..=10 => 2,
            _ => return None,
        };
        let bit_depth = match format >> 1 & 7 {
            3 => return None,
            code => [0, 8, 12, 0, 16, 20, 24, 32][usize::from(code)],
        };
        let before = if strategy & 1 == 0 { Before::Frames(number) } else { Before::Samples(number) };
        let frame = Self { before, samples, sample_rate, channels, bit_depth };
        (bytes.get(at) == Some(&checksum(&bytes[..at]))).then_some(frame)
    }
}

/// By code; section 9.1.2.
const RATES: [u32; 12] = [0, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// A number written as UTF-8 writes a character, up to 36 bits (section 9.1.5), and its length in
/// bytes.
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let len = match first.leading_ones() {
        0 => return Some((first.into(), 1)),
        len @ 2..=7 => len as usize,
        _ => return None,
    };
    let begin = u64::from(first) & (0x7f >> len);
    let rest = bytes.get(1..len)?;
    let number = rest
        .iter()
        .try_fold(begin, |number, &byte| (byte & 0xc0 == 0x80).then(|| number << 6 | u64::from(byte & 0x3f)))?;
    Some((number, len))
}

/// CRC-8 with the polynomial x^8 + x^2 + x + 1 (section 9.1.8).
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| if sum & 0x80 != 0 { sum << 1 ^ 7 } else { sum << 1 })
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A frame of 4096 samples of 44.1 kHz in two channels of 16 bits, with this number (below 128)
    /// and length.
    pub fn frame(number: u8, len: usize) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xf8, 0xc9, 0x18, number];
        bytes.push(checksum(&bytes));
        bytes.resize(len, 0x55);
        bytes
    }

    #[test]
    fn a_header_of_an_encoder_is_read() {
        // The example of RFC 9639, appendix D.1.
        let bytes = [0xff, 0xf8, 0x69, 0x18, 0x00, 0x00, 0xbf, 0x03, 0x58];
        let expected = Frame { before: Before::Frames(0), samples: 1, sample_rate: 44_100, channels: 2, bit_depth: 16 };
        assert_eq!(Frame::of(&bytes), Some(expected));
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        for (bytes, number) in [
            (vec![0x7f], 0x7f),
            (vec![0xc2, 0x80], 0x80),
            (vec![0xe1, 0x80, 0x81], 0x1001),
            (vec![0xfe, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf], (1 << 36) - 1),
        ] {
            assert_eq!(coded_number(&bytes), Some((number, bytes.len())));
            assert_eq!(coded_number(&bytes[..bytes.len() - 1]), None);
        }
        assert!(coded_number(&[0x80]).is_none() && coded_number(&[0xff; 8]).is_none());
        assert!(coded_number(&[0xc2, 0x00]).is_none());
    }

    #[test]
    fn what_fails_its_checksum_is_no_frame() {
        let bytes = frame(9, 100);
        assert_eq!(Frame::of(&bytes).unwrap().before, Before::Frames(9));
        for at in 0..6 {
            let mut wrong = bytes.clone();
            wrong[at] ^= 0x10;
            assert_eq!(Frame::of(&wrong), None, "{at}");
        }
        assert!((0..6).all(|len| Frame::of(&bytes[..len]).is_none()));
    }
}
