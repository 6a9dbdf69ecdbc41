//! A track as it is compared.

use std::rc::Rc;

use mt_scanner_contract::analysis::Verdict;
use mt_scanner_contract::{Track as FileTrack, tags};
use serde::Deserialize;
use serde_json::Value;

use super::sounds::COMPARED;
use crate::fingerprint;

/// A row of the statement `duplicate-rows`, in the order of its columns.
#[derive(Debug, Clone, Deserialize)]
pub struct Row(
    i64,
    String,
    String,
    u64,
    Option<String>,
    Option<String>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
    Option<u64>,
    u32,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// A track. What most tracks share is there once.
#[derive(Debug, Clone)]
pub struct Track {
    /// Its row in the library.
    pub id: i64,
    /// The root, and the path in it.
    pub root: Rc<str>,
    pub path: Box<str>,
    /// In bytes.
    pub size: u64,
    /// As in `types.track`.
    pub format: Option<Rc<str>>,
    pub codec: Option<Rc<str>>,
    /// In kbit/s, Hz and bits.
    pub bitrate: Option<u32>,
    pub sample_rate: Option<u32>,
    pub bit_depth: Option<u32>,
    /// In ms.
    pub duration_ms: Option<u64>,
    /// The number of tags.
    pub tags: u32,
    /// What its tags say that it is.
    pub song: Option<Box<str>>,
    pub recording: Option<Box<str>>,
    pub verdict: Option<Rc<str>>,
    /// BLAKE3, in hexadecimal digits.
    pub payload_hash: Option<Box<str>>,
    pub file_hash: Option<Box<str>>,
    /// The items of the fingerprint that are compared, until they are.
    pub fingerprint: Option<Box<[u32]>>,
}

/// Texts that many tracks have.
#[derive(Debug, Default)]
pub struct Shared(Vec<Rc<str>>);

impl Shared {
    fn of(&mut self, text: String) -> Rc<str> {
        if let Some(known) = self.0.iter().find(|known| known.as_ref() == text) {
            return known.clone();
        }
        let text: Rc<str> = text.into();
        // Whoever has a thousand roots pays for them.
        if self.0.len() < 64 {
            self.0.push(text.clone());
        }
        text
    }
}

impl Track {
    /// The track of a row.
    pub fn of(row: Row, shared: &mut Shared) -> Self {
        #[rustfmt::skip]
        let Row(
            id, root, path, size, format, codec, bitrate, sample_rate, bit_depth, duration_ms, tags, title, artist,
            recording, verdict, payload_hash, file_hash, fingerprint,
        ) = row;
        Self {
            id,
            root: shared.of(root),
            path: path.into(),
            size,
            format: format.map(|text| shared.of(text)),
            codec: codec.map(|text| shared.of(text)),
            bitrate,
            sample_rate,
            bit_depth,
            duration_ms,
            tags,
            song: song(title.as_deref(), artist.as_deref()),
            recording: recording.map(String::into_boxed_str),
            verdict: verdict.map(|text| shared.of(text)),
            payload_hash: payload_hash.map(String::into_boxed_str),
            file_hash: file_hash.map(String::into_boxed_str),
            fingerprint: fingerprint.as_deref().and_then(heard),
        }
    }

    /// A file that no library has, by what its own tags say and by the report on it.
    pub fn of_file(id: i64, root: &str, track: &FileTrack, report: &str) -> Self {
        let report: Value = serde_json::from_str(report).unwrap_or_default();
        let text = |key: &str| report[key].as_str().map(str::to_owned);
        let row = Row(
            id,
            root.to_owned(),
            track.path.clone(),
            report["size"].as_u64().unwrap_or_default(),
            track.format.clone(),
            track.codec.clone(),
            track.bitrate,
            track.sample_rate,
            track.bit_depth.map(u32::from),
            track.duration_ms,
            tags(track),
            track.title.clone(),
            track.artist.clone(),
            track.musicbrainz_recording_id.clone(),
            text("verdict"),
            text("payload_hash"),
            text("file_hash"),
            text("fingerprint"),
        );
        Self::of(row, &mut Shared::default())
    }

    /// Whether another recording may be this one by its length: within 10 % or 7 s, for what
    /// differs between editions is what is before the music and behind it. A length that is not
    /// known may be any.
    pub fn is_as_long_as(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (self.duration_ms, other.duration_ms) else { return true };
        let difference = one.abs_diff(two);
        difference <= 7_000 || difference <= one.max(two) / 10
    }

    /// Whether bytes are not as they were written, or missing.
    pub fn is_bad(&self) -> bool {
        self.verdict.as_deref().and_then(Verdict::named).is_some_and(Verdict::is_bad)
    }

    /// Whether coding has left all of the sound.
    pub fn is_lossless(&self) -> bool {
        const LOSSLESS: [&str; 7] = ["alac", "als", "ape", "flac", "pcm", "wavpack", "wmalossless"];
        self.codec.as_deref().is_some_and(|codec| LOSSLESS.contains(&codec))
    }
}

/// What of a fingerprint is compared. What is none is not.
fn heard(text: &str) -> Option<Box<[u32]>> {
    let mut items = fingerprint::items(&fingerprint::compressed(text)?)?;
    items.truncate(COMPARED);
    Some(items.into())
}

/// A title and an artist without what people write in several ways. `None` if they tell nothing.
fn song(title: Option<&str>, artist: Option<&str>) -> Option<Box<str>> {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (title, artist) = (plain(title?), plain(artist?));
    let is_number = title.trim_start_matches("track").chars().all(|c| c.is_ascii_digit());
    (!is_number && !artist.is_empty() && artist != "unknownartist").then(|| format!("{artist}/{title}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn songs_are_told_by_what_they_are_called() {
        let is = |title, artist| song(Some(title), Some(artist));
        assert_eq!(is("Don't Stop", "The Band"), is("dont stop!", "the band"));
        assert_ne!(is("Don't Stop", "The Band"), is("Don't Stop", "A Band"));
        for (title, artist) in
            [("Track 07", "The Band"), ("", "The Band"), ("7", "X"), ("Song", "..."), ("Song", "Unknown Artist")]
        {
            assert_eq!(is(title, artist), None, "{title}");
        }
        assert_eq!(song(None, Some("The Band")), None);
    }
}
