//! Containers that none of the default extensions promises. Small readers: what the audio is, and
//! where.

mod aiff;
mod monkeys_audio;
mod musepack;
mod wavpack;

pub(crate) use aiff::Aiff;
pub(crate) use monkeys_audio::MonkeysAudio;
pub(crate) use musepack::Musepack;
pub(crate) use wavpack::WavPack;
