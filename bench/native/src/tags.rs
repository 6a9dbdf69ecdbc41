//! Reading tags: `walkdir` lists the files, `rayon` spreads them over its threads, `lofty` reads
//! each.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use lofty::config::ParseOptions;
use lofty::file::FileType;
use lofty::probe::Probe;
use rayon::prelude::*;

use crate::reader::PositionedReader;
use crate::track::{Fingerprint, Track};
use crate::walk;

/// Every track under a root. A file that lofty cannot read is a track without properties.
pub fn read_all(root: &Path, read: fn(PathBuf) -> io::Result<Track>) -> Result<Vec<Track>, Box<dyn Error>> {
    let paths = walk::list(root)?;
    Ok(paths.into_par_iter().map(read).collect::<Result<_, _>>()?)
}

/// As lofty's documentation does it: a path, a `BufReader`, the format by the extension. Pictures
/// are not wanted.
pub fn idiomatic(path: PathBuf) -> io::Result<Track> {
    let fingerprint = Fingerprint::from(&path.metadata()?);
    let read = Probe::open(&path).and_then(|probe| probe.options(options()).read());
    Ok(Track::new(path, fingerprint, read.ok()))
}

/// With as few calls of the system as the generic interface of lofty allows.
pub fn tuned(path: PathBuf) -> io::Result<Track> {
    let file = File::open(&path)?;
    let fingerprint = Fingerprint::from(&file.metadata()?);
    let reader = PositionedReader::new(file, fingerprint.size as u64);
    let read = FileType::from_path(&path)
        .and_then(|file_type| Probe::with_file_type(reader, file_type).options(options()).read().ok());
    Ok(Track::new(path, fingerprint, read))
}

fn options() -> ParseOptions {
    ParseOptions::new().read_cover_art(false)
}
