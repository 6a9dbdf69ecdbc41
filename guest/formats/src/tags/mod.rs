//! What tags mean. One file a tag format; all of them name a [`Field`] and hand its text to a [`Collector`].

mod ape;
mod id3v1;
pub mod id3v2;
mod ilst;
mod riff_info;
mod vorbis;

pub(crate) use crate::fields::{Collector, Field};

/// A tag that can be poured into a [`Collector`].
pub trait Source {
    /// Hands over every item, in the order of the file.
    fn pour(&self, collector: &mut Collector<'_>);

    /// Whether a picture was read with the tag.
    fn has_picture(&self) -> bool {
        false
    }
}

impl<T: Source> Source for Option<&T> {
    fn pour(&self, collector: &mut Collector<'_>) {
        if let Some(tag) = self {
            collector.begin_tag();
            tag.pour(collector);
        }
    }

    fn has_picture(&self) -> bool {
        self.is_some_and(Source::has_picture)
    }
}
