//! What is to be found out about files.

use serde::Deserialize;

use crate::runtime::bindings::analyser::exports::mt::scanner::analysis;

/// How closely files are looked at. Each depth does what those before it do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Depth {
    /// The beginning, the end and the tables.
    Header,
    /// The whole file without decoding: every frame, page, box, packet and checksum.
    #[default]
    Stream,
    /// The audio too, decoded to its end.
    Audio,
}

impl Depth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Header, Self::Stream, Self::Audio];

    /// The depth of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|depth| depth.name() == name)
    }

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Stream => "stream",
            Self::Audio => "audio",
        }
    }
}

/// What is to be found out about files. Whatever is not asked for is not read; by default that is
/// everything.
///
/// ```
/// use mt_scanner::{Depth, Request};
///
/// let request = Request { hashes: true, loudness: true, ..Request::default() };
/// assert_eq!((request.depth, request.fingerprint), (None, false));
/// assert_eq!(Request::EVERYTHING.depth, Some(Depth::Stream));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// How closely to look for damage; `None`: not at all.
    pub depth: Option<Depth>,
    /// Whether to hash the coded audio, and the whole file.
    pub hashes: bool,
    /// Whether to measure loudness. The audio is decoded for it, whatever the depth.
    pub loudness: bool,
    /// Whether to take an acoustic fingerprint. Two minutes of the audio are decoded for it.
    pub fingerprint: bool,
}

impl Request {
    /// All that there is, at the depth that is the default.
    pub const EVERYTHING: Self = Self { depth: Some(Depth::Stream), hashes: true, loudness: true, fingerprint: true };
}

impl From<Request> for analysis::Request {
    fn from(Request { depth, hashes, loudness, fingerprint }: Request) -> Self {
        let depth = depth.map(|depth| match depth {
            Depth::Header => analysis::Depth::Header,
            Depth::Stream => analysis::Depth::Stream,
            Depth::Audio => analysis::Depth::Audio,
        });
        Self { depth, hashes, loudness, fingerprint }
    }
}
