//! Apple Lossless ("Apple Lossless Format"; the reference decoder says the rest).
//!
//! A packet is a row of elements, the last of which is an end, and nothing is behind that but bits
//! up to a whole byte. How long the codes of samples are depends on the samples before, so that a
//! changed bit leads the decoder astray up to the end of the packet.

use super::bits::Bits;
use super::{Follow, Misfit, Notes};

/// Bits of the fraction of a mean.
const FRACTION: u32 = 9;
/// A code that begins with so many ones stands for itself.
const ESCAPE: u32 = 9;
/// The most that a mean is taken for.
const CLAMP: u32 = 0xffff;
/// The most samples of a packet that anyone decodes: sixteen times the usual number.
const LARGEST: u32 = 4096 * 16;
/// The only rule: a packet ends behind its last element.
const END: usize = 0;

/// What the stream says of all of its packets.
#[derive(Debug, Clone, Copy)]
pub struct Alac {
    samples: u32,
    depth: u32,
    /// How fast means follow, where they begin, and the most bits of a code.
    speed: u32,
    begin: u32,
    longest: u32,
}

impl Alac {
    /// A stream with this magic cookie; `None` if it is none.
    pub fn new(cookie: &[u8]) -> Option<Self> {
        // Old files have it within other boxes, with a header of 12 bytes each.
        let within = |cookie: &'_ [u8], kind: &[u8]| cookie.get(4..8) == Some(kind);
        let cookie = if within(cookie, b"frma") { &cookie[12.min(cookie.len())..] } else { cookie };
        let cookie = if within(cookie, b"alac") { &cookie[12.min(cookie.len())..] } else { cookie };
        let &[s0, s1, s2, s3, _, depth, speed, begin, longest, ..] = cookie else { return None };
        let samples = u32::from_be_bytes([s0, s1, s2, s3]);
        let is_known = samples <= LARGEST && (8..=32).contains(&depth) && (1..=24).contains(&longest);
        is_known.then_some(Self {
            samples,
            depth: depth.into(),
            speed: speed.into(),
            begin: begin.into(),
            longest: longest.into(),
        })
    }

    /// Follows the elements of a packet to the end.
    fn elements(&self, bits: &mut Bits<'_>, len: usize) -> Result<(), Misfit> {
        loop {
            match bits.read(3) {
                // One channel, and one of low frequencies.
                0 | 3 => self.channels(bits, 1, len)?,
                1 => self.channels(bits, 2, len)?,
                4 => bits.pass_data(),
                6 => {
                    let count = match bits.read(4) {
                        15 => 14 + bits.read(8),
                        count => count,
                    };
                    bits.pass(count as usize * 8);
                }
                7 => {
                    bits.align();
                    return Misfit::of(bits.position(), len);
                }
                _ => return Err(Misfit::Reserved),
            }
            if bits.position() > len {
                return Err(Misfit::Behind(bits.position() - len));
            }
        }
    }

    /// Follows an element with one channel or two.
    fn channels(&self, bits: &mut Bits<'_>, channels: u32, len: usize) -> Result<(), Misfit> {
        bits.read(4);
        if bits.read(12) != 0 {
            return Err(Misfit::Reserved);
        }
        let has_count = bits.flag();
        let shifted = bits.read(2) * 8;
        let is_raw = bits.flag();
        let samples = if has_count { bits.read(32) } else { self.samples };
        // The difference of two channels has a bit more.
        let depth = (self.depth + channels - 1).checked_sub(shifted).filter(|&depth| depth > 0);
        let (Some(depth), true) = (depth, samples <= self.samples) else { return Err(Misfit::Reserved) };
        if is_raw {
            bits.pass(samples as usize * (channels * self.depth) as usize);
            return Ok(());
        }
        // How the channels are mixed.
        bits.read(16);
        let mut speeds = [0; 2];
        for speed in &mut speeds[..channels as usize] {
            bits.read(8);
            *speed = self.speed * bits.read(3) / 4;
            let coefficients = bits.read(5);
            bits.pass(coefficients as usize * 16);
        }
        // The lowest bits, as they are.
        bits.pass(samples as usize * (channels * shifted) as usize);
        for speed in &speeds[..channels as usize] {
            self.residuals(bits, samples, *speed, depth)?;
            if bits.position() > len {
                return Err(Misfit::Behind(bits.position() - len));
            }
        }
        Ok(())
    }

    /// Follows what prediction has left of a channel.
    fn residuals(&self, bits: &mut Bits<'_>, samples: u32, speed: u32, depth: u32) -> Result<(), Misfit> {
        let (mut mean, mut was_run) = (self.begin, 0);
        let mut left = samples;
        while left > 0 {
            let width = (31 - ((mean >> FRACTION) + 3).leading_zeros()).min(self.longest);
            let value = golomb(bits, width, depth);
            left -= 1;
            let size = value.wrapping_add(was_run);
            mean = speed.wrapping_mul(size).wrapping_add(mean).wrapping_sub(speed.wrapping_mul(mean) >> FRACTION);
            if value > CLAMP {
                mean = CLAMP;
            }
            was_run = 0;
            // Where all is quiet zeros are counted.
            if mean < 1 << (FRACTION - 2) && left > 0 {
                let width = mean.leading_zeros() + ((mean + 16) >> 6) - 24;
                let run = zeros(bits, width, (1 << self.longest) - 1);
                left = left.checked_sub(run).ok_or(Misfit::Reserved)?;
                was_run = u32::from(run < 0xffff);
                mean = 0;
            }
        }
        Ok(())
    }
}

/// Counts ones, as many as there are before an escape.
fn ones(bits: &mut Bits<'_>) -> u32 {
    bits.fill();
    (bits.peek(ESCAPE) << (32 - ESCAPE)).leading_ones()
}

/// Reads a code: ones that are counted, and so many bits.
fn golomb(bits: &mut Bits<'_>, width: u32, depth: u32) -> u32 {
    let ones = ones(bits);
    if ones == ESCAPE {
        bits.skip(ESCAPE);
        return bits.read(depth.min(32));
    }
    bits.skip(ones + 1);
    if width == 1 {
        return ones;
    }
    rest(bits, ones * ((1 << width) - 1), width)
}

/// Reads the code of a run of zeros.
fn zeros(bits: &mut Bits<'_>, width: u32, mask: u32) -> u32 {
    let ones = ones(bits);
    if ones == ESCAPE {
        bits.skip(ESCAPE);
        return bits.read(16);
    }
    bits.skip(ones + 1);
    rest(bits, ones * (((1 << width) - 1) & mask), width)
}

/// Reads what is added to the part of a value that ones have counted: nothing takes a bit less.
fn rest(bits: &mut Bits<'_>, counted: u32, width: u32) -> u32 {
    bits.fill();
    let more = bits.peek(width);
    bits.skip(if more >= 2 { width } else { width - 1 });
    counted + more.saturating_sub(1)
}

impl Follow for Alac {
    fn take(&mut self, packet: &[u8], notes: &mut Notes<'_>) {
        notes.note(END, self.elements(&mut Bits::new(packet), packet.len() * 8));
    }
}
