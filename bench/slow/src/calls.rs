//! Counts the calls of a mount.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

/// A request of the kernel, by its name in the protocol.
#[derive(Clone, Copy)]
pub enum Call {
    Lookup,
    Getattr,
    Readlink,
    Opendir,
    Readdir,
    Releasedir,
    Open,
    Read,
    Release,
    Statfs,
    Interrupt,
}

/// The names, in the order of `Call`.
const NAMES: [&str; 11] = [
    "lookup",
    "getattr",
    "readlink",
    "opendir",
    "readdir",
    "releasedir",
    "open",
    "read",
    "release",
    "statfs",
    "interrupt",
];

/// The calls of a mount so far.
#[derive(Default)]
pub struct Calls {
    by_kind: [AtomicU64; NAMES.len()],
    all: AtomicU64,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
}

/// A call that is not answered yet.
pub struct InFlight<'a> {
    calls: &'a Calls,
    /// How many calls have come, this one included.
    pub number: u64,
}

impl Calls {
    /// Counts a call, which is in flight until the result is dropped.
    pub fn begin(&self, call: Call) -> InFlight<'_> {
        self.by_kind[call as usize].fetch_add(1, Ordering::Relaxed);
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_flight.fetch_max(in_flight, Ordering::Relaxed);
        InFlight { calls: self, number: self.all.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    /// `{"lookup": N, ..., "most_in_flight": N}`.
    pub fn json(&self) -> Value {
        let load = |count: &AtomicU64| json!(count.load(Ordering::Relaxed));
        let mut counts: Map<_, _> =
            NAMES.into_iter().zip(&self.by_kind).map(|(name, count)| (name.to_owned(), load(count))).collect();
        counts.insert("most_in_flight".to_owned(), load(&self.most_in_flight));
        Value::Object(counts)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.calls.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
