//! What shapes values beside the files.

use std::fmt::Write as _;

use crate::{Reading, defaults};

/// The defaults of every host.
impl Default for Reading {
    fn default() -> Self {
        Self { legacy_charset: defaults::LEGACY_CHARSET.to_owned() }
    }
}

impl Reading {
    /// What tells these options from others in a library (the statement `scan`): a JSON object of
    /// those that are not the default, in the order of the record. So an option that is added
    /// changes no text.
    pub fn differences(&self) -> String {
        let Self { legacy_charset } = self;
        let mut text = "{".to_owned();
        if legacy_charset != defaults::LEGACY_CHARSET {
            let value = serde_json::Value::from(legacy_charset.as_str());
            let _ = write!(text, "\"legacy_charset\":{value}");
        }
        text + "}"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_by_what_is_not_the_default() {
        assert_eq!(Reading::default().differences(), "{}");
        let reading = Reading { legacy_charset: "a\"b".into() };
        assert_eq!(reading.differences(), r#"{"legacy_charset":"a\"b"}"#);
    }
}
