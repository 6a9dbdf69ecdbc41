//! Data descriptors (APPNOTE 4.3.9): sizes behind an entry whose writer did not know them before.

use std::io::Read;
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::budget::Budget;
use crate::pull::{Pull, Tap};
use crate::slice::{MOST, Slice};
use crate::trouble::Trouble;
use crate::zip::record::{DEFLATED, Record};

const MARK: [u8; 4] = *b"PK\x07\x08";
/// One with its mark and sizes of four bytes.
const SIZE: usize = 16;
/// The longest one, and the signature behind it.
const MOST_READ: u64 = 28;

/// The checksum in the descriptor at `place`, and its size. Its mark may be left out, and its sizes
/// take four bytes or eight: the signature behind it shows which.
pub(super) fn read(behind: &Slice, place: u64) -> Result<(u32, u64), Trouble> {
    let bytes = behind.read(place, MOST_READ)?;
    let mark = if bytes.starts_with(&MARK) { MARK.len() } else { 0 };
    let crc32 = bytes[mark..].first_chunk().map_or(0, |crc| u32::from_le_bytes(*crc));
    let is_before_signature = |len: &usize| bytes.get(*len..len + 2).is_some_and(|mark| mark == b"PK");
    let len = [20, 12].map(|len| len + mark).into_iter().find(is_before_signature).unwrap_or(12 + mark);
    Ok((crc32, len as u64))
}

/// Finds the sizes of an entry whose bytes begin here; `false` where they do not end.
pub(super) fn measure(behind: &Slice, record: &mut Record, budget: &Budget) -> Result<bool, Trouble> {
    match record.method == DEFLATED && record.refusal().is_none() {
        true => inflate(behind, record, budget),
        false => search(behind, record),
    }
}

/// A deflated entry tells by itself where it ends.
fn inflate(behind: &Slice, record: &mut Record, budget: &Budget) -> Result<bool, Trouble> {
    let tap = Rc::new(Tap::default());
    let mut stream = DeflateDecoder::new(Pull::new(behind.clone(), &tap));
    let mut buffer = vec![0; MOST as usize];
    loop {
        let read = stream.read(&mut buffer);
        if let Some(error) = tap.fault.take() {
            return Err(error.into());
        }
        (record.size, record.compressed) = (stream.total_out(), stream.total_in());
        let Ok(count) = read else { return Ok(false) };
        budget.decompressed(count, record.size, record.compressed)?;
        if count == 0 {
            return Ok(true);
        }
    }
}

/// Any other one ends before a descriptor that gives its size.
fn search(behind: &Slice, record: &mut Record) -> Result<bool, Trouble> {
    let mut place = 0;
    loop {
        let piece = behind.read(place, MOST)?;
        for (at, descriptor) in piece.windows(SIZE).enumerate().filter(|(_, bytes)| bytes.starts_with(&MARK)) {
            let size = |at: usize| u64::from(u32::from_le_bytes([0, 1, 2, 3].map(|index| descriptor[at + index])));
            let compressed = place + at as u64;
            if size(8) == compressed & u64::from(u32::MAX) {
                (record.compressed, record.size) = (compressed, size(12));
                return Ok(true);
            }
        }
        if piece.len() < MOST as usize {
            record.size = behind.len();
            return Ok(false);
        }
        // Pieces overlap by a descriptor.
        place += (piece.len() - SIZE + 1) as u64;
    }
}
