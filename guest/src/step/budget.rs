//! How much of a step's budget is used.

use mt_scanner_contract::Budget;
use wasip2::clocks::monotonic_clock;

/// Counts units of work, and the time.
pub struct Meter {
    items: u32,
    done: u32,
    /// In ns of the monotonic clock.
    deadline: Option<u64>,
}

impl Meter {
    /// A meter that starts now.
    pub fn new(budget: &Budget) -> Self {
        let deadline = (budget.milliseconds > 0)
            .then(|| monotonic_clock::now().saturating_add(u64::from(budget.milliseconds) * 1_000_000));
        Self { items: budget.items, done: 0, deadline }
    }

    /// One folder was listed or one file read.
    pub fn count(&mut self) {
        self.done += 1;
    }

    /// Whether anything was done.
    pub fn has_begun(&self) -> bool {
        self.done > 0
    }

    /// Whether the step has to end. Never before the first unit, or a scan might not come to an
    /// end.
    pub fn is_spent(&self) -> bool {
        self.has_begun()
            && (self.done >= self.items || self.deadline.is_some_and(|deadline| monotonic_clock::now() >= deadline))
    }
}
