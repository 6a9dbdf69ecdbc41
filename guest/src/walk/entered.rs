//! The places that links have led to in a scan.

use std::collections::HashMap;

use super::reach::Reach;
use crate::tree::{Root, join, split};

/// Files and folders that were entered through links: each place, with the path that it has there.
#[derive(Default)]
pub struct Entered {
    /// As hosts keep it: place and path in turn, each ended by a NUL.
    text: String,
    paths: HashMap<String, String>,
    is_new: bool,
}

impl Entered {
    /// From the text that a host hands in.
    pub fn read(text: &str) -> Self {
        let mut ends = text.split_terminator('\0');
        let mut paths = HashMap::new();
        while let (Some(place), Some(path)) = (ends.next(), ends.next()) {
            paths.insert(place.to_owned(), path.to_owned());
        }
        Self { text: text.to_owned(), paths, is_new: false }
    }

    /// The text for the host, if this step has added something.
    pub fn into_text(self) -> Option<String> {
        self.is_new.then_some(self.text)
    }

    /// Adds a place.
    pub fn add(&mut self, place: String, path: String) {
        self.text.extend([&place, "\0", &path, "\0"]);
        self.paths.insert(place, path);
        self.is_new = true;
    }

    /// Whether a link has led to this very place.
    pub fn has(&self, place: &str) -> bool {
        self.paths.contains_key(place)
    }

    /// Whether the walk comes to a place from one of those that links have led to.
    pub fn covers(&self, root: &Root, reach: &mut Reach, place: &str, is_folder: bool) -> bool {
        let mut above = place;
        loop {
            if let Some(path) = self.paths.get(above) {
                let below = place[above.len()..].trim_start_matches('/');
                if below.is_empty() || reach.comes_to(root, &join(path, below), is_folder) {
                    return true;
                }
            }
            if above.is_empty() {
                return false;
            }
            above = split(above).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_hands_back_is_what_it_was_given() {
        let mut entered = Entered::read("");
        entered.add(".a/x".into(), "link".into());
        entered.add(String::new(), "here".into());
        let text = entered.into_text().unwrap();
        let again = Entered::read(&text);
        assert!(again.has(".a/x") && again.has("") && !again.has("link"));
        assert_eq!(again.into_text(), None);
    }
}
