//! The calls of the contract.
#![allow(unsafe_code, reason = "the bindings export the functions of the world by their raw forms")]

use mt_scanner_contract::roots::Naming;
use mt_scanner_contract::{Budget, Reading, Request, ScanError, Walking};
use mt_scanner_formats::extension;
use wasip2::clocks::monotonic_clock;

use crate::bindings::exports::mt::scanner::files;
use crate::bindings::exports::mt::scanner::library::{self, Migration, Statement};
use crate::bindings::exports::mt::scanner::scan::{self, StepResult};
use crate::bindings::exports::mt::scanner::types;
use crate::bindings::exports::mt::scanner::{pictures, reports};
use crate::inspect;
use crate::json;
use crate::step::{Found, Held, Mode, Step, Work, whole_root};

struct Component;

// Symbols of a component are named as no native linker allows.
#[cfg(target_family = "wasm")]
crate::bindings::export!(Component with_types_in crate::bindings);

/// Enough that a step's own cost does not show, little enough that its result stays small.
pub const LARGE_STEP: Budget = Budget { items: 512, milliseconds: 0, only_list: false };

impl scan::Guest for Component {
    fn step(
        root: String,
        work: Vec<scan::Work>,
        entered: String,
        budget: scan::Budget,
        mode: scan::Mode,
        walking: scan::Walking,
        reading: scan::Reading,
    ) -> Result<StepResult, types::ScanError> {
        let work = work.into_iter().map(Work::from).collect();
        let (budget, mode, walking) = (budget.into(), mode.into(), Walking::from(walking));
        let reading = reading.into();
        let step = Step { root: &root, budget, mode, walking: &walking, reading: &reading, entered: &entered };
        Ok(step.run(work)?.into())
    }

    fn step_json(request: String) -> Result<String, types::ScanError> {
        let mut request: Request<'_, Work> =
            serde_json::from_str(&request).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
        let (step, work) = Step::of(&mut request);
        let found = step.run(work)?;
        Ok(json::answer(&step, &found))
    }

    fn scan_music_directory(root: String) -> Result<u64, types::ScanError> {
        Ok(count(&root, None)?)
    }

    fn count_audio_files(root: String, limit: Option<u64>) -> Result<u64, types::ScanError> {
        Ok(count(&root, limit)?)
    }

    fn arrange_roots(request: String) -> Result<String, types::ScanError> {
        let naming: Naming =
            serde_json::from_str(&request).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
        Ok(json::text(&naming.arranged()))
    }

    fn is_audio_file(filename: String) -> bool {
        extension::is_audio_file(&filename)
    }

    fn benchmark_directory(root: String, iterations: u32) -> Result<f64, types::ScanError> {
        Ok(benchmark(&root, iterations)?)
    }

    fn audio_extensions() -> Vec<String> {
        extension::AUDIO_EXTENSIONS.map(str::to_owned).to_vec()
    }
}

impl files::Guest for Component {
    fn inspect(root: String, path: String, reading: scan::Reading) -> Result<files::Inspection, types::ScanError> {
        Ok(inspect::inspect(&root, &path, &reading.into())?.into())
    }

    fn inspect_json(root: String, path: String, reading: scan::Reading) -> Result<String, types::ScanError> {
        Ok(inspect::inspect(&root, &path, &reading.into()).map(|inspection| json::text(&inspection))?)
    }
}

impl pictures::Guest for Component {
    fn artwork_json(request: String) -> Result<String, types::ScanError> {
        Ok(crate::pictures::artwork_json(&request)?)
    }
}

impl library::Guest for Component {
    fn schema_version() -> u32 {
        crate::library::schema_version()
    }

    fn migrations() -> Vec<Migration> {
        crate::library::migrations()
    }

    fn statements() -> Vec<Statement> {
        crate::library::statements()
    }

    fn folders_of_events(request: String) -> Result<String, types::ScanError> {
        Ok(crate::library::folders_of_events(&request)?)
    }
}

impl reports::Guest for Component {
    fn in_words(report: String) -> Result<String, types::ScanError> {
        Ok(crate::reports::in_words(&report)?)
    }
}

/// Steps over the work that a scan begins with, in this one instance, until `each` says that it is
/// enough.
pub fn run_through(
    root: &str,
    begin: Work,
    mode: Mode,
    walking: &Walking,
    reading: &Reading,
    mut each: impl FnMut(Found) -> bool,
) -> Result<(), ScanError> {
    let mut work = vec![begin];
    let (mut held, mut entered) = (Held::default(), String::new());
    while !work.is_empty() {
        let step = Step { root, budget: LARGE_STEP, mode, walking, reading, entered: &entered };
        let mut found = step.run(work)?;
        work = held.keep(std::mem::take(&mut found.work));
        if work.is_empty() {
            work = held.next();
        }
        if let Some(text) = found.entered.take() {
            entered = text;
        }
        if !each(found) {
            break;
        }
    }
    Ok(())
}

/// Counts audio files, up to `limit`.
pub fn count(root: &str, limit: Option<u64>) -> Result<u64, ScanError> {
    let limit = limit.unwrap_or(u64::MAX);
    let mut files = 0;
    run_through(root, whole_root(), Mode::Count, &Walking::default(), &Reading::default(), |result| {
        files += result.files;
        files < limit
    })?;
    Ok(files.min(limit))
}

/// The mean time of a count in ms.
pub fn benchmark(root: &str, iterations: u32) -> Result<f64, ScanError> {
    let iterations = iterations.max(1);
    let start = monotonic_clock::now();
    for _ in 0..iterations {
        count(root, None)?;
    }
    Ok((monotonic_clock::now() - start) as f64 / 1e6 / f64::from(iterations))
}
