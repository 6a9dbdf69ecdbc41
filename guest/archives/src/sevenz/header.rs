//! The headers: where they are, and what is in which.

use std::io::Read;
use std::rc::Rc;

use flate2::Crc;

use crate::listing::Listing;
use crate::pull::Tap;
use crate::sevenz::bytes::{Bytes, damaged};
use crate::sevenz::decoder;
use crate::sevenz::files::{self, File};
use crate::sevenz::streams::{self, Streams};
use crate::slice::{MOST, Slice};
use crate::trouble::{Trouble, TroubleKind};

const HEADER: u8 = 0x01;
const PROPERTIES: u8 = 0x02;
const ADDITIONAL_STREAMS: u8 = 0x03;
const MAIN_STREAMS: u8 = 0x04;
const FILES: u8 = 0x05;
const ENCODED_HEADER: u8 = 0x17;
/// The header at the beginning, which says where the other one is.
const START: u64 = 32;
/// How often a header may be packed in a packed header.
const MOST_PACKED: usize = 4;

/// Reads the streams and the files of an archive.
pub(super) fn read(slice: &Slice, listing: &mut Listing) -> Result<(Streams, Vec<File>), Trouble> {
    let budget = listing.budget.clone();
    let start = slice.read(0, START)?;
    let start: &[u8; START as usize] = start.first_chunk().ok_or_else(|| Trouble::damaged("the archive is cut"))?;
    let mut fields = Bytes::new(&start[8..], &budget);
    let checksum = fields.u32()?;
    let (offset, len) = (u64_of(&start[12..20]), u64_of(&start[20..28]));
    if sum(&start[12..]) != checksum {
        return Err(Trouble::damaged("the header is damaged"));
    }
    if len == 0 {
        return Ok(Default::default());
    }
    let end = START.checked_add(offset).and_then(|place| place.checked_add(len));
    if end.is_none_or(|end| end > slice.len()) {
        return Err(Trouble::damaged("the archive is cut, and its directory was at the end"));
    }
    budget.hold(usize::try_from(len).unwrap_or(usize::MAX))?;
    let mut bytes = slice.read(START + offset, len)?;
    if sum(&bytes) != u32::from_le_bytes([start[28], start[29], start[30], start[31]]) {
        return Err(damaged());
    }
    for _ in 0..MOST_PACKED {
        let mut header = Bytes::new(&bytes, &budget);
        match header.byte()? {
            HEADER => return parse(header, listing),
            ENCODED_HEADER => {
                let streams = streams::read(&mut header)?;
                bytes = unpack(slice, &streams, listing)?;
            }
            _ => return Err(damaged()),
        }
    }
    Err(damaged())
}

fn parse(mut header: Bytes, listing: &mut Listing) -> Result<(Streams, Vec<File>), Trouble> {
    let (mut main, mut files) = (Streams::default(), Vec::new());
    loop {
        match header.byte()? {
            0 => return Ok((main, files)),
            PROPERTIES => {
                while header.byte()? != 0 {
                    let len = header.number()?;
                    header.take(len)?;
                }
            }
            ADDITIONAL_STREAMS => drop(streams::read(&mut header)?),
            MAIN_STREAMS => main = streams::read(&mut header)?,
            FILES => files = files::read(&mut header, listing)?,
            _ => return Err(damaged()),
        }
    }
}

/// Unpacks a header.
fn unpack(slice: &Slice, streams: &Streams, listing: &Listing) -> Result<Vec<u8>, Trouble> {
    let budget = &listing.budget;
    let block = streams.blocks.first().ok_or_else(damaged)?;
    let (start, len) = streams.packed(block).ok_or_else(damaged)?;
    let tap = Rc::new(Tap::default());
    let stream = decoder::begin(block, slice.cut(start, len), &tap, budget).map_err(|why| {
        let fault = tap.fault.take().map(Trouble::from);
        fault.unwrap_or_else(|| match why.kind {
            TroubleKind::Encrypted => Trouble::encrypted("the directory is encrypted"),
            _ => why,
        })
    })?;
    let (mut bytes, mut stream) = (Vec::new(), stream.take(block.size()));
    loop {
        let read = stream.by_ref().take(MOST).read_to_end(&mut bytes);
        if let Some(error) = tap.fault.take() {
            return Err(error.into());
        }
        let count = read.map_err(|_| damaged())?;
        if count == 0 {
            break;
        }
        budget.hold(count)?;
        budget.decompressed(count, bytes.len() as u64, tap.taken.get())?;
    }
    match block.parts.first().and_then(|part| part.crc32) {
        Some(crc32) if crc32 != sum(&bytes) => Err(damaged()),
        _ => Ok(bytes),
    }
}

fn u64_of(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn sum(bytes: &[u8]) -> u32 {
    let mut hash = Crc::new();
    hash.update(bytes);
    hash.sum()
}
