//! Texts that people read, generated from `words.json`. `{name}` in a text is filled in by
//! [`filled`].

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Fills in the places of a text of this module: each `{name}` gets the value of that name.
///
/// ```
/// use mt_scanner_contract::words::{self, filled};
///
/// let text = filled(words::STOPPED_BY_TIME, &[("seconds", "10")]);
/// assert_eq!(text, "it took longer than 10 s and was stopped");
/// ```
pub fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + close];
        filled += &rest[..open];
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled += value,
            None => filled += &rest[open..=open + close],
        }
        rest = &rest[open + close + 1..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_braces_is_not_filled_in_again() {
        assert_eq!(filled("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(filled("{c} {", &[]), "{c} {");
    }
}
