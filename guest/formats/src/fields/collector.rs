//! Gathers tag items into a track.

use super::block::Block;
use super::field::Field;
use super::kinds::Pending;
use super::lyrics;
use crate::legacy::Legacy;
use mt_scanner_contract::{Chapter, Lyrics, LyricsForm, TagItem, Track};

/// What a file says beside its track, gathered when that is asked for.
#[derive(Debug, Default, PartialEq)]
pub struct Details {
    /// Its tags as they are in the file.
    pub tags: Vec<TagItem>,
    /// The words that are sung.
    pub lyrics: Vec<Lyrics>,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
}

/// The most bytes of texts that are taken of a file. Lyrics of a whole opera have less; with lists,
/// copies for `inspect` and their JSON it is a part of what an instance of the component has.
const MOST: usize = 4 << 20;

/// Fills a track from its tags, in the order of trust: a value of an earlier tag stays, a later tag
/// fills in what is missing. Within a tag, repeated items extend lists, and the first text wins
/// elsewhere.
pub struct Collector<'t> {
    track: &'t mut Track,
    /// What is kept beside the track, if that is asked for.
    details: Option<Details>,
    pending: Pending,
    /// The tag that the items are of.
    block: Block,
    /// Whether items are only kept, and say nothing of the track.
    is_aside: bool,
    /// How many bytes of texts may still come; `None` after one that was too many.
    left: Option<usize>,
    /// Reads texts whose charset nothing says.
    pub legacy: Legacy,
}

impl<'t> Collector<'t> {
    /// A collector into `track`; `listing` keeps every item, lyrics and chapters too.
    pub fn new(track: &'t mut Track, listing: bool) -> Self {
        let details = listing.then(Details::default);
        let block = Block::with_lists("");
        let (pending, legacy) = (Pending::default(), Legacy::default());
        Self { track, details, pending, block, is_aside: false, left: Some(MOST), legacy }
    }

    /// Whether every item is kept.
    pub fn is_listing(&self) -> bool {
        self.details.is_some()
    }

    /// Whether no item has filled a field of the track.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Whether texts were left out, because there were too many.
    pub fn is_full(&self) -> bool {
        self.left.is_none()
    }

    /// The items that follow are of another tag.
    pub fn begin_tag(&mut self, block: Block) {
        self.pending.begin_tag();
        self.block = block;
    }

    /// Whether the items that follow are only kept: a scan does not look at them.
    pub fn set_aside(&mut self, is_aside: bool) {
        self.is_aside = is_aside;
    }

    /// Takes what the stream says of its encoder, for want of a tag that names it.
    pub fn stream_encoder(&mut self, name: &str) {
        self.pending.stream_encoder(name);
    }

    /// How much of a value is to be read, in bytes: of lyrics only their beginning, unless they are
    /// kept.
    pub fn needed(&self, field: Option<Field>, len: u64) -> u64 {
        if field == Some(Field::Lyrics) && !self.is_listing() { len.min(lyrics::HEAD) } else { len }
    }

    /// Takes an item: what it means, if anything, its text, and its key in the file.
    pub fn text(&mut self, field: Option<Field>, text: &str, key: impl FnOnce() -> String) {
        if !self.has_room_for(text) {
            return;
        }
        if let Some(details) = &mut self.details {
            let block = self.block.name.to_owned();
            details.tags.push(TagItem { key: key(), value: text.replace('\0', " / "), block });
        }
        match field {
            Some(Field::Lyrics) => text.split('\0').for_each(|text| self.lyrics(None, None, text)),
            // A list already.
            Some(field) if memchr::memchr(0, text.as_bytes()).is_some() => {
                text.split('\0').for_each(|value| self.value(field, value, &[]))
            }
            Some(field) => self.meaning(field, text),
            None => {}
        }
    }

    /// Takes what several items mean together.
    pub fn meaning(&mut self, field: Field, text: &str) {
        self.value(field, text, self.block.separators);
    }

    fn value(&mut self, field: Field, text: &str, separators: &'static [char]) {
        if text.contains(|character: char| !character.is_whitespace()) && !self.is_aside {
            field.fill(self.track, &mut self.pending, separators, text);
        }
    }

    /// Whether a text may be taken; it counts then.
    fn has_room_for(&mut self, text: &str) -> bool {
        self.left = self.left.and_then(|left| left.checked_sub(text.len()));
        !self.is_full()
    }

    /// Takes lyrics with what the file says of them.
    pub fn lyrics(&mut self, language: Option<&str>, description: Option<&str>, text: &str) {
        if !self.has_room_for(text) {
            return;
        }
        self.meaning(Field::Lyrics, text);
        let Some(details) = &mut self.details else { return };
        let form = lyrics::form(text);
        if form != LyricsForm::None {
            let owned = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
            let (language, description) = (owned(language), owned(description));
            details.lyrics.push(Lyrics { form, language, description, text: text.to_owned() });
        }
    }

    /// Whether there is a chapter.
    pub fn has_chapters(&self) -> bool {
        self.details.as_ref().is_some_and(|details| !details.chapters.is_empty())
    }

    /// Takes a chapter.
    pub fn chapter(&mut self, chapter: Chapter) {
        if let Some(details) = &mut self.details {
            details.chapters.push(chapter);
        }
    }

    /// Takes an item that is no text: its size is all that is shown.
    pub fn binary(&mut self, len: usize, key: impl FnOnce() -> String) {
        if let Some(details) = &mut self.details {
            let block = self.block.name.to_owned();
            details.tags.push(TagItem { key: key(), value: format!("<{len} bytes>"), block });
        }
    }

    /// The text of a cue sheet, if a tag had one.
    pub fn take_cue_sheet(&mut self) -> Option<String> {
        self.pending.cue_sheet.take()
    }

    /// Settles what depends on several items, and gives the track and what was kept beside it.
    pub fn finish(self) -> (&'t mut Track, Details) {
        let Self { track, details, pending, .. } = self;
        pending.settle(track);
        (track, details.unwrap_or_default())
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
            collector.begin_tag(Block::without_lists("ID3v1"));
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
    fn a_text_of_several_artists_is_split_where_the_format_has_no_lists() {
        for (version, artists) in [(3, vec!["A", "B", "AC/DC"]), (4, vec!["A/B", "AC/DC"])] {
            let track = collected(|collector| {
                collector.begin_tag(Block::id3v2(version));
                put(collector, Field::Artist, "A/B; AC/DC");
                put(collector, Field::Genre, "Rock; Pop/Funk");
                put(collector, Field::Album, "one/two; three");
                put(collector, Field::Composer, "C/D");
            });
            assert_eq!(
                (track.artist.as_deref(), track.artists),
                (Some("A/B; AC/DC"), artists.iter().map(|&artist| artist.to_owned()).collect())
            );
            assert_eq!(
                (track.genre.as_deref(), track.genres),
                (Some("Rock"), vec!["Rock".to_owned(), "Pop/Funk".to_owned()])
            );
            assert_eq!((track.album.as_deref(), track.composer.as_deref()), (Some("one/two; three"), Some("C/D")));
        }
    }

    #[test]
    fn a_list_of_the_format_is_not_split_further() {
        let track = collected(|collector| {
            collector.begin_tag(Block::id3v2(3));
            put(collector, Field::Artist, "A/B\0C; D");
            collector.begin_tag(Block::with_lists("Vorbis comments"));
            put(collector, Field::Genre, "Drum/Bass; Other");
        });
        assert_eq!((track.artists, track.genres), (vec!["A/B".into(), "C; D".into()], vec!["Drum/Bass; Other".into()]));
    }

    #[test]
    fn what_is_set_aside_is_kept_and_says_nothing() {
        let mut track = blank_track("", "");
        let mut collector = Collector::new(&mut track, true);
        collector.set_aside(true);
        collector.begin_tag(Block::without_lists("ID3v1"));
        put(&mut collector, Field::Title, "title");
        put(&mut collector, Field::Lyrics, "la la");
        let (track, details) = collector.finish();
        assert_eq!(*track, blank_track("", ""));
        assert_eq!((details.tags[0].value.as_str(), details.tags[0].block.as_str()), ("title", "ID3v1"));
        assert_eq!((details.lyrics.len(), details.lyrics[0].text.as_str()), (1, "la la"));
    }

    #[test]
    fn lyrics_and_other_texts_are_taken_as_far_as_there_is_room() {
        let (mut track, long) = (blank_track("", ""), "la ".repeat(300_000));
        let mut collector = Collector::new(&mut track, true);
        (0..9).for_each(|_| collector.lyrics(None, None, &long));
        assert!(collector.is_full());
        put(&mut collector, Field::Title, "title");
        let (track, details) = collector.finish();
        assert_eq!((details.lyrics.len(), details.tags.len(), track.title.as_deref()), (4, 0, None));
    }

    #[test]
    fn lyrics_with_times_count_more_than_those_without() {
        let track = collected(|collector| {
            put(collector, Field::Lyrics, "[00:01.00]la");
            put(collector, Field::Lyrics, "la");
        });
        assert_eq!(track.has_lyrics, LyricsForm::Synchronised);
        assert_eq!(collected(|collector| put(collector, Field::Lyrics, " ")).has_lyrics, LyricsForm::None);
    }

    #[test]
    fn a_year_a_group_and_a_person_fill_in_for_what_says_more() {
        let track = collected(|collector| {
            put(collector, Field::OriginalYear, "1967");
            put(collector, Field::OriginalDate, "1967-06-01");
            put(collector, Field::ContentGroup, "work");
            put(collector, Field::Grouping, "group");
            put(collector, Field::EncodedBy, "somebody");
            collector.stream_encoder(" LAME3.100 ");
        });
        assert_eq!((track.original_date.as_deref(), track.encoder.as_deref()), (Some("1967-06-01"), Some("LAME3.100")));
        assert_eq!((track.grouping.as_deref(), track.work.as_deref()), (Some("group"), Some("work")));
        let track = collected(|collector| {
            put(collector, Field::ContentGroup, "group");
            put(collector, Field::OriginalYear, "1967");
            put(collector, Field::EncodedBy, "somebody");
        });
        assert_eq!((track.grouping.as_deref(), track.work), (Some("group"), None));
        assert_eq!((track.original_date.as_deref(), track.encoder.as_deref()), (Some("1967"), Some("somebody")));
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
