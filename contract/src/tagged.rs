//! How well a file is tagged.

use crate::Track;

/// Tags that whoever keeps one of two files would miss in the other, as columns of a track. The
/// number of those that are there is how well it is tagged.
pub const LIKED_TAGS: [&str; 12] = [
    "title",
    "artist",
    "album",
    "album_artist",
    "track_number",
    "disc_number",
    "year",
    "genre",
    "composer",
    "musicbrainz_recording_id",
    "musicbrainz_release_id",
    "replaygain_track_gain",
];

/// How many of them a track has, and one more for a picture.
///
/// ```
/// use mt_scanner_contract::{Track, tags};
///
/// let track = Track { title: Some("Song".into()), year: Some(1999), has_artwork: true, ..Track::default() };
/// assert_eq!(tags(&track), 3);
/// ```
pub fn tags(track: &Track) -> u32 {
    let columns = serde_json::to_value(track).unwrap_or_default();
    let count = LIKED_TAGS.iter().filter(|tag| !columns[**tag].is_null()).count();
    count as u32 + u32::from(track.has_artwork)
}
