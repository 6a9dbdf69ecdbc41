//! What a file says, gathered while it is read.

use std::time::Duration;

use mt_scanner_contract::Track;

use crate::cue::Sheet;
use crate::fields::{Collector, Details};
use crate::payload::{Payload, Picture, Signature};

/// What a container's reader fills in, part by part: damage of one part costs no other.
pub(crate) struct Content<'t> {
    /// What the audio is.
    pub properties: Properties,
    /// What the headers of the audio say of its loudness, where no tag does.
    pub gain: Gain,
    /// The texts of tags, on their way into the track.
    pub tags: Collector<'t>,
    /// Embedded pictures that have bytes, in the order of the file. A link is no picture.
    pub pictures: Vec<Picture>,
    /// Where the coded audio is, tags and tables left out.
    pub audio: Payload,
    /// What tells the audio from other audio better than its bytes do, where the container has such
    /// a thing.
    pub signature: Option<Signature>,
    /// The name of the system that protects the audio (DRM). Tags and properties are read all the
    /// same.
    pub protection: Option<&'static str>,
    /// The cue sheet that the container has in a form of its own.
    pub cue: Option<Sheet>,
    /// Where the container begins: behind the tags that stand in front of it.
    pub start: u64,
    /// Where the container ends at the latest: before the tags that stand behind it. They are
    /// looked for before an MPEG or ADTS stream is read; for other containers this is the end of
    /// the file.
    pub end: u64,
    damage: Damage,
}

/// The damage of a file that had no audio.
pub(crate) const SILENT: &str = "no audio was found behind the tags";

/// Kinds of damage that are told one by one. A file has one or two; a hostile one has a damaged
/// frame every ten bytes.
const TOLD: usize = 20;

/// What is damaged, in words: `the frame TALB of the ID3v2 tag is damaged`.
#[derive(Default)]
struct Damage {
    told: Vec<String>,
    /// How much more there was.
    more: usize,
}

/// What the audio is. `None` where the file does not say, or says 0.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Properties {
    /// Its name in the contract: `aac`, `alac`, `mp3`, `pcm`, ...
    pub codec: Option<&'static str>,
    /// The length that is played: priming and padding are left out where the file says how much
    /// they are. Zero is a length.
    pub duration: Option<Duration>,
    /// Whether the length was estimated from a part of the audio.
    pub is_estimate: bool,
    /// Bit rate of the audio alone in kbit/s, rounded to the nearest.
    pub bitrate: Option<u32>,
    /// Sample rate in Hz.
    pub sample_rate: Option<u32>,
    /// Number of channels.
    pub channels: Option<u8>,
    /// Bits a sample, where the codec has such a thing.
    pub bit_depth: Option<u8>,
}

/// ReplayGain as headers of the audio have it: gains in dB, the peak as part of full scale.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Gain {
    pub track: Option<f64>,
    pub track_peak: Option<f64>,
    pub album: Option<f64>,
}

impl Gain {
    /// Fills in what no tag says.
    fn fill(self, track: &mut Track) {
        let Self { track: of_track, track_peak, album } = self;
        track.replaygain_track_gain = track.replaygain_track_gain.or(of_track);
        track.replaygain_track_peak = track.replaygain_track_peak.or(track_peak);
        track.replaygain_album_gain = track.replaygain_album_gain.or(album);
    }
}

/// What a file says beside the track.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Finished {
    /// Tags, lyrics and chapters, if they were asked for.
    pub details: Details,
    /// The pictures, in the order of the file.
    pub pictures: Vec<Picture>,
    /// The damage in one text.
    pub damage: Option<String>,
    /// The cue sheet: that of a tag, which has titles, else the container's own.
    pub cue: Option<Sheet>,
}

impl<'t> Content<'t> {
    /// Nothing yet of a file of `len` bytes. `listing`: every item of the tags is kept as it is in
    /// the file.
    pub fn new(track: &'t mut Track, listing: bool, len: u64) -> Self {
        Self {
            properties: Properties::default(),
            gain: Gain::default(),
            tags: Collector::new(track, listing),
            pictures: Vec::new(),
            audio: Payload::default(),
            signature: None,
            protection: None,
            cue: None,
            start: 0,
            end: len,
            damage: Damage::default(),
        }
    }

    /// Notes that a part of the file is damaged.
    pub fn damaged(&mut self, what: impl Into<String>) {
        if self.damage.told.len() < TOLD {
            self.damage.told.push(what.into());
        } else {
            self.damage.more += 1;
        }
    }

    /// Puts everything into the track, and gives what is no part of it.
    pub fn finish(mut self) -> Finished {
        if self.tags.is_full() {
            self.damaged("the tags have more text than is taken of a file");
        }
        let Self { properties, gain, mut tags, pictures, damage, cue, .. } = self;
        let of_a_tag =
            tags.take_cue_sheet().and_then(|text| Sheet::of(&text)).filter(|sheet| sheet.own_file().is_some());
        let (track, details) = tags.finish();
        properties.fill(track);
        gain.fill(track);
        track.has_artwork = !pictures.is_empty();
        Finished { details, pictures, damage: damage.text(), cue: of_a_tag.or(cue) }
    }

    /// Reads tags that are only kept: they say nothing of the track, and their damage is not told.
    pub fn aside<E>(&mut self, read: impl FnOnce(&mut Self) -> Result<(), E>) -> Result<(), E> {
        let (pictures, damage) = (self.pictures.len(), std::mem::take(&mut self.damage));
        self.tags.set_aside(true);
        let result = read(self);
        self.tags.set_aside(false);
        self.pictures.truncate(pictures);
        self.damage = damage;
        result
    }
}

impl Damage {
    fn text(self) -> Option<String> {
        let Self { told, more } = self;
        let mut text = told.join("; ");
        if more > 0 {
            text.push_str(&format!("; and {more} more"));
        }
        (!text.is_empty()).then_some(text)
    }
}

impl Properties {
    fn fill(self, track: &mut Track) {
        let Self { codec, duration, is_estimate, bitrate, sample_rate, channels, bit_depth } = self;
        track.codec = codec.map(str::to_owned);
        track.duration_ms = duration.map(milliseconds);
        track.duration_estimated = is_estimate && duration.is_some();
        track.bitrate = bitrate.filter(|&rate| rate > 0);
        track.sample_rate = sample_rate.filter(|&rate| rate > 0);
        track.channels = channels.filter(|&count| count > 0);
        track.bit_depth = bit_depth.filter(|&bits| bits > 0);
    }
}

/// Rounded to the nearest.
fn milliseconds(length: Duration) -> u64 {
    u64::try_from((length.as_nanos() + 500_000) / 1_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_much_damage_is_counted() {
        let mut track = Track::default();
        let mut content = Content::new(&mut track, false, 0);
        (0..1_000).for_each(|number| content.damaged(format!("part {number}")));
        let damage = content.finish().damage.unwrap();
        assert!(damage.starts_with("part 0; part 1; ") && damage.ends_with("part 19; and 980 more"), "{damage}");
    }

    #[test]
    fn zero_is_a_length_and_no_rate() {
        let mut track = Track::default();
        let mut content = Content::new(&mut track, false, 0);
        content.properties = Properties { duration: Some(Duration::ZERO), bitrate: Some(0), ..Properties::default() };
        assert_eq!(content.finish(), Finished::default());
        assert_eq!((track.duration_ms, track.bitrate), (Some(0), None));
    }
}
