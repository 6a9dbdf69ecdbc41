//! Misbehaviour on request, for tests of the hosts' limits: files that begin with [`SIGN`] and a word. Never in a shipped component.

use std::io::{Read, Seek, SeekFrom};

use mt_scanner_formats::reader::{FileReader, ReadAt};

/// What such files begin with.
const SIGN: &[u8] = b"MT-MISBEHAVE ";

/// Loops for ever, allocates without bound, or panics, if the file says so.
pub fn when_asked<S: ReadAt>(reader: &mut FileReader<S>) {
    let mut start = Vec::new();
    let _ = reader.by_ref().take(32).read_to_end(&mut start);
    let _ = reader.seek(SeekFrom::Start(0));
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
