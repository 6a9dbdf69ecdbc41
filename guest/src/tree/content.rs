//! The content of an open file.

use std::io;

use mt_scanner_formats::reader::ReadAt;
use wasip2::filesystem::types::Descriptor;

/// See the module.
pub struct Content(pub(super) Descriptor);

impl ReadAt for Content {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let (mut bytes, mut end) = self.0.read(len, offset).map_err(|code| io::Error::other(code.name()))?;
        // Hosts may give less than there is, and parsers take that for the end of the file.
        while !end && (bytes.len() as u64) < len {
            let (more, ended) = self
                .0
                .read(len - bytes.len() as u64, offset + bytes.len() as u64)
                .map_err(|code| io::Error::other(code.name()))?;
            end = ended || more.is_empty();
            bytes.extend(more);
        }
        Ok(bytes)
    }
}
