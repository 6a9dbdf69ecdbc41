//! Sample descriptions of sound (`stsd`): ISO/IEC 14496-12, section 12.2.3, and the sound sample
//! descriptions of the QuickTime File Format, versions 0 to 2. They name the codec and carry its
//! own configuration in atoms.

use super::atom::{HEADER, VERSION, u16_at, u32_at, u64_at};
use super::bits::Bits;
use super::codec;
use super::descriptors::StreamDescriptor;

/// What the sample description of a track says.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct SampleEntry {
    /// The codec in the contract's words, or ffmpeg's.
    pub codec: Option<&'static str>,
    /// In Hz.
    pub sample_rate: u32,
    /// The rate that stands in the fixed part of the entry, which the codec's own configuration may
    /// correct.
    pub entry_rate: u32,
    pub channels: u8,
    pub bit_depth: Option<u8>,
    /// The mean in bit/s, as the encoder wrote it down.
    pub bitrate: Option<u32>,
    /// Whether that is the rate of every part of the audio.
    pub is_constant: bool,
    /// Whether the core of AAC is configured without a word of spectral band replication.
    pub may_have_sbr: bool,
    /// The system that protects the samples.
    pub protection: Option<&'static str>,
}

/// Bytes of the fixed part in a sound description of version 0, and more of them in versions 1 and
/// 2.
const FIXED: usize = 28;
const FIXED_1: usize = 16;
const FIXED_2: usize = 36;
/// The most levels of atoms in a description: `wave` in an entry, `schi` in `sinf`.
const DEPTH: u32 = 3;

impl SampleEntry {
    /// The first entry with a codec that is known, or the first, in the content of an `stsd`.
    pub fn of(stsd: &[u8]) -> Option<Self> {
        // Version 1 of the list allows version 1 of entries that have QuickTime's number and not
        // its fields.
        let is_quicktime = stsd.first() == Some(&0);
        let entries = children(stsd.get(VERSION as usize + 4..)?);
        let mut first = None;
        for (format, content) in entries {
            let Some(entry) = Self::read(format, content, is_quicktime) else { continue };
            if entry.codec.is_some() {
                return Some(entry);
            }
            first = first.or(Some(entry));
        }
        first
    }

    fn read(format: [u8; 4], content: &[u8], is_quicktime: bool) -> Option<Self> {
        let sample_rate = u32::from(u16_at(content, 24)?);
        let mut entry = Self {
            codec: codec::of_format(format),
            sample_rate,
            entry_rate: sample_rate,
            channels: u8::try_from(u16_at(content, 16)?).unwrap_or(0),
            bit_depth: codec::pcm_depth(format, u16_at(content, 18)?),
            protection: codec::protection_of_format(format),
            ..Self::default()
        };
        let mut fixed = FIXED;
        match u16_at(content, 8)? {
            1 if is_quicktime => fixed += FIXED_1,
            2 if is_quicktime => {
                fixed += FIXED_2;
                entry.sample_rate = f64::from_bits(u64_at(content, 32)?).round() as u32;
                entry.entry_rate = entry.sample_rate;
                entry.channels = u8::try_from(u32_at(content, 40)?).unwrap_or(0);
                if entry.bit_depth.is_some() {
                    entry.bit_depth = u32_at(content, 48).and_then(|bits| u8::try_from(bits).ok());
                }
            }
            _ => {}
        }
        entry.take_children(content.get(fixed..).unwrap_or_default(), DEPTH);
        Some(entry)
    }

    fn take_children(&mut self, bytes: &[u8], depth: u32) {
        for (name, content) in children(bytes) {
            self.take(name, content, depth);
        }
    }

    /// Takes what an atom inside the entry says. An atom that is too short for it says nothing.
    fn take(&mut self, name: [u8; 4], content: &[u8], depth: u32) -> Option<()> {
        match &name {
            b"wave" | b"sinf" if depth > 0 => self.take_children(content, depth - 1),
            b"frma" => self.codec = codec::of_format(*content.first_chunk()?).or(self.codec),
            b"schm" => self.protection = codec::protection_of_scheme(content.get(4..)?.first_chunk()?),
            b"esds" => {
                let stream = StreamDescriptor::of(content.get(VERSION as usize..)?)?;
                self.codec = stream.codec;
                self.bitrate = stream.bitrate.or(self.bitrate);
                if let Some(config) = stream.config {
                    self.configure(config.sample_rate, config.channels, config.bit_depth);
                    self.may_have_sbr = config.object_type == AAC_LC && !config.signals_sbr;
                }
            }
            // The magic cookie: ALACSpecificConfig behind version and flags.
            b"alac" => {
                self.configure(u32_at(content, 24)?, *content.get(13)?, Some(*content.get(9)?));
                self.bitrate = u32_at(content, 20).filter(|&rate| rate > 0).or(self.bitrate);
            }
            // "Encapsulation of FLAC in ISO Base Media File Format", section 3.3.2: STREAMINFO
            // behind its block header.
            b"dfLa" => {
                let mut bits = Bits::of(content.get(VERSION as usize + 4 + 10..)?);
                let (rate, channels, depth) = (bits.take(20)?, bits.take(3)? + 1, bits.take(5)? + 1);
                self.configure(rate, channels as u8, Some(depth as u8));
            }
            // "Encapsulation of Opus in ISO Base Media File Format", section 4.3.2. Opus plays at
            // 48 kHz.
            b"dOps" => self.configure(48_000, *content.get(1)?, None),
            // ETSI TS 102 366, annex F.4 and F.6.
            b"dac3" => {
                let mut bits = self.take_ac3(Bits::of(content), 3)?;
                self.take_rate(AC3_BITRATES.get(bits.take(5)? as usize).copied()?);
            }
            b"dec3" => {
                self.take_ac3(Bits::of(content.get(2..)?), 5)?;
                self.take_rate(Bits::of(content).take(13)?);
            }
            // ISO/IEC 23003-5: flags, bits a sample.
            b"pcmC" => self.bit_depth = content.get(5).copied(),
            // The true rate of an entry of version 1 (ISO/IEC 14496-12, section 12.2.3).
            b"srat" => self.configure(u32_at(content, 4)?, 0, None),
            b"btrt" => self.bitrate = self.bitrate.or(u32_at(content, 8).filter(|&rate| rate > 0)),
            _ => {}
        }
        Some(())
    }

    /// Takes the rate and the channels of AC-3 or E-AC-3, which has more bits between them.
    /// Gives the bits that follow.
    fn take_ac3<'b>(&mut self, mut bits: Bits<'b>, between: usize) -> Option<Bits<'b>> {
        const SAMPLE_RATES: [u32; 4] = [48_000, 44_100, 32_000, 0];
        const CHANNELS: [u8; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
        let sample_rate = SAMPLE_RATES[bits.take(2)? as usize];
        bits.skip(5 + between)?;
        let (mode, low_frequency) = (bits.take(3)?, bits.flag()?);
        self.configure(sample_rate, CHANNELS[mode as usize] + u8::from(low_frequency), None);
        Some(bits)
    }

    /// Takes a constant rate in kbit/s.
    fn take_rate(&mut self, rate: u32) {
        self.bitrate = Some(rate * 1000).filter(|&rate| rate > 0);
        self.is_constant = self.bitrate.is_some();
    }

    /// Puts what the codec's configuration says over what the entry says; 0 says nothing.
    fn configure(&mut self, sample_rate: u32, channels: u8, bit_depth: Option<u8>) {
        self.sample_rate = if sample_rate > 0 { sample_rate } else { self.sample_rate };
        self.channels = if channels > 0 { channels } else { self.channels };
        self.bit_depth = bit_depth.filter(|&bits| bits > 0).or(self.bit_depth);
    }
}

const AAC_LC: u32 = 2;
/// Bit rates of AC-3 in kbit/s (ETSI TS 102 366, table F.4.1).
const AC3_BITRATES: [u32; 19] =
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

/// The atoms in some bytes, each as far as the bytes go. Ends where none can be.
fn children(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = u32_at(rest, 0)? as usize;
        let name = *rest.get(4..)?.first_chunk()?;
        let end = if size == 0 { rest.len() } else { size.min(rest.len()) };
        let content = rest.get(HEADER as usize..end)?;
        rest = &rest[end..];
        Some((name, content))
    })
}
