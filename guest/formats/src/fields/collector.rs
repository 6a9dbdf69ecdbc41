//! Gathers tag items into a track.

use super::field::Field;
use super::kinds::Pending;
use crate::legacy::Legacy;
use mt_scanner_contract::{TagItem, Track};

/// Fills a track from its tags, in the order of trust: a value of an earlier tag stays, a later tag
/// fills in what is missing. Within a tag, repeated items extend lists, and the first text wins
/// elsewhere.
pub struct Collector<'t> {
    track: &'t mut Track,
    /// Every item as it is in the file, when that is asked for.
    items: Option<Vec<TagItem>>,
    pending: Pending,
    /// Reads texts whose charset nothing says.
    pub legacy: Legacy,
}

impl<'t> Collector<'t> {
    /// A collector into `track`; `listing` keeps every item too.
    pub fn new(track: &'t mut Track, listing: bool) -> Self {
        Self { track, items: listing.then(Vec::new), pending: Pending::default(), legacy: Legacy::default() }
    }

    /// Whether every item is kept.
    pub fn is_listing(&self) -> bool {
        self.items.is_some()
    }

    /// Whether no item has filled a field of the track.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// The items that follow are of another tag.
    pub fn begin_tag(&mut self) {
        self.pending.begin_tag();
    }

    /// Takes an item: what it means, if anything, its text, and its key in the file.
    pub fn text(&mut self, field: Option<Field>, text: &str, key: impl FnOnce() -> String) {
        if let Some(items) = &mut self.items {
            items.push(TagItem { key: key(), value: text.replace('\0', " / ") });
        }
        if let Some(field) = field {
            text.split('\0').for_each(|value| self.meaning(field, value));
        }
    }

    /// Takes what several items mean together.
    pub fn meaning(&mut self, field: Field, text: &str) {
        if !text.trim().is_empty() {
            field.fill(self.track, &mut self.pending, text);
        }
    }

    /// Takes an item that is no text: its size is all that is shown.
    pub fn binary(&mut self, len: usize, key: impl FnOnce() -> String) {
        if let Some(items) = &mut self.items {
            items.push(TagItem { key: key(), value: format!("<{len} bytes>") });
        }
    }

    /// Settles what depends on several items, and gives the track and the list of items.
    pub fn finish(self) -> (&'t mut Track, Vec<TagItem>) {
        let Self { track, items, pending, .. } = self;
        pending.settle(track);
        (track, items.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blank_track;

    fn collected(fill: impl FnOnce(&mut Collector<'_>)) -> Track {
        let mut track = blank_track("", "");
        let mut collector = Collector::new(&mut track, false);
        fill(&mut collector);
        collector.finish();
        track
    }

    fn put(collector: &mut Collector<'_>, field: Field, text: &str) {
        collector.text(Some(field), text, String::new);
    }

    #[test]
    fn values_of_one_tag_form_a_list_and_a_second_tag_adds_nothing_to_it() {
        let track = collected(|collector| {
            put(collector, Field::Artist, "A");
            put(collector, Field::Artist, "B");
            put(collector, Field::Genre, "Jazz\0Blues");
            collector.begin_tag();
            put(collector, Field::Artist, "A; B");
            put(collector, Field::Genre, "Other");
            put(collector, Field::Title, "only here");
        });
        assert_eq!(track.artist.as_deref(), Some("A"));
        assert_eq!(track.artists, ["A", "B"]);
        assert_eq!(track.genres, ["Jazz", "Blues"]);
        assert_eq!(track.genre.as_deref(), Some("Jazz"));
        assert_eq!(track.title.as_deref(), Some("only here"));
    }

    #[test]
    fn an_explicit_list_of_artists_wins_over_the_joined_text() {
        let track = collected(|collector| {
            put(collector, Field::Artist, "A feat. B");
            put(collector, Field::Artists, "A");
            put(collector, Field::Artists, "B");
        });
        assert_eq!((track.artist.as_deref(), track.artists), (Some("A feat. B"), vec!["A".into(), "B".into()]));
    }

    #[test]
    fn numbers_with_and_without_totals() {
        let track = collected(|collector| {
            put(collector, Field::TrackNumber, "03/12");
            put(collector, Field::DiscNumber, "x");
            put(collector, Field::DiscTotal, "2");
        });
        assert_eq!((track.track_number, track.track_total), (Some(3), Some(12)));
        assert_eq!((track.disc_number, track.disc_total), (None, Some(2)));
    }

    #[test]
    fn the_date_is_kept_and_the_year_taken_from_it() {
        let track = collected(|collector| {
            put(collector, Field::FallbackDate, "1999");
            put(collector, Field::Date, "21.05.1997");
        });
        assert_eq!((track.date.as_deref(), track.year), (Some("21.05.1997"), Some(1997)));
        assert_eq!(collected(|collector| put(collector, Field::FallbackDate, "1999")).year, Some(1999));
        assert_eq!(collected(|collector| put(collector, Field::Date, "97")).year, None);
    }

    #[test]
    fn empty_text_is_no_value() {
        assert_eq!(collected(|collector| put(collector, Field::Title, " \0")).title, None);
    }
}
