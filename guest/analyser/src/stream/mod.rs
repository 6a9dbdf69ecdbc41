//! Follows a container from its beginning to its end without decoding: one module a container.

mod adts;
mod asf;
mod chain;
mod flac;
mod iff;
mod mp4;
mod mpeg;
mod ogg;
mod opaque;
#[cfg(test)]
mod tests;

use std::io;

use mt_scanner_formats::Container;
use mt_scanner_formats::structure::Place;

use crate::hash::Hash;
use crate::input::Input;
use crate::report::{Findings, Proof};

/// What a walk works with.
pub struct Desk<'a> {
    /// The file.
    pub input: &'a mut Input,
    /// Where it notes what it finds.
    pub findings: &'a mut Findings,
    /// Takes the coded audio, packet by packet.
    pub payload: &'a mut Option<Hash>,
}

impl Desk<'_> {
    /// Takes coded audio that lies at a place in the file; all of it is in the window.
    fn hash(&mut self, position: u64, len: u64) -> io::Result<()> {
        if let Some(hash) = self.payload {
            hash.take(self.input.at(position, len)?);
        }
        Ok(())
    }
}

/// What a piece of work led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is more.
    More,
    /// The end: this much held, unless a finding says otherwise.
    Done(Proof),
}

/// A walk over a container, piece by piece.
pub trait Walk {
    /// Works on the next piece.
    ///
    /// # Errors
    ///
    /// Only those of the source.
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step>;

    /// Where it is, in bytes from the beginning of the file.
    fn position(&self) -> u64;
}

/// The walk over a container. `is_whole`: over all of it, and not only over what a look at the
/// beginning, the tables and the end tells.
///
/// # Errors
///
/// Only those of the source.
pub fn walk(container: Container, place: Place, is_whole: bool, input: &mut Input) -> io::Result<Box<dyn Walk>> {
    let range = place.start..place.end;
    // One header and no frames (ISO/IEC 14496-3, section 1.A.2.1).
    let is_adif = container == Container::Adts && input.at(place.start, 4)? == b"ADIF";
    Ok(match container {
        _ if is_adif => Box::new(opaque::Opaque::new(range, is_whole)),
        Container::Mpeg => Box::new(chain::Chain::new(mpeg::Mpeg::new(range.clone()), range, is_whole)),
        Container::Adts => Box::new(chain::Chain::new(adts::Adts::default(), range, is_whole)),
        Container::Flac => Box::new(flac::Flac::new(range, is_whole)),
        Container::Ogg => Box::new(ogg::Ogg::new(range, is_whole)),
        Container::Mp4 => Box::new(mp4::Mp4::new(range, is_whole)),
        Container::Wave => Box::new(iff::Iff::wave(range, is_whole)),
        Container::Aiff => Box::new(iff::Iff::aiff(range, is_whole)),
        Container::Asf => Box::new(asf::Asf::new(range, is_whole)),
        Container::Ape | Container::Musepack | Container::WavPack => Box::new(opaque::Opaque::new(range, is_whole)),
    })
}

/// A time in ms of so many samples.
fn ms(samples: u64, rate: u32) -> u64 {
    if rate == 0 { 0 } else { (u128::from(samples) * 1000 / u128::from(rate)) as u64 }
}

/// `1 byte`, `2 bytes`.
fn bytes(count: u64) -> String {
    mt_scanner_contract::text::number(count, "byte")
}
