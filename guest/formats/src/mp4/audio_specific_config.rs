//! The AudioSpecificConfig of MPEG-4 audio (ISO/IEC 14496-3, section 1.6.2.1): sample rate and
//! channels of what the decoder puts out, spectral band replication (SBR) and parametric stereo
//! (PS) included.

use super::bits::Bits;

/// What a decoder puts out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AudioSpecificConfig {
    /// The audio object type of the core (table 1.17).
    pub object_type: u32,
    /// In Hz; 0 where it is reserved.
    pub sample_rate: u32,
    /// 0 where the configuration does not say.
    pub channels: u8,
    /// Bits a sample, of the lossless object type ALS.
    pub bit_depth: Option<u8>,
    /// Whether it says that there is SBR or that there is none.
    pub signals_sbr: bool,
}

/// Table 1.18.
const SAMPLE_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
/// Table 1.19, with the additions of ISO/IEC 23001-8 (11 to 14).
const CHANNELS: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8];

const SBR: u32 = 5;
const ER_BSAC: u32 = 22;
const PS: u32 = 29;
const ALS: u32 = 36;

impl AudioSpecificConfig {
    /// Reads it. `None` if it ends before its first fields do.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::of(bytes);
        let mut object_type = object_type(&mut bits)?;
        let mut sample_rate = sample_rate(&mut bits)?;
        let configuration = bits.take(4)?;
        let mut channels = CHANNELS.get(configuration as usize).copied().unwrap_or(0);
        // Explicit signalling in the hierarchical way: the extension first, the core behind it.
        let mut has_ps = object_type == PS;
        let mut signals_sbr = object_type == SBR || has_ps;
        if signals_sbr {
            sample_rate = self::sample_rate(&mut bits)?;
            object_type = self::object_type(&mut bits)?;
            if object_type == ER_BSAC {
                bits.skip(4)?;
            }
        }
        let mut config = Self { object_type, sample_rate, channels, bit_depth: None, signals_sbr };
        if object_type == ALS {
            return Some(config.with_als(bytes).unwrap_or(config));
        }
        if configuration == 0 && is_general(object_type) {
            channels = general(&mut bits, object_type).unwrap_or(0);
        }
        if !signals_sbr && let Some(extension) = Extension::find(&mut bits) {
            signals_sbr = true;
            has_ps = extension.has_ps;
            config.sample_rate = extension.sample_rate.unwrap_or(sample_rate);
        }
        if has_ps && channels == 1 {
            channels = 2;
        }
        Some(Self { channels, signals_sbr, ..config })
    }

    /// ALSSpecificConfig (section 11.6.1), which has the true rate and number of channels.
    fn with_als(self, bytes: &[u8]) -> Option<Self> {
        let at = bytes.windows(4).position(|four| four == b"ALS\0")?;
        let mut bits = Bits::of(bytes.get(at + 4..)?);
        let sample_rate = bits.take(32)?;
        bits.skip(32)?;
        let channels = u8::try_from(bits.take(16)? + 1).unwrap_or(u8::MAX);
        bits.skip(3)?;
        let bit_depth = u8::try_from((bits.take(3)? + 1) * 8).ok();
        Some(Self { sample_rate, channels, bit_depth, ..self })
    }
}

fn object_type(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.take(5)? {
        31 => Some(32 + bits.take(6)?),
        object_type => Some(object_type),
    }
}

fn sample_rate(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.take(4)? {
        15 => bits.take(24),
        index => Some(SAMPLE_RATES.get(index as usize).copied().unwrap_or(0)),
    }
}

/// Whether a GASpecificConfig follows.
fn is_general(object_type: u32) -> bool {
    matches!(object_type, 1..=4 | 6 | 7 | 17 | 19..=23)
}

/// GASpecificConfig (section 4.4.1), read for the channels that its program config element counts.
fn general(bits: &mut Bits<'_>, object_type: u32) -> Option<u8> {
    bits.skip(1)?;
    if bits.flag()? {
        bits.skip(14)?;
    }
    bits.skip(1)?;
    if matches!(object_type, 6 | 20) {
        bits.skip(3)?;
    }
    program_config_element(bits)
}

/// The channels of a program config element (section 4.4.1.1).
fn program_config_element(bits: &mut Bits<'_>) -> Option<u8> {
    bits.skip(4 + 2 + 4)?;
    let elements = bits.take(4)? + bits.take(4)? + bits.take(4)?;
    let low_frequency = bits.take(2)?;
    bits.skip(3 + 4)?;
    for mixdown_bits in [4, 4, 3] {
        if bits.flag()? {
            bits.skip(mixdown_bits)?;
        }
    }
    let mut channels = low_frequency;
    for _ in 0..elements {
        channels += 1 + u32::from(bits.flag()?);
        bits.skip(4)?;
    }
    u8::try_from(channels).ok()
}

/// Explicit signalling in the backward compatible way: behind the core's configuration.
struct Extension {
    /// In Hz, where there is SBR.
    sample_rate: Option<u32>,
    has_ps: bool,
}

impl Extension {
    /// Looks at every bit that is left: what lies between is of no interest, and may be of any
    /// length.
    fn find(bits: &mut Bits<'_>) -> Option<Self> {
        while bits.left() >= 16 {
            let mut here = bits.clone();
            if here.take(11)? == 0x2b7 {
                return Self::read(&mut here);
            }
            bits.skip(1)?;
        }
        None
    }

    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        if object_type(bits)? != SBR {
            return None;
        }
        if !bits.flag()? {
            return Some(Self { sample_rate: None, has_ps: false });
        }
        let sample_rate = sample_rate(bits)?;
        let has_ps = bits.left() >= 12 && bits.take(11)? == 0x548 && bits.flag()?;
        Some(Self { sample_rate: Some(sample_rate).filter(|&rate| rate > 0), has_ps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits as text, blanks left out, with zeros behind them.
    fn config(bits: &str) -> AudioSpecificConfig {
        let digits: Vec<u8> = bits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        let byte = |bits: &[u8]| (0..8).fold(0, |byte, at| byte << 1 | bits.get(at).copied().unwrap_or(0));
        let bytes: Vec<u8> = digits.chunks(8).map(byte).collect();
        AudioSpecificConfig::of(&bytes).unwrap()
    }

    #[test]
    fn the_core_is_what_is_played_without_extensions() {
        let config = config("00010 0100 0010 000");
        let expected = AudioSpecificConfig {
            object_type: 2,
            sample_rate: 44_100,
            channels: 2,
            bit_depth: None,
            signals_sbr: false,
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn a_rate_may_be_written_out() {
        assert_eq!(config("00010 1111 000000001011101110000001 0001 000").sample_rate, 48_001);
        assert_eq!(config("00010 1110 0001 000").sample_rate, 0);
    }

    #[test]
    fn an_extension_in_front_of_the_core_has_the_rate() {
        let config = config("00101 0111 0010 0100 00010 000");
        assert_eq!((config.object_type, config.sample_rate, config.channels), (2, 44_100, 2));
        assert!(config.signals_sbr);
    }

    #[test]
    fn parametric_stereo_makes_two_channels_of_one() {
        let config = config("11101 0111 0001 0100 00010 000");
        assert_eq!((config.sample_rate, config.channels), (44_100, 2));
    }

    #[test]
    fn an_extension_behind_the_core_has_the_rate_and_parametric_stereo() {
        let core = "00010 0111 0001 000";
        let sbr = "01010110111 00101 1 0100";
        let with_sbr = config(&format!("{core} {sbr}"));
        assert_eq!((with_sbr.sample_rate, with_sbr.channels), (44_100, 1));
        let with_both = config(&format!("{core} {sbr} 10101001000 1"));
        assert_eq!((with_both.sample_rate, with_both.channels), (44_100, 2));
        let without = config(&format!("{core} 01010110111 00101 0"));
        assert_eq!((without.sample_rate, without.signals_sbr), (22_050, true));
    }

    #[test]
    fn a_program_config_element_counts_its_channels() {
        // A pair and a single in front, a pair behind, one for low frequencies.
        let element = "0000 01 0100 0010 0000 0001 01 000 0000 0 0 0  1 0000 0 0000 1 0000 0000";
        assert_eq!(config(&format!("00010 0100 0000 000 {element}")).channels, 6);
        assert_eq!(config("00010 0100 0000 000").channels, 0);
    }

    #[test]
    fn lossless_audio_has_its_rate_in_its_own_configuration() {
        let mut bytes = vec![0xf8, 0x88, 0x00, 0x00];
        bytes.extend(b"ALS\0");
        bytes.extend([48_000_u32.to_be_bytes(), 96_000_u32.to_be_bytes()].concat());
        bytes.extend([0, 1, 0b0000_0100]);
        let config = AudioSpecificConfig::of(&bytes).unwrap();
        assert_eq!(
            (config.object_type, config.sample_rate, config.channels, config.bit_depth),
            (36, 48_000, 2, Some(16))
        );
    }

    #[test]
    fn a_configuration_that_is_cut_off_is_none() {
        assert_eq!(AudioSpecificConfig::of(&[0x12]), None);
        assert_eq!(AudioSpecificConfig::of(&[]), None);
    }
}
