//! Prints what is in a folder: the example of the README.

use mt_scanner::{Error, Scanner};

fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let scanner = Scanner::builder().root(folder).build()?;
    let mut scan = scanner.scan()?;
    for track in scan.by_ref() {
        let track = track?;
        println!("{}: {}", track.path, track.title.as_deref().unwrap_or("untitled"));
    }
    for problem in scan.problems() {
        eprintln!("{}: {}: {}", problem.path, problem.outcome, problem.detail);
    }
    Ok(())
}
