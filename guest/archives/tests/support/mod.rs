//! Archives for the tests, and sources that count.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub mod chance;
pub mod memory;
pub mod tars;
pub mod zips;

use mt_scanner_archives::{Archive, Limits, Member, ReadAt, Trouble};

/// Bytes in memory that count how they are read.
#[derive(Default)]
pub struct Counted {
    pub bytes: Vec<u8>,
    pub reads: RefCell<Vec<(u64, u64)>>,
    /// Reads from this number on fail.
    pub fails_at: Cell<Option<(usize, io::ErrorKind)>>,
}

impl Counted {
    pub fn new(bytes: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { bytes, ..Self::default() })
    }

    pub fn total(&self) -> u64 {
        self.reads.borrow().iter().map(|&(_, len)| len).sum()
    }
}

impl ReadAt for Counted {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        if let Some((number, kind)) = self.fails_at.get()
            && self.reads.borrow().len() >= number
        {
            return Err(kind.into());
        }
        assert!(len <= 64 << 10, "a read of {len} bytes");
        self.reads.borrow_mut().push((offset, len));
        self.bytes.as_slice().read_at(offset, len)
    }
}

/// The path of a fixture.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The bytes of a fixture.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all fixtures.
pub fn fixtures() -> Vec<String> {
    let folder = std::fs::read_dir(path("")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| mt_scanner_archives::is_archive(name)).collect();
    names.sort();
    assert!(names.len() > 50);
    names
}

/// Opens bytes.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Archive, Trouble> {
    let len = bytes.len() as u64;
    Archive::open(Counted::new(bytes), len, limits)
}

/// Opens a fixture.
pub fn opened(name: &str) -> Archive {
    open(fixture(name), &Limits::default()).unwrap_or_else(|trouble| panic!("{name}: {trouble}"))
}

/// All of a member, in pieces.
pub fn whole(member: &Member) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let piece = member.read_at(bytes.len() as u64, 1000).unwrap();
        assert!(piece.len() <= 1000);
        if piece.is_empty() {
            return bytes;
        }
        bytes.extend(piece);
    }
}

/// What is in an archive: the content by name, or the trouble.
pub fn contents(archive: &Archive) -> BTreeMap<String, Result<Vec<u8>, String>> {
    let entries = archive.entries().iter().enumerate();
    let content = |index| {
        let member = archive.member(index).map_err(|trouble| trouble.detail)?;
        let bytes = whole(&member);
        match member.trouble() {
            Some(trouble) => Err(trouble.detail),
            None => Ok(bytes),
        }
    };
    entries.map(|(index, entry)| (entry.name.clone(), content(index))).collect()
}
