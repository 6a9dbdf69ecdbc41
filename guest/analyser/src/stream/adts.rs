//! ADTS (ISO/IEC 14496-3, section 1.A.2.2): a chain of frames. Checksums are passed over: what they
//! cover lies in parts of the coded audio that only a decoder finds, and writers leave them out.

use std::ops::Range;

use mt_scanner_formats::structure::AdtsFrame;

use super::chain::{Frame, Frames, Tally};
use crate::report::{Findings, Proof};

/// Bytes of a header without its checksum, and of the checksum.
const HEADER: usize = 7;
const CHECKSUM: usize = 2;

/// The stream by its first frame.
#[derive(Default)]
pub struct Adts {
    model: Option<AdtsFrame>,
}

impl Frames for Adts {
    fn parse(&self, bytes: &[u8]) -> Option<Frame> {
        let frame = AdtsFrame::of(bytes.first_chunk()?)?;
        let is_like = self.model.is_none_or(|model| frame.is_like(&model));
        is_like.then_some(Frame { len: frame.len as usize, samples: frame.samples, rate: frame.sample_rate })
    }

    fn take(&mut self, frame: &[u8], _: u64, _: &mut Findings) -> Range<usize> {
        if self.model.is_none() {
            self.model = frame.first_chunk().and_then(AdtsFrame::of);
        }
        let has_checksum = frame[1] & 1 == 0;
        // What MP4 has as a sample, so that a copy in there has the same payload.
        let start = if has_checksum { HEADER + CHECKSUM } else { HEADER };
        start.min(frame.len())..frame.len()
    }

    fn was_header(&self) -> bool {
        false
    }

    fn finish(&mut self, _: &Tally, is_whole: bool, _: &mut Findings) -> Proof {
        if is_whole { Proof::Structure } else { Proof::Header }
    }
}
