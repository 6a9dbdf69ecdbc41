//! Tracks and problems, added up for the reports that the component puts into words.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use mt_scanner::report::{Changed, Kind, Problems as Told, Reached};
use mt_scanner::{FileReport, Outcome, Problem, Progress, SyncReport, Track, Verdicts};

/// Tracks by format and codec, in the order in which they come.
#[derive(Default)]
pub struct Kinds {
    rows: Vec<Kind>,
    places: HashMap<(Option<String>, Option<String>), usize>,
}

impl Kinds {
    pub fn add(&mut self, track: &Track) {
        // Tracks of a cue sheet are in the file that is counted.
        if track.audio_file.is_some() {
            return;
        }
        let (format, codec) = (track.format.clone(), track.codec.clone());
        let place = *self.places.entry((format, codec)).or_insert_with_key(|(format, codec)| {
            self.rows.push((format.clone(), codec.clone(), 0, 0, 0));
            self.rows.len() - 1
        });
        let (_, _, tracks, milliseconds, bytes) = &mut self.rows[place];
        *tracks += 1;
        *milliseconds += track.duration_ms.unwrap_or(0);
        *bytes += track.size;
    }

    /// As the statement `kinds` has them.
    pub fn rows(self) -> Vec<Kind> {
        self.rows
    }
}

/// Adds up problems, and remembers the first of them by root and path.
#[derive(Default)]
pub struct Problems {
    /// In the order in which they came.
    counts: Vec<(Outcome, u64)>,
    first: BTreeSet<Named>,
}

/// Root, path, outcome, detail.
type Named = (String, String, Outcome, String);

impl Problems {
    pub fn add(&mut self, problems: &[Problem]) {
        for problem in problems {
            match self.counts.iter_mut().find(|(outcome, _)| *outcome == problem.outcome) {
                Some((_, count)) => *count += 1,
                None => self.counts.push((problem.outcome, 1)),
            }
            let Problem { root, path, outcome, detail } = problem;
            let last = self.first.last().filter(|_| self.first.len() >= Told::NAMED);
            if last.is_none_or(|last| (root, path) <= (&last.0, &last.1)) {
                self.first.insert((root.clone(), path.clone(), *outcome, detail.clone()));
                while self.first.len() > Told::NAMED {
                    self.first.pop_last();
                }
            }
        }
    }

    pub fn any(&self) -> bool {
        !self.counts.is_empty()
    }

    /// As reports have them.
    pub fn told(self) -> Told {
        let problem = |(root, path, outcome, detail)| (&Problem { root, path, outcome, detail }).into();
        Told { counts: self.counts, first: self.first.into_iter().map(problem).collect() }
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        let mut sum = Self::default();
        sum.add(&problems);
        sum
    }
}

/// Files that were examined, added up.
#[derive(Default)]
pub struct Sum {
    pub files: u64,
    pub verdicts: Verdicts,
}

impl Sum {
    pub fn add(&mut self, report: &FileReport) {
        self.files += 1;
        if let Some(verdict) = report.verdict {
            self.verdicts.add(verdict);
        }
    }
}

/// The path of a file as this system writes it.
pub fn path(report: &FileReport) -> String {
    let below = if cfg!(windows) { report.path.replace('/', "\\") } else { report.path.clone() };
    Path::new(&report.root).join(below).to_string_lossy().into_owned()
}

/// Counts and time of a scan as reports have them.
pub fn reached(progress: &Progress) -> Reached {
    Reached {
        folders: progress.folders,
        tracks: progress.tracks,
        passed_over: progress.passed_over,
        playlists: progress.playlists,
        seconds: progress.elapsed.as_secs_f64(),
        files_per_second: progress.files_per_second(),
    }
}

/// The changes of a sync as reports have them.
pub fn changed(report: &SyncReport) -> Changed {
    let &SyncReport { added, modified, moved, restored, reread, missing, unchanged, .. } = report;
    Changed { added, modified, moved, restored, reread, missing, unchanged }
}
