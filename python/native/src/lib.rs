#![doc = include_str!("../README.md")]

mod component;
mod failure;
mod handover;
mod plan;
mod questions;
mod running;
mod scan;

/// The Rust host of mt-scanner. Not to be used by itself: it is what
/// `mt_scanner.Scanner(backend="native")` runs.
#[pyo3::pymodule]
mod mt_scanner_native {
    #[pymodule_export]
    use super::component::Component;
    #[pymodule_export]
    use super::failure::Failure;
    #[pymodule_export]
    use super::scan::Scan;
}
