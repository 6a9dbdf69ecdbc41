//! Where a scan goes.

use crate::{FollowLinks, Walking, defaults};

impl FollowLinks {
    /// Whether any link is followed.
    pub fn any(self) -> bool {
        self != Self::No
    }

    /// The case of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|links| links.name() == name)
    }
}

/// [`defaults::FOLLOW_LINKS`].
impl Default for FollowLinks {
    fn default() -> Self {
        Self::named(defaults::FOLLOW_LINKS).unwrap_or(Self::Once)
    }
}

/// The defaults of every host.
impl Default for Walking {
    fn default() -> Self {
        Self {
            follow_links: FollowLinks::default(),
            hidden_folders: defaults::HIDDEN_FOLDERS,
            ignored_folders: defaults::IGNORED_FOLDERS,
        }
    }
}
