//! APEv2 tags (and APEv1): Monkey's Audio, Musepack, WavPack, and MP3 beside ID3. The specification
//! is that of Monkey's Audio's "APE Tags v2".

use std::io;
use std::ops::Range;

use crate::content::Content;
use crate::fields::{Block, Field};
use crate::payload::{Payload, Picture};
use crate::reader::{FileReader, ReadAt};

/// Bytes of a header, and of a footer.
const LEN: u64 = 32;
const MARK: &[u8; 8] = b"APETAGEX";
/// Flags of a tag: it has a header; this is the header.
const HAS_HEADER: u32 = 1 << 31;
const IS_HEADER: u32 = 1 << 29;

/// The most items that are read, and the longest text. Taggers write some dozens, and lyrics are
/// shorter.
const MOST_ITEMS: usize = 10_000;
const LONGEST: u64 = 1 << 20;
/// How many bytes are searched for an item behind damage, in all.
const SEARCH: u64 = 64 * 1024;
/// The longest key (section "APE Tag Item"), and bytes of the numbers before it.
const KEY: usize = 255;
const NUMBERS: u64 = 8;
/// How much of a picture is looked at for the name of its file, which stands before it.
const FILE_NAME: u64 = 512;

/// What the pictures show, by their number in ID3v2's `APIC`: `Cover Art (Front)` is 3.
const KINDS: [&str; 21] = [
    "other",
    "png icon",
    "icon",
    "front",
    "back",
    "leaflet",
    "media",
    "lead artist",
    "artist",
    "conductor",
    "band",
    "composer",
    "lyricist",
    "recording location",
    "during recording",
    "during performance",
    "video capture",
    "fish",
    "illustration",
    "band logotype",
    "publisher logotype",
];

/// Where a tag is.
pub(super) struct Tag {
    /// The whole.
    range: Range<u64>,
    /// The items.
    items: Range<u64>,
}

/// The parts of an item.
struct Item {
    key: String,
    kind: Kind,
    value: Range<u64>,
}

#[derive(PartialEq)]
enum Kind {
    Text,
    Binary,
    Link,
}

impl Tag {
    /// The tag whose header is at `start`.
    pub fn at<S: ReadAt>(reader: &mut FileReader<S>, start: u64) -> io::Result<Option<Self>> {
        let Some((size, _)) = numbers(reader, start)?.filter(|(_, flags)| flags & IS_HEADER != 0) else {
            return Ok(None);
        };
        let end = (start + LEN + size).min(reader.len());
        // The size counts a footer, which not every writer adds.
        let items_end = match end.checked_sub(LEN) {
            Some(footer) if footer >= start + LEN && numbers(reader, footer)?.is_some() => footer,
            _ => end,
        };
        Ok(Some(Self { range: start..end, items: start + LEN..items_end }))
    }

    /// The tag whose footer ends at `end`.
    pub fn before<S: ReadAt>(reader: &mut FileReader<S>, end: u64) -> io::Result<Option<Self>> {
        let Some(footer) = end.checked_sub(LEN) else { return Ok(None) };
        let Some((size, flags)) = numbers(reader, footer)?.filter(|(_, flags)| flags & IS_HEADER == 0) else {
            return Ok(None);
        };
        // The size counts the footer, and a header only where the flags have one.
        let items = end.saturating_sub(size).min(footer)..footer;
        let start = if flags & HAS_HEADER != 0 { items.start.saturating_sub(LEN) } else { items.start };
        Ok(Some(Self { range: start..end, items }))
    }

    /// Where it begins.
    pub fn start(&self) -> u64 {
        self.range.start
    }

    /// Where it ends.
    pub fn end(&self) -> u64 {
        self.range.end
    }

    /// Hands over its items and pictures, and names what is damaged.
    pub fn pour<S: ReadAt>(self, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        content.tags.begin_tag(Block::with_lists("APE"));
        let mut position = self.items.start;
        let mut to_search = SEARCH;
        for _ in 0..MOST_ITEMS {
            if position >= self.items.end {
                return Ok(());
            }
            match item(reader, position, self.items.end)? {
                Some(item) => {
                    position = item.value.end;
                    item.pour(reader, content)?;
                }
                None => {
                    content.damaged(format!("the APEv2 tag is damaged at byte {position} of the file"));
                    match search(reader, position + 1, self.items.end, &mut to_search)? {
                        Some(next) => position = next,
                        None => return Ok(()),
                    }
                }
            }
        }
        content.damaged(format!("the APEv2 tag has more than {MOST_ITEMS} items"));
        Ok(())
    }
}

impl Item {
    fn pour<S: ReadAt>(self, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let Self { key, kind, value } = self;
        let len = value.end - value.start;
        if let Some(kind_of_picture) = kind_of_picture(&key) {
            content.tags.binary(len as usize, || key);
            if kind == Kind::Binary {
                content.pictures.extend(picture(reader, kind_of_picture, value)?);
            }
            return Ok(());
        }
        let field = Field::of_free_name(&key);
        if kind == Kind::Binary || len > LONGEST {
            content.tags.binary(len as usize, || key);
        } else if field.is_some() || content.tags.is_listing() {
            let bytes = reader.piece(value.start, content.tags.needed(field, len))?.unwrap_or_default();
            // APEv1 has Latin-1.
            let text = content.tags.legacy.undeclared(bytes);
            content.tags.text(field, text.trim_end_matches('\0'), || key);
        }
        Ok(())
    }
}

/// The size and the flags of a header or footer; `None` where there is none.
fn numbers<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<Option<(u64, u32)>> {
    let mut bytes = [0; LEN as usize];
    if !reader.peek(position, &mut bytes)? || !bytes.starts_with(MARK) {
        return Ok(None);
    }
    let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|step| bytes[at + step]));
    Ok(Some((number(12).into(), number(20))))
}

/// The item at `position`; `None` if what is there is none that ends before `end`.
fn item<S: ReadAt>(reader: &mut FileReader<S>, position: u64, end: u64) -> io::Result<Option<Item>> {
    let len = (NUMBERS + KEY as u64 + 1).min(end - position);
    let Some(bytes) = reader.piece(position, len)? else { return Ok(None) };
    let Some((&[s0, s1, s2, s3, f0, ..], rest)) = bytes.split_first_chunk::<{ NUMBERS as usize }>() else {
        return Ok(None);
    };
    let Some(key_len) = memchr::memchr(0, rest).filter(|&len| len > 0) else { return Ok(None) };
    let key = &rest[..key_len];
    if !key.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return Ok(None);
    }
    let start = position + NUMBERS + key_len as u64 + 1;
    let value = start..start + u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
    if value.end > end {
        return Ok(None);
    }
    let kind = match f0 >> 1 & 3 {
        1 => Kind::Binary,
        2 => Kind::Link,
        _ => Kind::Text,
    };
    Ok(Some(Item { key: String::from_utf8_lossy(key).into_owned(), kind, value }))
}

/// The next position of an item with a key of two letters or more that leads on to another, or to
/// the end.
fn search<S: ReadAt>(reader: &mut FileReader<S>, from: u64, end: u64, to_search: &mut u64) -> io::Result<Option<u64>> {
    for position in from..end {
        if *to_search == 0 {
            break;
        }
        *to_search -= 1;
        let Some(found) = item(reader, position, end)?.filter(|item| item.key.len() > 1) else { continue };
        let next = found.value.end;
        if next == end || item(reader, next, end)?.is_some() {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

fn kind_of_picture(key: &str) -> Option<u8> {
    let key = key.to_ascii_lowercase();
    let kind = key.strip_prefix("cover art (")?.trim_end_matches(')');
    let known = KINDS.iter().position(|known| *known == kind);
    Some(known.unwrap_or(0) as u8)
}

/// The picture of an item, behind the name of its file; `None` for one of no bytes.
fn picture<S: ReadAt>(reader: &mut FileReader<S>, kind: u8, value: Range<u64>) -> io::Result<Option<Picture>> {
    let len = FILE_NAME.min(value.end - value.start);
    let name = reader.piece(value.start, len)?.and_then(|bytes| memchr::memchr(0, bytes));
    let data = Payload::plain(name.map_or(value.start, |at| value.start + at as u64 + 1)..value.end);
    if data.is_empty() {
        return Ok(None);
    }
    reader.blank(value.start + len..value.end);
    Ok(Some(Picture { kind, mime: String::new(), data }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::trial::{mpeg_frames, said, survives};

    fn item(key: &str, flags: u32, value: &[u8]) -> Vec<u8> {
        let numbers = [value.len() as u32, flags].map(u32::to_le_bytes).concat();
        [&numbers, key.as_bytes(), b"\0", value].concat()
    }

    fn edge(size: usize, count: u32, flags: u32) -> Vec<u8> {
        let numbers = [2000, size as u32, count, flags].map(u32::to_le_bytes).concat();
        [MARK.as_slice(), &numbers, &[0; 8]].concat()
    }

    /// A tag of these items, with header and footer.
    fn around(items: &[u8]) -> Vec<u8> {
        let size = items.len() + LEN as usize;
        [&edge(size, 1, HAS_HEADER | IS_HEADER), items, &edge(size, 1, HAS_HEADER)].concat()
    }

    /// A tag of these texts.
    pub fn tag(texts: &[(&str, &[u8])]) -> Vec<u8> {
        around(&texts.iter().flat_map(|(key, value)| item(key, 0, value)).collect::<Vec<u8>>())
    }

    const TEXTS: [(&str, &[u8]); 4] =
        [("Title", b"title"), ("Artist", b"one\0two"), ("Track", b"3/12"), ("REPLAYGAIN_TRACK_GAIN", b"-3.10 dB")];

    #[test]
    fn a_tag_is_read_in_front_and_behind_with_and_without_a_header() {
        let (tag, frames) = (tag(&TEXTS), mpeg_frames(5));
        let mut bare = tag[LEN as usize..].to_vec();
        let flags = bare.len() - 12;
        bare[flags..flags + 4].fill(0);
        for file in [[tag.clone(), frames.clone()], [frames.clone(), tag.clone()], [frames.clone(), bare]] {
            let said = said(&file.concat());
            assert_eq!(
                (said.track.title.as_deref(), said.track.artists),
                (Some("title"), vec!["one".into(), "two".into()])
            );
            assert_eq!((said.track.track_total, said.track.replaygain_track_gain), (Some(12), Some(-3.1)));
            assert_eq!((said.track.duration_ms, said.damage.as_str()), (Some(131), ""));
        }
    }

    #[test]
    fn a_damaged_item_is_named_and_costs_no_other() {
        for damage in
            [b"junk that is no item".to_vec(), item("Al\x01bum", 0, b"a"), item("Album", 0, b"a")[..10].to_vec()]
        {
            let items = [item("Title", 0, b"title"), damage, item("Artist", 0, b"artist")].concat();
            let said = said(&[mpeg_frames(5), around(&items)].concat());
            assert_eq!((said.track.title.as_deref(), said.track.artist.as_deref()), (Some("title"), Some("artist")));
            assert!(said.damage.starts_with("the APEv2 tag is damaged at byte "), "{}", said.damage);
        }
    }

    #[test]
    fn covers_are_places_behind_the_name_of_their_file() {
        let cover = [b"cover.jpg\0".as_slice(), &[7; 100_000]].concat();
        let has_artwork = |key: &str, flags: u32, value: &[u8]| {
            said(&[mpeg_frames(90), around(&item(key, flags, value))].concat()).track.has_artwork
        };
        assert!(has_artwork("Cover Art (Front)", 2, &cover));
        assert!(
            !has_artwork("Cover Art (Front)", 2, b"cover.jpg\0") && !has_artwork("Cover Art (Back)", 4, b"http://a")
        );
        assert!(!has_artwork("Picture", 2, &cover));
        let file = [mpeg_frames(90), around(&item("Cover Art (Front)", 2, &cover))].concat();
        let read: u64 = said(&file).reads.iter().map(|(_, len)| len).sum();
        assert!(read < 70_000, "{read}");
        assert_eq!((kind_of_picture("COVER ART (back)"), kind_of_picture("Cover Art (x)")), (Some(4), Some(0)));
    }

    #[test]
    fn texts_that_are_not_utf_8_are_latin_1() {
        assert_eq!(
            said(&[mpeg_frames(5), tag(&[("Title", b"Caf\xe9")])].concat()).track.title.as_deref(),
            Some("Café")
        );
    }

    #[test]
    fn cut_and_mutated_tags_are_survived() {
        let cover = item("Cover Art (Front)", 2, b"a.png\0\x89PNG");
        let items = [item("Title", 0, b"title"), cover, item("Artist", 0, b"a")].concat();
        survives(&[around(&items), mpeg_frames(2), around(&items)].concat());
    }
}
