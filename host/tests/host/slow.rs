//! Storage that stalls: the mount of `bench/slow`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// Shows a folder, and does not answer some calls. Unmounts when it is dropped.
pub struct SlowMount {
    point: TempDir,
    process: Child,
}

impl SlowMount {
    /// Mounts, with options of `slow-mount mount`; `None` where there is no FUSE.
    pub fn new(folder: &Path, options: &[&str]) -> Option<Self> {
        if !Path::new("/dev/fuse").exists() || Command::new("fusermount3").arg("-V").output().is_err() {
            eprintln!("skipped: there is no FUSE here");
            return None;
        }
        let point = TempDir::new().expect("a folder to mount at");
        let mut process = Command::new(program())
            .arg("mount")
            .args(options)
            .args([folder, point.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("slow-mount runs");
        let mut said = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut said).expect("a line");
        assert_eq!(said, "ready\n");
        Some(Self { point, process })
    }

    pub fn path(&self) -> &Path {
        self.point.path()
    }

    /// Lets all calls that stall go on.
    pub fn release(&self) {
        let told = Command::new("kill").args(["-USR2", &self.process.id().to_string()]).status();
        assert!(told.expect("kill runs").success());
    }
}

impl Drop for SlowMount {
    fn drop(&mut self) {
        // The end of its stdin is its own.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/slow");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--locked"])
            .current_dir(&workspace)
            .env_remove("CARGO_TARGET_DIR")
            .status();
        assert!(built.expect("cargo runs").success(), "cargo could not build bench/slow");
        workspace.join("target/release/slow-mount")
    })
}
