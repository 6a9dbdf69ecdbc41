//! The way of a scan: links and folders.

use crate::runtime::bindings::exports::mt::scanner::scan;

/// Options of the walk: symbolic links, and folders that are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walking {
    /// Follow symbolic links to files and folders inside the root. A link is judged by its target's
    /// name. By default: yes.
    pub follow_links: bool,
    /// Enter folders whose name begins with a dot. By default: no.
    pub hidden_folders: bool,
    /// Enter folders that have a `.nomedia`, and whatever a `.mtignore` excludes. By default: no.
    pub ignored_folders: bool,
}

impl Default for Walking {
    fn default() -> Self {
        Self { follow_links: true, hidden_folders: false, ignored_folders: false }
    }
}

impl From<Walking> for scan::Walking {
    fn from(walking: Walking) -> Self {
        let Walking { follow_links, hidden_folders, ignored_folders } = walking;
        Self { follow_links, hidden_folders, ignored_folders }
    }
}
