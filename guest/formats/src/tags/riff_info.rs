//! The `INFO` list of WAVE files.

use lofty::iff::wav::RiffInfoList;

use super::{Collector, Field, Source};

impl Source for RiffInfoList {
    fn pour(&self, collector: &mut Collector<'_>) {
        for (key, value) in self {
            let field = match key.as_str() {
                "INAM" => Some(Field::Title),
                "IART" => Some(Field::Artist),
                "IPRD" => Some(Field::Album),
                "ITRK" | "IPRT" => Some(Field::TrackNumber),
                "ICRD" => Some(Field::Date),
                "IGNR" => Some(Field::Genre),
                "IMUS" => Some(Field::Composer),
                "ICMT" => Some(Field::Comment),
                _ => None,
            };
            collector.text(field, value, || key.clone());
        }
    }
}
