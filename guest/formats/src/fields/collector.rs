//! Gathers tag items into a track.

use super::field::Field;
use mt_scanner_contract::{TagItem, Track};

/// Fills a track from its tags, the first tag of a file before the others: what an earlier tag said stays, what it left out is
/// filled in. Within a tag, repeated items extend lists, and the first text wins elsewhere.
pub struct Collector<'t> {
    track: &'t mut Track,
    /// Every item as it is in the file, when that is asked for.
    items: Option<Vec<TagItem>>,
    /// Artists as `Artist` items gave them, unless `Artists` items give a list.
    joined_artists: Vec<String>,
    fallback_date: Option<String>,
    closed: Lists<bool>,
}

/// One of something for each list of a track.
#[derive(Default)]
struct Lists<T> {
    joined_artists: T,
    artists: T,
    genres: T,
    artist_ids: T,
    album_artist_ids: T,
}

impl<'t> Collector<'t> {
    /// A collector into `track`; `listing` keeps every item too.
    pub fn new(track: &'t mut Track, listing: bool) -> Self {
        Self {
            track,
            items: listing.then(Vec::new),
            joined_artists: Vec::new(),
            fallback_date: None,
            closed: Lists::default(),
        }
    }

    /// Whether every item is kept.
    pub fn is_listing(&self) -> bool {
        self.items.is_some()
    }

    /// The items that follow are of another tag.
    pub fn begin_tag(&mut self) {
        self.closed = Lists {
            joined_artists: !self.joined_artists.is_empty(),
            artists: !self.track.artists.is_empty(),
            genres: !self.track.genres.is_empty(),
            artist_ids: !self.track.musicbrainz_artist_ids.is_empty(),
            album_artist_ids: !self.track.musicbrainz_album_artist_ids.is_empty(),
        };
    }

    /// Takes an item: what it means, if anything, its text, and its key in the file.
    pub fn text(&mut self, field: Option<Field>, text: &str, key: impl FnOnce() -> String) {
        if let Some(items) = &mut self.items {
            items.push(TagItem { key: key(), value: text.replace('\0', " / ") });
        }
        if let Some(field) = field {
            text.split('\0').filter(|value| !value.trim().is_empty()).for_each(|value| self.fill(field, value));
        }
    }

    /// Takes what several items mean together.
    pub fn meaning(&mut self, field: Field, text: &str) {
        self.fill(field, text);
    }

    /// Takes an item that is no text: its size is all that is shown.
    pub fn binary(&mut self, len: usize, key: impl FnOnce() -> String) {
        if let Some(items) = &mut self.items {
            items.push(TagItem { key: key(), value: format!("<{len} bytes>") });
        }
    }

    /// Settles what depends on several items, and gives the track and the list of items.
    pub fn finish(self) -> (&'t mut Track, Vec<TagItem>) {
        let Self { track, items, joined_artists, fallback_date, .. } = self;
        if track.artists.is_empty() {
            track.artists = joined_artists;
        }
        if track.artist.is_none() {
            track.artist = track.artists.first().cloned();
        }
        track.genre = track.genres.first().cloned();
        if track.date.is_none() {
            track.date = fallback_date;
        }
        track.year = track.date.as_deref().and_then(year);
        (track, items.unwrap_or_default())
    }

    fn fill(&mut self, field: Field, value: &str) {
        let track = &mut *self.track;
        match field {
            Field::Title => first(&mut track.title, value),
            Field::Artist => {
                first(&mut track.artist, value);
                append(&mut self.joined_artists, self.closed.joined_artists, value);
            }
            Field::Artists => append(&mut track.artists, self.closed.artists, value),
            Field::Album => first(&mut track.album, value),
            Field::AlbumArtist => first(&mut track.album_artist, value),
            Field::TrackNumber => number_of(value, &mut track.track_number, &mut track.track_total),
            Field::TrackTotal => number_of(value, &mut track.track_total, &mut None),
            Field::DiscNumber => number_of(value, &mut track.disc_number, &mut track.disc_total),
            Field::DiscTotal => number_of(value, &mut track.disc_total, &mut None),
            Field::Date => first(&mut track.date, value),
            Field::FallbackDate => first(&mut self.fallback_date, value),
            Field::Genre => append(&mut track.genres, self.closed.genres, value),
            Field::Composer => first(&mut track.composer, value),
            Field::Comment => first(&mut track.comment, value),
            Field::Isrc => first(&mut track.isrc, value),
            Field::MusicbrainzRecordingId => first(&mut track.musicbrainz_recording_id, value),
            Field::MusicbrainzTrackId => first(&mut track.musicbrainz_track_id, value),
            Field::MusicbrainzReleaseId => first(&mut track.musicbrainz_release_id, value),
            Field::MusicbrainzReleaseGroupId => first(&mut track.musicbrainz_release_group_id, value),
            Field::MusicbrainzArtistId => append(&mut track.musicbrainz_artist_ids, self.closed.artist_ids, value),
            Field::MusicbrainzAlbumArtistId => {
                append(&mut track.musicbrainz_album_artist_ids, self.closed.album_artist_ids, value);
            }
            Field::ReplaygainTrackGain => measure(&mut track.replaygain_track_gain, decimal(value)),
            Field::ReplaygainTrackPeak => measure(&mut track.replaygain_track_peak, decimal(value)),
            Field::ReplaygainAlbumGain => measure(&mut track.replaygain_album_gain, decimal(value)),
            Field::ReplaygainAlbumPeak => measure(&mut track.replaygain_album_peak, decimal(value)),
            Field::R128TrackGain => measure(&mut track.replaygain_track_gain, r128(value)),
            Field::R128AlbumGain => measure(&mut track.replaygain_album_gain, r128(value)),
            Field::Compilation => track.compilation |= !matches!(value.trim(), "0" | "false" | "no"),
        }
    }
}

fn first(slot: &mut Option<String>, value: &str) {
    if slot.is_none() {
        *slot = Some(value.to_owned());
    }
}

fn append(list: &mut Vec<String>, closed: bool, value: &str) {
    if !closed {
        list.push(value.to_owned());
    }
}

fn measure(slot: &mut Option<f64>, value: Option<f64>) {
    *slot = slot.or(value);
}

/// `3`, `03` or `3/12`: digits at the beginning, and after a slash the total.
fn number_of(value: &str, number: &mut Option<u32>, total: &mut Option<u32>) {
    let (own, of) = value.split_once('/').unwrap_or((value, ""));
    *number = number.or_else(|| own.trim().parse().ok());
    *total = total.or_else(|| of.trim().parse().ok());
}

/// `-6.20 dB`, `+1,5 dB` or `0.98`.
fn decimal(value: &str) -> Option<f64> {
    let number = value.trim().trim_start_matches('+').split([' ', 'd', 'D']).next()?;
    number.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

/// A Q7.8 number of dB relative to -23 LUFS, as dB relative to ReplayGain 2.0's -18 LUFS.
fn r128(value: &str) -> Option<f64> {
    let steps: i16 = value.trim().parse().ok()?;
    Some(f64::from(steps) / 256.0 + 5.0)
}

/// The first four digits that stand together.
fn year(date: &str) -> Option<u32> {
    let digits = date.as_bytes().windows(4).find(|four| four.iter().all(u8::is_ascii_digit))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
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
    fn gains_and_peaks() {
        assert_eq!(decimal("-6.20 dB"), Some(-6.2));
        assert_eq!(decimal("+1,5dB"), Some(1.5));
        assert_eq!(decimal("0.988"), Some(0.988));
        assert_eq!(decimal("nan"), None);
        assert_eq!(r128("-1280"), Some(0.0));
        assert_eq!(r128("99999"), None);
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
