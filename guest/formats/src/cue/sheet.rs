//! A sheet, as its lines say it.

use crate::fields::Field;
use crate::legacy::LegacyCharset;

use super::line::{Key, Line};
use super::text::decoded;

/// The most bytes of a sheet. One of 99 tracks has some 20 KiB.
pub const LARGEST: u64 = 1 << 20;
/// The most bytes of one of its texts.
pub(super) const LONGEST_TEXT: usize = 4096;
/// The most tracks of a sheet, and the greatest number of one. A CD has 99; sheets of long mixes
/// have more.
pub(super) const MOST_TRACKS: usize = 999;
/// The most files of a sheet.
const MOST_FILES: usize = 999;

/// The remarks that say something of the music. A remark of another name is prose.
const REMARKS: [Field; 15] = [
    Field::Genre,
    Field::Date,
    Field::FallbackDate,
    Field::Composer,
    Field::Comment,
    Field::DiscNumber,
    Field::DiscTotal,
    Field::Label,
    Field::CatalogNumber,
    Field::OriginalDate,
    Field::OriginalYear,
    Field::ReplaygainTrackGain,
    Field::ReplaygainTrackPeak,
    Field::ReplaygainAlbumGain,
    Field::ReplaygainAlbumPeak,
];

/// What a sheet says.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Sheet {
    /// Of the album. `PERFORMER` is the artist of the album here.
    pub(super) texts: Texts,
    pub(super) files: Vec<File>,
    /// The charset that nothing in it says, and that it was read in.
    pub(super) charset: Option<&'static str>,
}

/// Texts, one a field: the first counts.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Texts(Vec<(Field, String)>);

/// A file of audio that a sheet names.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct File {
    /// As written, without folders; empty if the sheet names none.
    pub name: String,
    /// In the order of the sheet. No two of those that are audio have the same number.
    pub tracks: Vec<Track>,
}

/// A track of a sheet.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Track {
    /// `None` for one that is no track of music: it only ends the one before it.
    pub number: Option<u32>,
    /// In ms from the beginning of the file: that of its `INDEX 01`.
    pub start_ms: u64,
    pub texts: Texts,
}

impl Sheet {
    /// Reads the bytes of a sheet. `charset`: what texts are in whose charset nothing says.
    ///
    /// `None` if no track is in it.
    pub fn read(bytes: &[u8], charset: LegacyCharset) -> Option<Self> {
        let (text, charset) = decoded(bytes, charset);
        Some(Self { charset, ..Self::of(&text)? })
    }

    /// Reads the text of a sheet; `None` if no track is in it.
    pub fn of(text: &str) -> Option<Self> {
        let mut reading = Reading::default();
        text.split(['\n', '\r']).filter_map(Line::of).for_each(|line| reading.take(line));
        reading.finish()
    }

    /// The tracks of music in a file of the sheet, in its order.
    pub(super) fn tracks(&self, file: usize) -> impl Iterator<Item = (u32, &Track)> {
        let tracks = self.files.get(file).map_or(&[][..], |file| &file.tracks);
        tracks.iter().filter_map(|track| Some((track.number?, track)))
    }

    /// Whether a file of the sheet is an album in one file: it has several tracks.
    pub(super) fn divides(&self, file: usize) -> bool {
        self.tracks(file).nth(1).is_some()
    }

    /// The file that a sheet inside of a file of audio is about: the first with several tracks,
    /// whatever it is called.
    pub fn own_file(&self) -> Option<usize> {
        (0..self.files.len()).find(|&file| self.divides(file))
    }
}

impl Texts {
    fn add(&mut self, field: Field, text: &str) {
        if self.get(field).is_none() {
            self.0.push((field, text.to_owned()));
        }
    }

    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == field).map(|(_, text)| text.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

/// A sheet of which some lines were read.
#[derive(Default)]
pub(super) struct Reading {
    sheet: Sheet,
    /// The track that lines are about.
    track: Option<Open>,
    /// The number of the last track.
    last: u32,
    tracks: usize,
}

/// A track of which some lines were read.
struct Open {
    number: Option<u32>,
    texts: Texts,
    /// The file and the place of its `INDEX 01`.
    start: Option<(usize, u64)>,
    /// Those of the first other index.
    other: Option<(usize, u64)>,
}

impl Reading {
    /// Takes what is said of the album.
    pub fn album(&mut self, field: Field, text: &str) {
        self.sheet.texts.add(field, text);
    }

    /// Takes a line.
    pub fn take(&mut self, line: Line<'_>) {
        match line {
            Line::File(name) => self.file(name),
            Line::Track(number, is_audio) => {
                self.close();
                self.last = number.unwrap_or(self.last + 1).min(u32::MAX - 1);
                let number = Some(self.last).filter(|&number| is_audio && (1..=MOST_TRACKS as u32).contains(&number));
                self.track = Some(Open { number, texts: Texts::default(), start: None, other: None });
            }
            Line::Index(number, start_ms) => {
                let file = self.file_of_track();
                if let Some(track) = &mut self.track {
                    let place = if number == 1 { &mut track.start } else { &mut track.other };
                    place.get_or_insert((file, start_ms));
                }
            }
            Line::Text(key, text) => self.text(key, text),
        }
    }

    fn file(&mut self, name: &str) {
        if self.sheet.files.len() < MOST_FILES {
            self.sheet.files.push(File { name: name.to_owned(), tracks: Vec::new() });
        }
    }

    /// The file that the present lines are about. A sheet that names none has one without a name.
    fn file_of_track(&mut self) -> usize {
        if self.sheet.files.is_empty() {
            self.file("");
        }
        self.sheet.files.len() - 1
    }

    fn text(&mut self, key: Key<'_>, text: &str) {
        let is_album = self.track.is_none();
        let field = match key {
            Key::Title if is_album => Field::Album,
            Key::Title => Field::Title,
            Key::Performer if is_album => Field::AlbumArtist,
            Key::Performer => Field::Artist,
            Key::Songwriter => Field::Composer,
            // Thirteen zeros, where a writer had nothing to say.
            Key::Catalog if text.bytes().all(|byte| byte == b'0') => return,
            Key::Catalog => Field::Barcode,
            Key::Isrc => Field::Isrc,
            Key::Remark(key) => match Field::of_free_name(key) {
                Some(field) if REMARKS.contains(&field) => field,
                _ => return,
            },
        };
        match &mut self.track {
            Some(track) if key != Key::Catalog => track.texts.add(field, text),
            _ => self.sheet.texts.add(field, text),
        }
    }

    /// Puts the track in hand into its file. It begins at its `INDEX 01`, else at its first index;
    /// without any only the first of a file has a place, which is the file's beginning.
    fn close(&mut self) {
        let Some(Open { number, texts, start, other }) = self.track.take() else { return };
        let current = self.file_of_track();
        let is_first = self.sheet.files[current].tracks.is_empty();
        let Some((file, start_ms)) = start.or(other).or(is_first.then_some((current, 0))) else { return };
        let tracks = &mut self.sheet.files[file].tracks;
        if self.tracks == MOST_TRACKS {
            return;
        }
        self.tracks += 1;
        // A place has one row: of a number that comes twice the first counts.
        let number = number.filter(|&number| tracks.iter().all(|track| track.number != Some(number)));
        tracks.push(Track { number, start_ms, texts });
    }

    /// The sheet, if there is a track in it.
    pub fn finish(mut self) -> Option<Sheet> {
        self.close();
        self.sheet.files.iter().any(|file| !file.tracks.is_empty()).then_some(self.sheet)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// As EAC writes them.
    pub const WHOLE: &str = "REM GENRE \"Trip Hop\"\r\nREM DATE 1997\r\nREM DISCID B70AF80D\r\n\
        REM COMMENT \"ExactAudioCopy v1.3\"\r\nCATALOG 0731453433427\r\nPERFORMER \"Artist\"\r\nTITLE \"Album\"\r\n\
        REM DISCNUMBER 1\r\nREM TOTALDISCS 2\r\nREM REPLAYGAIN_ALBUM_GAIN -6.20 dB\r\nREM REPLAYGAIN_ALBUM_PEAK 0.988\r\n\
        FILE \"Album.wav\" WAVE\r\n  TRACK 01 AUDIO\r\n    TITLE \"One\"\r\n    PERFORMER \"Artist\"\r\n\
        ISRC GBAAA9700001\r\n    FLAGS DCP\r\n    INDEX 01 00:00:00\r\n  TRACK 02 AUDIO\r\n    TITLE \"Two\"\r\n\
        PERFORMER \"Guest\"\r\n    SONGWRITER \"Writer\"\r\n    REM REPLAYGAIN_TRACK_GAIN -5.00 dB\r\n\
        INDEX 00 03:58:00\r\n    INDEX 01 04:00:00\r\n  TRACK 03 AUDIO\r\n    TITLE \"Three\"\r\n    PREGAP 00:02:00\r\n\
        INDEX 01 08:30:37\r\n";

    fn starts(sheet: &Sheet) -> Vec<(&str, Vec<(u32, u64)>)> {
        let tracks = |file| sheet.tracks(file).map(|(number, track)| (number, track.start_ms)).collect();
        sheet.files.iter().enumerate().map(|(file, known)| (known.name.as_str(), tracks(file))).collect()
    }

    fn read(text: &str) -> Sheet {
        Sheet::of(text).unwrap()
    }

    #[test]
    fn tracks_begin_at_their_first_index_and_not_at_the_gap_before_it() {
        let sheet = read(WHOLE);
        assert_eq!(starts(&sheet), [("Album.wav", vec![(1, 0), (2, 240_000), (3, 510_493)])]);
        assert_eq!(sheet.texts.get(Field::Album), Some("Album"));
        assert_eq!(sheet.texts.get(Field::AlbumArtist), Some("Artist"));
        let track = &sheet.files[0].tracks[1].texts;
        assert_eq!((track.get(Field::Title), track.get(Field::Artist)), (Some("Two"), Some("Guest")));
        assert_eq!((track.get(Field::Composer), sheet.texts.get(Field::Composer)), (Some("Writer"), None));
    }

    #[test]
    fn ends_of_lines_quotes_and_case_do_not_matter() {
        let whole = read(WHOLE);
        for text in [WHOLE.replace("\r\n", "\n"), WHOLE.replace("\r\n", "\r"), WHOLE.replace("  ", "\t")] {
            assert_eq!(read(&text), whole);
        }
        let plain = WHOLE.replace('"', "");
        assert_eq!(read(&plain), whole);
    }

    #[test]
    fn a_track_is_in_the_file_of_its_first_index() {
        // As EAC writes sheets of one file a track with gaps left in front.
        let sheet = read(
            "FILE \"1.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 03:00:00\n\
             FILE \"2.wav\" WAVE\nINDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 02:00:00",
        );
        assert_eq!(starts(&sheet), [("1.wav", vec![(1, 0)]), ("2.wav", vec![(2, 0), (3, 120_000)])]);
        assert!(!sheet.divides(0) && sheet.divides(1) && sheet.own_file() == Some(1));
    }

    #[test]
    fn what_is_missing_is_made_up_where_it_can_be() {
        // No FILE, no numbers, an index before another, none at all.
        let sheet = read("TRACK\nTRACK\nINDEX 01 01:00:00\nINDEX 00 00:58:00\nTRACK\nINDEX 00 02:00:00\nTRACK\n");
        assert_eq!(starts(&sheet), [("", vec![(1, 0), (2, 60_000), (3, 120_000)])]);
        let sheet = read("TRACK 05\nINDEX 01 00:00:00\nTRACK 07\nINDEX 01 00:01:00\nINDEX 01 00:09:00\n");
        assert_eq!(starts(&sheet), [("", vec![(5, 0), (7, 1_000)])]);
    }

    #[test]
    fn data_and_numbers_that_are_none_are_no_rows_and_end_the_track_before() {
        let sheet = read(
            "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 01:00:00\n\
             TRACK 02 AUDIO\nINDEX 01 02:00:00\nTRACK 00 AUDIO\nINDEX 01 03:00:00\nTRACK 1000 AUDIO\nINDEX 01 04:00:00\n\
             TRACK 4294967295 AUDIO\nTRACK AUDIO\nTRACK AUDIO\n",
        );
        assert_eq!(starts(&sheet), [("a.bin", vec![(2, 60_000)])]);
        assert_eq!(sheet.files[0].tracks.len(), 5);
        assert!(!sheet.divides(0) && sheet.own_file().is_none());
    }

    #[test]
    fn the_first_text_of_a_field_counts_and_prose_does_not() {
        let sheet = read(
            "TITLE one\nTITLE two\nREM TITLE three\nREM Artist four\nCATALOG 0000000000000\nTRACK 1\nCATALOG 12\n\
             REM COMMENT said\nREM YEAR 1999\n",
        );
        let texts: Vec<_> = sheet.texts.iter().collect();
        assert_eq!(texts, [(Field::Album, "one"), (Field::Barcode, "12")]);
        let texts: Vec<_> = sheet.files[0].tracks[0].texts.iter().collect();
        assert_eq!(texts, [(Field::Comment, "said"), (Field::FallbackDate, "1999")]);
    }

    #[test]
    fn what_has_no_track_is_no_sheet() {
        for text in ["", "FILE \"a.wav\" WAVE", "TITLE x\nINDEX 01 00:00:00", "Once upon a time", "\0\u{ff}"] {
            assert_eq!(Sheet::of(text), None, "{text:?}");
        }
    }

    #[test]
    fn tracks_and_files_are_bounded() {
        let many: String = (1..5000).map(|number| format!("TRACK {number}\nINDEX 01 {number}:00:00\n")).collect();
        assert_eq!(read(&many).tracks(0).count(), MOST_TRACKS);
        let files: String = (0..5000).map(|number| format!("FILE {number}.wav WAVE\nTRACK 1\nTRACK 2\n")).collect();
        assert_eq!(read(&files).files.len(), MOST_FILES);
    }
}
