//! What archives hold: a line a member with the archive's path, the member's name, size, CRC-32 and
//! what is wrong with it. For comparison with other readers.
//!
//!     cargo run -p mt-scanner-archives --example members -- Album.rar Another.zip

use std::io::{self, Write};
use std::rc::Rc;

use flate2::Crc;
use mt_scanner_archives::{Archive, Limits, Member, ReadAt};

/// The bytes of a file.
struct Bytes(Vec<u8>);

impl ReadAt for Bytes {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        self.0.as_slice().read_at(offset, len)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::stdout().lock();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let len = bytes.len() as u64;
        let archive = match Archive::open(Rc::new(Bytes(bytes)), len, &Limits::default()) {
            Ok(archive) => archive,
            Err(trouble) => {
                writeln!(out, "{path}\t\t\t\t{trouble}")?;
                continue;
            }
        };
        for trouble in archive.troubles() {
            writeln!(out, "{path}\t\t\t\t{trouble}")?;
        }
        for (number, entry) in archive.entries().iter().enumerate() {
            match archive.member(number) {
                Ok(member) => {
                    let crc = crc(&member)?;
                    let trouble = member.trouble().map(|trouble| trouble.detail).unwrap_or_default();
                    writeln!(out, "{path}\t{}\t{}\t{crc:08x}\t{trouble}", entry.name, entry.size)?;
                }
                Err(trouble) => writeln!(out, "{path}\t{}\t{}\t\t{}", entry.name, entry.size, trouble.detail)?,
            }
        }
    }
    Ok(())
}

fn crc(member: &Member) -> io::Result<u32> {
    let (mut crc, mut place) = (Crc::new(), 0);
    loop {
        let bytes = member.read_at(place, 64 << 10)?;
        if bytes.is_empty() {
            return Ok(crc.sum());
        }
        crc.update(&bytes);
        place += bytes.len() as u64;
    }
}
