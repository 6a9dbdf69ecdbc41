//! What is inside an audio file: its format by content, its properties, its tags.

mod adts;
mod artwork;
mod audio_key;
mod by_lofty;
mod format;
mod id3v2;
mod ogg;
mod parse;
pub mod reader;
mod tags;
mod vorbis_comment;
mod wave;

pub use format::expected_by_extension;
pub use parse::{Failure, parse};

use crate::bindings::exports::mt::scanner::types::Track;

/// A track of which nothing but its place is known.
pub fn blank_track(root: &str, path: &str) -> Track {
    Track {
        root: root.to_owned(),
        path: path.to_owned(),
        size: 0,
        mtime_ns: 0,
        ctime_ns: 0,
        format: None,
        codec: None,
        duration_ms: None,
        bitrate: None,
        sample_rate: None,
        channels: None,
        bit_depth: None,
        title: None,
        artist: None,
        artists: Vec::new(),
        album: None,
        album_artist: None,
        track_number: None,
        track_total: None,
        disc_number: None,
        disc_total: None,
        date: None,
        year: None,
        genre: None,
        genres: Vec::new(),
        composer: None,
        comment: None,
        isrc: None,
        musicbrainz_recording_id: None,
        musicbrainz_track_id: None,
        musicbrainz_release_id: None,
        musicbrainz_release_group_id: None,
        musicbrainz_artist_ids: Vec::new(),
        musicbrainz_album_artist_ids: Vec::new(),
        replaygain_track_gain: None,
        replaygain_track_peak: None,
        replaygain_album_gain: None,
        replaygain_album_peak: None,
        compilation: false,
        has_artwork: false,
        audio_key: None,
    }
}
