//! The files of an archive as its reader finds them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::budget::Budget;
use crate::found::Found;
use crate::trouble::Trouble;

/// What an entry takes besides its name, which it has twice.
const ENTRY: usize = 256;

/// A directory that is being read.
pub(crate) struct Listing {
    pub found: Vec<Found>,
    pub troubles: Vec<Trouble>,
    pub solid: bool,
    pub budget: Rc<Budget>,
}

impl Listing {
    pub fn new(budget: &Rc<Budget>) -> Self {
        Self { found: Vec::new(), troubles: Vec::new(), solid: false, budget: budget.clone() }
    }

    /// Counts a record of the directory; `false` where the listing ends, and says so.
    pub fn count(&mut self) -> bool {
        let counted = self.budget.entry();
        self.troubles.extend(counted.as_ref().err().cloned());
        counted.is_ok()
    }

    /// Adds a file; `false` where the listing ends, and says so. One without a name is none.
    pub fn add(&mut self, found: Found) -> bool {
        if found.name.is_empty() {
            return true;
        }
        match self.budget.hold(2 * found.name.len() + ENTRY) {
            Ok(()) => self.found.push(found),
            Err(trouble) => {
                self.troubles.push(trouble);
                return false;
            }
        }
        true
    }

    /// Of files with one name the last one counts, as it would be on extraction. Gives the places by
    /// name.
    pub fn settle(&mut self) -> HashMap<String, usize> {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (index, found) in self.found.iter().enumerate() {
            places.insert(found.name.clone(), index);
        }
        if places.len() < self.found.len() {
            let mut index = 0;
            self.found.retain(|found| {
                index += 1;
                places[&found.name] == index - 1
            });
            places = self.found.iter().enumerate().map(|(index, found)| (found.name.clone(), index)).collect();
        }
        places
    }
}
