//! The crew: how many workers work at a time.
//!
//! On a warm cache a step is work for the processor, and more workers than cores gain nothing. On
//! a disk that sleeps or a network a step waits, and only more calls in flight help. So the crew
//! begins with one worker a core, grows while steps wait, and shrinks when they do not.

use std::time::Duration;

/// A step that waits for this share of its time lets the crew grow.
const GROWS: f64 = 0.5;
/// A step that waits for less than this share lets it shrink.
const SHRINKS: f64 = 0.2;
/// Shorter steps say nothing: the clock of the scheduler is too coarse for them.
const SHORTEST: Duration = Duration::from_millis(2);

/// The number of workers that work at a time.
#[derive(Debug)]
pub(super) struct Crew {
    least: usize,
    most: usize,
    size: usize,
}

impl Crew {
    /// A crew of `most` workers at most. It begins with as many as there are `cores`.
    pub fn new(cores: usize, most: usize) -> Self {
        let most = most.max(1);
        let least = cores.clamp(1, most);
        Self { least, most, size: least }
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// Takes in how long a step took, and how much of that it waited. Each step moves the size by
    /// one, so that a crew doubles in the time of a step.
    pub fn learn(&mut self, took: Duration, waited: Duration) {
        if took < SHORTEST {
            return;
        }
        let share = waited.as_secs_f64() / took.as_secs_f64();
        if share >= GROWS {
            self.size = (self.size + 1).min(self.most);
        } else if share < SHRINKS {
            self.size = (self.size - 1).max(self.least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(50);

    #[test]
    fn it_grows_while_steps_wait_and_shrinks_when_they_do_not() {
        let mut crew = Crew::new(2, 64);
        for _ in 0..100 {
            crew.learn(STEP, STEP * 9 / 10);
        }
        assert_eq!(crew.size(), 64);
        crew.learn(STEP, STEP / 3);
        assert_eq!(crew.size(), 64);
        for _ in 0..100 {
            crew.learn(STEP, STEP / 10);
        }
        assert_eq!(crew.size(), 2);
    }

    #[test]
    fn short_steps_say_nothing_and_the_bound_holds() {
        let mut crew = Crew::new(8, 1);
        crew.learn(STEP, STEP);
        assert_eq!(crew.size(), 1);
        let mut crew = Crew::new(2, 64);
        crew.learn(Duration::from_millis(1), Duration::from_millis(1));
        assert_eq!(crew.size(), 2);
    }
}
