//! The decompressors.

use std::io::{BufReader, Read};
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{DICT_SIZE_MIN, Lzma2Reader, LzmaReader};

use crate::budget::Budget;
use crate::pull::{Pull, Tap};
use crate::sevenz::block::{Block, Coder};
use crate::sevenz::bytes::damaged;
use crate::slice::Slice;
use crate::trouble::Trouble;

type Stream = Box<dyn Read>;

/// Begins the stream of all files of a block.
pub(super) fn begin(block: &Block, packed: Slice, tap: &Rc<Tap>, budget: &Budget) -> Result<Stream, Trouble> {
    let mut stream: Stream = Box::new(Pull::new(packed, tap));
    for coder in block.chain()? {
        stream = decode(stream, &coder, budget)?;
    }
    Ok(Box::new(stream.take(block.size())))
}

fn decode(stream: Stream, coder: &Coder, budget: &Budget) -> Result<Stream, Trouble> {
    let properties = &coder.properties[..];
    let start = properties.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
    Ok(match coder.id {
        0x00 => stream,
        0x21 => Box::new(Lzma2Reader::new(stream, dictionary(lzma2(properties)?, coder.size, budget)?, None)),
        0x03_0101 => Box::new(lzma(stream, coder, budget)?),
        0x04_0108 => Box::new(DeflateDecoder::new(BufReader::new(stream))),
        0x03 => Box::new(DeltaReader::new(stream, usize::from(*properties.first().ok_or_else(damaged)?) + 1)),
        0x04 | 0x0303_0103 => Box::new(BcjReader::new_x86(stream, start)),
        0x05 | 0x0303_0205 => Box::new(BcjReader::new_ppc(stream, start)),
        0x06 | 0x0303_0401 => Box::new(BcjReader::new_ia64(stream, start)),
        0x07 | 0x0303_0501 => Box::new(BcjReader::new_arm(stream, start)),
        0x08 | 0x0303_0701 => Box::new(BcjReader::new_arm_thumb(stream, start)),
        0x09 | 0x0303_0805 => Box::new(BcjReader::new_sparc(stream, start)),
        0x0a => Box::new(BcjReader::new_arm64(stream, start)),
        0x0b => Box::new(BcjReader::new_riscv(stream, start)),
        id => return Err(Trouble::unsupported(format!("compression method {id:x} is not read"))),
    })
}

fn lzma(stream: Stream, coder: &Coder, budget: &Budget) -> Result<LzmaReader<Stream>, Trouble> {
    let [first, size @ ..] = *coder.properties.first_chunk::<5>().ok_or_else(damaged)?;
    let dictionary = dictionary(u32::from_le_bytes(size), coder.size, budget)?;
    let mut reader = LzmaReader::new_with_props(stream, coder.size, first, dictionary, None).map_err(|_| damaged())?;
    // What was decompressed before the damage is given first.
    reader.set_defer_errors(true);
    Ok(reader)
}

/// The size of LZMA2's dictionary: a bit and a half a step.
fn lzma2(properties: &[u8]) -> Result<u32, Trouble> {
    match *properties.first().ok_or_else(damaged)? {
        40 => Ok(u32::MAX),
        step @ 0..40 => Ok((2 | u32::from(step) & 1) << (step / 2 + 11)),
        _ => Err(damaged()),
    }
}

/// The dictionary that is really needed: no match reaches back over the beginning.
fn dictionary(said: u32, size: u64, budget: &Budget) -> Result<u32, Trouble> {
    let needed = u32::try_from(size).unwrap_or(u32::MAX).min(said).clamp(DICT_SIZE_MIN, lzma_rust2::DICT_SIZE_MAX);
    budget.may_take(needed.into())?;
    Ok(needed)
}
