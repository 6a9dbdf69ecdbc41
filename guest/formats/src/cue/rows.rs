//! Tracks of a sheet as rows.

use mt_scanner_contract::{Fingerprint, LyricsForm, Track};

use super::Sheet;
use super::sheet;
use crate::audio_key::Key;
use crate::fields::{Block, Collector, Field};

/// The most bytes of texts that each track of a sheet takes over from its file. The tags of a file
/// may have 4 MiB, and a sheet 999 tracks.
const MOST_INHERITED: usize = 64 * 1024;

impl Sheet {
    /// The tracks of a file of the sheet: what comes of each without the file being read.
    pub fn keys(&self, file: usize) -> Vec<(u32, String)> {
        self.tracks(file).map(|(number, _)| (number, self.key(file, number))).collect()
    }

    /// The likeness of a track, after the idea of MusicBrainz's disc ID: a hash (XXH3, 64 bits) of
    /// where all tracks of the sheet begin, and of the track's number. It survives other texts,
    /// another place and another encoding.
    fn key(&self, file: usize, number: u32) -> String {
        let mut key = Key::new("cue sheet", u64::from(number)).with(&(file as u64).to_le_bytes());
        for file in &self.files {
            key = key.with(&(file.tracks.len() as u64).to_le_bytes());
            for track in &file.tracks {
                key = key.with(&track.start_ms.to_le_bytes());
            }
        }
        key.text()
    }

    /// The tracks of a file of the sheet as rows. `whole`: the row of the file of audio, which gets
    /// its mark. `stamp`: the fingerprint of both.
    pub fn rows(&self, file: usize, whole: &mut Track, stamp: Fingerprint) -> Vec<Track> {
        let (first, total) = (inherited(whole), self.total(file));
        let row = |(number, track): (u32, &sheet::Track)| {
            let mut row = first.clone();
            self.tell(track, &mut row);
            row.path = format!("{}!/{number:02}", whole.path);
            Fingerprint { size: row.size, mtime_ns: row.mtime_ns, ctime_ns: row.ctime_ns } = stamp;
            row.audio_file = Some(whole.path.clone());
            row.audio_key = Some(self.key(file, number));
            (row.track_number, row.track_total) = (Some(number), Some(total));
            row.start_ms = Some(track.start_ms);
            let ends = [self.end(file, track.start_ms), whole.duration_ms];
            row.end_ms = ends.into_iter().flatten().min().filter(|&end| end > track.start_ms);
            row.duration_ms = row.end_ms.map(|end| end - track.start_ms);
            if let Some(charset) = self.charset {
                row.text_charset = Some(charset.to_owned());
            }
            row
        };
        let rows: Vec<Track> = self.tracks(file).map(row).collect();
        whole.cue_tracks = u32::try_from(rows.len()).ok();
        rows
    }

    /// Where the next track of a file begins.
    fn end(&self, file: usize, start_ms: u64) -> Option<u64> {
        self.files[file].tracks.iter().map(|track| track.start_ms).filter(|&other| other > start_ms).min()
    }

    /// The number of tracks: of all files, unless each begins to count anew.
    fn total(&self, file: usize) -> u32 {
        let numbers = |file| self.tracks(file).map(|(number, _)| number);
        let mut all: Vec<u32> = (0..self.files.len()).flat_map(numbers).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        let total = if all.len() == count { count } else { numbers(file).count() };
        u32::try_from(total).unwrap_or(u32::MAX)
    }

    /// Writes over a row what the sheet says of a track, and of the album where it says nothing of
    /// the track.
    fn tell(&self, track: &sheet::Track, row: &mut Track) {
        const BLOCK: Block = Block::without_lists("cue sheet");
        let mut said = Track::default();
        let mut collector = Collector::new(&mut said, false);
        for texts in [&track.texts, &self.texts] {
            collector.begin_tag(BLOCK);
            texts.iter().for_each(|(field, text)| collector.meaning(field, text));
        }
        if let Some(performer) = self.texts.get(Field::AlbumArtist) {
            collector.meaning(Field::Artist, performer);
        }
        collector.finish();
        overlay(said, row);
    }
}

/// What a track takes over from the row of its file: properties, and what tags say of the album.
fn inherited(whole: &Track) -> Track {
    let mut row = if texts(whole) <= MOST_INHERITED { whole.clone() } else { properties(whole) };
    row.title = None;
    row.title_sort = None;
    row.isrc = None;
    row.musicbrainz_recording_id = None;
    row.musicbrainz_track_id = None;
    row.replaygain_track_gain = None;
    row.replaygain_track_peak = None;
    row.bpm = None;
    row.work = None;
    row.movement = None;
    row.has_lyrics = LyricsForm::None;
    row.cue_tracks = None;
    row
}

/// The bytes of the texts of a row.
fn texts(row: &Track) -> usize {
    let lists = [&row.artists, &row.genres, &row.musicbrainz_artist_ids, &row.musicbrainz_album_artist_ids];
    let single = [
        &row.artist,
        &row.album,
        &row.album_artist,
        &row.date,
        &row.genre,
        &row.composer,
        &row.comment,
        &row.musicbrainz_release_id,
        &row.musicbrainz_release_group_id,
        &row.artist_sort,
        &row.album_sort,
        &row.album_artist_sort,
        &row.composer_sort,
        &row.original_date,
        &row.grouping,
        &row.label,
        &row.catalog_number,
        &row.barcode,
        &row.media,
        &row.lyricist,
        &row.conductor,
        &row.remixer,
        &row.language,
        &row.encoder,
    ];
    let of_lists: usize = lists.into_iter().flatten().map(String::len).sum();
    of_lists + single.into_iter().flatten().map(String::len).sum::<usize>()
}

/// A row with what the audio is, and without what tags say.
fn properties(whole: &Track) -> Track {
    Track {
        root: whole.root.clone(),
        format: whole.format.clone(),
        codec: whole.codec.clone(),
        bitrate: whole.bitrate,
        sample_rate: whole.sample_rate,
        channels: whole.channels,
        bit_depth: whole.bit_depth,
        has_artwork: whole.has_artwork,
        duration_estimated: whole.duration_estimated,
        ..Track::default()
    }
}

/// Puts what a sheet says into a row, above what the tags say. Names to sort by and identifiers of
/// an artist or an album that the sheet calls otherwise are another's.
fn overlay(said: Track, row: &mut Track) {
    macro_rules! above {
        ($($column:ident),*) => { $( if said.$column.is_some() { row.$column = said.$column; } )* };
    }
    let differs = |said: &Option<String>, row: &Option<String>| said.is_some() && said != row;
    if differs(&said.artist, &row.artist) {
        row.artist_sort = None;
        row.musicbrainz_artist_ids = Vec::new();
    }
    if differs(&said.album_artist, &row.album_artist) {
        row.album_artist_sort = None;
        row.musicbrainz_album_artist_ids = Vec::new();
    }
    if differs(&said.album, &row.album) {
        row.album_sort = None;
        row.musicbrainz_release_id = None;
        row.musicbrainz_release_group_id = None;
    }
    if differs(&said.composer, &row.composer) {
        row.composer_sort = None;
    }
    if said.artist.is_some() {
        row.artists = said.artists;
    }
    if said.genre.is_some() {
        row.genres = said.genres;
    }
    if said.date.is_some() {
        row.year = said.year;
    }
    above!(title, artist, album, album_artist, disc_number, disc_total, date, genre, composer, comment, isrc);
    above!(label, catalog_number, barcode, original_date);
    above!(replaygain_track_gain, replaygain_track_peak, replaygain_album_gain, replaygain_album_peak);
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::WHOLE;
    use super::*;

    const STAMP: Fingerprint = Fingerprint { size: 11, mtime_ns: 22, ctime_ns: 33 };

    fn whole() -> Track {
        let text = |text: &str| Some(text.to_owned());
        Track {
            root: "/music".into(),
            path: "a/Album.flac".into(),
            size: 10,
            format: text("flac"),
            duration_ms: Some(700_000),
            sample_rate: Some(44_100),
            title: text("the file's own"),
            artist: text("of the file"),
            artist_sort: text("file, of the"),
            artists: vec!["of the file".into()],
            album: text("Album"),
            album_sort: text("Album, The"),
            label: text("Label"),
            date: text("1998"),
            track_number: Some(9),
            replaygain_track_gain: Some(1.0),
            audio_key: text("0123456789abcdef"),
            ..Track::default()
        }
    }

    fn rows(text: &str) -> Vec<Track> {
        Sheet::of(text).unwrap().rows(0, &mut whole(), STAMP)
    }

    #[test]
    fn a_row_is_a_part_of_its_file_and_ends_where_the_next_begins() {
        let mut whole = whole();
        let rows = Sheet::of(WHOLE).unwrap().rows(0, &mut whole, STAMP);
        let of = |row: &Track| (row.path.clone(), row.start_ms, row.end_ms, row.duration_ms, row.track_number);
        assert_eq!(
            rows.iter().map(of).collect::<Vec<_>>(),
            [
                ("a/Album.flac!/01".to_owned(), Some(0), Some(240_000), Some(240_000), Some(1)),
                ("a/Album.flac!/02".to_owned(), Some(240_000), Some(510_493), Some(270_493), Some(2)),
                ("a/Album.flac!/03".to_owned(), Some(510_493), Some(700_000), Some(189_507), Some(3)),
            ]
        );
        assert!(rows.iter().all(|row| row.audio_file.as_deref() == Some("a/Album.flac") && row.cue_tracks.is_none()));
        assert!(rows.iter().all(|row| Fingerprint::from(row) == STAMP && row.track_total == Some(3)));
        assert_eq!((whole.cue_tracks, whole.audio_file, whole.start_ms), (Some(3), None, None));
        assert_eq!((whole.title.as_deref(), whole.size), (Some("the file's own"), 10));
    }

    #[test]
    fn a_sheet_counts_more_than_tags_and_these_more_than_nothing() {
        let rows = rows(WHOLE);
        let text = |text: &'static str| Some(text.to_owned());
        assert_eq!((&rows[1].title, &rows[1].artist), (&text("Two"), &text("Guest")));
        assert_eq!(rows[1].artists, ["Guest"]);
        assert_eq!((&rows[2].artist, &rows[2].album_artist), (&text("Artist"), &text("Artist")));
        assert_eq!((&rows[0].date, rows[0].year, &rows[0].genre), (&text("1997"), Some(1997), &text("Trip Hop")));
        assert_eq!((rows[0].disc_number, rows[0].disc_total), (Some(1), Some(2)));
        assert_eq!((&rows[0].isrc, &rows[1].isrc), (&text("GBAAA9700001"), &None));
        assert_eq!((rows[0].replaygain_track_gain, rows[1].replaygain_track_gain), (None, Some(-5.0)));
        assert_eq!((rows[0].replaygain_album_gain, rows[0].replaygain_album_peak), (Some(-6.2), Some(0.988)));
        assert_eq!((&rows[1].composer, &rows[0].barcode), (&text("Writer"), &text("0731453433427")));
        assert_eq!(
            (&rows[0].label, &rows[0].format, rows[0].sample_rate),
            (&text("Label"), &text("flac"), Some(44_100))
        );
        // The album is the same, the artist another.
        assert_eq!((&rows[0].album_sort, &rows[0].artist_sort), (&text("Album, The"), &None));
    }

    #[test]
    fn where_a_sheet_is_silent_the_tags_speak_but_for_what_is_a_tracks_own() {
        let rows = rows("TRACK 01\nINDEX 01 00:00:00\nTRACK 02\nINDEX 01 01:00:00\n");
        let row = &rows[1];
        assert_eq!((row.artist.as_deref(), row.album.as_deref()), (Some("of the file"), Some("Album")));
        assert_eq!((row.artists.len(), row.date.as_deref()), (1, Some("1998")));
        assert_eq!((&row.title, row.replaygain_track_gain, row.track_number), (&None, None, Some(2)));
    }

    #[test]
    fn a_track_behind_the_end_of_the_audio_has_no_length() {
        let rows = rows("TRACK 01\nINDEX 01 00:00:00\nTRACK 02\nINDEX 01 99:00:00\n");
        assert_eq!((rows[1].start_ms, rows[1].end_ms, rows[1].duration_ms), (Some(5_940_000), None, None));
        assert_eq!(rows[0].end_ms, Some(700_000));
    }

    #[test]
    fn a_likeness_is_of_the_times_and_the_number() {
        let keys = |text: &str| Sheet::of(text).unwrap().keys(0);
        let whole = keys(WHOLE);
        assert_eq!(whole.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(whole[0].1 != whole[1].1 && whole[0].1.len() == 16);
        assert_eq!(keys(&WHOLE.replace("Album", "Other").replace("Two", "2")), whole);
        let other = keys(&WHOLE.replace("08:30:37", "08:30:38"));
        assert!(whole.iter().zip(&other).all(|(one, other)| one.1 != other.1));
        assert!(rows(WHOLE).iter().map(|row| row.audio_key.clone().unwrap()).eq(whole.into_iter().map(|(_, key)| key)));
    }

    #[test]
    fn a_total_is_of_the_sheet_unless_each_file_counts_anew() {
        let two =
            |number: u32| format!("FILE {number}.wav WAVE\nTRACK {number}\nTRACK {}\nINDEX 01 01:00:00\n", number + 1);
        assert_eq!(rows(&(two(1) + &two(3)))[0].track_total, Some(4));
        assert_eq!(rows(&(two(1) + &two(1)))[0].track_total, Some(2));
    }

    #[test]
    fn what_each_track_takes_over_is_bounded() {
        let mut long = Track { comment: Some("x".repeat(MOST_INHERITED)), ..whole() };
        let rows = Sheet::of(WHOLE).unwrap().rows(0, &mut long, STAMP);
        let row = &rows[0];
        assert_eq!((row.label.as_deref(), row.comment.as_deref()), (None, Some("ExactAudioCopy v1.3")));
        assert_eq!((row.format.as_deref(), row.root.as_str()), (Some("flac"), "/music"));
    }
}
