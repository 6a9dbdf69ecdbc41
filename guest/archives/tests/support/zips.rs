//! A writer of ZIPs that says whatever it is told to say.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A ZIP that grows.
#[derive(Default)]
pub struct Zip {
    pub bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u64,
}

/// What the records say of an entry.
pub struct Said<'a> {
    pub name: &'a [u8],
    pub flags: u16,
    pub method: u16,
    pub crc32: u32,
    pub compressed: u64,
    pub size: u64,
    pub offset: u64,
}

pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn crc32(content: &[u8]) -> u32 {
    let mut hash = flate2::Crc::new();
    hash.update(content);
    hash.sum()
}

impl Zip {
    /// Adds a deflated entry.
    pub fn deflated(self, name: &str, content: &[u8]) -> Self {
        self.packed(name, 8, &deflate(content), content.len() as u64, crc32(content))
    }

    /// Adds a stored entry.
    pub fn stored(self, name: &str, content: &[u8]) -> Self {
        self.packed(name, 0, content, content.len() as u64, crc32(content))
    }

    /// Adds an entry whose bytes are these, and says of it what is said.
    pub fn packed(mut self, name: &str, method: u16, packed: &[u8], size: u64, crc32: u32) -> Self {
        let compressed = packed.len() as u64;
        let name = name.as_bytes();
        let said = Said { name, flags: 1 << 11, method, crc32, compressed, size, offset: self.bytes.len() as u64 };
        self.local(&said);
        self.bytes.extend(packed);
        self.central(&said);
        self
    }

    /// A local header.
    pub fn local(&mut self, said: &Said) {
        self.bytes.extend(b"PK\x03\x04");
        let extra = said.fields();
        self.bytes.extend(said.common(extra.len()));
        self.bytes.extend(said.name);
        self.bytes.extend(extra);
    }

    /// A record of the directory.
    pub fn central(&mut self, said: &Said) {
        let mut extra = said.fields();
        if said.offset >= u64::from(u32::MAX) {
            extra = [&extra[..], &said.offset.to_le_bytes()].concat();
            extra[2] += 8;
        }
        self.directory.extend(b"PK\x01\x02\x3f\x03");
        self.directory.extend(said.common(extra.len()));
        self.directory.extend([0; 6]);
        self.directory.extend((0x81a4_u32 << 16).to_le_bytes());
        self.directory.extend(narrow(said.offset).to_le_bytes());
        self.directory.extend(said.name);
        self.directory.extend(extra);
        self.count += 1;
    }

    /// The whole of it.
    pub fn finish(self) -> Vec<u8> {
        let end = self.end(self.bytes.len() as u64);
        [self.bytes, end].concat()
    }

    /// The directory and its end, where that begins at `offset`.
    pub fn end(&self, offset: u64) -> Vec<u8> {
        let (size, count) = (self.directory.len() as u64, self.count);
        let mut end = self.directory.clone();
        end.extend(b"PK\x06\x06");
        end.extend(44_u64.to_le_bytes());
        end.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for field in [count, count, size, offset, /* the locator */ 0x0706_4b50, offset + size] {
            end.extend(field.to_le_bytes());
        }
        end.extend(1_u32.to_le_bytes());
        end.extend(b"PK\x05\x06\0\0\0\0");
        let short = u16::try_from(count).unwrap_or(u16::MAX);
        end.extend([short.to_le_bytes(), short.to_le_bytes()].concat());
        end.extend([narrow(size).to_le_bytes(), narrow(offset).to_le_bytes()].concat());
        end.extend([0, 0]);
        end
    }
}

impl Said<'_> {
    fn is_wide(&self) -> bool {
        self.size.max(self.compressed) >= u64::from(u32::MAX)
    }

    /// The ZIP64 field, where it is needed.
    fn fields(&self) -> Vec<u8> {
        match (self.is_wide(), self.offset >= u64::from(u32::MAX)) {
            (false, false) => Vec::new(),
            (false, true) => vec![1, 0, 0, 0],
            (true, _) => [&[1, 0, 16, 0][..], &self.size.to_le_bytes(), &self.compressed.to_le_bytes()].concat(),
        }
    }

    fn common(&self, extra: usize) -> Vec<u8> {
        let mut bytes = vec![45, 0];
        bytes.extend([self.flags.to_le_bytes(), self.method.to_le_bytes()].concat());
        bytes.extend([0, 0, 0x21, 0x28]);
        let (compressed, size) = match self.is_wide() {
            true => (u32::MAX, u32::MAX),
            false => (self.compressed as u32, self.size as u32),
        };
        for field in [self.crc32, compressed, size] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend((extra as u16).to_le_bytes());
        bytes
    }
}

fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
