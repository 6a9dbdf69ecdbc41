//! What tags mean: the fields of a track, their names in each tag format, and how several values
//! become one track.

mod collector;
mod field;
mod genre;
mod kinds;
mod table;

pub(crate) use collector::Collector;
pub(crate) use field::Field;
pub(crate) use genre::GENRES;
