//! The calls of the contract.
#![allow(unsafe_code, reason = "the bindings export the functions of the world by their raw forms")]

use wasip2::clocks::monotonic_clock;

use crate::bindings::exports::mt::scanner::files::{self, Inspection};
use crate::bindings::exports::mt::scanner::library::{self, Migration, Statement};
use crate::bindings::exports::mt::scanner::scan::{self, Budget, Mode, StepResult, Walking, Work};
use crate::bindings::exports::mt::scanner::types::ScanError;
use crate::json::{self, StepAnswer};
use crate::step::{Step, Work as InHand, request::Request, whole_root};
use crate::{extension, inspect};

struct Component;

// Symbols of a component are named as no native linker allows.
#[cfg(target_family = "wasm")]
crate::bindings::export!(Component with_types_in crate::bindings);

/// What the functions for simple callers walk: links are followed, hidden and ignored folders are not entered.
pub const ORDINARY: Walking = Walking { follow_links: true, hidden_folders: false, ignored_folders: false };

/// Enough that a step's own cost does not show, little enough that its result stays small.
pub const LARGE_STEP: Budget = Budget { items: 512, milliseconds: 0, only_list: false };

impl scan::Guest for Component {
    fn step(
        root: String,
        work: Vec<Work>,
        budget: Budget,
        mode: Mode,
        walking: Walking,
    ) -> Result<StepResult, ScanError> {
        let work = work.into_iter().map(InHand::from).collect();
        Ok(Step { root: &root, budget, mode: mode.into(), walking }.run(work)?.into())
    }

    fn step_json(request: String) -> Result<String, ScanError> {
        let mut request: Request =
            serde_json::from_str(&request).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
        let (step, work) = request.step();
        let found = step.run(work)?;
        Ok(json::text(&StepAnswer { step: &step, found: &found }))
    }

    fn scan_music_directory(root: String) -> Result<u64, ScanError> {
        count(&root, None)
    }

    fn count_audio_files(root: String, limit: Option<u64>) -> Result<u64, ScanError> {
        count(&root, limit)
    }

    fn is_audio_file(filename: String) -> bool {
        extension::is_audio_file(&filename)
    }

    fn benchmark_directory(root: String, iterations: u32) -> Result<f64, ScanError> {
        benchmark(&root, iterations)
    }

    fn audio_extensions() -> Vec<String> {
        extension::AUDIO_EXTENSIONS.map(str::to_owned).to_vec()
    }
}

impl files::Guest for Component {
    fn inspect(root: String, path: String) -> Result<Inspection, ScanError> {
        inspect::inspect(&root, &path)
    }

    fn inspect_json(root: String, path: String) -> Result<String, ScanError> {
        inspect::inspect(&root, &path).map(|inspection| json::text(&inspection))
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
}

/// Steps over a whole root in this one instance, until `each` says that it is enough.
pub fn run_through(
    root: &str,
    mode: Mode,
    walking: Walking,
    mut each: impl FnMut(StepResult) -> bool,
) -> Result<(), ScanError> {
    let step = Step { root, budget: LARGE_STEP, mode: mode.into(), walking };
    let mut work = vec![whole_root()];
    while !work.is_empty() {
        let mut found = step.run(work)?;
        work = std::mem::take(&mut found.work);
        if !each(found.into()) {
            break;
        }
    }
    Ok(())
}

/// Counts audio files, up to `limit`.
pub fn count(root: &str, limit: Option<u64>) -> Result<u64, ScanError> {
    let limit = limit.unwrap_or(u64::MAX);
    let mut files = 0;
    run_through(root, Mode::Count, ORDINARY, |result| {
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
