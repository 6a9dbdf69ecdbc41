//! The request of `step-json`.

use serde::{Deserialize, Deserializer, de};

use super::{Step, whole_root};
use crate::bindings::exports::mt::scanner::scan::{Budget, Mode, Walking, Work};

/// A step as JSON; see `step-json` in `wit/scan.wit`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    root: String,
    #[serde(default = "from_the_root")]
    work: Vec<Work>,
    budget: Budget,
    mode: Mode,
    walking: Walking,
    /// Whether list-valued columns become JSON text.
    #[serde(default)]
    pub text_lists: bool,
}

impl Request {
    /// The step to take and the work to do.
    pub fn step(&mut self) -> (Step<'_>, Vec<Work>) {
        let work = std::mem::take(&mut self.work);
        (Step { root: &self.root, budget: self.budget, mode: self.mode, walking: self.walking }, work)
    }
}

fn from_the_root() -> Vec<Work> {
    vec![whole_root()]
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const NAMES: &[&str] = &["count", "paths", "tracks"];
        let name = String::deserialize(deserializer)?;
        Ok(match name.as_str() {
            "count" => Self::Count,
            "paths" => Self::Paths,
            "tracks" => Self::Tracks,
            _ => return Err(de::Error::unknown_variant(&name, NAMES)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_may_be_left_out_and_is_the_root_then() {
        let text = r#"{"root":"/m","budget":{"items":1,"milliseconds":0},"mode":"tracks",
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
