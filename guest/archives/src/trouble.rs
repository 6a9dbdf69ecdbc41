//! Why an archive, or something in it, cannot be read.

use std::error::Error;
use std::{fmt, io};

/// What kind of reason it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// A password is needed.
    Encrypted,
    /// A format or method that is not read here; the archive may be in order.
    Unsupported,
    /// The bytes are not those of an archive in order: cut, changed, or no archive at all.
    Damaged,
    /// More than [`Limits`](crate::Limits) allow.
    Limit,
    /// The source of the bytes has failed.
    Unreadable,
}

/// A reason, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What kind of reason it is.
    pub kind: TroubleKind,
    /// The reason without the name of the archive: "the entry is encrypted".
    pub detail: String,
    /// The entry that it is about; `None` for the archive.
    pub entry: Option<String>,
    /// The error of the source, where the kind is [`TroubleKind::Unreadable`].
    pub io: Option<io::ErrorKind>,
}

impl Trouble {
    fn new(kind: TroubleKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), entry: None, io: None }
    }

    pub(crate) fn encrypted(detail: impl Into<String>) -> Self {
        Self::new(TroubleKind::Encrypted, detail)
    }

    pub(crate) fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(TroubleKind::Unsupported, detail)
    }

    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::new(TroubleKind::Damaged, detail)
    }

    pub(crate) fn limit(detail: impl Into<String>) -> Self {
        Self::new(TroubleKind::Limit, detail)
    }

    /// The same about one entry.
    pub(crate) fn of(self, entry: &str) -> Self {
        Self { entry: Some(entry.to_owned()), ..self }
    }
}

impl From<io::Error> for Trouble {
    /// An error of the source. [`io::ErrorKind::WouldBlock`] can be told by [`Trouble::io`].
    fn from(error: io::Error) -> Self {
        Self { io: Some(error.kind()), ..Self::new(TroubleKind::Unreadable, error.to_string()) }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => write!(f, "{entry}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl Error for Trouble {}
