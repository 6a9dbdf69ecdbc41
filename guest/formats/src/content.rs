//! What a file says, gathered while it is read.

use std::time::Duration;

use mt_scanner_contract::{TagItem, Track};

use crate::fields::Collector;
use crate::payload::{Payload, Picture};

/// What a container's reader fills in, part by part: damage of one part costs no other.
pub(crate) struct Content<'t> {
    /// What the audio is.
    pub properties: Properties,
    /// The texts of tags, on their way into the track.
    pub tags: Collector<'t>,
    /// Embedded pictures that have bytes, in the order of the file. A link is no picture.
    pub pictures: Vec<Picture>,
    /// Where the coded audio is, tags and tables left out.
    pub audio: Payload,
    /// What is damaged, in words: `the frame TALB of the ID3v2 tag is damaged`.
    pub damage: Vec<String>,
    /// Where the container begins: behind the tags that stand in front of it.
    pub start: u64,
}

/// What the audio is. `None` where the file does not say, or says 0.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Properties {
    /// Its name in the contract: `aac`, `alac`, `mp3`, `pcm`, ...
    pub codec: Option<&'static str>,
    /// The length that is played: priming and padding are left out where the file says how much they are. Zero is a
    /// length.
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

impl<'t> Content<'t> {
    /// Nothing yet. `listing`: every item of the tags is kept as it is in the file.
    pub fn new(track: &'t mut Track, listing: bool) -> Self {
        Self {
            properties: Properties::default(),
            tags: Collector::new(track, listing),
            pictures: Vec::new(),
            audio: Payload::default(),
            damage: Vec::new(),
            start: 0,
        }
    }

    /// Notes that a part of the file is damaged.
    pub fn damaged(&mut self, what: impl Into<String>) {
        self.damage.push(what.into());
    }

    /// Puts everything into the track. Gives the items of the tags, if they were asked for, and the damage in one text.
    pub fn finish(self) -> (Vec<TagItem>, Option<String>) {
        let Self { properties, tags, pictures, damage, .. } = self;
        let (track, items) = tags.finish();
        properties.fill(track);
        track.has_artwork = !pictures.is_empty();
        (items, (!damage.is_empty()).then(|| damage.join("; ")))
    }
}

impl Properties {
    fn fill(self, track: &mut Track) {
        let Self { codec, duration, is_estimate: _, bitrate, sample_rate, channels, bit_depth } = self;
        track.codec = codec.map(str::to_owned);
        track.duration_ms = duration.map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
        track.bitrate = bitrate.filter(|&rate| rate > 0);
        track.sample_rate = sample_rate.filter(|&rate| rate > 0);
        track.channels = channels.filter(|&count| count > 0);
        track.bit_depth = bit_depth.filter(|&bits| bits > 0);
    }
}
