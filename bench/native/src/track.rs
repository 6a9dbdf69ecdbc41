//! What is kept of a file: its fingerprint, its audio properties, and the texts of its tags.

use std::fs::Metadata;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use lofty::file::{AudioFile, TaggedFile, TaggedFileExt};
use lofty::properties::FileProperties;
use lofty::tag::ItemKey;

/// The texts, by the names of their columns.
pub const TEXTS: [(&str, ItemKey); 23] = [
    ("title", ItemKey::TrackTitle),
    ("artist", ItemKey::TrackArtist),
    ("album", ItemKey::AlbumTitle),
    ("album_artist", ItemKey::AlbumArtist),
    ("track_number", ItemKey::TrackNumber),
    ("track_total", ItemKey::TrackTotal),
    ("disc_number", ItemKey::DiscNumber),
    ("disc_total", ItemKey::DiscTotal),
    ("date", ItemKey::RecordingDate),
    ("genre", ItemKey::Genre),
    ("composer", ItemKey::Composer),
    ("comment", ItemKey::Comment),
    ("isrc", ItemKey::Isrc),
    ("musicbrainz_recording_id", ItemKey::MusicBrainzRecordingId),
    ("musicbrainz_track_id", ItemKey::MusicBrainzTrackId),
    ("musicbrainz_release_id", ItemKey::MusicBrainzReleaseId),
    ("musicbrainz_release_group_id", ItemKey::MusicBrainzReleaseGroupId),
    ("musicbrainz_artist_id", ItemKey::MusicBrainzArtistId),
    ("replaygain_track_gain", ItemKey::ReplayGainTrackGain),
    ("replaygain_track_peak", ItemKey::ReplayGainTrackPeak),
    ("replaygain_album_gain", ItemKey::ReplayGainAlbumGain),
    ("replaygain_album_peak", ItemKey::ReplayGainAlbumPeak),
    ("compilation", ItemKey::FlagCompilation),
];

/// What tells a changed file from an unchanged one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// In bytes.
    pub size: i64,
    /// In ns since 1970.
    pub mtime_ns: i64,
}

/// One file.
pub struct Track {
    pub path: PathBuf,
    pub fingerprint: Fingerprint,
    /// Of a file that could be parsed.
    pub properties: Option<FileProperties>,
    pub texts: [Option<String>; TEXTS.len()],
}

impl From<&Metadata> for Fingerprint {
    fn from(metadata: &Metadata) -> Self {
        let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self { size: metadata.len() as i64, mtime_ns: since.map_or(0, |since| since.as_nanos() as i64) }
    }
}

impl Track {
    /// What lofty has read; `None` if it could not.
    pub fn new(path: PathBuf, fingerprint: Fingerprint, read: Option<TaggedFile>) -> Self {
        let Some(file) = read else {
            return Self { path, fingerprint, properties: None, texts: Default::default() };
        };
        let tag = file.primary_tag().or_else(|| file.first_tag());
        let text = |(_, key): (_, ItemKey)| Some(tag?.get_string(key)?.to_owned());
        Self { path, fingerprint, properties: Some(file.properties().clone()), texts: TEXTS.map(text) }
    }
}
