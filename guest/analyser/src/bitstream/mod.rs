//! Follows coded audio code by code, without making sound of it: one module a codec.
//!
//! Audio has no checksums in most codecs, and of most changed bytes a decoder makes other sound and
//! no complaint. But codes have lengths of their own, and have to end where a frame says, or where
//! its packet does. A changed byte leads to other codes, which often end elsewhere.
//!
//! Encoders differ in what they fill up, so that a file is judged by itself: what nearly all of its
//! packets keep to is a rule of its encoder, and those that do not were changed. What a good part
//! of them does not keep to is no rule, and nothing is said.

mod aac;
mod alac;
mod bits;
#[cfg(test)]
mod drill;
mod huffman;
mod layer3;
mod ledger;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_MP3};

use self::ledger::Ledger;
pub use self::ledger::{Misfit, Notes};
use crate::report::Findings;

/// A codec.
trait Follow {
    /// Follows the codes of a packet, and notes for each rule whether it held.
    fn take(&mut self, packet: &[u8], notes: &mut Notes<'_>);
}

/// The codes of a file.
pub struct Bitstream {
    codec: Box<dyn Follow>,
    ledger: Ledger,
}

impl Bitstream {
    /// That of a track; `None` where the codec's codes are not followed.
    pub fn new(parameters: &AudioCodecParameters) -> Option<Self> {
        let codec: Box<dyn Follow> = match parameters.codec {
            CODEC_ID_MP3 => Box::new(layer3::Layer3::new()),
            CODEC_ID_AAC => Box::new(aac::Aac::new(parameters.extra_data.as_deref(), parameters.sample_rate)?),
            CODEC_ID_ALAC => Box::new(alac::Alac::new(parameters.extra_data.as_deref()?)?),
            _ => return None,
        };
        Some(Self { codec, ledger: Ledger::default() })
    }

    /// Follows the next packet, which begins at this time.
    pub fn take(&mut self, packet: &[u8], ms: u64) {
        self.codec.take(packet, &mut self.ledger.notes(ms));
    }

    /// Judges the whole.
    pub fn finish(&self, findings: &mut Findings) {
        self.ledger.judge(findings);
    }
}
