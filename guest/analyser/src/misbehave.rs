//! Misbehaviour on request, for tests of the hosts' limits: files that begin with [`SIGN`] and a
//! word. Never in a shipped component.

use crate::input::Input;

/// What such files begin with.
const SIGN: &[u8] = b"MT-MISBEHAVE ";

/// Loops for ever, allocates without bound, or panics, if the file says so.
pub fn when_asked(input: &mut Input, size: u64) {
    let start = input.at(0, size.min(32)).unwrap_or_default().to_vec();
    let Some(word) = start.strip_prefix(SIGN) else { return };
    if word.starts_with(b"loop") {
        loop {
            std::hint::black_box(&start);
        }
    }
    if word.starts_with(b"allocate") {
        let mut hoard: Vec<Vec<u8>> = Vec::new();
        loop {
            hoard.push(std::hint::black_box(vec![1; 1 << 20]));
        }
    }
    if word.starts_with(b"panic") {
        panic!("asked to panic");
    }
}
