#![doc = include_str!("../README.md")]

#[cfg(feature = "library")]
mod library;
mod runtime;
mod scan;
mod work;

#[cfg(feature = "library")]
pub use library::{
    Library,
    error::LibraryError,
    options::SyncOptions,
    report::{Change, Observer, SyncReport},
    watch::{
        StopWatch, Watch,
        notice::{Notice, WatchObserver},
        options::WatchOptions,
    },
};
pub use runtime::bindings::exports::mt::scanner::{
    files::{Inspection, TagItem},
    library::{Migration, Statement},
    types::{Outcome, Problem, Track},
};
pub use runtime::error::{Error, LoadError, Source};
pub use runtime::outcome::UnknownOutcome;
pub use scan::builder::ScannerBuilder;
pub use scan::comparison::Comparison;
pub use scan::scanner::Scanner;
pub use scan::schema::Schema;
pub use scan::{Control, Scan, Step};
pub use work::door::rows::Rows;
pub use work::door::sync::{Changes, Knowledge};
pub use work::door::typed::RelativePaths;
pub use work::progress::Progress;
pub use work::walking::Walking;
