#![doc = include_str!("../README.md")]

// A library adds files, remembers them, and rests.
#[cfg_attr(not(feature = "library"), allow(dead_code, unused_imports, reason = "only a library uses all of it"))]
mod analysis;
#[cfg(feature = "library")]
mod library;
mod runtime;
mod scan;
mod work;

pub use analysis::{
    analyser::Analyser,
    examination::Examination,
    report::{Audio, FileReport, Finding, Loudness, Proof},
    request::{Depth, Request},
};
#[cfg(feature = "library")]
pub use library::{
    Library,
    analysis::{
        duplicates::{Duplicate, DuplicateGroup, DuplicateKind, Duplicates},
        options::AnalysisOptions,
        report::AnalysisReport,
    },
    error::LibraryError,
    job::{OwnedChange, SyncEvent, SyncJob},
    options::SyncOptions,
    report::{Change, Observer, SyncReport},
    watch::{
        StopWatch, Watch,
        notice::{Notice, WatchObserver},
        options::WatchOptions,
    },
};
pub use mt_scanner_contract::analysis::{Analysed, AnalysedLine, Examined, Health, Verdict, Verdicts};
pub use mt_scanner_contract::defaults::ARCHIVE_MARK;
pub use mt_scanner_contract::roots::{ArrangedRoot, RootNotice};
pub use mt_scanner_contract::{
    Chapter, FollowLinks, Inspection, Lyrics, LyricsForm, Outcome, PictureItem, PictureKind, Problem, TagItem, Track,
    UnknownOutcome, Walking,
};
pub use mt_scanner_contract::{event, extension, help, report, text, words};
pub use runtime::bindings::exports::mt::scanner::library::{Migration, Statement};
pub use runtime::error::{Error, LoadError, Source};
pub use scan::artwork::{Artwork, Picture};
pub use scan::builder::ScannerBuilder;
pub use scan::comparison::Comparison;
pub use scan::scanner::Scanner;
pub use scan::schema::Schema;
pub use scan::{Control, Scan, Step};
pub use work::door::rows::Rows;
pub use work::door::sync::{Changes, Knowledge};
pub use work::door::typed::RelativePaths;
pub use work::progress::{Phase, Progress};
