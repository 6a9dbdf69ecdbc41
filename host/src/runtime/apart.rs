//! Work that may hang in a call to the filesystem, on a thread that can be left alone.

use std::io;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Does work on a thread of its own, and waits for `patience`; `None` if it is not done then. The
/// thread ends whenever its call returns, and its result is dropped.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Option<T>> {
    let (sender, done) = channel();
    thread::Builder::new().name("mt-scanner call".into()).spawn(move || {
        let _ = sender.send(work());
    })?;
    Ok(done.recv_timeout(patience).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_is_not_done_in_time_is_left_alone() {
        assert_eq!(within(Duration::from_secs(60), || 1).unwrap(), Some(1));
        let sleep = || thread::sleep(Duration::from_secs(1));
        assert_eq!(within(Duration::from_millis(10), sleep).unwrap(), None);
    }
}
