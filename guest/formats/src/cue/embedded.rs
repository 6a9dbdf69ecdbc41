//! Sheets that a container has in a form of its own.

use super::Sheet;
use super::line::{Key, Line};
use super::sheet::Reading;
use crate::fields::Field;

/// A track of such a sheet.
pub(crate) struct Track {
    /// Its number.
    pub number: u32,
    /// Whether it is one of music.
    pub is_audio: bool,
    /// Where it begins, in ms.
    pub start_ms: u64,
    /// Its ISRC.
    pub isrc: Option<String>,
}

impl Sheet {
    /// A sheet of what is said of the album, and of tracks; `None` if there is no track.
    pub(crate) fn embedded(
        album: impl IntoIterator<Item = (Field, String)>,
        tracks: impl IntoIterator<Item = Track>,
    ) -> Option<Self> {
        let mut reading = Reading::default();
        album.into_iter().for_each(|(field, text)| reading.album(field, &text));
        for Track { number, is_audio, start_ms, isrc } in tracks {
            reading.take(Line::Track(Some(number), is_audio));
            reading.take(Line::Index(1, start_ms));
            isrc.iter().for_each(|isrc| reading.take(Line::Text(Key::Isrc, isrc)));
        }
        reading.finish()
    }

    /// The number of tracks that are of music in all files.
    #[cfg(test)]
    pub(crate) fn tracks_of_all(&self) -> usize {
        (0..self.files.len()).map(|file| self.tracks(file).count()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::WHOLE;
    use super::*;
    use crate::flac::tests::with_blocks;
    use crate::id3v2::tests::tag;
    use crate::legacy::LegacyCharset;
    use crate::ogg::vorbis_comment::tests::block as comments;
    use crate::reader::tests::reader;
    use crate::trial::mpeg_frames;

    /// The sheet in a file, whether its tags are kept or not.
    fn sheet(file: &[u8]) -> Option<Sheet> {
        let read = |listing| {
            let mut track = mt_scanner_contract::Track::default();
            crate::parse(&mut reader(file.to_vec()), &mut track, listing, LegacyCharset::Auto).unwrap().cue
        };
        assert_eq!(read(true), read(false));
        read(false)
    }

    fn comment(text: &str) -> Vec<u8> {
        comments(&[b"TITLE=one", format!("cuesheet={text}").as_bytes()])
    }

    #[test]
    fn a_sheet_stands_in_a_comment_of_any_kind_of_tag() {
        let whole = Sheet::of(WHOLE);
        let frame = [b"\x03CUESHEET\0", WHOLE.as_bytes()].concat();
        let ape = crate::tags::ape_with(&[("Cuesheet", WHOLE.as_bytes())]);
        for file in [
            with_blocks(&[(4, comment(WHOLE))]),
            [tag(4, &[("TXXX", &frame)]), mpeg_frames(10)].concat(),
            [mpeg_frames(10), ape].concat(),
        ] {
            assert_eq!(sheet(&file), whole);
        }
    }

    #[test]
    fn a_comment_counts_more_than_a_block_which_has_no_titles() {
        let block = crate::flac::cue_sheet::tests::block(&[(1, 0, true, &[(0, 1)]), (2, 44_100, true, &[(0, 1)])]);
        let alone = sheet(&with_blocks(&[(5, block.clone()), (4, comment("no sheet"))])).unwrap();
        assert_eq!((alone.tracks_of_all(), alone.texts.get(Field::Barcode)), (2, Some("0731453433427")));
        assert_eq!(sheet(&with_blocks(&[(5, block), (4, comment(WHOLE))])), Sheet::of(WHOLE));
    }

    #[test]
    fn a_sheet_of_one_track_or_none_is_none() {
        for text in ["", "no sheet", "TRACK 01 AUDIO\nINDEX 01 00:00:00", "FILE a WAVE\nTRACK 1\nFILE b WAVE\nTRACK 2"]
        {
            assert_eq!(sheet(&with_blocks(&[(4, comment(text))])), None, "{text}");
        }
    }
}
