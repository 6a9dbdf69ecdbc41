//! The roots of a scan. Folders are opened once for all of its instances; the folder of some files
//! is opened for each instance that reads them, since there may be thousands.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::filesystem::{Descriptor, Dir, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::{FsPerms, WasiCtx};

use super::apart::of_each;
use super::error::Error;
use super::root::Root;

/// How long roots have to answer before anything starts. One that takes longer is looked at by the
/// scan, where it keeps nobody waiting.
const PATIENCE: Duration = Duration::from_millis(500);

/// Roots, and of those that have answered the open folder.
pub(crate) struct Opened {
    roots: Arc<[Root]>,
    folders: Box<[OnceLock<Dir>]>,
}

/// A root that is open.
#[derive(Clone)]
pub(crate) struct OpenRoot {
    /// Its number.
    pub number: usize,
    /// Its name.
    pub name: String,
    pub folder: Dir,
}

impl Opened {
    /// These roots, of which none is open yet.
    pub fn none(roots: &Arc<[Root]>) -> Arc<Self> {
        let folders = roots.iter().map(|_| OnceLock::new()).collect();
        Arc::new(Self { roots: roots.clone(), folders })
    }

    /// Opens roots, and fails if one of them is no folder that can be opened and listed. Waits for
    /// a moment only, and only as long as `goes_on` says so: a root on storage that does not answer
    /// is left closed.
    pub fn check(roots: &Arc<[Root]>, goes_on: &mut dyn FnMut() -> bool) -> Result<Arc<Self>, Error> {
        let (opened, failed) = Self::those_there(roots, goes_on);
        failed.into_iter().next().map_or(Ok(opened), |(_, error)| Err(error))
    }

    /// The same without those that fail, which it gives with their errors.
    pub fn those_there(roots: &Arc<[Root]>, goes_on: &mut dyn FnMut() -> bool) -> (Arc<Self>, Vec<(Root, Error)>) {
        let all = Self::none(roots);
        // What hangs touches nothing of the scan when it returns.
        let shared = all.clone();
        let look = move |root: usize| {
            shared.roots[root].check()?;
            if shared.is_shared(root) { shared.open(root) } else { Ok(()) }
        };
        let (mut there, mut failed) = (Vec::new(), Vec::new());
        for (root, looked) in of_each(roots.len(), PATIENCE, look, goes_on).into_iter().enumerate() {
            match looked {
                Some(Err(error)) => failed.push((roots[root].clone(), error)),
                Some(Ok(())) | None => there.push(root),
            }
        }
        if failed.is_empty() {
            return (all, failed);
        }
        let opened = Self::none(&there.iter().map(|&root| roots[root].clone()).collect());
        for (root, folder) in there.into_iter().zip(&opened.folders) {
            if let Some(open) = all.folders[root].get() {
                let _ = folder.set(open.clone());
            }
        }
        (opened, failed)
    }

    /// The roots.
    #[cfg(feature = "library")]
    pub fn roots(&self) -> &Arc<[Root]> {
        &self.roots
    }

    /// Opens a root, unless it is open. May take as long as the storage does.
    pub fn open(&self, root: usize) -> Result<(), Error> {
        if self.folders[root].get().is_none() {
            let folder = opened(&self.roots[root])?;
            let _ = self.folders[root].set(folder);
        }
        Ok(())
    }

    /// Whether a root is to be opened, once for all instances.
    pub fn is_wanted(&self, root: usize) -> bool {
        self.is_shared(root) && self.folders[root].get().is_none()
    }

    fn is_shared(&self, root: usize) -> bool {
        self.roots[root].files.is_none()
    }

    /// The roots that are open, and this one.
    pub fn open_roots_and(&self, root: usize) -> Result<Vec<OpenRoot>, Error> {
        let mut open = self.open_roots();
        if open.iter().all(|open| open.number != root) {
            let folder = opened(&self.roots[root])?;
            open.push(OpenRoot { number: root, name: self.roots[root].name.clone(), folder });
        }
        Ok(open)
    }

    /// The roots that are open.
    pub fn open_roots(&self) -> Vec<OpenRoot> {
        let open = self.folders.iter().enumerate().filter_map(|(number, folder)| Some((number, folder.get()?)));
        open.map(|(number, folder)| {
            let name = self.roots[number].name.clone();
            OpenRoot { number, name, folder: folder.clone() }
        })
        .collect()
    }
}

/// The root as wasmtime-wasi opens it.
fn opened(root: &Root) -> Result<Dir, Error> {
    let failed = |error: wasmtime::Error| Error::NoInstance { source: error.into() };
    let mut context = WasiCtx::builder();
    context.allow_blocking_current_thread(true);
    context
        .preopened_dir(&root.path, &root.name, FsPerms::ReadOnly)
        .map_err(|error| root.check().err().unwrap_or_else(|| failed(error)))?;
    let (mut context, mut table) = (context.build(), ResourceTable::new());
    let mut preopens = WasiFilesystemCtxView { ctx: context.filesystem(), table: &mut table };
    let folder = preopens::Host::get_directories(&mut preopens).map_err(failed)?.pop();
    match folder.map(|(folder, _)| table.delete(folder)) {
        Some(Ok(Descriptor::Dir(folder))) => Ok(folder),
        _ => unreachable!("the only preopen is a folder"),
    }
}
