//! Runs somebody else's scanner in the sandbox: `cargo run --example plugin -- FOLDER COMPONENT`.
//!
//! The component sees the folder, read-only, and a clock. It is refused before it runs if it
//! imports anything else, stopped if it takes more than a second or 64 MiB for a file, and replaced
//! by a new instance if it crashes.

use std::time::Duration;

use mt_scanner::{Error, Scanner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [folder, component] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "FOLDER COMPONENT")?;
    let scanner = Scanner::builder()
        .root(folder)
        .component(component)
        .file_timeout(Duration::from_secs(1))
        .memory_limit(64 << 20)
        .build();
    let scanner = match scanner {
        Err(Error::Load(error)) => return Err(format!("refused: {error}").into()),
        other => other?,
    };
    println!("it looks for {}", scanner.audio_extensions()?.join(" "));
    let mut scan = scanner.scan()?;
    for track in scan.by_ref() {
        let track = track?;
        println!("{} ({} bytes)", track.path, track.size);
    }
    for problem in scan.problems() {
        println!("{}: {}", problem.path, problem.outcome);
    }
    Ok(())
}
