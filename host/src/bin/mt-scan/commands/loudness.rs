//! What `mt-scan loudness` tells people: a table of files, and one of the folders that have
//! several.

use std::collections::BTreeMap;
use std::path::Path;

use mt_scanner::report::Report;
use mt_scanner::{Analyser, FileReport, Loudness, Scanner};

use super::examine::Telling;
use crate::failure::Failure;
use crate::summary::path;

/// Files by path with their loudness.
#[derive(Default)]
pub struct Measuring {
    files: BTreeMap<String, Option<Loudness>>,
}

impl Measuring {
    /// The loudness of files by the folder that they are in.
    fn folders(&self) -> BTreeMap<String, Vec<&Loudness>> {
        let mut folders: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (path, loudness) in &self.files {
            let folder = Path::new(path).parent().unwrap_or(Path::new("")).to_string_lossy();
            folders.entry(folder.into_owned()).or_default().extend(loudness);
        }
        folders
    }
}

impl Telling for Measuring {
    fn of_file(&mut self, report: &FileReport) -> Option<String> {
        self.files.insert(path(report), report.loudness.clone());
        None
    }

    fn at_the_end(&mut self, analyser: &Analyser) -> Result<String, Failure> {
        if self.files.is_empty() {
            return Ok(String::new());
        }
        let mut albums = Vec::new();
        for (folder, files) in self.folders().into_iter().filter(|(_, files)| files.len() > 1) {
            albums.push((folder, serde_json::to_value(analyser.album_loudness(files)?)?));
        }
        let file = |(path, loudness): (&String, &Option<Loudness>)| {
            Ok((path.clone(), loudness.as_ref().map(serde_json::to_value).transpose()?))
        };
        let tracks = self.files.iter().map(file).collect::<Result<_, serde_json::Error>>()?;
        Ok(Scanner::in_words(&Report::Loudness { tracks, albums })?)
    }
}
