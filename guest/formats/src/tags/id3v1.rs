//! ID3v1, with 30 bytes a field: what other tags leave out.

use lofty::id3::v1::Id3v1Tag;

use super::{Collector, Field, Source};
use crate::fields::GENRES;

impl Source for Id3v1Tag {
    fn pour(&self, collector: &mut Collector<'_>) {
        let genre = self.genre.and_then(|index| GENRES.get(usize::from(index)));
        let fields = [
            (Field::Title, "ID3v1 title", self.title.clone()),
            (Field::Artist, "ID3v1 artist", self.artist.clone()),
            (Field::Album, "ID3v1 album", self.album.clone()),
            (Field::Date, "ID3v1 year", self.year.map(|year| year.to_string())),
            (Field::Comment, "ID3v1 comment", self.comment.clone()),
            (Field::TrackNumber, "ID3v1 track", self.track_number.map(|number| number.to_string())),
            (Field::Genre, "ID3v1 genre", genre.map(|&name| name.to_owned())),
        ];
        for (field, key, value) in fields {
            if let Some(value) = value {
                collector.text(Some(field), &value, || key.to_owned());
            }
        }
    }
}
