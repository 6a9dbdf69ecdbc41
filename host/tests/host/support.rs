//! Folders to scan, and components to scan them with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use mt_scanner::{Problem, Scanner, Track};
use serde_json::Value;
use tempfile::TempDir;

/// A folder for one test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder for the test"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn file(self, path: &str, content: &[u8]) -> Self {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("folders");
        fs::write(file, content).expect("a file");
        self
    }

    /// Many empty tracks: `folders` folders with `files` each.
    pub fn tracks(mut self, folders: usize, files: usize) -> Self {
        for folder in 0..folders {
            for file in 0..files {
                self = self.file(&format!("Artist {:02}/Album {folder:03}/{file:03}.mp3", folder % 7), b"");
            }
        }
        self
    }
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Real files by real encoders, in all formats.
pub fn samples() -> PathBuf {
    project().join("tests/fixtures/sample-library")
}

/// The component that does what the first bytes of a file say: `MT-MISBEHAVE loop`, `allocate` or
/// `panic`.
pub fn misbehaving() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| built("MT_SCANNER_MISBEHAVING_COMPONENT", &[]))
}

/// The analyser that does so.
pub fn misbehaving_analyser() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| built("MT_SCANNER_MISBEHAVING_ANALYSER", &["--component", "analyser"]))
}

/// A component that misbehaves: the one that a variable names, or one that is built.
fn built(variable: &str, arguments: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let script = project().join("guest/build.py");
    let build = |python| {
        Command::new(python).arg(&script).args(["--debug", "--features", "misbehave"]).args(arguments).output().ok()
    };
    let run = ["python3", "python"].into_iter().find_map(build).expect("Python, which builds components");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    PathBuf::from(String::from_utf8(run.stdout).expect("a path").trim())
}

/// The component of `tests/plugin`.
pub fn plugin() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        // As the component that ships is built, so that what both need is built once.
        let run = Command::new(env!("CARGO"))
            .args(["build", "--package", "mt-scanner-plugin", "--target", "wasm32-wasip2", "--profile", "component"])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(project())
            .output()
            .expect("cargo");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let messages = String::from_utf8(run.stdout).expect("messages");
        let built = messages.lines().filter_map(|line| serde_json::from_str(line).ok()).find_map(|message: Value| {
            let name = message["filenames"][0].as_str()?;
            name.ends_with("mt_scanner_plugin.wasm").then(|| PathBuf::from(name))
        });
        built.expect("a component among what cargo has built")
    })
}

/// Everything that a scan gives, sorted.
pub fn all(scanner: &Scanner) -> (Vec<Track>, Vec<Problem>) {
    let mut scan = scanner.scan().expect("a scan");
    let mut tracks: Vec<Track> = scan.by_ref().map(|track| track.expect("a track")).collect();
    let mut problems = scan.problems();
    tracks.sort_by(|one, other| (&one.root, &one.path).cmp(&(&other.root, &other.path)));
    problems.sort_by(|one, other| (&one.root, &one.path).cmp(&(&other.root, &other.path)));
    (tracks, problems)
}

pub fn paths_of(tracks: &[Track]) -> Vec<&str> {
    tracks.iter().map(|track| track.path.as_str()).collect()
}

/// The outcomes of problems, by path.
pub fn outcomes(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|problem| (problem.path.as_str(), problem.outcome.name())).collect()
}
