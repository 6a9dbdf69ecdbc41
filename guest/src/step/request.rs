//! The request of `step-json`.

use serde::Deserialize;

use super::{Mode, Step, Work, whole_root};
use crate::bindings::exports::mt::scanner::scan::{Budget, Walking};

/// A step as JSON; see `step-json` in `wit/scan.wit`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    root: String,
    #[serde(default = "from_the_root")]
    work: Vec<Work>,
    budget: Budget,
    mode: Name,
    walking: Walking,
    /// Of a sync: whether folders that the library knows are entered from above.
    #[serde(default)]
    deep: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    Count,
    Paths,
    Tracks,
    Sync,
}

impl Request {
    /// The step to take and the work to do.
    pub fn step(&mut self) -> (Step<'_>, Vec<Work>) {
        let work = std::mem::take(&mut self.work);
        let mode = match self.mode {
            Name::Count => Mode::Count,
            Name::Paths => Mode::Paths,
            Name::Tracks => Mode::Tracks,
            Name::Sync => Mode::Sync { deep: self.deep },
        };
        (Step { root: &self.root, budget: self.budget, mode, walking: self.walking }, work)
    }
}

fn from_the_root() -> Vec<Work> {
    vec![whole_root()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_may_be_left_out_and_is_the_root_then() {
        let text = r#"{"root":"/m","budget":{"items":1,"milliseconds":0,"only_list":false},"mode":"tracks",
            "walking":{"follow_links":true,"hidden_folders":false,"ignored_folders":false}}"#;
        let mut request: Request = serde_json::from_str(text).unwrap();
        let (step, work) = request.step();
        assert_eq!((step.root, step.mode, work), ("/m", Mode::Tracks, vec![whole_root()]));
    }

    #[test]
    fn a_request_with_a_misspelt_key_or_mode_is_refused() {
        for text in [r#"{"rot":"/m"}"#, r#"{"root":"/m","mode":"everything"}"#, "[]", ""] {
            assert!(serde_json::from_str::<Request>(text).is_err(), "{text}");
        }
    }
}
