//! The list of what a component may import: files, clocks, and no way out of the machine.

/// Whole packages.
pub const PACKAGES: [&str; 4] = ["wasi:filesystem", "wasi:io", "wasi:clocks", "wasi:cli"];
/// Single interfaces of packages that hold more than a scanner needs.
pub const INTERFACES: [&str; 1] = ["wasi:random/insecure-seed"];
