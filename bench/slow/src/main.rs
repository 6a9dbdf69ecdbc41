//! Slow storage to measure and test with: a FUSE file system that shows a folder, read-only, and
//! adds a latency to every call. It also stalls, fails and disconnects on demand.

mod arguments;
mod calls;
mod ceiling;
mod control;
mod faults;
mod filesystem;
mod handles;
mod inodes;
mod latency;
mod mount;
mod stalls;

use std::io;
use std::process::ExitCode;

use arguments::Work;

fn main() -> ExitCode {
    let work = match arguments::parse() {
        Ok(work) => work,
        Err(error) => {
            eprintln!("slow-mount: {error}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    match run(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("slow-mount: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(work: Work) -> io::Result<()> {
    match work {
        Work::Help => println!("{}", arguments::HELP),
        Work::Mount(options) => control::run(options)?,
        Work::Ceiling { folder, in_flight } => println!("{}", ceiling::measure(&folder, in_flight)?),
    }
    Ok(())
}
