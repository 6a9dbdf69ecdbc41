//! A rest that workers take.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Who rests looks this often whether all was cancelled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Whether workers are to rest.
#[derive(Default)]
pub(super) struct Rest {
    wanted: Mutex<bool>,
    over: Condvar,
}

impl Rest {
    /// Lets workers rest, or go on.
    pub fn set(&self, wanted: bool) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = wanted;
        if !wanted {
            self.over.notify_all();
        }
    }

    /// Rests for as long as that is wanted and nothing was cancelled; whether there was a rest.
    pub fn take(&self, cancelled: &AtomicBool) -> bool {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rested = false;
        while *wanted && !cancelled.load(Ordering::Relaxed) {
            rested = true;
            let waited = self.over.wait_timeout(wanted, BETWEEN_LOOKS);
            wanted = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        rested
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_ends_when_it_is_over_or_all_is_cancelled() {
        let (rest, cancelled) = (Rest::default(), AtomicBool::new(false));
        assert!(!rest.take(&cancelled));
        rest.set(true);
        std::thread::scope(|scope| {
            let resting = scope.spawn(|| rest.take(&cancelled));
            rest.set(false);
            // It may not have begun yet: then there was none.
            let _ = resting.join().unwrap();
            rest.set(true);
            let resting = scope.spawn(|| rest.take(&cancelled));
            std::thread::sleep(Duration::from_millis(20));
            cancelled.store(true, Ordering::Relaxed);
            resting.join().unwrap();
        });
    }
}
