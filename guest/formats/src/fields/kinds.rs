//! How a value fills a column: one function a kind of field. What stands in a column already counts
//! more, lists grow within a tag.

use mt_scanner_contract::{LyricsForm, Track};

use super::lyrics::form;
use super::separated::separated;

/// What tags have said that the track does not show yet.
#[derive(Default)]
pub(super) struct Pending {
    /// Artists as `Artist` items gave them, unless `Artists` items give a list.
    joined_artists: Vec<String>,
    fallback_date: Option<String>,
    original_year: Option<String>,
    content_group: Option<String>,
    stream_encoder: Option<String>,
    encoded_by: Option<String>,
    /// The text of a cue sheet, which is of no column.
    pub cue_sheet: Option<String>,
    /// Fields that have a value, one bit each.
    filled: Bits,
    /// Fields that had one before the present tag.
    closed: Bits,
}

/// One bit for each field of the table.
type Bits = u128;

impl Pending {
    /// Whether no field was given a value.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Notes that a field was given a value.
    pub fn note(&mut self, field: u8) {
        self.filled |= 1 << field;
    }

    /// Notes what the stream itself says of its encoder. That is no tag.
    pub fn stream_encoder(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() {
            self.stream_encoder.get_or_insert_with(|| name.to_owned());
        }
    }

    /// Lists that have values take no more from here on.
    pub fn begin_tag(&mut self) {
        self.closed = self.filled;
    }

    /// Settles what depends on several items.
    pub fn settle(self, track: &mut Track) {
        if track.artists.is_empty() {
            track.artists = self.joined_artists;
        }
        if track.artist.is_none() {
            track.artist = track.artists.first().cloned();
        }
        track.genre = track.genres.first().cloned();
        if track.date.is_none() {
            track.date = self.fallback_date;
        }
        track.year = track.date.as_deref().and_then(year);
        if track.original_date.is_none() {
            track.original_date = self.original_year;
        }
        let group = if track.grouping.is_none() { &mut track.grouping } else { &mut track.work };
        if group.is_none() {
            *group = self.content_group;
        }
        if track.encoder.is_none() {
            track.encoder = self.stream_encoder.or(self.encoded_by);
        }
    }
}

/// A field that gets a value.
pub(super) struct Entry<'p> {
    pub pending: &'p mut Pending,
    /// What stands between several values.
    pub separators: &'static [char],
    /// Its number in the table.
    pub field: u8,
}

impl Entry<'_> {
    fn bit(&self) -> Bits {
        1 << self.field
    }

    /// Whether an earlier value is all that counts.
    fn is_filled(&self) -> bool {
        self.pending.filled & self.bit() != 0
    }

    /// Appends the values of a text.
    fn append(&self, value: &str, list: &mut Vec<String>) {
        if !self.separators.is_empty() && value.contains(self.separators) {
            list.extend(separated(value, self.separators).map(str::to_owned));
        } else {
            list.push(value.to_owned());
        }
    }

    /// Whether an earlier tag has closed the list.
    fn is_closed(&self) -> bool {
        self.pending.closed & self.bit() != 0
    }
}

/// The first text.
pub(super) fn text(_: Entry<'_>, value: &str, column: &mut Option<String>) {
    column.get_or_insert_with(|| value.to_owned());
}

/// Every text of the first tag that has one.
pub(super) fn list(entry: Entry<'_>, value: &str, column: &mut Vec<String>) {
    if !entry.is_closed() {
        entry.append(value, column);
    }
}

/// The first text, and all of them for the list where nothing else gives one. A text of several
/// artists stays as it is written.
pub(super) fn artist(entry: Entry<'_>, value: &str, column: &mut Option<String>) {
    column.get_or_insert_with(|| value.to_owned());
    if !entry.is_closed() {
        let mut artists = std::mem::take(&mut entry.pending.joined_artists);
        entry.append(value, &mut artists);
        entry.pending.joined_artists = artists;
    }
}

/// A number and, behind a separator, the total.
pub(super) fn number(_: Entry<'_>, value: &str, number: &mut Option<u32>, total: &mut Option<u32>) {
    let (own, of) = number_and_total(value);
    *number = number.or(own);
    *total = total.or(of);
}

/// A number that stands alone.
pub(super) fn total(_: Entry<'_>, value: &str, column: &mut Option<u32>) {
    *column = column.or(number_and_total(value).0);
}

/// The first date that is not all zeros.
pub(super) fn date(_: Entry<'_>, value: &str, column: &mut Option<String>) {
    if says_a_date(value) {
        column.get_or_insert_with(|| value.to_owned());
    }
}

/// A date for want of a better one.
pub(super) fn fallback_date(entry: Entry<'_>, value: &str) {
    if says_a_date(value) {
        entry.pending.fallback_date.get_or_insert_with(|| value.to_owned());
    }
}

/// The year of the first release, for want of its date.
pub(super) fn original_year(entry: Entry<'_>, value: &str) {
    if says_a_date(value) {
        entry.pending.original_year.get_or_insert_with(|| value.to_owned());
    }
}

/// A grouping or, beside one, a work.
pub(super) fn content_group(entry: Entry<'_>, value: &str) {
    entry.pending.content_group.get_or_insert_with(|| value.to_owned());
}

/// An encoder, for want of a better one.
pub(super) fn encoded_by(entry: Entry<'_>, value: &str) {
    entry.pending.encoded_by.get_or_insert_with(|| value.to_owned());
}

/// The text of a cue sheet: the first.
pub(super) fn cue_sheet(entry: Entry<'_>, value: &str) {
    entry.pending.cue_sheet.get_or_insert_with(|| value.to_owned());
}

/// The form of lyrics: of several texts the one that says most.
pub(super) fn lyrics(_: Entry<'_>, value: &str, column: &mut LyricsForm) {
    *column = form(value).max(*column);
}

/// The first number above 0.
pub(super) fn tempo(_: Entry<'_>, value: &str, column: &mut Option<f64>) {
    *column = column.or_else(|| leading_decimal(value).filter(|&beats| beats > 0.0));
}

/// The first identifier.
pub(super) fn id(_: Entry<'_>, value: &str, column: &mut Option<String>) {
    if let Some(first) = split_ids(value).next() {
        column.get_or_insert_with(|| first.to_owned());
    }
}

/// Every identifier of the first tag that has one.
pub(super) fn ids(entry: Entry<'_>, value: &str, column: &mut Vec<String>) {
    if !entry.is_closed() {
        column.extend(split_ids(value).map(str::to_owned));
    }
}

/// A gain in dB, or a peak.
pub(super) fn decimal(_: Entry<'_>, value: &str, column: &mut Option<f64>) {
    *column = column.or_else(|| leading_decimal(value));
}

/// A gain in R 128's steps.
pub(super) fn r128(_: Entry<'_>, value: &str, column: &mut Option<f64>) {
    *column = column.or_else(|| r128_gain(value));
}

/// Yes or no: the first says it.
pub(super) fn flag(entry: Entry<'_>, value: &str, column: &mut bool) {
    if !entry.is_filled() {
        *column = !NEGATIVES.iter().any(|negative| negative.eq_ignore_ascii_case(value.trim()));
    }
}

/// Words for no.
const NEGATIVES: [&str; 6] = ["0", "false", "no", "n", "f", "off"];

/// `3`, `03`, `7.`, `3/12`, `1 of 12`, `01-12`: digits at the beginning, and behind a separator
/// those of the total. 0 says nothing, and neither does a number that does not begin with a digit.
fn number_and_total(value: &str) -> (Option<u32>, Option<u32>) {
    let value = value.trim();
    let (number, rest) = leading_number(value);
    let has_digits = rest.len() < value.len();
    let rest = rest.trim_start();
    let of = rest.get(..2).filter(|word| word.eq_ignore_ascii_case("of")).map(|_| &rest[2..]);
    let other = of.or_else(|| rest.strip_prefix(['-', '\\', '|'])).filter(|_| has_digits);
    let total = rest.strip_prefix('/').or(other);
    (number, total.and_then(|total| leading_number(total).0))
}

fn leading_number(text: &str) -> (Option<u32>, &str) {
    let text = text.trim_start();
    let (digits, rest) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    (digits.parse().ok().filter(|&number| number > 0), rest)
}

/// `0000` and `0000-00-00` are written for no date at all.
fn says_a_date(value: &str) -> bool {
    !value.bytes().any(|byte| byte == b'0')
        || value.bytes().any(|byte| !matches!(byte, b'0' | b'-' | b' ' | b'.' | b'/'))
}

/// Several MusicBrainz identifiers in one text, which Picard joins by `/` in ID3v2.3 and others by
/// `;`. A text that has anything else in it is one value, as it is written.
fn split_ids(value: &str) -> impl Iterator<Item = &str> {
    const SEPARATORS: [char; 3] = ['/', ';', ','];
    // One identifier, as most taggers write it, is no list.
    let is_list = value.len() != UUID && value.split(SEPARATORS).all(|id| is_uuid(id.trim()));
    let list = is_list.then(|| value.split(SEPARATORS).map(str::trim));
    list.into_iter().flatten().chain((!is_list).then_some(value))
}

/// Characters of a UUID.
const UUID: usize = 36;

/// Whether a text has the form of RFC 9562, section 4.
fn is_uuid(text: &str) -> bool {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let fits = |(at, byte): (usize, u8)| if HYPHENS.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == UUID && text.bytes().enumerate().all(fits)
}

/// `-6.20 dB`, `+1,5 dB` or `0.98`.
fn leading_decimal(value: &str) -> Option<f64> {
    let number = value.trim().trim_start_matches('+').split([' ', 'd', 'D']).next()?;
    let number = if number.contains(',') { number.replace(',', ".").parse() } else { number.parse() };
    number.ok().filter(|number: &f64| number.is_finite())
}

/// A Q7.8 number of dB relative to -23 LUFS, as dB relative to ReplayGain 2.0's -18 LUFS.
fn r128_gain(value: &str) -> Option<f64> {
    let steps: i16 = value.trim().parse().ok()?;
    Some(f64::from(steps) / 256.0 + 5.0)
}

/// The first four digits that stand together.
fn year(date: &str) -> Option<u32> {
    let digits = date.as_bytes().windows(4).find(|four| four.iter().all(u8::is_ascii_digit))?;
    str::from_utf8(digits).ok()?.parse().ok().filter(|&year| year > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_digits_at_the_beginning_in_every_spelling() {
        for (text, expected) in [
            ("3", (Some(3), None)),
            ("03/12", (Some(3), Some(12))),
            (" 3 / 12 ", (Some(3), Some(12))),
            ("1 of 12", (Some(1), Some(12))),
            ("1 OF 12", (Some(1), Some(12))),
            ("01-12", (Some(1), Some(12))),
            ("7.", (Some(7), None)),
            ("5/0", (Some(5), None)),
            ("0", (None, None)),
            ("0/9", (None, Some(9))),
            ("/9", (None, Some(9))),
            ("-5", (None, None)),
            ("x", (None, None)),
            ("A1", (None, None)),
            ("3é", (Some(3), None)),
            ("99999999999", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(number_and_total(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_negative_is_one_in_every_spelling() {
        for (value, expected) in
            [("0", false), ("False", false), ("NO", false), (" no ", false), ("1", true), ("true", true), ("2", true)]
        {
            let mut compilation = !expected;
            flag(Entry { pending: &mut Pending::default(), separators: &[], field: 0 }, value, &mut compilation);
            assert_eq!(compilation, expected, "{value:?}");
        }
    }

    #[test]
    fn gains_and_peaks() {
        assert_eq!(leading_decimal("-6.20 dB"), Some(-6.2));
        assert_eq!(leading_decimal("+1,5dB"), Some(1.5));
        assert_eq!(leading_decimal("0.988"), Some(0.988));
        assert_eq!(leading_decimal("nan"), None);
        assert_eq!(r128_gain("-1280"), Some(0.0));
        assert_eq!(r128_gain("99999"), None);
    }

    #[test]
    fn zeros_are_no_date_and_no_year() {
        for text in ["0000", "0", "0000-00-00", "00.00.0000"] {
            assert!(!says_a_date(text), "{text}");
        }
        for text in ["1997", "2000", "unknown", "0000-05"] {
            assert!(says_a_date(text), "{text}");
        }
        assert_eq!((year("0000-05"), year("97"), year("May 1999")), (None, None, Some(1999)));
    }

    #[test]
    fn joined_identifiers_are_split() {
        let ids = ["11111111-2222-4333-8444-555555555501", "11111111-2222-4333-8444-555555555502"];
        assert!(split_ids(&ids.join("/")).eq(ids) && split_ids(&ids.join("; ")).eq(ids));
        for text in ["an id / another", "  wide  ", "a;b"] {
            assert!(split_ids(text).eq([text]));
        }
    }
}
