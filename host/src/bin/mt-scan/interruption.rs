//! Ctrl-C: the command is asked to end, and the process ends in any case.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use std::{process, thread};

use console::Term;
use mt_scanner::Control;

/// The exit code of a command that Ctrl-C has ended, as shells show it.
const INTERRUPTED: i32 = 130;
/// The most time in which a command may end by itself. Storage that hangs would keep it for longer.
const PATIENCE: Duration = Duration::from_millis(350);

/// What is said at the end. Set once a command may be interrupted.
static LAST: OnceLock<String> = OnceLock::new();
static ASKED: AtomicBool = AtomicBool::new(false);
/// The scan that is to be cancelled.
static SCAN: Mutex<Option<Control>> = Mutex::new(None);

/// Makes Ctrl-C end the command, and after [`PATIENCE`] the process, which says `last`. A second
/// one ends it at once.
///
/// Signals that the process was told to ignore, as in the background of a shell, stay ignored.
pub fn ends_with(last: String) {
    LAST.get_or_init(|| last);
    // Without a handler the system ends the process, which costs a library nothing.
    let _ = ctrlc::try_set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            process::exit(INTERRUPTED);
        }
        if let Some(scan) = &*SCAN.lock().unwrap_or_else(PoisonError::into_inner) {
            scan.cancel();
        }
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            end();
        });
    });
}

/// Cancels a scan at Ctrl-C.
pub fn cancels(scan: Control) {
    let mut waiting = SCAN.lock().unwrap_or_else(PoisonError::into_inner);
    if is_asked() {
        scan.cancel();
    }
    *waiting = Some(scan);
}

/// Whether the command is to end.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Ends the process: says so, once.
pub fn end() -> ! {
    static ENDING: Mutex<()> = Mutex::new(());
    let _ending = ENDING.lock();
    if stderr().is_terminal() {
        // A progress bar may stand there.
        let _ = Term::stderr().clear_line();
    }
    let _ = writeln!(stderr(), "mt-scan: {}", LAST.get().map_or("", String::as_str));
    process::exit(INTERRUPTED)
}
