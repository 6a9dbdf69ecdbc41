#![doc = include_str!("../README.md")]

mod bindings;
mod builder;
mod comparison;
mod component;
mod door;
mod engine;
mod error;
mod instance;
#[cfg(feature = "library")]
mod library;
mod limits;
mod outcome;
mod pool;
mod progress;
mod root;
mod sandbox;
mod scan;
mod scanner;
mod schema;
mod ticker;
mod walking;

pub use bindings::exports::mt::scanner::files::{Inspection, TagItem};
pub use bindings::exports::mt::scanner::library::{Migration, Statement};
pub use bindings::exports::mt::scanner::types::{Outcome, Problem, Track};
pub use builder::ScannerBuilder;
pub use comparison::{Changes, Comparison, Knowledge};
pub use door::{RelativePaths, Rows};
pub use error::{Error, LoadError, Source};
#[cfg(feature = "library")]
pub use library::{
    Change, Library, LibraryError, Notice, Observer, StopWatch, SyncOptions, SyncReport, Watch, WatchObserver,
    WatchOptions,
};
pub use outcome::UnknownOutcome;
pub use progress::Progress;
pub use scan::{Control, Scan, Step};
pub use scanner::Scanner;
pub use schema::Schema;
pub use walking::Walking;

use limits::Limits;
