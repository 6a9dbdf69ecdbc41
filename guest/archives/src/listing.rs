//! The files of an archive as its reader finds them.

use std::rc::Rc;

use crate::budget::Budget;
use crate::found::Found;
use crate::trouble::Trouble;

/// What an entry takes besides its name.
const ENTRY: usize = 160;

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
        if found.entry.name.is_empty() {
            return true;
        }
        match self.budget.hold(found.entry.name.len() + ENTRY) {
            Ok(()) => self.found.push(found),
            Err(trouble) => {
                self.troubles.push(trouble);
                return false;
            }
        }
        true
    }

    /// Of files with one name the last one counts, as it would be on extraction. Gives the places
    /// in the order of the names.
    pub fn settle(&mut self) -> Vec<usize> {
        let by_name = |found: &[Found]| {
            let mut places: Vec<usize> = (0..found.len()).collect();
            places.sort_by(|&one, &other| found[one].entry.name.cmp(&found[other].entry.name));
            places
        };
        let mut places = by_name(&self.found);
        let mut is_last = vec![true; places.len()];
        for pair in places.windows(2) {
            is_last[pair[0]] = self.found[pair[0]].entry.name != self.found[pair[1]].entry.name;
        }
        if is_last.contains(&false) {
            let mut is_last = is_last.into_iter();
            self.found.retain(|_| is_last.next().unwrap_or(true));
            places = by_name(&self.found);
        }
        places
    }
}
