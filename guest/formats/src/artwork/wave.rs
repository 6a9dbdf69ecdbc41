//! Pictures in WAVE.

use std::io;

use super::Artwork;
use crate::reader::{FileReader, ReadAt};
use crate::{id3v2, riff::chunks};

/// The RIFF chunk `id3 ` of a WAVE file.
pub(super) fn find<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Artwork> {
    let mut artwork = Artwork::Absent;
    chunks::chunks(reader, false, |reader, chunk| {
        let found = chunk.name.eq_ignore_ascii_case(b"id3 ");
        if found {
            artwork = id3v2::find(reader, chunk.start)?.as_ref().into();
        }
        Ok(!found)
    })?;
    Ok(artwork)
}
