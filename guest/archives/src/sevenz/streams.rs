//! Packed streams, blocks, and the streams of files in these.

use crate::sevenz::block::{self, Block, Part};
use crate::sevenz::bytes::{Bytes, damaged};
use crate::trouble::Trouble;

const PACK_INFO: u8 = 0x06;
const UNPACK_INFO: u8 = 0x07;
const SUBSTREAMS_INFO: u8 = 0x08;
const SIZE: u8 = 0x09;
const DIGESTS: u8 = 0x0a;
const FOLDER: u8 = 0x0b;
const UNPACK_SIZES: u8 = 0x0c;
const COUNTS: u8 = 0x0d;
/// Packed streams begin behind the first header.
const DATA: u64 = 32;

/// What the archive is made of.
#[derive(Default)]
pub(super) struct Streams {
    /// Place and length of each packed stream.
    packed: Vec<(u64, u64)>,
    pub blocks: Vec<Block>,
}

impl Streams {
    /// The first packed stream of a block.
    pub fn packed(&self, block: &Block) -> Option<(u64, u64)> {
        self.packed.get(block.first_packed).copied()
    }
}

/// Reads a description of streams.
pub(super) fn read(header: &mut Bytes) -> Result<Streams, Trouble> {
    let mut streams = Streams::default();
    let mut has_parts = false;
    loop {
        match header.byte()? {
            0 => break,
            PACK_INFO => streams.packed = packed(header)?,
            UNPACK_INFO => streams.blocks = blocks(header)?,
            SUBSTREAMS_INFO => {
                parts(header, &mut streams.blocks)?;
                has_parts = true;
            }
            _ => return Err(damaged()),
        }
    }
    if !has_parts {
        for block in &mut streams.blocks {
            block.parts = vec![Part { size: block.size(), crc32: block.crc32 }];
        }
    }
    Ok(streams)
}

fn packed(header: &mut Bytes) -> Result<Vec<(u64, u64)>, Trouble> {
    let mut place = header.number()?.checked_add(DATA).ok_or_else(damaged)?;
    let count = header.number()?;
    let mut packed = Vec::new();
    loop {
        match header.byte()? {
            0 => return Ok(packed),
            SIZE => {
                packed = header.list(count, 16, |header| {
                    let (start, len) = (place, header.number()?);
                    place = place.checked_add(len).ok_or_else(damaged)?;
                    Ok((start, len))
                })?;
            }
            DIGESTS => drop(digests(header, count)?),
            _ => return Err(damaged()),
        }
    }
}

fn blocks(header: &mut Bytes) -> Result<Vec<Block>, Trouble> {
    let mut blocks: Vec<Block> = Vec::new();
    loop {
        match header.byte()? {
            0 => return Ok(blocks),
            FOLDER => {
                let count = header.number()?;
                header.is_here()?;
                let mut first_packed = 0;
                blocks = header.list(count, size_of::<Block>(), |header| {
                    let block = block::read(header, first_packed)?;
                    first_packed += block.packed_count;
                    Ok(block)
                })?;
            }
            UNPACK_SIZES => {
                for block in &mut blocks {
                    block.sizes = header.list(block.outputs, 8, Bytes::number)?;
                }
            }
            DIGESTS => {
                let digests = digests(header, blocks.len() as u64)?;
                for (block, crc32) in blocks.iter_mut().zip(digests) {
                    block.crc32 = crc32;
                }
            }
            _ => return Err(damaged()),
        }
    }
}

/// Reads which files are in which block.
fn parts(header: &mut Bytes, blocks: &mut [Block]) -> Result<(), Trouble> {
    let mut counts = vec![1; blocks.len()];
    let mut kind = header.byte()?;
    if kind == COUNTS {
        for count in &mut counts {
            *count = header.number()?;
        }
        kind = header.byte()?;
    }
    let has_sizes = kind == SIZE;
    for (block, &count) in blocks.iter_mut().zip(&counts) {
        // The last size is what the others leave.
        let mut left = block.size();
        block.parts = match count {
            0 => Vec::new(),
            1 => vec![Part { size: left, crc32: block.crc32 }],
            _ if !has_sizes => return Err(damaged()),
            _ => header.list(count - 1, size_of::<Part>(), |header| {
                let size = header.number()?;
                left = left.checked_sub(size).ok_or_else(damaged)?;
                Ok(Part { size, crc32: None })
            })?,
        };
        if count > 1 {
            block.parts.push(Part { size: left, crc32: None });
        }
    }
    if has_sizes {
        kind = header.byte()?;
    }
    while kind != 0 {
        if kind != DIGESTS {
            return Err(damaged());
        }
        // The checksum of a block is that of its only file.
        let is_known = |block: &Block| block.parts.len() == 1 && block.crc32.is_some();
        let unknown = || blocks.iter().filter(|block| !is_known(block));
        let count = unknown().map(|block| block.parts.len() as u64).sum();
        let mut digests = digests(header, count)?.into_iter();
        for block in blocks.iter_mut().filter(|block| !is_known(block)) {
            for part in &mut block.parts {
                part.crc32 = digests.next().flatten();
            }
        }
        kind = header.byte()?;
    }
    Ok(())
}

/// As many checksums, of which some may be left out.
fn digests(header: &mut Bytes, count: u64) -> Result<Vec<Option<u32>>, Trouble> {
    let defined = header.bits_unless_all(count)?;
    let mut index = 0;
    header.list(count, 8, |header| {
        index += 1;
        if defined.get(index - 1) { header.u32().map(Some) } else { Ok(None) }
    })
}
