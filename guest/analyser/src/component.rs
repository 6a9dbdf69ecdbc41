//! The calls of the contract.
#![allow(unsafe_code, reason = "the bindings export the functions of the world by their raw forms")]

use std::cell::RefCell;

use wasip2::clocks::monotonic_clock;

use crate::album;
use crate::analysis;
use crate::bindings::exports::mt::scanner::analysis::{
    Analysis, Depth, Guest, GuestAnalysis, GuestGrouping, Progress, Request, State,
};
use crate::bindings::types::ScanError;
use crate::disk;
use crate::fingerprint;
use crate::grouping;
use crate::report;

struct Component;

// Symbols of a component are named as no native linker allows.
#[cfg(target_family = "wasm")]
crate::bindings::export!(Component with_types_in crate::bindings);

/// A file that is worked on.
pub struct Held(RefCell<analysis::Analysis>);

/// Tracks that are compared.
pub struct Grouping(RefCell<grouping::Grouping>);

impl Guest for Component {
    type Analysis = Held;
    type Grouping = Grouping;

    fn version() -> u32 {
        report::VERSION
    }

    fn album_loudness(tracks: String) -> Result<String, ScanError> {
        let loudness = album::of_request(&tracks)?;
        Ok(serde_json::to_string(&loudness).unwrap_or_default())
    }

    fn likeness(one: String, other: String) -> Result<String, ScanError> {
        let segments = fingerprint::likeness(&one, &other)?;
        // Its numbers are finite.
        Ok(serde_json::to_string(&segments).unwrap_or_default())
    }
}

impl GuestGrouping for Grouping {
    fn new() -> Self {
        Self(RefCell::default())
    }

    fn add(&self, rows: String) -> Result<(), ScanError> {
        self.0.borrow_mut().add(&rows).map_err(ScanError::from)
    }

    fn advance(&self, milliseconds: u32) -> State {
        let mut work = self.0.borrow_mut();
        let until = end_of(milliseconds);
        loop {
            work.step();
            if let Some(groups) = work.groups() {
                return State::Done(groups.to_owned());
            }
            if monotonic_clock::now() >= until {
                let (done, total) = work.progress();
                return State::Working(Progress { done, total });
            }
        }
    }
}

/// The time on the clock at which a call of so many milliseconds ends.
fn end_of(milliseconds: u32) -> u64 {
    monotonic_clock::now() + u64::from(milliseconds) * 1_000_000
}

impl GuestAnalysis for Held {
    fn open(root: String, path: String, request: Request) -> Result<Analysis, ScanError> {
        let file = disk::open(&root, &path)?;
        let work = analysis::Analysis::new(&path, file.source, file.size, request.into());
        Ok(Analysis::new(Self(RefCell::new(work))))
    }

    fn advance(&self, milliseconds: u32) -> State {
        let mut work = self.0.borrow_mut();
        let until = end_of(milliseconds);
        loop {
            work.step();
            if let Some(report) = work.report() {
                return State::Done(report.to_owned());
            }
            if monotonic_clock::now() >= until {
                let (done, total) = work.progress();
                return State::Working(Progress { done, total });
            }
        }
    }
}

impl From<Request> for analysis::Request {
    fn from(Request { depth, hashes, loudness, fingerprint }: Request) -> Self {
        let depth = depth.map(|depth| match depth {
            Depth::Header => report::Depth::Header,
            Depth::Stream => report::Depth::Stream,
            Depth::Audio => report::Depth::Audio,
        });
        Self { depth, hashes, loudness, fingerprint }
    }
}
