//! Work that may hang in a call to the filesystem, on threads that can be left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Calls of [`of_each`] at a time. One that hangs keeps its thread, and others take its place.
const AT_A_TIME: usize = 16;
/// How often a wait for calls looks up.
pub(crate) const PULSE: Duration = Duration::from_millis(50);

/// Makes calls with the numbers below `count`, some at a time, and gives their results in this
/// order. Those that hang keep none of the others waiting: `None` is a call that was not back when
/// nothing had come for `patience`. `goes_on` is asked every 50 ms whether to wait any longer.
pub(crate) fn of_each<T: Send + 'static>(
    count: usize,
    patience: Duration,
    call: impl Fn(usize) -> T + Send + Sync + 'static,
    goes_on: &mut dyn FnMut() -> bool,
) -> Vec<Option<T>> {
    let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
    let shared = Arc::new((AtomicUsize::new(0), call));
    let (sender, answers) = channel();
    let (mut left, mut threads, mut heard) = (count, 0, Instant::now());
    while left > 0 {
        for _ in 0..AT_A_TIME.min(count - threads) {
            let (shared, sender) = (shared.clone(), sender.clone());
            let run = move || {
                let (next, call) = &*shared;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count || sender.send((number, call(number))).is_err() {
                        break;
                    }
                }
            };
            // Without a thread its call is not back in time.
            let _ = thread::Builder::new().name("mt-scanner call".into()).spawn(run);
            threads += 1;
        }
        let until = Instant::now() + PULSE;
        while left > 0
            && let Ok((number, result)) = answers.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            results[number] = Some(result);
            (left, heard) = (left - 1, Instant::now());
        }
        if left > 0 && (heard.elapsed() >= patience || !goes_on()) {
            break;
        }
    }
    results
}

/// Waits as long as it takes.
pub(crate) fn patiently() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(200);

    #[test]
    fn every_call_is_made_once_and_none_is_waited_for_longer_than_the_others() {
        assert_eq!(of_each(100, LONG, |number| number, &mut patiently), (0..100).map(Some).collect::<Vec<_>>());
        assert_eq!(of_each(0, LONG, |number| number, &mut patiently), []);
        // More than are made at a time do not come back.
        let hangs = |number| number % 2 == 0;
        let call = move |number| {
            if hangs(number) {
                thread::sleep(LONG)
            }
        };
        let start = Instant::now();
        let back: Vec<bool> = of_each(50, SHORT, call, &mut patiently).iter().map(Option::is_some).collect();
        assert_eq!(back, (0..50).map(|number| !hangs(number)).collect::<Vec<_>>());
        assert!(start.elapsed() < 5 * SHORT, "{:?}", start.elapsed());
    }

    #[test]
    fn who_waits_may_end_it() {
        let start = Instant::now();
        let mut asked = 0;
        let mut until_asked_twice = || {
            asked += 1;
            asked < 2
        };
        assert_eq!(of_each(1, LONG, |_| thread::sleep(LONG), &mut until_asked_twice), [None]);
        assert_eq!(asked, 2);
        assert!(start.elapsed() < 10 * PULSE, "{:?}", start.elapsed());
    }
}
