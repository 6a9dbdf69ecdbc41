//! Where a scan goes.

use crate::{Walking, defaults};

/// The defaults of every host.
impl Default for Walking {
    fn default() -> Self {
        Self {
            follow_links: defaults::FOLLOW_LINKS,
            hidden_folders: defaults::HIDDEN_FOLDERS,
            ignored_folders: defaults::IGNORED_FOLDERS,
        }
    }
}
