//! Native peers: the same work as mt-scanner's, by the usual crates and without a sandbox.
//!
//! Prints `{"seconds": [...], "found": N}`: the time of each repetition, and the number of files
//! that it found.

mod arguments;
mod audio;
mod library;
mod reader;
mod tags;
mod track;
mod walk;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use arguments::{Arguments, Work};

fn main() -> ExitCode {
    match arguments::parse().map_err(Into::into).and_then(|arguments| run(&arguments)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("native-peers: {error}\n\n{}", arguments::HELP);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let Arguments { work, root, threads, repeat, db } = arguments;
    rayon::ThreadPoolBuilder::new().num_threads(*threads).build_global()?;
    let mut seconds = Vec::new();
    let mut found = 0;
    for _ in 0..*repeat {
        let start = Instant::now();
        found = match work {
            Work::CountWalkdir => walk::count(root)?,
            Work::CountIgnore => walk::count_in_parallel(root, *threads)?,
            Work::ListWalkdir => walk::list(root)?.len(),
            Work::ListIgnore => walk::list_in_parallel(root, *threads)?.len(),
            Work::TagsIdiomatic => tags::read_all(root, tags::idiomatic)?.len(),
            Work::TagsTuned => tags::read_all(root, tags::tuned)?.len(),
            Work::Import => library::sync(root, db.as_deref().ok_or("import needs --db FILE")?)?,
        };
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(format!("{{\"seconds\": {seconds:?}, \"found\": {found}}}"))
}
