//! AAC of low complexity (ISO/IEC 14496-3, section 4.4.2).
//!
//! A packet is a row of elements, the last of which is an end, and nothing is behind that but bits
//! up to a whole byte. Every part says how many codes it has, so that other codes lead to another
//! end. Extensions, of which SBR is one, say their length and are passed over.

mod bands;
mod channel;
mod codes;
mod config;
#[cfg(test)]
mod tests;

use self::bands::Bands;
use self::channel::{Codes, Windows};
use super::bits::Bits;
use super::{Follow, Misfit, Notes};

/// The only rule: a packet ends behind its last element.
const END: usize = 0;

/// A stream.
pub struct Aac {
    bands: Bands,
    codes: Codes,
}

impl Aac {
    /// With this configuration; or, where the container has none, with this sample rate in Hz.
    /// `None`: it is of another profile.
    pub fn new(config: Option<&[u8]>, rate: Option<u32>) -> Option<Self> {
        let rate = config.map_or(rate, config::core_rate)?;
        Some(Self { bands: Bands::of(rate), codes: Codes::new() })
    }

    /// Follows the elements of a packet to the end. `Ok(false)`: one of them is not followed.
    fn elements(&mut self, bits: &mut Bits<'_>, len: usize) -> Result<bool, Misfit> {
        loop {
            match bits.read(3) {
                // One channel, and one of low frequencies.
                0 | 3 => {
                    bits.read(4);
                    self.codes.channel(bits, &self.bands, None)?;
                }
                1 => self.pair(bits)?,
                // A channel that is coupled to others.
                2 => return Ok(false),
                4 => bits.pass_data(),
                5 => program(bits),
                6 => {
                    let count = match bits.read(4) {
                        15 => 14 + bits.read(8),
                        count => count,
                    };
                    bits.pass(count as usize * 8);
                }
                _ => {
                    bits.align();
                    return Misfit::of(bits.position(), len).map(|()| true);
                }
            }
            if bits.position() > len {
                return Err(Misfit::Behind(bits.position() - len));
            }
        }
    }

    /// Follows two channels: channel_pair_element.
    fn pair(&mut self, bits: &mut Bits<'_>) -> Result<(), Misfit> {
        bits.read(4);
        let shared = if bits.flag() { Some(Windows::read(bits, &self.bands)?) } else { None };
        if let Some(windows) = &shared {
            match bits.read(2) {
                1 => bits.pass(windows.scales()),
                3 => return Err(Misfit::Reserved),
                _ => {}
            }
        }
        self.codes.channel(bits, &self.bands, shared)?;
        self.codes.channel(bits, &self.bands, shared)
    }
}

/// Passes over what says which channels there are: program_config_element.
fn program(bits: &mut Bits<'_>) {
    bits.read(10);
    let [front, side, back] = [4; 3].map(|width| bits.read(width));
    let (low, data, coupled) = (bits.read(2), bits.read(3), bits.read(4));
    for width in [4, 4, 3] {
        if bits.flag() {
            bits.read(width);
        }
    }
    bits.pass((5 * (front + side + back + coupled) + 4 * (low + data)) as usize);
    bits.align();
    let comment = bits.read(8);
    bits.pass(comment as usize * 8);
}

impl Follow for Aac {
    fn take(&mut self, packet: &[u8], notes: &mut Notes<'_>) {
        match self.elements(&mut Bits::new(packet), packet.len() * 8) {
            Ok(true) => notes.note(END, Ok(())),
            Ok(false) => {}
            Err(misfit) => notes.note(END, Err(misfit)),
        }
    }
}
