//! The request of `step-json`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Budget, Reading, Walking};

/// A step as JSON; `W` is the work as the side that reads or writes has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "W: Deserialize<'de>"))]
pub struct Request<'a, W> {
    /// The root, by the name of its preopen.
    pub root: Cow<'a, str>,
    /// What to do. `None`, and left out in JSON: the root's own folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Vec<W>>,
    /// The places that links have led to so far, as the last answer that named them has it.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub entered: Cow<'a, str>,
    /// How much to do.
    pub budget: Budget,
    /// What to look for.
    pub mode: Mode,
    /// Where to go.
    pub walking: Cow<'a, Walking>,
    /// What shapes values. Left out in JSON: the default.
    #[serde(default)]
    pub reading: Cow<'a, Reading>,
    /// Of a sync: whether folders that the library knows are entered from the folder above (a full
    /// sync), or only if they are handed in (a quick one, and that of some folders).
    #[serde(default)]
    pub deep: bool,
}

/// What to look for: the modes of the contract, and `sync`, which only JSON has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The number of audio files.
    Count,
    /// Their paths.
    Paths,
    /// Tracks.
    Tracks,
    /// The differences between the disk and what a library knows.
    Sync,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KnownFolder, Slice, Work};

    type Asked<'a> = Request<'a, Work<Slice, Box<KnownFolder>>>;

    #[test]
    fn work_may_be_left_out() {
        let text = r#"{"root":"/m","budget":{"items":1,"milliseconds":0,"only_list":false},"mode":"tracks",
            "walking":{"follow_links":"once","hidden_folders":false,"ignored_folders":false,
             "archives":false}}"#;
        let request: Asked<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(
            (request.root.as_ref(), request.mode, request.work, request.deep),
            ("/m", Mode::Tracks, None, false)
        );
    }

    #[test]
    fn a_request_with_a_misspelt_key_or_mode_is_refused() {
        for text in [r#"{"rot":"/m"}"#, r#"{"root":"/m","mode":"everything"}"#, "[]", ""] {
            assert!(serde_json::from_str::<Asked<'_>>(text).is_err(), "{text}");
        }
    }
}
