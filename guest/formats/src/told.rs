//! For tests: what a container's reader says of some bytes.

use std::io;

use mt_scanner_contract::{Chapter, Lyrics, Track};

use crate::container::Format;
use crate::content::{Content, Finished, Properties};
use crate::fields::Details;
use crate::payload::{Payload, Picture};
use crate::reader::FileReader;
use crate::reader::tests::{Counted, reader};

/// Everything that was said.
pub(crate) struct Told {
    pub track: Track,
    pub items: Vec<(String, String)>,
    pub lyrics: Vec<Lyrics>,
    pub chapters: Vec<Chapter>,
    pub properties: Properties,
    pub pictures: Vec<Picture>,
    pub audio: Payload,
    pub protection: Option<&'static str>,
    /// Empty if nothing is damaged.
    pub damage: String,
    /// Where the source was read, and how much.
    pub reads: Vec<(u64, u64)>,
}

impl Told {
    /// The items, to compare.
    pub fn items(&self) -> Vec<(&str, &str)> {
        self.items.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    /// The length in ms, if it is known.
    pub fn ms(&self) -> Option<u128> {
        self.properties.duration.map(|length| length.as_millis())
    }

    /// The title, empty if there is none.
    pub fn title(&self) -> &str {
        self.track.title.as_deref().unwrap_or_default()
    }
}

/// What the reader of a container says, every item included.
pub(crate) fn by<F: Format>(bytes: Vec<u8>) -> Told {
    told(bytes, F::read)
}

/// What is said by a function.
pub(crate) fn told(
    bytes: Vec<u8>,
    read: impl FnOnce(&mut FileReader<Counted>, &mut Content<'_>) -> io::Result<()>,
) -> Told {
    let mut track = Track::default();
    let mut content = Content::new(&mut track, true, bytes.len() as u64);
    let mut reader = reader(bytes);
    read(&mut reader, &mut content).expect("reading from memory does not fail");
    let (properties, audio) = (content.properties.clone(), content.audio.clone());
    let (pictures, protection) = (content.pictures.clone(), content.protection);
    let Finished { details: Details { tags, lyrics, chapters }, damage, .. } = content.finish();
    let items = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    let damage = damage.unwrap_or_default();
    Told { track, items, lyrics, chapters, properties, pictures, audio, protection, damage, reads: reader.reads() }
}
