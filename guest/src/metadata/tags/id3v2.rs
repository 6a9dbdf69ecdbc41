//! ID3v2.2 to 2.4; lofty gives the frames of older versions the names of 2.4.

use lofty::id3::v1::GENRES;
use lofty::id3::v2::{Frame, Id3v2Tag};

use super::{Collector, Source, field::Field};

/// Whose `UFID` holds the recording's identifier.
const MUSICBRAINZ: &str = "http://musicbrainz.org";

impl Source for Id3v2Tag {
    fn pour(&self, collector: &mut Collector<'_>) {
        for frame in self {
            let id = frame.id().as_str();
            let key = || id.to_owned();
            match frame {
                Frame::Text(text) if id == "TCON" => {
                    for genre in genres(&text.value) {
                        collector.text(Some(Field::Genre), genre, key);
                    }
                }
                Frame::Text(text) => collector.text(of_frame(id), &text.value, key),
                Frame::Timestamp(date) => collector.text(of_frame(id), &date.timestamp.to_string(), key),
                Frame::UserText(text) => {
                    let field = Field::of_free_name(&text.description);
                    collector.text(field, &text.content, || format!("{id}:{}", text.description));
                }
                Frame::Comment(comment) => {
                    // Players keep settings under a description (`iTunNORM`); a person's comment has none.
                    let field = comment.description.is_empty().then_some(Field::Comment);
                    collector.text(field, &comment.content, || format!("{id}:{}", comment.description));
                }
                Frame::UniqueFileIdentifier(unique) => match std::str::from_utf8(&unique.identifier) {
                    Ok(text) => {
                        let field = (unique.owner == MUSICBRAINZ).then_some(Field::MusicbrainzRecordingId);
                        collector.text(field, text, || format!("{id}:{}", unique.owner));
                    }
                    Err(_) => collector.binary(unique.identifier.len(), key),
                },
                Frame::Url(url) => collector.text(None, url.url(), key),
                Frame::UnsynchronizedText(lyrics) => collector.text(None, &lyrics.content, key),
                Frame::Binary(binary) => collector.binary(binary.data.len(), key),
                Frame::Private(private) => {
                    collector.binary(private.private_data.len(), || format!("{id}:{}", private.owner))
                }
                Frame::Picture(picture) => collector.binary(picture.picture.data().len(), key),
                _ => collector.text(None, "", key),
            }
        }
    }

    fn has_picture(&self) -> bool {
        self.into_iter().any(|frame| matches!(frame, Frame::Picture(_)))
    }
}

/// The genres of a `TCON`: texts or numbers of ID3v1's list, `(17)`, `(17)(4)Refinement`, with `((` for a parenthesis that is meant
/// (ID3v2.3.0, section 4.2.1, and 2.4.0).
fn genres(text: &str) -> Vec<&str> {
    let mut genres = Vec::new();
    for mut rest in text.split('\0') {
        while let Some((number, behind)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let Some(genre) = numbered(number) else { break };
            genres.push(genre);
            rest = behind;
        }
        let refinement = if rest.starts_with("((") { &rest[1..] } else { numbered(rest).unwrap_or(rest) };
        if !genres.contains(&refinement) {
            genres.push(refinement);
        }
    }
    genres.retain(|genre| !genre.is_empty());
    genres
}

fn numbered(genre: &str) -> Option<&str> {
    match genre {
        "RX" => Some("Remix"),
        "CR" => Some("Cover"),
        digits if digits.len() <= 3 => GENRES.get(digits.parse::<usize>().ok()?).copied(),
        _ => None,
    }
}

/// The field of a frame that has one meaning (ID3v2.4.0 native frames, section 4.2).
fn of_frame(id: &str) -> Option<Field> {
    Some(match id {
        "TIT2" => Field::Title,
        "TPE1" => Field::Artist,
        "TALB" => Field::Album,
        "TPE2" => Field::AlbumArtist,
        "TRCK" => Field::TrackNumber,
        "TPOS" => Field::DiscNumber,
        "TDRC" => Field::Date,
        "TDRL" | "TYER" => Field::FallbackDate,
        "TCOM" => Field::Composer,
        "TSRC" => Field::Isrc,
        "TCMP" => Field::Compilation,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::genres;

    #[test]
    fn genres_are_texts_or_numbers_in_every_spelling() {
        for (text, expected) in [
            ("Jazz", &["Jazz"][..]),
            ("17", &["Rock"]),
            ("(17)", &["Rock"]),
            ("(17)Rock", &["Rock"]),
            ("(17)(4)Eurodisco", &["Rock", "Disco", "Eurodisco"]),
            ("(17)\0(4)", &["Rock", "Disco"]),
            ("Rock\0Chanson", &["Rock", "Chanson"]),
            ("((Foo", &["(Foo"]),
            ("(RX)", &["Remix"]),
            ("(999)", &["(999)"]),
            ("80s", &["80s"]),
            ("", &[]),
        ] {
            assert_eq!(genres(text), expected, "{text:?}");
        }
    }
}
