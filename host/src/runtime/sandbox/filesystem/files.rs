//! The files and folders of one instance.

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::WasiFilesystemCtxView;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::DirectoryEntryStream;
use wasmtime_wasi::p2::{FsError, FsResult};

use super::recent::Recent;
use crate::runtime::calls::{Asked, Call, Calls, Refused};
use crate::runtime::limits::Stop;
use crate::runtime::opened::OpenRoot;

pub(super) type Descriptor = Resource<wasmtime_wasi::filesystem::Descriptor>;
pub(super) type Entries = Resource<DirectoryEntryStream>;

/// The files and folders of one instance.
pub(super) struct Files<'a> {
    pub wasi: WasiFilesystemCtxView<'a>,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is remembered there"))]
    pub recent: &'a mut Recent,
    /// The roots.
    pub roots: &'a [OpenRoot],
    /// The calls of the worker.
    pub calls: &'a Calls,
    /// No file can be read.
    pub blindfolded: bool,
}

/// A call begins, unless it is refused.
pub(super) fn begin<'a>(calls: &'a Calls, asked: Asked<'_>) -> FsResult<Call<'a>> {
    calls.begin(asked).map_err(|refused| match refused {
        Refused::Closed => FsError::trap(Stop::Abandoned),
        Refused::Avoided => ErrorCode::Io.into(),
        Refused::TooMany => ErrorCode::Quota.into(),
    })
}

impl<'a> Files<'a> {
    /// A call on a descriptor begins. It is about the path from there.
    pub fn call(&self, from: u32, path: &str) -> FsResult<Call<'a>> {
        begin(self.calls, Asked { from, path, of_folder: false, opens: false })
    }

    /// The same for a call that opens something.
    pub fn call_to_open(&self, from: u32, path: &str, of_folder: bool) -> FsResult<Call<'a>> {
        begin(self.calls, Asked { from, path, of_folder, opens: true })
    }
}

/// A name in the folder itself, and of nothing but what is there.
#[cfg(unix)]
pub(super) fn is_plain_name(path: &str) -> bool {
    !matches!(path, "" | "." | "..") && !path.contains('/')
}
