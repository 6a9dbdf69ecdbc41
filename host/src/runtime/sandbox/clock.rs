//! `wasi:clocks/monotonic-clock`: no wait outlasts the deadline of the call that waits.
//!
//! A deadline interrupts the code of a component, and no call to the host. So a component that
//! sleeps is woken when its time is over, and then interrupted.

use std::time::Duration;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::clocks::{WasiClocksCtxView, WasiClocksView};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::{self, Host, Instant};

use super::Sandbox;

struct HasClock;

impl HasData for HasClock {
    type Data<'a> = Clock<'a>;
}

/// The clock of an instance, and the time that its call has left.
struct Clock<'a> {
    wasi: WasiClocksCtxView<'a>,
    left: Duration,
}

pub(super) fn link(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    monotonic_clock::add_to_linker::<Sandbox, HasClock>(linker, |sandbox| {
        let left = sandbox.watch.left();
        Clock { wasi: sandbox.clocks(), left }
    })
}

impl Host for Clock<'_> {
    fn now(&mut self) -> wasmtime::Result<Instant> {
        self.wasi.now()
    }

    fn resolution(&mut self) -> wasmtime::Result<monotonic_clock::Duration> {
        self.wasi.resolution()
    }

    fn subscribe_instant(&mut self, when: Instant) -> wasmtime::Result<Resource<DynPollable>> {
        let now = self.wasi.now()?;
        self.subscribe_duration(when.saturating_sub(now))
    }

    fn subscribe_duration(&mut self, duration: monotonic_clock::Duration) -> wasmtime::Result<Resource<DynPollable>> {
        let left = u64::try_from(self.left.as_nanos()).unwrap_or(u64::MAX);
        self.wasi.subscribe_duration(duration.min(left))
    }
}
