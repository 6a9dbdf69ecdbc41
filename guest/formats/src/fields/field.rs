//! The fields that tags fill, and the free names that taggers use for them.

/// A field of a track, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Title,
    Artist,
    /// Every artist, where a tagger writes them beside a joined text (Picard's `ARTISTS`).
    Artists,
    Album,
    AlbumArtist,
    /// `3`, or `3/12`.
    TrackNumber,
    TrackTotal,
    /// `1`, or `1/2`.
    DiscNumber,
    DiscTotal,
    Date,
    /// A year or date to use where there is no `Date`.
    FallbackDate,
    Genre,
    Composer,
    Comment,
    Isrc,
    MusicbrainzRecordingId,
    MusicbrainzTrackId,
    MusicbrainzReleaseId,
    MusicbrainzReleaseGroupId,
    MusicbrainzArtistId,
    MusicbrainzAlbumArtistId,
    ReplaygainTrackGain,
    ReplaygainTrackPeak,
    ReplaygainAlbumGain,
    ReplaygainAlbumPeak,
    /// EBU R 128 gain of an Opus file: RFC 7845, section 5.2.1.
    R128TrackGain,
    R128AlbumGain,
    Compilation,
}

impl Field {
    /// The field that a free name means: the key of a Vorbis comment or an APEv2 item, the description of a `TXXX` frame, the name of
    /// an MP4 freeform atom. Case, spaces and underscores do not count, so that `MUSICBRAINZ_ALBUMID` and
    /// `MusicBrainz Album Id` are one. Names are those of MusicBrainz Picard's mapping and of the Vorbis comment
    /// field names.
    pub fn of_free_name(name: &str) -> Option<Self> {
        let mut folded = [0; 26];
        let mut len = 0;
        for byte in name.bytes().filter(|byte| !matches!(byte, b' ' | b'_')) {
            *folded.get_mut(len)? = byte.to_ascii_uppercase();
            len += 1;
        }
        Some(match &folded[..len] {
            b"TITLE" => Self::Title,
            b"ARTIST" => Self::Artist,
            b"ARTISTS" => Self::Artists,
            b"ALBUM" => Self::Album,
            b"ALBUMARTIST" => Self::AlbumArtist,
            b"TRACKNUMBER" | b"TRACK" => Self::TrackNumber,
            b"TRACKTOTAL" | b"TOTALTRACKS" => Self::TrackTotal,
            b"DISCNUMBER" | b"DISC" => Self::DiscNumber,
            b"DISCTOTAL" | b"TOTALDISCS" => Self::DiscTotal,
            b"DATE" => Self::Date,
            b"YEAR" => Self::FallbackDate,
            b"GENRE" => Self::Genre,
            b"COMPOSER" => Self::Composer,
            b"COMMENT" | b"DESCRIPTION" => Self::Comment,
            b"ISRC" => Self::Isrc,
            b"MUSICBRAINZTRACKID" => Self::MusicbrainzRecordingId,
            b"MUSICBRAINZRELEASETRACKID" => Self::MusicbrainzTrackId,
            b"MUSICBRAINZALBUMID" => Self::MusicbrainzReleaseId,
            b"MUSICBRAINZRELEASEGROUPID" => Self::MusicbrainzReleaseGroupId,
            b"MUSICBRAINZARTISTID" => Self::MusicbrainzArtistId,
            b"MUSICBRAINZALBUMARTISTID" => Self::MusicbrainzAlbumArtistId,
            b"REPLAYGAINTRACKGAIN" => Self::ReplaygainTrackGain,
            b"REPLAYGAINTRACKPEAK" => Self::ReplaygainTrackPeak,
            b"REPLAYGAINALBUMGAIN" => Self::ReplaygainAlbumGain,
            b"REPLAYGAINALBUMPEAK" => Self::ReplaygainAlbumPeak,
            b"R128TRACKGAIN" => Self::R128TrackGain,
            b"R128ALBUMGAIN" => Self::R128AlbumGain,
            b"COMPILATION" => Self::Compilation,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taggers_spell_one_name_in_several_ways() {
        for name in ["MUSICBRAINZ_ALBUMID", "MusicBrainz Album Id", "musicbrainz_albumid"] {
            assert_eq!(Field::of_free_name(name), Some(Field::MusicbrainzReleaseId));
        }
        assert_eq!(Field::of_free_name("Album Artist"), Field::of_free_name("album_artist"));
        for name in ["", "ALBUM ARTIST SORT", "a name that is longer than every name that is known", "TITEL"] {
            assert_eq!(Field::of_free_name(name), None);
        }
    }
}
