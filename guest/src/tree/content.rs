//! The content of an open file.

use std::io;

use mt_scanner_archives::{Member, Trouble};
use mt_scanner_formats::reader::ReadAt;
use wasip2::filesystem::types::Descriptor;

/// See the module.
pub enum Content {
    /// Of a file on a disk.
    File(Descriptor),
    /// Of a file in an archive.
    Member(Box<Member>),
}

impl Content {
    /// What has turned out wrong with a member while it was read.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::File(_) => None,
            Self::Member(member) => member.trouble(),
        }
    }
}

impl ReadAt for Content {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::File(file) => read(file, offset, len),
            Self::Member(member) => member.read_at(offset, len),
        }
    }
}

/// Hosts may give less than there is, and parsers take that for the end of the file.
fn read(file: &Descriptor, offset: u64, len: u64) -> io::Result<Vec<u8>> {
    let read = |len, offset| file.read(len, offset).map_err(|code| io::Error::other(code.name()));
    let (mut bytes, mut end) = read(len, offset)?;
    while !end && (bytes.len() as u64) < len {
        let (more, ended) = read(len - bytes.len() as u64, offset + bytes.len() as u64)?;
        end = ended || more.is_empty();
        bytes.extend(more);
    }
    Ok(bytes)
}
