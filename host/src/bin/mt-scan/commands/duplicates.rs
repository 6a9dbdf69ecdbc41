//! `mt-scan duplicates`.

use std::io::{BufWriter, Write, stdout};

use mt_scanner::report::Report;
use mt_scanner::{Library, Scanner};

use super::analyse::Seen;
use super::database::existing;
use super::index::ended;
use crate::arguments::Duplicates;
use crate::done::Done;
use crate::failure::Failure;
use crate::screen::Bar;
use crate::summary::Problems;

pub fn run(duplicates: &Duplicates) -> Result<Done, Failure> {
    let output = &duplicates.output;
    let db = existing(&duplicates.library.db)?;
    let analyser = duplicates.analyser()?;
    let library = Library::open(db, analyser.scanner())?;
    let mut seen = Seen { json: output.json, bar: Bar::new(output), problems: Problems::default(), written: Ok(()) };
    let found = library.duplicates(&analyser, !duplicates.no_hashing, &mut seen).map_err(ended)?;
    let Seen { bar, problems, written, .. } = seen;
    drop(bar);
    written?;
    let any = problems.any();
    let groups = found.groups.iter().filter(|group| duplicates.wants(group.kind));
    let mut out = BufWriter::new(stdout());
    if output.json {
        for group in groups {
            writeln!(out, "{}", group.json)?;
        }
    } else {
        let groups = groups.map(|group| serde_json::from_str(&group.json)).collect::<Result<_, _>>()?;
        let told = Report::Duplicates { groups, unfingerprinted: found.unfingerprinted };
        out.write_all(Scanner::in_words(&told)?.as_bytes())?;
        if any && !output.quiet {
            let told = Report::Problems { problems: problems.told(), passed_over: 0, playlists: 0 };
            out.write_all(Scanner::in_words(&told)?.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(Done::with(output, any))
}
