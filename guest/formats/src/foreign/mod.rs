//! Containers that none of the default extensions promises. Small readers: what the audio is, and
//! where.

pub(crate) mod aiff;
pub(crate) mod monkeys_audio;
pub(crate) mod musepack;
pub(crate) mod wavpack;

pub(crate) use aiff::Aiff;
pub(crate) use monkeys_audio::MonkeysAudio;
pub(crate) use musepack::Musepack;
pub(crate) use wavpack::WavPack;
