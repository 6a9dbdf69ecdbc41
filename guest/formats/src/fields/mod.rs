//! What tags mean: the fields of a track, their names in each tag format, and how several values become one track.

mod collector;
mod field;

pub(crate) use collector::Collector;
pub(crate) use field::Field;
