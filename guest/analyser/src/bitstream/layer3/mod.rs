//! MPEG audio, layer III (ISO/IEC 11172-3; ISO/IEC 13818-3; MPEG 2.5).
//!
//! The side information of a frame says how many bits each channel of a granule has. Its codes end
//! there with every encoder that is known, but for what some fill up: Shine does in the first
//! granule of each frame, and in that alone, so that every granule and channel is a rule of its
//! own.
//!
//! Behind the pairs of a spectrum there are quads up to the end, however many, so that most changes
//! lead to the same end after all: of changed bytes this finds a tenth to four tenths, the more the
//! higher the bit rate. Another rule finds as many again: encoders count quads from the end of the
//! spectrum as far as all values are at most 1. Where one always does, the last two pairs have a
//! larger value.

mod bands;
mod codes;
mod scale;
mod side;
mod spectrum;
#[cfg(test)]
mod tests;

use mt_scanner_formats::structure::{Layer, MpegHeader};

use self::bands::Bands;
use self::side::{Channel, Side};
use self::spectrum::Codes;
use super::bits::Bits;
use super::{Follow, Misfit, Notes};

/// The most bytes by which main data begin before those of their frame: nine bits say how many.
const FARTHEST: usize = 511;
/// The rule on the last pairs, behind those on the end in each channel of each granule.
const LAST_PAIRS: usize = 4;
/// As many equal bits seldom end a code.
const FILLING: usize = 8;
/// What the headers of encoders begin with, which are frames without audio.
const MARKS: [&[u8]; 2] = [b"Xing", b"Info"];

/// A stream. Places in its main data are counted from its beginning, in bytes.
pub struct Layer3 {
    codes: Codes,
    /// The last main data of the frames before, and those of this one.
    main: Vec<u8>,
    /// The place of the first of them.
    kept: u64,
    /// Where those of the frame before ended; `None` at the beginning.
    reached: Option<u64>,
    /// What begins before this place may be of another stream.
    doubtful: u64,
}

impl Layer3 {
    /// Before its first frame.
    pub fn new() -> Self {
        Self { codes: Codes::new(), main: Vec::new(), kept: 0, reached: None, doubtful: 0 }
    }

    /// Adds the bytes of a frame, and gives where they begin among those that are kept.
    fn add(&mut self, own: &[u8]) -> usize {
        let forgotten = self.main.len().saturating_sub(FARTHEST);
        self.main.drain(..forgotten);
        self.kept += forgotten as u64;
        let start = self.main.len();
        self.main.extend_from_slice(own);
        start
    }

    /// Whether what ends at this bit may be no code, but what fills up: ones or zeros.
    fn is_filled_up(&self, end: usize) -> bool {
        let Some(begin) = end.checked_sub(FILLING).filter(|_| end <= self.main.len() * 8) else { return false };
        let mut bits = Bits::new(&self.main[begin / 8..]);
        bits.pass(begin % 8);
        [0, (1 << FILLING) - 1].contains(&bits.read(FILLING as u32))
    }

    /// Follows the bits of a channel from `at` to `end`.
    fn follow(&self, channel: &Channel, scale: usize, at: usize, end: usize) -> Result<Option<bool>, Misfit> {
        let has = self.main.len() * 8;
        if end > has {
            return Err(Misfit::Behind(end - has));
        }
        // Some write what they like beside no bits at all.
        if at == end {
            return Ok(None);
        }
        if at + scale > end {
            return Err(Misfit::Behind(at + scale - end));
        }
        let begin = at / 8;
        let mut bits = Bits::new(&self.main[begin..]);
        bits.pass(at + scale - begin * 8);
        self.codes.follow(bits, channel, end - begin * 8)
    }
}

impl Follow for Layer3 {
    fn take(&mut self, frame: &[u8], notes: &mut Notes<'_>) {
        let Some(header) = frame.first_chunk().and_then(|bytes| MpegHeader::parse(*bytes)) else { return };
        let checksum = header.checksum_len() as usize;
        let behind = header.behind_side_information() as usize + checksum;
        let Some((side, own)) = frame.split_at_checked(behind) else { return };
        if header.layer != Layer::Three || MARKS.iter().any(|mark| own.starts_with(mark)) {
            return;
        }
        let bands = Bands::of(&header);
        let side = Side::read(&mut Bits::new(&side[4 + checksum..]), &header, &bands);
        let start = self.add(own);
        let is_first = self.reached.is_none();
        let Some(begin) = start.checked_sub(side.back) else {
            // Cut off at the front.
            self.doubtful = self.kept + self.main.len() as u64;
            self.reached = Some(self.doubtful);
            return;
        };
        if self.reached.is_some_and(|reached| reached != self.kept + begin as u64) {
            // Filled up, or joined to another stream.
            self.doubtful = self.kept + start as u64;
        }
        let is_judged = !is_first && self.kept + begin as u64 >= self.doubtful;
        let mut at = begin * 8;
        for (granule, channels) in side.granules[..bands.granules()].iter().enumerate() {
            for (index, channel) in channels[..usize::from(header.channels)].iter().enumerate() {
                let scale = channel.blocks.map(|blocks| {
                    if bands.is_mpeg1 {
                        return scale::bits(channel, blocks, if granule == 1 { side.shared[index] } else { 0 });
                    }
                    let is_intensity = index == 1 && frame[3] & 0xd0 == 0x50;
                    scale::bits_of_mpeg2(channel, blocks, is_intensity)
                });
                let end = at + channel.len;
                if is_judged {
                    let outcome = scale.ok_or(Misfit::Reserved).and_then(|scale| self.follow(channel, scale, at, end));
                    if let Ok(Some(had_to_be)) = outcome {
                        notes.note(LAST_PAIRS, if had_to_be { Ok(()) } else { Err(Misfit::Uneconomic) });
                    }
                    let ends_elsewhere = matches!(outcome, Err(Misfit::Before(_) | Misfit::Behind(_)));
                    if !ends_elsewhere || !self.is_filled_up(end) {
                        notes.note(2 * granule + index, outcome.map(|_| ()));
                    }
                }
                at = end;
            }
        }
        self.reached = Some(self.kept + at.div_ceil(8) as u64);
    }
}
