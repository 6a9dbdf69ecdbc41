//! Which folders and files of a root a walk comes to, and what it skips.

mod entered;
mod ignored;
mod listing;
mod names;
mod patterns;
mod reach;
mod told;

pub use entered::Entered;
pub use ignored::Ignored;
pub use listing::{Listing, MOST_SHEETS, Page, list};
pub use names::{is_hidden_folder, is_sheet, is_track};
pub use reach::Reach;
