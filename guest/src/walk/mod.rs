//! Folders of a root: opening them, listing them, and what in them is to be skipped.

mod ignored;
mod link;
mod listing;
mod names;
mod path;
mod patterns;
mod root;

pub use ignored::Ignored;
pub use link::Target;
pub use listing::{Listing, Page, list};
pub use names::Names;
pub use path::{append, join, leaves_root, split};
pub use root::{Folder, Root, root_error};
