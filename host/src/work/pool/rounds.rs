//! When the clock's thread looks after the workers of a pool.

use std::time::{Duration, Instant};

/// How long the workers of a scan that was cancelled have to leave.
pub(crate) const LEAVING: Duration = Duration::from_millis(250);
/// Looks at the workers come with every so many ticks of the clock.
const TICKS: u32 = 5;

/// What is due at a tick of the clock.
pub(crate) enum Due {
    Nothing,
    /// A look at the workers.
    Look,
    /// Work was cancelled. Workers that wait for some are not told by who cancels.
    Tell,
    /// Those that are still there are abandoned.
    Abandon,
}

/// The rounds of a supervisor.
#[derive(Default)]
pub(crate) struct Rounds {
    ticks: u32,
    cancelled: Option<Instant>,
}

impl Rounds {
    /// Called at every tick of the clock.
    pub fn tick(&mut self, is_cancelled: bool) -> Due {
        if !is_cancelled {
            self.ticks += 1;
            return if self.ticks.is_multiple_of(TICKS) { Due::Look } else { Due::Nothing };
        }
        match self.cancelled {
            None => {
                self.cancelled = Some(Instant::now());
                Due::Tell
            }
            Some(since) if since.elapsed() >= LEAVING => Due::Abandon,
            Some(_) => Due::Nothing,
        }
    }
}
