//! Work that is to disturb nobody.

/// How nice its threads are: ten is some tenth of what others get who want the processor too.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Makes this thread give way to others, for the processor and, where storage has such queues, for
/// the disk: on Linux the priority there goes with that of the processor (ioprio_set(2)). Other
/// systems lower whole processes, or only in ways that Rust has no safe call for; there it is one
/// thread among others.
pub(super) fn give_way() {
    // Of Linux each thread has a priority of its own; `None` is this one. What it refuses costs
    // nothing but the favour.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_gives_way_is_one_thread_and_not_the_process() {
        let nice = || rustix::process::getpriority_process(None).unwrap();
        let before = nice();
        let inside = std::thread::spawn(move || {
            give_way();
            nice()
        });
        assert_eq!((inside.join().unwrap(), nice()), (NICENESS.max(before), before));
    }
}
