//! What a container says of all packets: AudioSpecificConfig (ISO/IEC 14496-3, section 1.6.2.1).

use super::super::bits::Bits;

/// Sample rates in Hz by their index.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const LOW_COMPLEXITY: u32 = 2;
/// SBR, and parametric stereo with it: the core's kind follows.
const EXTENSIONS: [u32; 2] = [5, 29];

/// The sample rate of the core in Hz; `None` where that is not AAC of low complexity with frames of
/// 1024 samples.
pub fn core_rate(config: &[u8]) -> Option<u32> {
    let mut bits = Bits::new(config);
    let mut kind = bits.read(5);
    let rate = rate(&mut bits);
    // The channels.
    bits.read(4);
    if EXTENSIONS.contains(&kind) {
        self::rate(&mut bits)?;
        kind = bits.read(5);
    }
    let (is_shorter, depends_on_other) = (bits.flag(), bits.flag());
    let is_followed = kind == LOW_COMPLEXITY && !is_shorter && !depends_on_other;
    rate.filter(|_| is_followed && bits.position() <= config.len() * 8)
}

fn rate(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.read(4) {
        15 => Some(bits.read(24)),
        index => RATES.get(index as usize).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_core_of_low_complexity() {
        // Plain; with SBR that is told of behind it, and before it; of another profile; with
        // shorter frames; cut off.
        for (config, rate) in [
            (&[0x12, 0x10][..], Some(44_100)),
            (&[0x13, 0x90, 0x56, 0xe5, 0xa0], Some(22_050)),
            (&[0x2b, 0x92, 0x08, 0x00], Some(22_050)),
            (&[0x0a, 0x10], None),
            (&[0x12, 0x14], None),
            (&[0x12], None),
            (&[], None),
        ] {
            assert_eq!(core_rate(config), rate, "{config:x?}");
        }
    }
}
