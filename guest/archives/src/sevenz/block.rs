//! A block, which format descriptions call a folder, and its coders.

use crate::sevenz::bytes::{Bytes, damaged};
use crate::trouble::Trouble;

/// The most coders of a block, and the most streams of these: 7-Zip's own bounds.
const MOST_CODERS: u64 = 32;
/// The longest identifier of a coder.
const ID: usize = 8;

pub(super) const COPY: u64 = 0x00;
const AES: u64 = 0x06f1_0701;

/// One step of decompressing.
#[derive(Clone)]
pub(super) struct Coder {
    pub id: u64,
    pub properties: Vec<u8>,
    /// The size of what it gives.
    pub size: u64,
}

/// A file in a block.
#[derive(Clone)]
pub(super) struct Part {
    pub size: u64,
    pub crc32: Option<u32>,
}

/// Files that are compressed as one.
#[derive(Clone)]
pub(super) struct Block {
    coders: Vec<Coder>,
    /// Which input takes which output.
    bonds: Vec<(u64, u64)>,
    /// Whether each coder has one input and one output.
    is_chain: bool,
    pub outputs: u64,
    /// The sizes of the outputs.
    pub sizes: Vec<u64>,
    pub first_packed: usize,
    pub packed_count: usize,
    pub crc32: Option<u32>,
    pub parts: Vec<Part>,
}

/// Reads the coders of a block.
pub(super) fn read(header: &mut Bytes, first_packed: usize) -> Result<Block, Trouble> {
    let count = header.number()?;
    if count == 0 || count > MOST_CODERS {
        return Err(damaged());
    }
    let (mut inputs, mut outputs, mut is_chain) = (0_u64, 0_u64, true);
    let coders = header.list(count, size_of::<Coder>(), |header| {
        let flags = header.byte()?;
        let id = header.take(u64::from(flags & 0x0f))?;
        let id = id.iter().fold(0, |id, &byte| id << 8 | u64::from(byte));
        let (mut takes, mut gives) = (1, 1);
        if flags & 0x10 != 0 {
            (takes, gives) = (header.number()?, header.number()?);
            is_chain &= (takes, gives) == (1, 1);
        }
        if flags & 0x80 != 0 || usize::from(flags & 0x0f) > ID || takes > MOST_CODERS || gives > MOST_CODERS {
            return Err(damaged());
        }
        (inputs, outputs) = (inputs + takes, outputs + gives);
        let len = if flags & 0x20 != 0 { header.number()? } else { 0 };
        let properties = header.list(len, 1, Bytes::byte)?;
        Ok(Coder { id, properties, size: 0 })
    })?;
    let bound = outputs.checked_sub(1).ok_or_else(damaged)?;
    let packed_count = inputs.checked_sub(bound).filter(|&count| count > 0).ok_or_else(damaged)?;
    let bonds = header.list(bound, 16, |header| Ok((header.number()?, header.number()?)))?;
    if packed_count > 1 {
        for _ in 0..packed_count {
            header.number()?;
        }
    }
    Ok(Block {
        coders,
        bonds,
        is_chain,
        outputs,
        sizes: Vec::new(),
        first_packed,
        packed_count: packed_count as usize,
        crc32: None,
        parts: Vec::new(),
    })
}

impl Block {
    /// The size of all its files.
    pub fn size(&self) -> u64 {
        self.last().and_then(|last| self.sizes.get(last)).copied().unwrap_or(0)
    }

    /// The output that no input takes.
    fn last(&self) -> Option<usize> {
        let taken = |output: &u64| self.bonds.iter().any(|(_, from)| from == output);
        (0..self.outputs).find(|output| !taken(output)).map(|output| output as usize)
    }

    /// The coders from the packed stream to the files.
    pub fn chain(&self) -> Result<Vec<Coder>, Trouble> {
        if self.coders.iter().any(|coder| coder.id == AES) {
            return Err(Trouble::encrypted("the entry is encrypted"));
        }
        if let Some(name) = self.coders.iter().find_map(|coder| unread(coder.id)) {
            return Err(Trouble::unsupported(format!("{name} compression is not read")));
        }
        if !self.is_chain {
            return Err(Trouble::unsupported("compression with several streams is not read"));
        }
        let mut next = Some(self.last().ok_or_else(damaged)?);
        let mut chain = Vec::new();
        while let Some(index) = next {
            if chain.len() == self.coders.len() {
                return Err(damaged());
            }
            let (coder, size) = self.coders.get(index).zip(self.sizes.get(index)).ok_or_else(damaged)?;
            chain.push(Coder { size: *size, ..coder.clone() });
            let from = self.bonds.iter().find(|(input, _)| *input == index as u64);
            next = from.map(|(_, output)| usize::try_from(*output).unwrap_or(usize::MAX));
        }
        if chain.len() < self.coders.len() {
            return Err(damaged());
        }
        chain.reverse();
        Ok(chain)
    }
}

impl Coder {
    pub fn is_copy(&self) -> bool {
        self.id == COPY
    }
}

/// The names of coders that are known and not read.
fn unread(id: u64) -> Option<&'static str> {
    Some(match id {
        0x0303_011b => "BCJ2",
        0x03_0401 => "PPMd",
        0x04_0109 => "Deflate64",
        0x04_0202 => "BZip2",
        0x04f7_1101 => "Zstandard",
        0x04f7_1102 => "Brotli",
        0x04f7_1104 => "LZ4",
        0x04f7_1105 => "LZ5",
        0x04f7_1106 => "Lizard",
        _ => return None,
    })
}
