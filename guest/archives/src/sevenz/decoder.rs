//! The decompressors.

use std::io::{BufReader, Read};
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{DICT_SIZE_MAX, DICT_SIZE_MIN, Lzma2Reader, LzmaReader};
use lzma_rust2::{lzma_get_memory_usage_by_props, lzma2_get_memory_usage};

use crate::budget::Budget;
use crate::pull::{Pull, Tap};
use crate::sevenz::block::{Block, COPY, Coder};
use crate::sevenz::bytes::damaged;
use crate::slice::Slice;
use crate::trouble::Trouble;

/// Methods with a dictionary.
const LZMA2: u64 = 0x21;
const LZMA: u64 = 0x03_0101;

type Stream = Box<dyn Read>;

/// Begins the stream of all files of a block.
pub(super) fn begin(block: &Block, packed: Slice, tap: &Rc<Tap>, budget: &Budget) -> Result<Stream, Trouble> {
    let mut stream: Stream = Box::new(Pull::new(packed, tap));
    // A chain may have several dictionaries.
    let mut memory = 0;
    for coder in block.chain()? {
        memory += need(&coder)?;
        budget.may_take(memory)?;
        stream = decode(stream, &coder)?;
    }
    Ok(Box::new(stream.take(block.size())))
}

fn decode(stream: Stream, coder: &Coder) -> Result<Stream, Trouble> {
    let properties = &coder.properties[..];
    let start = properties.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
    Ok(match coder.id {
        COPY => stream,
        LZMA2 => Box::new(Lzma2Reader::new(stream, dictionary(coder)?, None)),
        LZMA => {
            let props = *properties.first().ok_or_else(damaged)?;
            let reader = LzmaReader::new_with_props(stream, coder.size, props, dictionary(coder)?, None);
            let mut reader = reader.map_err(|_| damaged())?;
            // What was decompressed before the damage is given first.
            reader.set_defer_errors(true);
            Box::new(reader)
        }
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

/// The memory of a coder in bytes, as far as its properties decide it.
fn need(coder: &Coder) -> Result<u64, Trouble> {
    let kib = match (coder.id, coder.properties.first()) {
        (LZMA, Some(props)) => lzma_get_memory_usage_by_props(dictionary(coder)?, *props).map_err(|_| damaged())?,
        (LZMA2, _) => lzma2_get_memory_usage(dictionary(coder)?),
        _ => 0,
    };
    Ok(u64::from(kib) << 10)
}

/// The dictionary that is really needed: no match reaches back over the beginning.
fn dictionary(coder: &Coder) -> Result<u32, Trouble> {
    let properties = &coder.properties[..];
    let said = match coder.id {
        LZMA => u32::from_le_bytes(*properties.get(1..).and_then(<[u8]>::first_chunk).ok_or_else(damaged)?),
        _ => lzma2(properties)?,
    };
    let size = u32::try_from(coder.size).unwrap_or(u32::MAX);
    Ok(said.min(size).clamp(DICT_SIZE_MIN, DICT_SIZE_MAX))
}

/// The size of LZMA2's dictionary: a bit and a half a step.
fn lzma2(properties: &[u8]) -> Result<u32, Trouble> {
    match *properties.first().ok_or_else(damaged)? {
        40 => Ok(u32::MAX),
        step @ 0..40 => Ok((2 | u32::from(step) & 1) << (step / 2 + 11)),
        _ => Err(damaged()),
    }
}
