//! Codecs by the format tags of `WAVEFORMATEX` that occur in ASF (RFC 2361; `mmreg.h`).

/// The codec of a format tag: in the contract's words, and in ffmpeg's where that has none.
pub(super) fn of_format_tag(tag: u16) -> Option<&'static str> {
    Some(match tag {
        0x0001 | 0x0003 | 0xfffe => "pcm",
        0x0002 => "adpcm_ms",
        0x0006 => "pcm_alaw",
        0x0007 => "pcm_mulaw",
        // Windows Media Voice 9 and 10.
        0x000a | 0x000b => "wmavoice",
        0x0011 => "adpcm_ima_wav",
        0x0031 => "gsm_ms",
        0x0050 => "mp2",
        0x0055 => "mp3",
        0x00ff | 0x1600 | 0x1602 | 0x1610 | 0x706d => "aac",
        0x0130 => "sipr",
        0x0160 => "wmav1",
        0x0161 => "wmav2",
        0x0162 => "wmapro",
        0x0163 => "wmalossless",
        0x2000 => "ac3",
        0x2001 => "dts",
        0xf1ac => "flac",
        _ => return None,
    })
}
