//! The files and folders of one instance.

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::WasiFilesystemCtxView;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::DirectoryEntryStream;

use super::recent::Recent;

pub(super) type Descriptor = Resource<wasmtime_wasi::filesystem::Descriptor>;
pub(super) type Entries = Resource<DirectoryEntryStream>;

/// The files and folders of one instance.
pub(super) struct Files<'a> {
    pub wasi: WasiFilesystemCtxView<'a>,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is remembered there"))]
    pub recent: &'a mut Recent,
    /// No file can be read.
    pub blindfolded: bool,
}

/// A name in the folder itself, and of nothing but what is there.
#[cfg(unix)]
pub(super) fn is_plain_name(path: &str) -> bool {
    !matches!(path, "" | "." | "..") && !path.contains('/')
}
