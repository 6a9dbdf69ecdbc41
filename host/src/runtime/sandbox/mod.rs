//! What an instance of a component is given: read-only folders, clocks, nowhere to write, and
//! limits.

mod clock;
mod filesystem;
pub(super) mod imports;
pub(super) mod link;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::calls::Calls;
use super::limits::{Limits, Watch};
use super::opened::OpenRoot;
use filesystem::recent::Recent;

/// How much is kept of what a component writes on its stderr: the last words of one that gives up.
const LAST_WORDS: usize = 4096;

/// The state of one instance's store.
pub(crate) struct Sandbox {
    wasi: WasiCtx,
    table: ResourceTable,
    stderr: MemoryOutputPipe,
    recent: Recent,
    roots: Vec<OpenRoot>,
    blindfolded: bool,
    calls: Arc<Calls>,
    pub watch: Watch,
}

impl Sandbox {
    /// A sandbox with the roots as its only folders, each under its own absolute path.
    pub fn new(roots: Vec<OpenRoot>, limits: &Limits, cancelled: Arc<AtomicBool>, calls: Arc<Calls>) -> Self {
        let stderr = MemoryOutputPipe::new(LAST_WORDS);
        let mut wasi = WasiCtx::builder();
        wasi.allow_blocking_current_thread(true).stderr(stderr.clone());
        calls.clear();
        Self {
            wasi: wasi.build(),
            table: ResourceTable::new(),
            stderr,
            recent: Recent::default(),
            roots,
            blindfolded: false,
            calls,
            watch: Watch::new(limits.memory, cancelled),
        }
    }

    /// From now on no file can be read.
    pub fn blindfold(&mut self) {
        self.blindfolded = true;
    }

    /// Its calls to the filesystem.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Whether the root with this number is one of its roots.
    pub fn sees(&self, root: usize) -> bool {
        self.roots.iter().any(|open| open.number == root)
    }

    /// The component's words on its stderr, the first 4 KiB of them, as one line.
    pub fn last_words(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).trim().replace('\n', " ")
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}
