//! What an instance of a component is given: read-only folders, clocks, nowhere to write, and limits.

mod filesystem;
mod imports;
mod limits;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::{cli, clocks, random, sync};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};

pub(crate) use imports::refused;
pub(crate) use limits::{Stop, Watch, interrupt};

use crate::root::Root;
use crate::{Error, Limits};

/// How much is kept of what a component writes on its stderr: the last words of one that gives up.
const LAST_WORDS: usize = 4096;

/// The state of one instance's store.
pub(crate) struct Sandbox {
    wasi: WasiCtx,
    table: ResourceTable,
    stderr: MemoryOutputPipe,
    recent: filesystem::Recent,
    blindfolded: bool,
    pub watch: Watch,
}

impl Sandbox {
    /// A sandbox with the roots as its only folders, each under its own absolute path.
    pub fn new(roots: &[Root], limits: &Limits, cancelled: Arc<AtomicBool>) -> Result<Self, Error> {
        let stderr = MemoryOutputPipe::new(LAST_WORDS);
        let mut wasi = WasiCtx::builder();
        wasi.allow_blocking_current_thread(true).stderr(stderr.clone());
        for root in roots {
            wasi.preopened_dir(&root.path, &root.name, FsPerms::ReadOnly)
                .map_err(|error| root.check().err().unwrap_or_else(|| Error::NoInstance { source: error.into() }))?;
        }
        Ok(Self {
            wasi: wasi.build(),
            table: ResourceTable::new(),
            stderr,
            recent: filesystem::Recent::default(),
            blindfolded: false,
            watch: Watch::new(limits.memory, cancelled),
        })
    }

    /// From now on no file can be read.
    pub fn blindfold(&mut self) {
        self.blindfolded = true;
    }

    /// What the component has written on its stderr.
    pub fn last_words(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents()).trim().replace('\n', " ")
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}

/// Gives a linker what is on the list of imports, and nothing else.
pub(crate) fn link(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    wasmtime_wasi_io::bindings::wasi::io::error::add_to_linker::<Sandbox, HasTable>(linker, |state| &mut state.table)?;
    sync::io::poll::add_to_linker::<Sandbox, HasTable>(linker, |state| &mut state.table)?;
    sync::io::streams::add_to_linker::<Sandbox, HasTable>(linker, |state| &mut state.table)?;
    clocks::wall_clock::add_to_linker::<Sandbox, WasiClocks>(linker, Sandbox::clocks)?;
    clocks::monotonic_clock::add_to_linker::<Sandbox, WasiClocks>(linker, Sandbox::clocks)?;
    sync::filesystem::preopens::add_to_linker::<Sandbox, WasiFilesystem>(linker, Sandbox::filesystem)?;
    filesystem::link(linker)?;
    random::insecure_seed::add_to_linker::<Sandbox, WasiRandom>(linker, |state| state.wasi.random())?;
    cli::environment::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::exit::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::stdin::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::stdout::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::stderr::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::terminal_input::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::terminal_output::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::terminal_stdin::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::terminal_stdout::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    cli::terminal_stderr::add_to_linker::<Sandbox, WasiCli>(linker, Sandbox::cli)?;
    Ok(())
}
