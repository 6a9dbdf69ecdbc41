//! What tags mean: the fields of a track, their names in each tag format, and how several values
//! become one track.

mod block;
mod collector;
mod field;
mod genre;
mod kinds;
mod lyrics;
mod separated;
mod table;

pub(crate) use block::Block;
pub(crate) use collector::Collector;
pub use collector::Details;
pub(crate) use field::Field;
pub(crate) use genre::GENRES;
pub(crate) use lyrics::{Part, lines_of};
