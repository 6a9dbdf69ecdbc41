//! What frames mean (ID3v2.4.0 native frames, section 4; 2.3.0, section 4; 2.2.0, section 4).

use std::borrow::Cow;
use std::io;

use super::frame::{Frame, LONGEST};
use super::genre::genres;
use super::text::{Encoding, decoded, repaired};
use super::when::When;
use super::{Tag, chapter, lyrics};
use crate::content::Content;
use crate::fields::{Block, Collector, Field};
use crate::legacy::Legacy;
use crate::reader::{FileReader, ReadAt};

/// Whose `UFID` holds the recording's identifier.
const MUSICBRAINZ: &[u8] = b"http://musicbrainz.org";

impl Tag {
    /// Hands over the frames and the pictures, and names what is damaged.
    pub fn pour<S: ReadAt>(mut self, reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        self.damage.drain(..).for_each(|damage| content.damaged(damage));
        content.pictures.append(&mut self.pictures);
        content.tags.begin_tag(Block::id3v2(self.version));
        let listing = content.tags.is_listing();
        let mut when = When::default();
        // ReplayGain is written in full as text, and in steps of 1/512 dB as a relative volume.
        let is_volume = |frame: &&Frame| &frame.id == b"RVA2";
        let others = self.frames.iter().filter(|frame| !is_volume(frame));
        for frame in others.chain(self.frames.iter().filter(is_volume)) {
            let name = frame.name();
            if !(listing || means_something(name)) {
                continue;
            }
            let len = (frame.content.end - frame.content.start) as usize;
            if frame.is_encrypted {
                content.damaged(format!("the frame {name} of the ID3v2 tag is encrypted"));
            } else if frame.is_picture() || len as u64 > LONGEST {
                content.tags.binary(len, || name.to_owned());
            } else if lyrics::is_plain(name) && !listing {
                lyrics::look(reader, frame, &mut content.tags)?;
            } else {
                let is_whole = match frame.bytes(reader)? {
                    Some(bytes) => take(self.version, name, &bytes, &mut when, &mut content.tags).is_some(),
                    None => false,
                };
                if !is_whole {
                    content.damaged(format!("the frame {name} of the ID3v2 tag is damaged"));
                }
            }
        }
        // Behind a `TDRC`, which a tag of 2.4 has instead.
        if let Some(date) = when.date() {
            content.tags.meaning(Field::Date, &date);
        }
        Ok(())
    }
}

/// Whether a frame can fill a field of a track.
fn means_something(name: &str) -> bool {
    Field::of_frame(name.as_bytes()).is_some()
        || matches!(name, "TXXX" | "TXX" | "COMM" | "COM" | "UFID" | "UFI" | "RVA2" | "TDAT" | "TDA" | "TIME" | "TIM")
        || matches!(name, "USLT" | "ULT" | "SYLT" | "SLT")
}

/// Takes the content of a frame; `None` if it is not what it should be, or not all of it is.
fn take(version: u8, name: &str, content: &[u8], when: &mut When, tags: &mut Collector<'_>) -> Option<()> {
    let key = || name.to_owned();
    let mut is_whole = true;
    match name {
        "UFID" | "UFI" => {
            let (owner, identifier) = Encoding::Latin1.split(content);
            let field = (owner == MUSICBRAINZ).then_some(Field::MusicbrainzRecordingId);
            let key = || format!("{name}:{}", String::from_utf8_lossy(owner));
            match str::from_utf8(identifier) {
                Ok(text) => tags.text(field, text.trim_end_matches('\0'), key),
                Err(_) => tags.binary(identifier.len(), key),
            }
        }
        "TXXX" | "TXX" => {
            let (description, text) = described(content, 0, &mut is_whole, &mut tags.legacy)?;
            tags.text(Field::of_free_name(&description), &text, || format!("{name}:{description}"));
        }
        "COMM" | "COM" => {
            let (description, text) = described(content, lyrics::LANGUAGE, &mut is_whole, &mut tags.legacy)?;
            // Players keep settings under a description (`iTunNORM`); a person's comment has none,
            // or the one that it gets where a tagger takes it over from ID3v1.
            let is_comment = matches!(&*description, "" | "ID3v1 Comment");
            let field = is_comment.then_some(Field::Comment);
            tags.text(field, &text, || format!("{name}:{description}"));
        }
        "USLT" | "ULT" => lyrics::take_plain(name, content, &mut is_whole, tags)?,
        "SYLT" | "SLT" => lyrics::take_synchronised(name, content, tags)?,
        "CHAP" => chapter::take(version, content, tags)?,
        "RVA2" => relative_volume(content, tags)?,
        _ if name.starts_with('T') || OTHER_TEXTS.contains(&name) => {
            let (&encoding, rest) = content.split_first()?;
            let text = readable(Encoding::of(encoding)?, rest, &mut is_whole, &mut tags.legacy);
            if let Some(part) = when.part(name) {
                part.get_or_insert_with(|| text.clone().into_owned());
                tags.text(None, &text, key);
            } else if matches!(name, "TCON" | "TCO") {
                genres(&text).into_iter().for_each(|genre| tags.text(Some(Field::Genre), genre, key));
            } else {
                tags.text(Field::of_frame(name.as_bytes()), &text, key);
            }
        }
        _ if name.starts_with('W') && !matches!(name, "WXXX" | "WXX") => {
            let text = decoded(Encoding::Latin1, content, &mut tags.legacy)?;
            tags.text(None, &text, key);
        }
        _ => tags.binary(content.len(), key),
    }
    is_whole.then_some(())
}

/// A text, and whether all of it is: what is not in its encoding costs itself.
fn readable<'b>(encoding: Encoding, bytes: &'b [u8], is_whole: &mut bool, legacy: &mut Legacy) -> Cow<'b, str> {
    decoded(encoding, bytes, legacy).unwrap_or_else(|| {
        *is_whole = false;
        Cow::Owned(repaired(encoding, bytes))
    })
}

/// Frames of text whose names do not begin with a T: Apple's, of groupings and movements.
const OTHER_TEXTS: [&str; 6] = ["GRP1", "GP1", "MVNM", "MVN", "MVIN", "MVI"];

/// A description and its text, behind the encoding and as many bytes more. A text without a byte
/// order mark is written like its description.
pub(super) fn described<'b>(
    content: &'b [u8],
    more: usize,
    is_whole: &mut bool,
    legacy: &mut Legacy,
) -> Option<(Cow<'b, str>, Cow<'b, str>)> {
    let (&encoding, rest) = content.split_first()?;
    let encoding = Encoding::of(encoding)?;
    let (description, text) = encoding.split(rest.get(more..)?);
    let is_marked = text.starts_with(b"\xfe\xff") || text.starts_with(b"\xff\xfe");
    let of_text = match encoding {
        Encoding::Utf16 if !is_marked && description.starts_with(b"\xfe\xff") => Encoding::Utf16Be,
        encoding => encoding,
    };
    Some((readable(encoding, description, is_whole, legacy), readable(of_text, text, is_whole, legacy)))
}

/// `RVA2` (section 4.11) as ReplayGain is written there: the identification says `track` or
/// `album`, the master volume is the gain in steps of 1/512 dB.
fn relative_volume(content: &[u8], tags: &mut Collector<'_>) -> Option<()> {
    const MASTER: u8 = 1;
    let (identification, mut channels) = Encoding::Latin1.split(content);
    let fields = match identification.to_ascii_lowercase().as_slice() {
        b"track" => Some((Field::ReplaygainTrackGain, Field::ReplaygainTrackPeak)),
        b"album" => Some((Field::ReplaygainAlbumGain, Field::ReplaygainAlbumPeak)),
        _ => None,
    };
    tags.binary(content.len(), || format!("RVA2:{}", String::from_utf8_lossy(identification)));
    while let Some((&[channel, high, low, bits], rest)) = channels.split_first_chunk::<4>() {
        let (peak, behind) = rest.split_at_checked(usize::from(bits).div_ceil(8))?;
        channels = behind;
        let Some((gain_field, peak_field)) = fields.filter(|_| channel == MASTER) else { continue };
        tags.meaning(gain_field, &(f64::from(i16::from_be_bytes([high, low])) / 512.0).to_string());
        if (1..=32).contains(&bits) {
            let value = peak.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
            tags.meaning(peak_field, &(value as f64 / (1_u64 << (bits - 1)) as f64).to_string());
        }
    }
    Some(())
}
