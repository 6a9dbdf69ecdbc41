//! Several values in one text, where the format of a tag has no lists, and names that are one value
//! though a separator is in them.

/// Artists and genres with a slash or a semicolon in their names: case does not count. The genres
/// are ID3v1's and those of Apple's shop.
const ONE: [&str; 32] = [
    "+/-",
    "22/7",
    "5/8erl in Ehr'n",
    "A/T/O/S",
    "AC/DC",
    "AM/FM",
    "Au/Ra",
    "Bremer/McCoy",
    "Contemporary Singer/Songwriter",
    "DOV/S",
    "Either/Or",
    "G/Z/R",
    "Hip Hop/Rap",
    "Hip-Hop/Rap",
    "IX/ON",
    "Jungle/Drum'n'bass",
    "K/DA",
    "Kairon; IRSE!",
    "LOONA 1/3",
    "LSR/CITY",
    "Love/Hate",
    "M/A/R/R/S",
    "Phantom/Ghost",
    "Pop/Funk",
    "R&B/Soul",
    "She/Her/Hers",
    "Singer/Songwriter",
    "Smith/Kotzen",
    "We;Na",
    "b/bqスタヂオ",
    "signum/ii",
    "이달의 소녀 1/3",
];

/// The values of a text, without the blanks around them.
pub(super) fn separated<'v>(text: &'v str, separators: &'static [char]) -> impl Iterator<Item = &'v str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let whole = rest.trim_start();
            let end = whole[name_at(whole)..].find(separators).map(|at| at + name_at(whole));
            let value = &whole[..end.unwrap_or(whole.len())];
            rest = end.map_or("", |end| &whole[end + 1..]);
            if !value.trim().is_empty() {
                return Some(value.trim_end());
            }
        }
        None
    })
}

/// The length of the name with which a text begins that is one; 0 if there is none.
fn name_at(text: &str) -> usize {
    let begins = |name: &str| {
        let is_it = text.as_bytes().get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
        is_it && !text[name.len()..].starts_with(char::is_alphanumeric)
    };
    ONE.iter().filter(|name| begins(name)).map(|name| name.len()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::GENRES;

    fn values(text: &str) -> Vec<&str> {
        separated(text, &[';', '/']).collect()
    }

    #[test]
    fn values_stand_between_separators() {
        for (text, expected) in [
            ("one", &["one"][..]),
            ("one/two", &["one", "two"]),
            (" one ; two;three ", &["one", "two", "three"]),
            ("one//two/", &["one", "two"]),
            (";", &[]),
            ("", &[]),
            ("é/月", &["é", "月"]),
        ] {
            assert_eq!(values(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_that_are_one_are_not_split() {
        for (text, expected) in [
            ("AC/DC", &["AC/DC"][..]),
            ("ac/dc", &["ac/dc"]),
            ("AC/DC/Guns N' Roses", &["AC/DC", "Guns N' Roses"]),
            ("Someone/AC/DC", &["Someone", "AC/DC"]),
            ("AC/DC & Friends; Other", &["AC/DC & Friends", "Other"]),
            ("AC/DCX", &["AC", "DCX"]),
            ("Kairon; IRSE!", &["Kairon; IRSE!"]),
            ("이달의 소녀 1/3", &["이달의 소녀 1/3"]),
            ("Hip-Hop/Rap/R&B/Soul", &["Hip-Hop/Rap", "R&B/Soul"]),
        ] {
            assert_eq!(values(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_genre_that_has_a_number_is_one() {
        for genre in GENRES {
            assert_eq!(values(genre), [genre]);
        }
    }

    #[test]
    fn what_is_one_is_so_because_of_a_separator_and_stands_once() {
        assert!(ONE.iter().all(|name| name.contains([';', '/'])), "{ONE:?}");
        assert!(ONE.is_sorted() && ONE.windows(2).all(|two| two[0] != two[1]));
    }
}
