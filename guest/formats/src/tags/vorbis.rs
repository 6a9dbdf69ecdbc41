//! Vorbis comments as lofty reads them, in FLAC. Those of Ogg streams come from `metadata/vorbis_comment.rs`.

use lofty::ogg::{OggPictureStorage, tag::VorbisComments};

use super::{Collector, Field, Source};

impl Source for VorbisComments {
    fn pour(&self, collector: &mut Collector<'_>) {
        for (key, value) in self.items() {
            collector.text(Field::of_free_name(key), value, || key.to_owned());
        }
    }

    fn has_picture(&self) -> bool {
        !self.pictures().is_empty()
    }
}
