//! How long a thread waits: for storage, and not for a processor that others use.

use std::time::{Duration, Instant};

/// A stretch of time of the calling thread.
pub(crate) struct Stopwatch {
    since: Instant,
    /// Time on a processor or in the queue for one, where the system tells.
    occupied: Option<Duration>,
}

/// The length of a stretch of time, and how much of it the thread waited.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub took: Duration,
    pub waited: Duration,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { since: Instant::now(), occupied: occupied() }
    }

    /// The time since the start. Where the system does not tell, nothing of it was waiting.
    pub fn stop(&self) -> Waiting {
        let took = self.since.elapsed();
        let occupied = self.occupied.and_then(|before| occupied()?.checked_sub(before));
        Waiting { took, waited: occupied.map_or(Duration::ZERO, |occupied| took.saturating_sub(occupied)) }
    }
}

impl Waiting {
    /// Adds a later stretch.
    pub fn add(&mut self, later: Self) {
        self.took += later.took;
        self.waited += later.waited;
    }
}

/// The kernel counts both: time on a processor, and time in the queue for one, in ns
/// (`Documentation/scheduler/sched-stats.rst`). Without the second, a machine that is busy with
/// other things would look like slow storage.
#[cfg(target_os = "linux")]
fn occupied() -> Option<Duration> {
    let text = std::fs::read("/proc/thread-self/schedstat").ok()?;
    let mut numbers = std::str::from_utf8(&text).ok()?.split_ascii_whitespace();
    let (running, queued): (u64, u64) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some(Duration::from_nanos(running.saturating_add(queued)))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn occupied() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(unix))]
fn occupied() -> Option<Duration> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_sleeps_waits_and_one_that_computes_does_not() {
        let length = Duration::from_millis(60);
        let sleeping = Stopwatch::start();
        std::thread::sleep(length);
        let Waiting { took, waited } = sleeping.stop();
        assert!(took >= length && waited >= length * 8 / 10, "{waited:?} of {took:?}");
        let computing = Stopwatch::start();
        while computing.since.elapsed() < length {
            std::hint::black_box(&computing);
        }
        let Waiting { took, waited } = computing.stop();
        assert!(waited <= took / 2, "{waited:?} of {took:?}");
    }
}
