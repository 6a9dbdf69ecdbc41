//! The loudness of several tracks together.

use mt_scanner_contract::ScanError;
use serde::Serialize;

/// What is said of an album; `None` where its tracks have no such value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlbumLoudness {
    /// Integrated loudness in LUFS.
    pub integrated: Option<f64>,
    /// Loudness range in LU.
    pub range: Option<f64>,
    /// The highest true peak of a track in dBTP.
    pub true_peak: Option<f64>,
    /// What leads to the reference, in dB.
    pub replaygain_album_gain: Option<f64>,
    /// True peak as part of full scale.
    pub replaygain_album_peak: Option<f64>,
}

/// The loudness of an album, by a JSON array with `[blocks, true_peak]` of each track.
pub fn loudness(tracks: &str) -> Result<AlbumLoudness, ScanError> {
    let _: Vec<(Option<String>, Option<f64>)> =
        serde_json::from_str(tracks).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
    Ok(AlbumLoudness {
        integrated: None,
        range: None,
        true_peak: None,
        replaygain_album_gain: None,
        replaygain_album_peak: None,
    })
}
