//! APEv2 tags: Monkey's Audio, Musepack, WavPack, and MP3 beside ID3.

use lofty::ape::ApeTag;
use lofty::tag::ItemValue;

use super::{Collector, Field, Source};

impl Source for ApeTag {
    fn pour(&self, collector: &mut Collector<'_>) {
        for item in self {
            let key = || item.key().to_owned();
            match item.value() {
                ItemValue::Text(text) | ItemValue::Locator(text) => {
                    collector.text(Field::of_free_name(item.key()), text, key);
                }
                ItemValue::Binary(bytes) => collector.binary(bytes.len(), key),
            }
        }
    }

    fn has_picture(&self) -> bool {
        self.into_iter().any(|item| item.key().to_ascii_lowercase().starts_with("cover art ("))
    }
}
