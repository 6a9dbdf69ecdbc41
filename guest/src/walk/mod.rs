//! Folders of a root: opening them, listing them, and what in them is to be skipped.

mod entered;
mod ignored;
mod link;
mod listing;
mod names;
mod path;
mod patterns;
mod reach;
mod root;
mod seen;
mod told;

pub use entered::Entered;
pub use ignored::Ignored;
pub use link::{Link, Target};
pub use listing::{Listing, MOST_SHEETS, Page, list};
pub use names::{is_hidden_folder, is_sheet, is_track};
pub use path::{append, join, leaves_root, split};
pub use reach::Reach;
pub use root::{Folder, Root, root_error};
pub use seen::{fingerprint, nanoseconds};
