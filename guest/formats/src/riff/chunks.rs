//! Chunks of RIFF and IFF files, and sizes that are not true.

use std::io;

use crate::reader::{FileReader, ReadAt};

/// A chunk of a RIFF or IFF file.
pub struct Chunk {
    /// Its name.
    pub name: [u8; 4],
    /// Where its content begins.
    pub start: u64,
    /// The size that it claims.
    pub size: u32,
}

/// Calls `each` with every chunk, until that gives `false`. Sizes are little-endian in RIFF and big-endian in IFF.
pub fn chunks<S: ReadAt>(
    reader: &mut FileReader<S>,
    big_endian: bool,
    mut each: impl FnMut(&mut FileReader<S>, Chunk) -> io::Result<bool>,
) -> io::Result<()> {
    let mut position = 12;
    let mut header = [0; 8];
    while reader.peek(position, &mut header)? {
        let [name, size] = [[header[0], header[1], header[2], header[3]], [header[4], header[5], header[6], header[7]]];
        let size = if big_endian { u32::from_be_bytes(size) } else { u32::from_le_bytes(size) };
        let chunk = Chunk { name, start: position + 8, size };
        position = chunk.start + u64::from(chunk.size) + u64::from(chunk.size & 1);
        if !each(reader, chunk)? {
            break;
        }
    }
    Ok(())
}

/// The size that writers give who cannot go back to the header, as in a pipe.
const UNKNOWN: [u32; 2] = [u32::MAX, 0x7fff_ffff];

/// Sets the size of audio data that claims more than the file has to what is there, so that the rest can be read. Gives words for it unless the
/// writer just did not know the size.
pub fn mend<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Option<String>> {
    let mut remark = None;
    let len = reader.len();
    chunks(reader, false, |reader, chunk| {
        let there = len.saturating_sub(chunk.start);
        if &chunk.name == b"data" && u64::from(chunk.size) > there {
            reader.patch(chunk.start - 4, &(there as u32).to_le_bytes());
            if !UNKNOWN.contains(&chunk.size) {
                remark = Some(format!("the audio data says {} bytes, and {there} are there", chunk.size));
            }
        }
        Ok(remark.is_none())
    })?;
    Ok(remark)
}
