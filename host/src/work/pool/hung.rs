//! What of a root did not answer: files and folders that are problems of it, and the root itself
//! when there are too many.

use std::time::Instant;

use mt_scanner_contract::defaults::HUNG_CALLS;
use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

/// The calls of a root that did not return.
#[derive(Default)]
pub(crate) struct Hung {
    places: Vec<Named>,
    calls: u32,
    /// When the last of them was abandoned.
    last: Option<Instant>,
    given_up: bool,
}

/// A file or folder that did not answer.
struct Named {
    problem: Problem,
    told: bool,
}

impl Hung {
    /// A call that was made at `since` did not return by `now`. Calls that hang at the same time
    /// count as one: they may all wait for the same thing.
    pub fn count(&mut self, since: Instant, now: Instant) {
        if self.last.is_none_or(|last| since >= last) {
            self.calls += 1;
            self.last = Some(now);
        }
    }

    /// Whether there are so many that the root is to be given up.
    pub fn are_too_many(&self) -> bool {
        self.calls >= HUNG_CALLS
    }

    /// Names a file or folder. It is told when the component comes to it again, or at the end.
    pub fn add(&mut self, problem: Problem) {
        if !self.places.iter().any(|named| named.problem.path == problem.path) {
            self.places.push(Named { problem, told: false });
        }
    }

    /// Gives the root up.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    pub fn is_given_up(&self) -> bool {
        self.given_up
    }

    /// The problem of a root that is given up because of too many calls.
    pub fn too_many(root: &str) -> Problem {
        let detail = filled(words::GIVEN_UP, &[("calls", &HUNG_CALLS.to_string())]);
        Problem { root: root.to_owned(), path: String::new(), outcome: Outcome::Timeout, detail }
    }

    /// Puts problems in the right words: a component only sees that a file or folder cannot be
    /// read. Each is told once.
    pub fn tell(&mut self, problems: &mut Vec<Problem>) {
        problems.retain_mut(|problem| {
            let is_named = |named: &&mut Named| named.problem.path == problem.path;
            match self.places.iter_mut().find(is_named) {
                Some(named) if problem.outcome == Outcome::Unreadable => {
                    problem.clone_from(&named.problem);
                    !std::mem::replace(&mut named.told, true)
                }
                _ => true,
            }
        });
    }

    /// The problems that nobody was told of. They are then.
    pub fn rest(&mut self) -> Vec<Problem> {
        let rest = self.places.iter_mut().filter(|named| !named.told);
        rest.map(|named| {
            named.told = true;
            named.problem.clone()
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn problem(path: &str, outcome: Outcome) -> Problem {
        Problem { root: "/music".into(), path: path.into(), outcome, detail: outcome.name().into() }
    }

    #[test]
    fn calls_that_hang_at_the_same_time_count_as_one() {
        let mut hung = Hung::default();
        let begin = Instant::now();
        for round in 0..HUNG_CALLS {
            assert!(!hung.are_too_many());
            let since = begin + Duration::from_secs(10) * round;
            hung.count(since, since + Duration::from_secs(10));
            hung.count(since + Duration::from_secs(1), since + Duration::from_secs(11));
        }
        assert!(hung.are_too_many());
    }

    #[test]
    fn what_did_not_answer_is_told_once_and_in_its_own_words() {
        let mut hung = Hung::default();
        hung.add(problem("a", Outcome::Timeout));
        hung.add(problem("a", Outcome::Timeout));
        hung.add(problem("b", Outcome::Timeout));
        let mut problems = ["a", "c", "a"].map(|path| problem(path, Outcome::Unreadable)).to_vec();
        hung.tell(&mut problems);
        assert_eq!(problems, [problem("a", Outcome::Timeout), problem("c", Outcome::Unreadable)]);
        assert_eq!(hung.rest(), [problem("b", Outcome::Timeout)]);
        assert!(hung.rest().is_empty());
    }
}
