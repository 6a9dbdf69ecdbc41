//! Which tracks of a library are the same.
//!
//! From the strongest likeness to the weakest, each kind of group is made of what the one before it
//! has left to stand for its groups: bytes, coded audio, sound, tags.

mod better;
mod row;
mod sounds;

use std::collections::HashMap;

use mt_scanner_contract::ScanError;
use serde::{Serialize, Serializer};

pub use row::Track;
use row::{Row, Shared};
use sounds::{Likeness, Sounds};

/// Fingerprints that are added to the index at once.
const AT_ONCE: usize = 64;

/// How tracks are the same, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// The files have the same bytes.
    Copy,
    /// The coded audio is the same.
    SameAudio,
    /// They sound alike.
    SameRecording,
    /// They are called alike.
    SameSong,
}

/// Tracks that are the same, by their places, the one to keep first.
struct Group {
    kind: Kind,
    tracks: Vec<usize>,
    /// Why the first is to be kept.
    why: Vec<&'static str>,
    /// How the others sound beside the first.
    likeness: HashMap<usize, Likeness>,
}

/// What is done next.
#[derive(Default)]
enum Stage {
    /// Tracks are added.
    #[default]
    Adding,
    /// The fingerprints of tracks from here on are to be noted.
    Noting(usize),
    /// The index is to be sorted.
    Sorting,
    /// Fingerprints from here on are to be looked for.
    Comparing(usize),
    /// All that is left.
    Done(String),
}

/// Tracks that are compared.
#[derive(Default)]
pub struct Grouping {
    tracks: Vec<Track>,
    shared: Shared,
    stage: Stage,
    groups: Vec<Group>,
    /// Tracks that stand for themselves and for those that are the same.
    left: Vec<usize>,
    sounds: Sounds,
    /// The tracks of fingerprints.
    heard: Vec<usize>,
    /// Pairs of tracks that sound alike, the lower place first.
    pairs: HashMap<(usize, usize), Likeness>,
}

impl Grouping {
    /// Adds rows of the statement `duplicate-rows`, as a JSON array.
    pub fn add(&mut self, rows: &str) -> Result<(), ScanError> {
        let invalid = |text: String| Err(ScanError::InvalidRequest(text));
        if !matches!(self.stage, Stage::Adding) {
            return invalid("tracks are compared already".into());
        }
        let rows: Vec<Row> = match serde_json::from_str(rows) {
            Ok(rows) => rows,
            Err(error) => return invalid(error.to_string()),
        };
        self.tracks.extend(rows.into_iter().map(|row| Track::of(row, &mut self.shared)));
        Ok(())
    }

    /// Adds a file, before the first step.
    pub fn take(&mut self, track: Track) {
        self.tracks.push(track);
    }

    /// The groups to the end, each as a line of JSON.
    pub fn lines(mut self) -> Vec<String> {
        while self.groups().is_none() {
            self.step();
        }
        let groups = self.groups.iter().map(|group| GroupJson { group, tracks: &self.tracks });
        groups.map(|group| serde_json::to_string(&group).unwrap_or_default()).collect()
    }

    /// Works on the next piece.
    pub fn step(&mut self) {
        self.stage = match std::mem::take(&mut self.stage) {
            Stage::Adding => {
                self.prove();
                Stage::Noting(0)
            }
            Stage::Noting(from) if from < self.left.len() => {
                self.note(from);
                Stage::Noting(from + AT_ONCE)
            }
            Stage::Noting(_) => Stage::Sorting,
            Stage::Sorting if self.sounds.sort() => Stage::Comparing(0),
            Stage::Sorting => Stage::Sorting,
            Stage::Comparing(print) if print < self.sounds.len() => {
                self.compare(print);
                Stage::Comparing(print + 1)
            }
            Stage::Comparing(_) => {
                self.hear();
                self.read_tags();
                Stage::Done(self.text())
            }
            Stage::Done(text) => Stage::Done(text),
        };
    }

    /// The groups as JSON, once they are found.
    pub fn groups(&self) -> Option<&str> {
        match &self.stage {
            Stage::Done(text) => Some(text),
            _ => None,
        }
    }

    /// Tracks that are done, and all of them. To note one and to compare it is half of the work
    /// each.
    pub fn progress(&self) -> (u64, u64) {
        let all = self.tracks.len();
        let part = |place: usize, of: usize| if of == 0 { all / 2 } else { (place.min(of) * all) / (2 * of) };
        let done = match self.stage {
            Stage::Adding => 0,
            Stage::Noting(from) => part(from, self.left.len()),
            Stage::Sorting => all / 2,
            Stage::Comparing(print) => all / 2 + part(print, self.sounds.len()),
            Stage::Done(_) => all,
        };
        (done as u64, all as u64)
    }

    /// Groups what hashes prove.
    fn prove(&mut self) {
        self.left = (0..self.tracks.len()).collect();
        self.group_by(Kind::Copy, |track| track.file_hash.as_deref());
        self.group_by(Kind::SameAudio, |track| track.payload_hash.as_deref());
    }

    fn group_by(&mut self, kind: Kind, hash: impl Fn(&Track) -> Option<&str>) {
        let mut same: HashMap<&str, Vec<usize>> = HashMap::new();
        for &place in &self.left {
            if let Some(hash) = hash(&self.tracks[place]) {
                same.entry(hash).or_default().push(place);
            }
        }
        let groups: Vec<_> = same.into_values().filter(|places| places.len() > 1).collect();
        for places in groups {
            self.group(kind, places, HashMap::new());
        }
        self.forget();
    }

    /// Makes a group.
    fn group(&mut self, kind: Kind, mut places: Vec<usize>, likeness: HashMap<usize, Likeness>) {
        let why = better::order(&self.tracks, &mut places, kind <= Kind::SameAudio);
        self.groups.push(Group { kind, tracks: places, why, likeness });
    }

    /// Leaves of each group the first.
    fn forget(&mut self) {
        let mut stands = vec![true; self.tracks.len()];
        self.groups.iter().flat_map(|group| &group.tracks[1..]).for_each(|&place| stands[place] = false);
        self.left.retain(|&place| stands[place]);
    }

    /// Notes fingerprints.
    fn note(&mut self, from: usize) {
        for &place in self.left[from..].iter().take(AT_ONCE) {
            let items = self.tracks[place].fingerprint.take();
            if items.is_some_and(|items| self.sounds.add(items).is_some()) {
                self.heard.push(place);
            }
        }
    }

    fn compare(&mut self, print: usize) {
        let (tracks, heard) = (&self.tracks, &self.heard);
        let here = heard[print];
        let may_be = |other: usize| tracks[heard[other]].is_as_long_as(&tracks[here]);
        for (other, likeness) in self.sounds.alike(print, may_be) {
            self.pairs.insert((heard[other], here), likeness);
        }
    }

    /// How the second sounds beside the first.
    fn likeness(&self, first: usize, second: usize) -> Option<Likeness> {
        let pair = self.pairs.get(&(first.min(second), first.max(second)))?;
        Some(if first < second { *pair } else { pair.reversed() })
    }

    /// Groups what sounds alike: the best track with all that sound like it, then the best of those
    /// that are left. So each is like the one that is kept, and not only like another.
    fn hear(&mut self) {
        for mut places in sets(self.pairs.keys().copied()) {
            while places.len() > 1 {
                better::order(&self.tracks, &mut places, false);
                let best = places[0];
                let likeness: HashMap<usize, Likeness> =
                    places[1..].iter().filter_map(|&place| Some((place, self.likeness(best, place)?))).collect();
                places.retain(|place| *place != best && !likeness.contains_key(place));
                if !likeness.is_empty() {
                    let group = [best].into_iter().chain(likeness.keys().copied()).collect();
                    self.group(Kind::SameRecording, group, likeness);
                }
            }
        }
        self.forget();
    }

    /// Groups what is called alike.
    fn read_tags(&mut self) {
        let mut called: HashMap<&str, Vec<usize>> = HashMap::new();
        for &place in &self.left {
            let track = &self.tracks[place];
            for name in [&track.song, &track.recording].into_iter().flatten() {
                called.entry(name).or_default().push(place);
            }
        }
        let mut pairs = Vec::new();
        for places in called.values_mut() {
            places.sort_by_key(|&place| self.tracks[place].duration_ms);
            pairs.extend(places.windows(2).map(|pair| (pair[0], pair[1])));
        }
        pairs.retain(|&(one, other)| self.tracks[one].is_as_long_as(&self.tracks[other]));
        for places in sets(pairs.into_iter()) {
            self.group(Kind::SameSong, places, HashMap::new());
        }
    }

    /// The groups as JSON text, in their order.
    fn text(&mut self) -> String {
        let tracks = &self.tracks;
        let name =
            |group: &Group| (&tracks[group.tracks[0]].path, &tracks[group.tracks[0]].root, tracks[group.tracks[0]].id);
        self.groups.sort_by(|one, other| (one.kind, name(one)).cmp(&(other.kind, name(other))));
        let told: Vec<GroupJson<'_>> = self.groups.iter().map(|group| GroupJson { group, tracks }).collect();
        // Keys are text, and numbers finite.
        serde_json::to_string(&told).unwrap_or_default()
    }
}

/// Sets of places of which each is in a pair with another of its set.
fn sets(pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    fn root(above: &mut HashMap<usize, usize>, place: usize) -> usize {
        let mut at = place;
        while let Some(&next) = above.get(&at).filter(|next| **next != at) {
            at = next;
        }
        above.insert(place, at);
        at
    }
    let mut above = HashMap::new();
    for (one, other) in pairs {
        let (one, other) = (root(&mut above, one), root(&mut above, other));
        above.insert(one.max(other), one.min(other));
    }
    let mut places: Vec<usize> = above.keys().copied().collect();
    places.sort_unstable();
    let mut sets: HashMap<usize, Vec<usize>> = HashMap::new();
    for place in places {
        sets.entry(root(&mut above, place)).or_default().push(place);
    }
    sets.into_values().filter(|set| set.len() > 1).collect()
}

struct GroupJson<'a> {
    group: &'a Group,
    tracks: &'a [Track],
}

impl Serialize for GroupJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            kind: Kind,
            tracks: Vec<TrackJson<'a>>,
        }
        let tracks = self.group.tracks.iter().enumerate().map(|(number, &place)| {
            let track = &self.tracks[place];
            let likeness = self.group.likeness.get(&place);
            TrackJson {
                id: track.id,
                root: &track.root,
                path: &track.path,
                size: track.size,
                format: track.format.as_deref(),
                codec: track.codec.as_deref(),
                bitrate: track.bitrate,
                duration_ms: track.duration_ms,
                keep: number == 0,
                why: match number {
                    0 => self.group.why.clone(),
                    _ => track.verdict.as_deref().filter(|_| track.is_bad()).into_iter().collect(),
                },
                score: likeness.map(|likeness| (likeness.score * 100.0).round() / 100.0),
                offset_ms: likeness.map(|likeness| likeness.offset_ms()),
            }
        });
        Told { kind: self.group.kind, tracks: tracks.collect() }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct TrackJson<'a> {
    id: i64,
    root: &'a str,
    path: &'a str,
    size: u64,
    format: Option<&'a str>,
    codec: Option<&'a str>,
    bitrate: Option<u32>,
    duration_ms: Option<u64>,
    keep: bool,
    why: Vec<&'a str>,
    score: Option<f64>,
    offset_ms: Option<i64>,
}

#[cfg(test)]
mod tests;
