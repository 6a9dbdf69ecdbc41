//! Serves a mount until it is to end.

use std::io::{self, Read, Write};
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::arguments::Options;
use crate::filesystem::{SlowFolder, Status};
use crate::mount::Mount;

/// Mounts, prints `ready`, and serves until stdin ends, SIGINT or SIGTERM comes, or somebody
/// unmounts. Prints the calls at the end and at SIGUSR1, and releases stalls at SIGUSR2.
///
/// # Errors
/// Fails if it cannot mount, or nobody reads stdout.
pub fn run(options: Options) -> io::Result<()> {
    // Signals have a runtime of their own: that of the mount ends with the connection.
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _context = runtime.enter();
        // Before there is a mount, so that none of them leaves it behind.
        Signals::new()?
    };
    let point = options.mountpoint.clone();
    let filesystem = SlowFolder::new(options)?;
    let status = filesystem.status();
    let (mount, unmounted) = Mount::new(filesystem, &point)?;
    let hung_up = stdin_ended()?;
    say("ready")?;
    runtime.block_on(serve(mount, &status, signals, unmounted, hung_up))?;
    say_calls(&status)
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    report: Signal,
    release: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            report: signal(SignalKind::user_defined1())?,
            release: signal(SignalKind::user_defined2())?,
        })
    }
}

/// Serves until something ends the mount, and unmounts.
async fn serve(
    mut mount: Mount,
    status: &Status,
    mut signals: Signals,
    mut unmounted: oneshot::Receiver<()>,
    mut hung_up: oneshot::Receiver<()>,
) -> io::Result<()> {
    let mut connected = true;
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return Ok(()),
            _ = signals.interrupt.recv() => return Ok(()),
            _ = &mut hung_up => return Ok(()),
            _ = &mut unmounted, if connected => return Ok(()),
            _ = signals.report.recv() => say_calls(status)?,
            _ = signals.release.recv() => status.stalls.release(),
            () = status.disconnect.notified(), if connected => {
                connected = false;
                mount.disconnect();
            }
        }
    }
}

/// Sends a message when stdin ends, at the latest with the process at its other end.
fn stdin_ended() -> io::Result<oneshot::Receiver<()>> {
    let (ended, end) = oneshot::channel();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let mut ignored = [0; 1024];
        while matches!(io::stdin().read(&mut ignored), Ok(1..)) {}
        let _ = ended.send(());
    })?;
    Ok(end)
}

fn say_calls(status: &Status) -> io::Result<()> {
    say(&status.calls.json().to_string())
}

/// Writes a line to stdout at once.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
