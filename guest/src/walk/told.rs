//! Files of a folder that are told of and not looked at.

use mt_scanner_contract::Names;

/// The names of such files, so that patterns can take some away; of very many only the number.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    names: Names,
    more: u64,
}

impl Told {
    /// Adds one. `size`: the most bytes of names that are kept.
    pub fn push(&mut self, name: &str, size: usize) {
        if self.names.size() < size {
            self.names.push(name);
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.names.len() as u64 + self.more
    }

    /// Keeps some of those whose names are known.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.names.retain(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_many_names_are_counted() {
        let mut told = Told::default();
        (0..50).for_each(|number| told.push(&format!("Other {number}.aiff"), 100));
        assert!(told.count() == 50 && told.names.size() < 120 && told.more > 0);
        told.retain(|_| false);
        assert_eq!(told.count(), told.more);
    }
}
