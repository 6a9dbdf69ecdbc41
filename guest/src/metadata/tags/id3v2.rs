//! ID3v2.2 to 2.4; lofty gives the frames of older versions the names of 2.4.

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
                // Genres may be numbers, also several in one text: lofty's own iterator knows how.
                Frame::Text(_) if id == "TCON" => {
                    for genre in self.genres().into_iter().flatten() {
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
                _ => collector.binary(0, key),
            }
        }
    }

    fn has_picture(&self) -> bool {
        self.into_iter().any(|frame| matches!(frame, Frame::Picture(_)))
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
