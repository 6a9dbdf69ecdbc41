//! What is asked of the component, step by step, and the workers that ask.

pub(crate) mod door;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod progress;
