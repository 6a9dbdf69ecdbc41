//! Misbehaviour on request, of both components, for tests of the hosts' limits: files that begin
//! with a sign and a word. Never in a shipped component.

/// What such files begin with.
const SIGN: &[u8] = b"MT-MISBEHAVE ";

/// So much of a file's beginning has to be shown, if there is as much.
pub const SHOWN: u64 = 32;

/// Loops for ever, allocates without bound, or panics, if the beginning of a file says so.
///
/// # Panics
///
/// If it says so.
pub fn when_asked(start: &[u8]) {
    let Some(word) = start.strip_prefix(SIGN) else { return };
    if word.starts_with(b"loop") {
        loop {
            std::hint::black_box(start);
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
