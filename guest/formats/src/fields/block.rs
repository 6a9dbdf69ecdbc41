//! Blocks of tags: what they are called, and how several values stand in one.

/// A block of tags in a file.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    /// What people call it.
    pub name: &'static str,
    /// What stands between the values of one text.
    pub separators: &'static [char],
}

impl Block {
    /// One of a format that has lists of its own: a text in it is one value.
    pub const fn with_lists(name: &'static str) -> Self {
        Self { name, separators: &[] }
    }

    /// One of a format that has none: taggers put semicolons between values.
    pub const fn without_lists(name: &'static str) -> Self {
        Self { name, separators: &[';'] }
    }

    /// An ID3v2 tag of this version. Up to ID3v2.3 a slash stands between values (section 4.2.1);
    /// ID3v2.4 has lists, which not every tagger uses.
    pub fn id3v2(version: u8) -> Self {
        const SLASH: &[char] = &[';', '/'];
        match version {
            2 => Self { name: "ID3v2.2", separators: SLASH },
            3 => Self { name: "ID3v2.3", separators: SLASH },
            _ => Self::without_lists("ID3v2.4"),
        }
    }
}
