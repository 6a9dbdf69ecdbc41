//! Lyrics3, versions 1 and 2: lyrics before an ID3v1 tag, and what that has no room for.

use std::io;

use crate::content::Content;
use crate::fields::{Block, Field};
use crate::reader::{FileReader, ReadAt};

const BEGIN: &[u8] = b"LYRICSBEGIN";
const END: &[u8; 9] = b"LYRICSEND";
const END_OF_V2: &[u8; 9] = b"LYRICS200";

/// The most bytes of version 1, without its marks.
const LONGEST_OF_V1: u64 = 5100;
/// The most bytes of version 2 that are read: the size has six digits.
const LONGEST: u64 = 999_999;

/// The fields of a tag of version 2, with their names.
pub(super) struct Tag(Vec<(String, Vec<u8>)>);

impl Tag {
    /// The tag that ends at `end`, and where it begins.
    pub fn before<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<(u64, Self)>> {
        let mut mark = [0; 9];
        let Some(position) = end.checked_sub(9) else { return Ok(None) };
        if !reader.peek(position, &mut mark)? {
            return Ok(None);
        }
        match &mark {
            END_OF_V2 => version_2(reader, position),
            END => version_1(reader, position),
            _ => Ok(None),
        }
    }

    /// Hands over its fields.
    pub fn pour(&self, content: &mut Content<'_>) {
        content.tags.begin_tag(Block::without_lists("Lyrics3"));
        for (name, value) in &self.0 {
            let field = match name.as_str() {
                "ETT" => Some(Field::Title),
                "EAR" => Some(Field::Artist),
                "EAL" => Some(Field::Album),
                "LYR" => Some(Field::Lyrics),
                _ => None,
            };
            let value = content.tags.legacy.latin1(value);
            content.tags.text(field, &value, || format!("Lyrics3 {name}"));
        }
    }
}

/// Lyrics between two marks.
fn version_1<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<(u64, Tag)>> {
    let len = end.min(LONGEST_OF_V1 + BEGIN.len() as u64);
    let Some(bytes) = reader.piece(end - len, len)? else { return Ok(None) };
    let found = memchr::memmem::rfind(bytes, BEGIN);
    let lyrics = |at: usize| ("LYR".to_owned(), bytes[at + BEGIN.len()..].to_vec());
    Ok(found.map(|at| (end - len + at as u64, Tag(vec![lyrics(at)]))))
}

/// Fields of a name with three letters, a size with five digits and a text; behind them the size of
/// it all.
fn version_2<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<(u64, Tag)>> {
    let mut digits = [0; 6];
    let Some(fields_end) = end.checked_sub(6) else { return Ok(None) };
    let size = if reader.peek(fields_end, &mut digits)? { number(&digits) } else { None };
    let Some(start) = size.and_then(|size| fields_end.checked_sub(size.min(LONGEST))) else { return Ok(None) };
    let Some(mut rest) = reader.piece(start, fields_end - start)?.and_then(|bytes| bytes.strip_prefix(BEGIN)) else {
        return Ok(None);
    };
    let mut fields = Vec::new();
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let Some(len) = number(&head[3..]).filter(|&len| len <= behind.len() as u64) else { break };
        let (value, next) = behind.split_at(len as usize);
        fields.push((String::from_utf8_lossy(&head[..3]).into_owned(), value.to_vec()));
        rest = next;
    }
    Ok(Some((start, Tag(fields))))
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use mt_scanner_contract::LyricsForm;

    use crate::tags::id3v1_with;
    use crate::trial::{mpeg_frames, said, survives};

    /// A file whose lyrics stand before an ID3v1 tag with a title that was cut.
    fn file(lyrics: &[u8]) -> Vec<u8> {
        [mpeg_frames(5), lyrics.to_vec(), id3v1_with([b"A long ti", b"artist", b"", b"", b""], 0, 255)].concat()
    }

    const V2: &[u8] = b"LYRICSBEGININD0000210LYR00005la laETT00012A long title000054LYRICS200";

    #[test]
    fn version_2_has_what_id3v1_has_no_room_for() {
        let said = said(&file(V2));
        assert_eq!((said.track.title.as_deref(), said.track.artist.as_deref()), (Some("A long title"), Some("artist")));
        assert_eq!(said.items[1], ("Lyrics3 LYR".to_owned(), "la la".to_owned()));
        assert_eq!((said.track.duration_ms, said.damage.as_str()), (Some(131), ""));
    }

    #[test]
    fn version_1_has_lyrics_alone() {
        let said = said(&file(b"LYRICSBEGINla la laLYRICSEND"));
        assert_eq!((said.track.title.as_deref(), said.track.duration_ms), (Some("A long ti"), Some(131)));
        assert_eq!((said.track.has_lyrics, said.lyrics[0].text.as_str()), (LyricsForm::Plain, "la la la"));
    }

    #[test]
    fn marks_without_lyrics_are_no_tag() {
        for lyrics in [&b"LYRICSEND"[..], b"000011LYRICS200", b"999999LYRICS200", b"LYRICSBEGIN00x011LYRICS200"] {
            assert_eq!(said(&file(lyrics)).track.title.as_deref(), Some("A long ti"));
        }
    }

    #[test]
    fn cut_and_mutated_lyrics_are_survived() {
        survives(&file(V2));
    }
}
