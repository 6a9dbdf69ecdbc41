//! Counting.

use super::{Door, Failure, Found, Request, tracks::typed};
use crate::bindings::exports::mt::scanner::scan::{Mode, Work};
use crate::instance::Instance;

pub(crate) struct Count;

impl Door for Count {
    type Work = Work;
    type Rows = ();
    const MOST_HANDED_IN: usize = 256;
    const READS: bool = false;

    fn step(&self, instance: &mut Instance, request: Request<'_>) -> Result<Found<()>, Failure> {
        typed(instance, request, Mode::Count, |_| ((), 0))
    }
}
