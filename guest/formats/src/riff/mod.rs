//! RIFF files.

pub mod chunks;
