//! Another component that exports the world `mt:scanner/scanner`: it finds tracker modules, by
//! `std` alone.
//!
//! It is what somebody else's scanner would look like who does little more than he must: the whole
//! of a piece of work in one step, whatever the budget, and no library of its own.
#![allow(missing_docs, clippy::all)]

use std::fs;
use std::time::{Duration, Instant};

wit_bindgen::generate!({ path: "../../../wit", world: "mt:scanner/scanner" });

use exports::mt::scanner::files::{self, Inspection};
use exports::mt::scanner::library::{self, Migration, Statement};
use exports::mt::scanner::scan::{self, Budget, FollowLinks, Mode, Reading, StepResult, Walking, Work};
use exports::mt::scanner::types::{LyricsForm, ScanError, Track};
use exports::mt::scanner::{pictures, reports};

const EXTENSIONS: [&str; 4] = [".mod", ".xm", ".it", ".s3m"];

/// Folders of this name are listed as if their disk were slow, and take this long.
const SLOW_FOLDER: &str = "on a slow disk";
const SLOW: Duration = Duration::from_millis(800);

/// In folders of this name the component sleeps, in a call to the host.
const SLEEPING: &str = "asleep";
const SLEEP: Duration = Duration::from_secs(8);

struct Modules;

impl scan::Guest for Modules {
    fn step(
        root: String,
        work: Vec<Work>,
        _entered: String,
        budget: Budget,
        mode: Mode,
        _walking: Walking,
        _reading: Reading,
    ) -> Result<StepResult, ScanError> {
        let mut result = StepResult {
            folders: 0,
            files: 0,
            passed_over: 0,
            playlists: 0,
            paths: String::new(),
            tracks: Vec::new(),
            problems: Vec::new(),
            work: Vec::new(),
            entered: None,
        };
        for Work { folder, files, .. } in work {
            match files {
                None => list(&root, folder, mode, &mut result)?,
                Some(files) if budget.only_list => {
                    result.work.push(item(folder, Some(files)));
                }
                Some(files) => {
                    result.tracks.extend(files.split_terminator('\0').map(|name| track(&root, &join(&folder, name))))
                }
            }
        }
        Ok(result)
    }

    fn step_json(_request: String) -> Result<String, ScanError> {
        Err(ScanError::InvalidRequest("this component has the typed door only".into()))
    }

    fn arrange_roots(request: String) -> Result<String, ScanError> {
        Err(ScanError::InvalidRequest(request))
    }

    fn scan_music_directory(root: String) -> Result<u64, ScanError> {
        Self::count_audio_files(root, None)
    }

    fn count_audio_files(root: String, _limit: Option<u64>) -> Result<u64, ScanError> {
        let mut work = vec![item(String::new(), None)];
        let mut count = 0;
        let walking = || Walking {
            follow_links: FollowLinks::No,
            hidden_folders: true,
            archives: false,
            ignored_folders: true,
            extensions: Vec::new(),
            roots_inside: Vec::new(),
        };
        while let Some(next) = work.pop() {
            let budget = Budget { items: 1, milliseconds: 0, only_list: false };
            let reading = Reading { legacy_charset: "off".into(), cue: false };
            let result = Self::step(root.clone(), vec![next], String::new(), budget, Mode::Count, walking(), reading)?;
            count += result.files;
            work.extend(result.work);
        }
        Ok(count)
    }

    fn is_audio_file(filename: String) -> bool {
        is_module(&filename)
    }

    fn benchmark_directory(_root: String, _iterations: u32) -> Result<f64, ScanError> {
        Ok(0.0)
    }

    fn audio_extensions() -> Vec<String> {
        EXTENSIONS.map(str::to_owned).to_vec()
    }
}

impl files::Guest for Modules {
    fn inspect(root: String, path: String, _reading: Reading) -> Result<Inspection, ScanError> {
        Ok(Inspection {
            track: track(&root, &path),
            problems: Vec::new(),
            tags: Vec::new(),
            lyrics: Vec::new(),
            chapters: Vec::new(),
            cue: Vec::new(),
        })
    }

    fn inspect_json(_root: String, path: String, _reading: Reading) -> Result<String, ScanError> {
        Err(ScanError::FileNotFound(path))
    }
}

impl pictures::Guest for Modules {
    fn artwork_json(_request: String) -> Result<String, ScanError> {
        Ok(r#"{"pictures":[],"problems":[],"data":[]}"#.to_owned())
    }
}

impl library::Guest for Modules {
    fn schema_version() -> u32 {
        0
    }

    fn migrations() -> Vec<Migration> {
        Vec::new()
    }

    fn statements() -> Vec<Statement> {
        Vec::new()
    }

    fn folders_of_events(request: String) -> Result<String, ScanError> {
        Err(ScanError::InvalidRequest(request))
    }
}

impl reports::Guest for Modules {
    fn in_words(report: String) -> Result<String, ScanError> {
        Err(ScanError::InvalidRequest(report))
    }
}

fn list(root: &str, folder: String, mode: Mode, result: &mut StepResult) -> Result<(), ScanError> {
    let begin = Instant::now();
    while folder.ends_with(SLOW_FOLDER) && begin.elapsed() < SLOW {}
    if folder.ends_with(SLEEPING) {
        std::thread::sleep(SLEEP);
    }
    let entries = fs::read_dir(join(root, &folder)).map_err(|_| ScanError::RootUnreadable(root.to_owned()))?;
    result.folders += 1;
    let mut names = String::new();
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            result.work.push(item(join(&folder, &name), None));
        } else if kind.is_file() && is_module(&name) {
            names += &(name + "\0");
            result.files += 1;
        }
    }
    match mode {
        Mode::Count => {}
        Mode::Paths => names.split_terminator('\0').for_each(|name| result.paths += &(join(&folder, name) + "\0")),
        Mode::Tracks if names.is_empty() => {}
        Mode::Tracks => result.work.push(item(folder, Some(names))),
    }
    Ok(())
}

fn item(folder: String, files: Option<String>) -> Work {
    Work {
        folder,
        files,
        after: None,
        ignored_by: Vec::new(),
        links: 0,
        place: None,
        held: false,
        named: false,
        sheets: Vec::new(),
    }
}

fn is_module(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| name.len() > extension.len() && name.ends_with(extension))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || name.is_empty() { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}

fn track(root: &str, path: &str) -> Track {
    let extension = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    Track {
        root: root.to_owned(),
        path: path.to_owned(),
        size: fs::metadata(join(root, path)).map_or(0, |file| file.len()),
        mtime_ns: 0,
        ctime_ns: 0,
        format: Some(extension),
        codec: None,
        duration_ms: None,
        bitrate: None,
        sample_rate: None,
        channels: None,
        bit_depth: None,
        title: None,
        artist: None,
        artists: Vec::new(),
        album: None,
        album_artist: None,
        track_number: None,
        track_total: None,
        disc_number: None,
        disc_total: None,
        date: None,
        year: None,
        genre: None,
        genres: Vec::new(),
        composer: None,
        comment: None,
        isrc: None,
        musicbrainz_recording_id: None,
        musicbrainz_track_id: None,
        musicbrainz_release_id: None,
        musicbrainz_release_group_id: None,
        musicbrainz_artist_ids: Vec::new(),
        musicbrainz_album_artist_ids: Vec::new(),
        replaygain_track_gain: None,
        replaygain_track_peak: None,
        replaygain_album_gain: None,
        replaygain_album_peak: None,
        compilation: false,
        has_artwork: false,
        audio_key: None,
        title_sort: None,
        artist_sort: None,
        album_sort: None,
        album_artist_sort: None,
        composer_sort: None,
        original_date: None,
        bpm: None,
        grouping: None,
        work: None,
        movement: None,
        label: None,
        catalog_number: None,
        barcode: None,
        media: None,
        lyricist: None,
        conductor: None,
        remixer: None,
        language: None,
        has_lyrics: LyricsForm::None,
        encoder: None,
        duration_estimated: false,
        text_charset: None,
        start_ms: None,
        end_ms: None,
        audio_file: None,
        cue_tracks: None,
    }
}

export!(Modules);
