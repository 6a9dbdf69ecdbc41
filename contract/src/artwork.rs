//! Pictures: the request and the answer of `artwork-json`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{PictureItem, Problem};

/// The most bytes of pictures in one answer, unless the first alone has more.
pub const AT_A_TIME: u64 = 32 << 20;

/// The request of `artwork-json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request<'a> {
    /// The root, by the name of its preopen.
    pub root: Cow<'a, str>,
    /// The file, relative to the root.
    pub path: Cow<'a, str>,
    /// Every picture, and not only the first.
    pub all: bool,
    /// Their bytes too.
    pub data: bool,
    /// How many pictures at the beginning are to be left out.
    #[serde(default)]
    pub from: usize,
}

/// The answer of `artwork-json`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The pictures, without those that were to be left out.
    pub pictures: Vec<PictureItem>,
    /// What did not go well.
    pub problems: Vec<Problem>,
    /// The bytes of the first of the pictures, in base64 (RFC 4648, section 4).
    pub data: Vec<String>,
}
