//! The `INFO` list of WAVE files.

use lofty::iff::wav::RiffInfoList;

use super::{Collector, Field, Source};

impl Source for RiffInfoList {
    fn pour(&self, collector: &mut Collector<'_>) {
        for (key, value) in self {
            let field = key.as_bytes().try_into().ok().and_then(Field::of_info);
            collector.text(field, value, || key.clone());
        }
    }
}
