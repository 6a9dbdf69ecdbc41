//! The fields that tags fill, and their names.
//!
//! Free names are the keys of Vorbis comments and APEv2 items, the descriptions of `TXXX` frames
//! and the names of MP4 freeform atoms. Sources: the appendix "Tag Mapping" of MusicBrainz Picard's
//! documentation, the Vorbis comment field names, TagLib's property maps, mutagen's `Easy*`
//! classes.

use mt_scanner_contract::Track;

use super::kinds::{self, Entry, Pending};
use super::table::fields;

fields! {
    // Field, how it fills the track; free names; ID3v2 frames; MP4 atoms; RIFF INFO; other names in
    // ASF
    Title text(title) [b"TITLE"] [b"TIT2" b"TT2"] [b"\xa9nam"] [b"INAM"] [];
    Artist artist(artist) [b"ARTIST"] [b"TPE1" b"TP1"] [b"\xa9ART"] [b"IART"] [b"AUTHOR"];
    /// Every artist, where a tagger writes them beside a joined text (Picard's `ARTISTS`).
    Artists list(artists) [b"ARTISTS"] [] [] [] [];
    Album text(album) [b"ALBUM"] [b"TALB" b"TAL"] [b"\xa9alb"] [b"IPRD"] [b"ALBUMTITLE"];
    AlbumArtist text(album_artist) [b"ALBUMARTIST"] [b"TPE2" b"TP2"] [b"aART"] [] [];
    /// `3`, or `3/12`.
    TrackNumber number(track_number, track_total)
        [b"TRACKNUMBER" b"TRACK"] [b"TRCK" b"TRK"] [b"trkn"] [b"ITRK" b"IPRT" b"TRCK"] [];
    TrackTotal total(track_total) [b"TRACKTOTAL" b"TOTALTRACKS" b"TRACKC"] [] [] [] [];
    /// `1`, or `1/2`.
    DiscNumber number(disc_number, disc_total) [b"DISCNUMBER" b"DISC"] [b"TPOS" b"TPA"] [b"disk"] [] [b"PARTOFSET"];
    DiscTotal total(disc_total) [b"DISCTOTAL" b"TOTALDISCS" b"DISCC"] [] [] [] [];
    Date date(date) [b"DATE"] [b"TDRC"] [b"\xa9day"] [b"ICRD"] [];
    /// A year or date to use where there is no `Date`.
    FallbackDate fallback_date() [b"YEAR"] [b"TDRL" b"TYER" b"TYE"] [] [] [];
    Genre list(genres) [b"GENRE"] [b"TCON" b"TCO"] [b"\xa9gen"] [b"IGNR"] [];
    Composer text(composer) [b"COMPOSER"] [b"TCOM" b"TCM"] [b"\xa9wrt"] [b"IMUS"] [];
    Comment text(comment) [b"COMMENT" b"COMMENTS" b"DESCRIPTION"] [] [b"\xa9cmt"] [b"ICMT"] [];
    Isrc text(isrc) [b"ISRC"] [b"TSRC" b"TRC"] [] [b"ISRC"] [];
    MusicbrainzRecordingId id(musicbrainz_recording_id) [b"MUSICBRAINZTRACKID" b"MUSICBRAINZRECORDINGID"] [] [] [] [];
    MusicbrainzTrackId id(musicbrainz_track_id) [b"MUSICBRAINZRELEASETRACKID"] [] [] [] [];
    MusicbrainzReleaseId id(musicbrainz_release_id) [b"MUSICBRAINZALBUMID" b"MUSICBRAINZRELEASEID"] [] [] [] [];
    MusicbrainzReleaseGroupId id(musicbrainz_release_group_id) [b"MUSICBRAINZRELEASEGROUPID"] [] [] [] [];
    MusicbrainzArtistId ids(musicbrainz_artist_ids) [b"MUSICBRAINZARTISTID"] [] [] [] [];
    MusicbrainzAlbumArtistId ids(musicbrainz_album_artist_ids) [b"MUSICBRAINZALBUMARTISTID"] [] [] [] [];
    ReplaygainTrackGain decimal(replaygain_track_gain) [b"REPLAYGAINTRACKGAIN"] [] [] [] [];
    ReplaygainTrackPeak decimal(replaygain_track_peak) [b"REPLAYGAINTRACKPEAK"] [] [] [] [];
    ReplaygainAlbumGain decimal(replaygain_album_gain) [b"REPLAYGAINALBUMGAIN"] [] [] [] [];
    ReplaygainAlbumPeak decimal(replaygain_album_peak) [b"REPLAYGAINALBUMPEAK"] [] [] [] [];
    /// EBU R 128 gain of an Opus file: RFC 7845, section 5.2.1.
    R128TrackGain r128(replaygain_track_gain) [b"R128TRACKGAIN"] [] [] [] [];
    R128AlbumGain r128(replaygain_album_gain) [b"R128ALBUMGAIN"] [] [] [] [];
    Compilation flag(compilation) [b"COMPILATION"] [b"TCMP" b"TCP"] [b"cpil"] [] [b"ISCOMPILATION"];
    TitleSort text(title_sort) [b"TITLESORT"] [b"TSOT" b"TST"] [b"sonm"] [] [b"TITLESORTORDER"];
    ArtistSort text(artist_sort) [b"ARTISTSORT"] [b"TSOP" b"TSP"] [b"soar"] [] [b"ARTISTSORTORDER"];
    AlbumSort text(album_sort) [b"ALBUMSORT"] [b"TSOA" b"TSA"] [b"soal"] [] [b"ALBUMSORTORDER"];
    AlbumArtistSort text(album_artist_sort)
        [b"ALBUMARTISTSORT"] [b"TSO2" b"TS2"] [b"soaa"] [] [b"ALBUMARTISTSORTORDER"];
    ComposerSort text(composer_sort) [b"COMPOSERSORT"] [b"TSOC" b"TSC"] [b"soco"] [] [b"COMPOSERSORTORDER"];
    OriginalDate date(original_date) [b"ORIGINALDATE"] [b"TDOR"] [] [] [b"ORIGINALRELEASETIME"];
    /// A year to use where there is no `OriginalDate`.
    OriginalYear original_year() [b"ORIGINALYEAR"] [b"TORY" b"TOR"] [] [] [b"ORIGINALRELEASEYEAR"];
    Bpm tempo(bpm) [b"BPM"] [b"TBPM" b"TBP"] [b"tmpo"] [b"IBPM"] [b"BEATSPERMINUTE"];
    Grouping text(grouping) [b"GROUPING"] [b"GRP1" b"GP1"] [b"\xa9grp"] [] [b"CONTENTGROUPDESCRIPTION"];
    /// The grouping; the work where there is a grouping beside it, as iTunes writes both.
    ContentGroup content_group() [] [b"TIT1" b"TT1"] [] [] [];
    Work text(work) [b"WORK"] [] [b"\xa9wrk"] [] [];
    Movement text(movement) [b"MOVEMENTNAME"] [b"MVNM" b"MVN"] [b"\xa9mvn"] [] [];
    Label text(label) [b"LABEL" b"ORGANIZATION" b"PUBLISHER"] [b"TPUB" b"TPB"] [] [b"IPUB"] [];
    CatalogNumber text(catalog_number) [b"CATALOGNUMBER"] [] [] [] [b"CATALOGNO"];
    Barcode text(barcode) [b"BARCODE"] [] [] [] [];
    Media text(media) [b"MEDIA"] [b"TMED" b"TMT"] [] [b"IMED"] [];
    Lyricist text(lyricist) [b"LYRICIST"] [b"TEXT" b"TXT"] [] [b"IWRI"] [b"WRITER"];
    Conductor text(conductor) [b"CONDUCTOR"] [b"TPE3" b"TP3"] [b"\xa9con"] [] [];
    Remixer text(remixer) [b"REMIXER" b"MIXARTIST"] [b"TPE4" b"TP4"] [] [b"IEDT"] [b"MODIFIEDBY"];
    Language text(language) [b"LANGUAGE"] [b"TLAN" b"TLA"] [] [b"ILNG"] [];
    Encoder text(encoder)
        [b"ENCODER" b"ENCODERSETTINGS"] [b"TSSE" b"TSS"] [b"\xa9too"] [b"ISFT"] [b"ENCODINGSETTINGS"];
    /// A person, an organisation or a program: the encoder where nothing else names one.
    EncodedBy encoded_by() [b"ENCODEDBY"] [b"TENC" b"TEN"] [b"\xa9enc"] [b"IENC" b"ITCH"] [];
    /// Words that are sung; with times as in LRC files or without.
    Lyrics lyrics(has_lyrics) [b"LYRICS" b"UNSYNCEDLYRICS" b"SYNCEDLYRICS"] [] [b"\xa9lyr"] [] [b"LYRICSSYNCHRONISED"];
    /// A whole cue sheet, of the tracks in the file.
    CueSheet cue_sheet() [b"CUESHEET"] [] [] [] [];
}

/// The longest name that means something: `MUSICBRAINZRELEASETRACKID` and its like.
const LONGEST: usize = 28;

impl Field {
    /// The field that a free name means. Case, blanks, underscores and slashes do not count, so
    /// that `MUSICBRAINZ_ALBUMID`, `MusicBrainz Album Id` and ASF's `MusicBrainz/Album Id` are one.
    pub fn of_free_name(name: &str) -> Option<Self> {
        let mut folded = [0; LONGEST];
        Self::of_folded(fold(name, &mut folded)?)
    }

    /// The field that the name of an ASF attribute means: `Author`, `WM/AlbumTitle`, or a free name
    /// with or without `WM/` before it.
    pub fn of_attribute(name: &str) -> Option<Self> {
        let own = name.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("WM/")).map_or(name, |_| &name[3..]);
        let mut folded = [0; LONGEST];
        match fold(own, &mut folded)? {
            // Counted from 0, and beside `WM/TrackNumber`.
            b"TRACK" if own.len() < name.len() => None,
            folded => Self::of_folded_attribute(folded).or_else(|| Self::of_folded(folded)),
        }
    }
}

/// `None` for a name that is too long to mean anything.
fn fold<'b>(name: &str, folded: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let mut len = 0;
    for byte in name.bytes().filter(|byte| !matches!(byte, b' ' | b'_' | b'/')) {
        *folded.get_mut(len)? = byte.to_ascii_uppercase();
        len += 1;
    }
    Some(&folded[..len])
}

#[cfg(test)]
mod tests {
    use super::*;
    use mt_scanner_contract::COLUMN_TYPES;

    /// Columns that a container or the host fills, or that follow from others.
    const OTHERS: [&str; 22] = [
        "root",
        "path",
        "size",
        "mtime_ns",
        "ctime_ns",
        "format",
        "codec",
        "duration_ms",
        "bitrate",
        "sample_rate",
        "channels",
        "bit_depth",
        "year",
        "genre",
        "has_artwork",
        "audio_key",
        "duration_estimated",
        "text_charset",
        "start_ms",
        "end_ms",
        "audio_file",
        "cue_tracks",
    ];

    #[test]
    fn taggers_spell_one_name_in_several_ways() {
        for name in ["MUSICBRAINZ_ALBUMID", "MusicBrainz Album Id", "musicbrainz_albumid"] {
            assert_eq!(Field::of_free_name(name), Some(Field::MusicbrainzReleaseId));
        }
        assert_eq!(Field::of_free_name("Album Artist"), Field::of_free_name("album_artist"));
        for name in ["", "ALBUM ARTIST SIRT", "a name that is longer than every name that is known", "TITEL"] {
            assert_eq!(Field::of_free_name(name), None);
        }
    }

    #[test]
    fn attributes_of_asf_have_names_of_their_own_beside_the_free_ones() {
        for (name, field) in [
            ("Author", Some(Field::Artist)),
            ("WM/AlbumTitle", Some(Field::Album)),
            ("WM/AlbumArtist", Some(Field::AlbumArtist)),
            ("WM/PartOfSet", Some(Field::DiscNumber)),
            ("wm/year", Some(Field::FallbackDate)),
            ("MusicBrainz/Album Artist Id", Some(Field::MusicbrainzAlbumArtistId)),
            ("replaygain_track_gain", Some(Field::ReplaygainTrackGain)),
            ("TotalTracks", Some(Field::TrackTotal)),
            ("WM/Track", None),
            ("WM/", None),
            ("é", None),
        ] {
            assert_eq!(Field::of_attribute(name), field, "{name}");
        }
        assert_eq!(Field::of_free_name("Author"), None);
    }

    #[test]
    fn every_column_of_tags_has_a_line_in_the_table() {
        let empty = serde_json::to_value(Track::default()).unwrap();
        let filled_by = |field: &Field, value: &str| {
            let (mut track, mut pending) = (Track::default(), Pending::default());
            field.fill(&mut track, &mut pending, &[], value);
            pending.settle(&mut track);
            serde_json::to_value(track).unwrap()
        };
        let rows: Vec<_> =
            Field::ALL.iter().flat_map(|field| [filled_by(field, "1/2"), filled_by(field, "1")]).collect();
        for (column, _) in COLUMN_TYPES.iter().filter(|(column, _)| !OTHERS.contains(column)) {
            assert!(rows.iter().any(|row| row[column] != empty[column]), "no line fills {column}");
        }
    }

    /// Another table, of lines that no format has.
    mod another {
        use super::super::*;

        fields! {
            Mood text(composer) [b"MOOD"] [b"TMOO"] [b"mood"] [b"IMOO"] [b"FEELING"];
            Style list(genres) [b"STYLE"] [] [] [] [];
        }

        #[test]
        fn a_line_of_the_table_is_all_that_a_column_needs() {
            for field in [
                Field::of_folded(b"MOOD"),
                Field::of_folded_attribute(b"FEELING"),
                Field::of_frame(b"TMOO"),
                Field::of_atom(b"mood"),
                Field::of_info(b"imoo"),
            ] {
                let (mut track, mut pending) = (Track::default(), Pending::default());
                field.unwrap().fill(&mut track, &mut pending, &[], "calm");
                Field::Style.fill(&mut track, &mut pending, &[], "slow");
                assert_eq!((track.composer.as_deref(), track.genres), (Some("calm"), vec!["slow".to_owned()]));
            }
            assert_eq!(Field::ALL.len(), 2);
        }
    }
}
