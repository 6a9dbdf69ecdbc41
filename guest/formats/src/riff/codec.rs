//! Codecs of WAVE files by their format tags (RFC 2361, and `mmreg.h` of Microsoft's Windows SDK).

/// How long the audio of a codec is told from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Samples of one size.
    Pcm,
    /// Blocks of a number of samples.
    Blocks,
    /// Frames of MPEG audio.
    Mpeg,
    /// Anything else: the byte rate tells it.
    Frames,
}

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Codec {
    /// Its name in the contract, or that of ffmpeg where the contract has none.
    pub name: &'static str,
    pub coding: Coding,
}

impl Codec {
    /// Whether a sample has a number of bits.
    pub fn has_bits(self) -> bool {
        self.coding == Coding::Pcm || self.name.starts_with("adpcm")
    }
}

/// Dolby Digital Plus, which has no format tag (the GUID that ffmpeg writes and reads).
pub(super) const EAC3: [u8; 16] =
    [0xaf, 0x87, 0xfb, 0xa7, 0x02, 0x2d, 0xfb, 0x42, 0xa4, 0xd4, 0x05, 0xcd, 0x93, 0x84, 0x3b, 0xdd];
/// Samples with the channels of Ambisonics (B-format): integers, and floating point.
const AMBISONIC: [u8; 15] = [0, 0, 0, 0x21, 0x07, 0xd3, 0x11, 0x86, 0x44, 0xc8, 0xc1, 0xca, 0, 0, 0];

/// The codec with a GUID that stands for no format tag.
pub(super) fn of_guid(guid: &[u8]) -> Option<Codec> {
    match guid {
        [1 | 3, rest @ ..] if rest == AMBISONIC => of(1),
        _ if guid == EAC3 => Some(Codec { name: "eac3", coding: Coding::Frames }),
        _ => None,
    }
}

/// The codec with a format tag.
pub(super) fn of(tag: u16) -> Option<Codec> {
    let (name, coding) = match tag {
        0x0001 | 0x0003 => ("pcm", Coding::Pcm),
        0x0002 => ("adpcm_ms", Coding::Blocks),
        0x0006 => ("pcm_alaw", Coding::Pcm),
        0x0007 => ("pcm_mulaw", Coding::Pcm),
        0x000a => ("wmavoice", Coding::Frames),
        0x0011 => ("adpcm_ima_wav", Coding::Blocks),
        0x0020 => ("adpcm_yamaha", Coding::Frames),
        0x0022 => ("truespeech", Coding::Frames),
        0x0031 => ("gsm_ms", Coding::Blocks),
        0x0042 => ("g723_1", Coding::Frames),
        0x0045 => ("adpcm_g726", Coding::Frames),
        0x0050 => ("mp2", Coding::Mpeg),
        0x0055 => ("mp3", Coding::Mpeg),
        0x0064 => ("adpcm_g726", Coding::Frames),
        0x0065 | 0x028f => ("adpcm_g722", Coding::Frames),
        0x0083 => ("g729", Coding::Frames),
        0x00ff | 0x1600 | 0x706d | 0xa106 => ("aac", Coding::Frames),
        0x0160 => ("wmav1", Coding::Frames),
        0x0161 => ("wmav2", Coding::Frames),
        0x0162 => ("wmapro", Coding::Frames),
        0x0163 => ("wmalossless", Coding::Frames),
        0x0270 => ("atrac3", Coding::Frames),
        0x1602 => ("aac_latm", Coding::Frames),
        0x2000 => ("ac3", Coding::Frames),
        0x2001 => ("dts", Coding::Frames),
        0x2048 => ("sonic", Coding::Frames),
        0x5346 => ("adpcm_swf", Coding::Frames),
        0x566f | 0x674f..=0x6751 | 0x676f..=0x6771 => ("vorbis", Coding::Frames),
        0x704f => ("opus", Coding::Frames),
        0xa109 => ("speex", Coding::Frames),
        0xf1ac => ("flac", Coding::Frames),
        _ => return None,
    };
    Some(Codec { name, coding })
}

/// The first bytes of DTS: in 16 and in 14 bits, the high byte first and the low one (ETSI TS 102 114, section 5.3.1).
const DTS: [[u8; 4]; 4] =
    [[0x7f, 0xfe, 0x80, 0x01], [0xfe, 0x7f, 0x01, 0x80], [0x1f, 0xff, 0xe8, 0x00], [0xff, 0x1f, 0x00, 0xe8]];

/// Whether samples are not sound but DTS, as on compact discs with more channels.
pub(super) fn is_dts(samples: &[u8]) -> bool {
    samples.windows(4).step_by(2).any(|word| DTS.iter().any(|sync| sync == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dts_is_found_behind_silence() {
        for word in DTS {
            assert!(is_dts(&[vec![0; 400], word.to_vec(), vec![9; 20]].concat()));
        }
        assert!(!is_dts(&[0; 400]) && !is_dts(&DTS[0][..3]) && !is_dts(&[]));
    }
}
