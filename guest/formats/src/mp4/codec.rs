//! Codecs by the formats of sample entries (MP4 registration authority, "Codecs"; QuickTime File
//! Format, "Sound sample descriptions"), and what protects their samples.

/// The codec of a sample entry: in the contract's words, and in ffmpeg's where that has none.
pub(super) fn of_format(format: [u8; 4]) -> Option<&'static str> {
    Some(match &format {
        // Audible's protected entries keep their format to themselves; what they hold is AAC.
        b"mp4a" | b"aavd" | b"raac" | b"paac" => "aac",
        b"alac" => "alac",
        b"fLaC" => "flac",
        b"Opus" => "opus",
        b".mp3" | b"mp3 " | b"ms\0\x55" => "mp3",
        b".mp2" | b"ms\0\x50" => "mp2",
        b".mp1" => "mp1",
        b"ac-3" | b"AC-3" | b"sac3" | b"ms\x20\0" => "ac3",
        b"ec-3" => "eac3",
        b"ac-4" => "ac4",
        b"mlpa" => "truehd",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"DTS " => "dts",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"sevc" => "evrc",
        b"sqcp" | b"Qclp" => "qcelp",
        b"spex" => "speex",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        b"ima4" => "adpcm_ima_qt",
        b"ms\0\x02" => "adpcm_ms",
        b"ms\0\x11" => "adpcm_ima_wav",
        b"agsm" => "gsm",
        b"MAC3" => "mace3",
        b"MAC6" => "mace6",
        b"QDM2" => "qdm2",
        b"QDMC" => "qdmc",
        _ => return is_pcm(format).then_some("pcm"),
    })
}

fn is_pcm(format: [u8; 4]) -> bool {
    pcm_depth(format, 16).is_some()
}

/// Bits a sample of uncompressed audio, of which the entry says some; `None` where the format is
/// another.
pub(super) fn pcm_depth(format: [u8; 4], stated: u16) -> Option<u8> {
    match &format {
        b"in24" => Some(24),
        b"in32" | b"fl32" => Some(32),
        b"fl64" => Some(64),
        b"sowt" | b"twos" | b"raw " | b"NONE" | b"lpcm" | b"ipcm" | b"fpcm" => u8::try_from(stated).ok(),
        _ => None,
    }
}

/// The system that protects an entry of this format. That of `enca` is named in its `schm`.
pub(super) fn protection_of_format(format: [u8; 4]) -> Option<&'static str> {
    match &format {
        b"drms" => Some("FairPlay"),
        b"aavd" => Some("Audible"),
        b"enca" => Some("an unknown system"),
        _ => None,
    }
}

/// The system of a protection scheme (ISO/IEC 14496-12, section 8.12.5; ISO/IEC 23001-7, section
/// 4).
pub(super) fn protection_of_scheme(scheme: &[u8; 4]) -> Option<&'static str> {
    Some(match scheme {
        b"itun" => "FairPlay",
        b"cenc" | b"cbc1" | b"cens" | b"cbcs" => "Common Encryption",
        b"piff" => "PIFF",
        b"odkm" => "OMA DRM",
        b"adkm" => "Adobe",
        _ => "an unknown system",
    })
}
