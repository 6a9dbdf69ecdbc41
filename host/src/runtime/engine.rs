//! The engine's configuration. The build script includes this file: code that it compiles ahead of
//! time runs only in an engine that is configured alike.

use wasmtime::Config;

/// The configuration of the engine that runs components.
///
/// Code is interrupted by epochs, which is how deadlines and cancellation reach an endless loop.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    // No call of a scanner is asynchronous; without the book-keeping for those that might be, calls
    // are cheaper.
    config.concurrency_support(false);
    config
}
