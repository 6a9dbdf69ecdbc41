//! The workers that are present, and the step that each of them is at.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use super::stack::Load;
use crate::runtime::calls::Calls;

/// Workers that are present. One that was abandoned is not.
pub(super) struct Workers<W> {
    next: u64,
    present: Vec<Worker<W>>,
    /// Threads that are at their very end.
    ending: Vec<JoinHandle<()>>,
}

/// A worker, as others see it.
pub(super) struct Worker<W> {
    pub number: u64,
    pub calls: Arc<Calls>,
    pub step: Option<UnderWay<W>>,
    thread: Option<JoinHandle<()>>,
}

/// A step under way.
pub(super) struct UnderWay<W> {
    pub load: Arc<Load<W>>,
    /// Whether it stalls, and another worker works in its place.
    pub stalls: bool,
    /// Whether others do a part of what it was given, and `load` is the rest. What it brings is of
    /// no use then.
    pub parted: bool,
    /// The call to the filesystem that was under way at the last look, and since when it was seen.
    pub call: Option<(u64, Instant)>,
}

impl<W> Workers<W> {
    pub fn none() -> Self {
        Self { next: 0, present: Vec::new(), ending: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.present.len()
    }

    /// Takes on one more. `start` starts its thread, which waits for whoever calls this.
    pub fn hire(
        &mut self,
        calls: Arc<Calls>,
        start: impl FnOnce(u64) -> std::io::Result<JoinHandle<()>>,
    ) -> std::io::Result<()> {
        let thread = Some(start(self.next)?);
        self.present.push(Worker { number: self.next, calls, step: None, thread });
        self.next += 1;
        Ok(())
    }

    /// All that are at a step.
    pub fn at_work(&mut self) -> impl Iterator<Item = (u64, &Calls, &mut UnderWay<W>)> {
        self.present
            .iter_mut()
            .filter_map(|Worker { number, calls, step, .. }| Some((*number, &**calls, step.as_mut()?)))
    }

    /// A worker begins a step.
    pub fn begin(&mut self, number: u64, load: Arc<Load<W>>) {
        if let Some(place) = self.place(number) {
            self.present[place].step = Some(UnderWay { load, stalls: false, parted: false, call: None });
        }
    }

    /// A worker's step is back. `None` if the worker was abandoned.
    pub fn end(&mut self, number: u64) -> Option<UnderWay<W>> {
        let place = self.place(number)?;
        self.present[place].step.take()
    }

    /// A worker leaves by itself; false if it was abandoned.
    pub fn leave(&mut self, number: u64) -> bool {
        let left = self.place(number).map(|place| self.present.swap_remove(place));
        let is_present = left.is_some();
        self.ending.extend(left.and_then(|worker| worker.thread));
        is_present
    }

    /// Abandons a worker: its thread ends whenever its call returns, and nobody waits for that.
    pub fn abandon(&mut self, number: u64) -> Option<Worker<W>> {
        self.place(number).map(|place| self.present.swap_remove(place))
    }

    /// The numbers of all.
    pub fn numbers(&self) -> Vec<u64> {
        self.present.iter().map(|worker| worker.number).collect()
    }

    /// The threads of those that have left.
    pub fn take_ending(&mut self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut self.ending)
    }

    fn place(&self, number: u64) -> Option<usize> {
        self.present.iter().position(|worker| worker.number == number)
    }
}
