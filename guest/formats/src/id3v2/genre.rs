//! Genres as ID3v2 writes them.

use crate::fields::GENRES;

/// The genres of a `TCON`: texts or numbers of ID3v1's list, `(17)`, `(17)(4)Refinement`, with `((`
/// for a parenthesis that is meant (ID3v2.3.0, section 4.2.1, and 2.4.0).
pub(super) fn genres(text: &str) -> Vec<&str> {
    let mut genres = Vec::new();
    for mut rest in text.split('\0') {
        while let Some((number, behind)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let Some(genre) = numbered(number) else { break };
            genres.push(genre);
            rest = behind;
        }
        let refinement = if rest.starts_with("((") { &rest[1..] } else { numbered(rest).unwrap_or(rest) };
        if !genres.contains(&refinement) {
            genres.push(refinement);
        }
    }
    genres.retain(|genre| !genre.is_empty());
    genres
}

fn numbered(genre: &str) -> Option<&str> {
    match genre {
        "RX" => Some("Remix"),
        "CR" => Some("Cover"),
        digits if digits.len() <= 3 => GENRES.get(digits.parse::<usize>().ok()?).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_texts_or_numbers_in_every_spelling() {
        for (text, expected) in [
            ("Jazz", &["Jazz"][..]),
            ("17", &["Rock"]),
            ("(17)", &["Rock"]),
            ("(17)Rock", &["Rock"]),
            ("(17)(4)Eurodisco", &["Rock", "Disco", "Eurodisco"]),
            ("(17)\0(4)", &["Rock", "Disco"]),
            ("Rock\0Chanson", &["Rock", "Chanson"]),
            ("((Foo", &["(Foo"]),
            ("(RX)", &["Remix"]),
            ("(999)", &["(999)"]),
            ("80s", &["80s"]),
            ("", &[]),
        ] {
            assert_eq!(genres(text), expected, "{text:?}");
        }
    }
}
