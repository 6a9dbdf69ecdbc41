//! Whatever bytes an archive holds, it costs little, and nothing panics.

mod support;

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use mt_scanner_archives::TroubleKind::{Damaged, Limit};
use mt_scanner_archives::{Archive, Limits, ReadAt, Trouble};
use support::chance::Chance;
use support::zips::{Said, Zip, crc32, deflate};
use support::{Counted, contents, fixture, fixtures, memory, open, tars};

const MIB: usize = 1 << 20;
/// What any of the small archives here may cost, in bytes of memory. A decompressor of 7Z may take
/// a dictionary as large as the limit.
const MEMORY: usize = 8 * MIB;
const MUTATIONS: usize = 5000;

fn limits() -> Limits {
    Limits { bytes: 20 << 20, memory: 2 * MIB, ..Limits::default() }
}

/// Opens an archive and reads all of it, within bounds. Gives how many entries have come whole.
fn read_all(bytes: Vec<u8>, name: &str) -> usize {
    let len = bytes.len() as u64;
    let source = Counted::new(bytes);
    let (whole, memory) = memory::of(|| {
        let Ok(archive) = Archive::open(source.clone(), len, &limits()) else { return 0 };
        let entries = archive.entries().iter().enumerate();
        entries.filter(|(index, _)| archive.member(*index).is_ok_and(|member| passes(&member))).count()
    });
    assert!(memory < MEMORY, "{name}: {memory} bytes of memory");
    let reads = source.reads.borrow().len();
    assert!(reads < 2000 && source.total() < 100 * len + 10 * MIB as u64, "{name}: {reads} reads, {}", source.total());
    whole
}

/// Reads a member from the front to the back and at its end. It is as long as it says, or says why
/// not.
fn passes(member: &mt_scanner_archives::Member) -> bool {
    let mut place = 0;
    loop {
        let piece = member.read_at(place, 60_000).unwrap();
        if piece.is_empty() {
            break;
        }
        place += piece.len() as u64;
    }
    assert!(member.read_at(member.len(), 10).unwrap().is_empty());
    assert!(place <= member.len());
    assert!(place == member.len() || member.trouble().is_some());
    member.trouble().is_none()
}

#[test]
fn cut_at_200_places() {
    let mut whole = 0;
    for name in fixtures() {
        let bytes = fixture(&name);
        for cut in 0..200 {
            whole += read_all(bytes[..bytes.len() * cut / 200].to_vec(), &format!("{name} {cut}/200"));
        }
    }
    // What is there is read.
    assert!(whole > 5_000, "{whole}");
}

#[test]
fn mutated() {
    let seeds: Vec<(String, Vec<u8>)> = fixtures().into_iter().map(|name| (name.clone(), fixture(&name))).collect();
    let mut whole = 0;
    let mutations = std::env::var("MT_SCANNER_ARCHIVE_MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    for number in 0..mutations {
        let mut chance = Chance::new(number as u64 + 1);
        let (name, bytes) = &seeds[number % seeds.len()];
        let mutated = mutate(bytes.clone(), &mut chance);
        whole += read_all(mutated, &format!("{name} {number}"));
    }
    assert!(whole > mutations / 2, "{whole}");
}

/// Changes bytes, numbers, pieces; near the beginning and the end, where directories are, more
/// often.
fn mutate(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    for _ in 0..=chance.below(4) {
        let len = bytes.len();
        let at = match chance.below(3) {
            0 => chance.below(len.min(100)),
            1 => len - 1 - chance.below(len.min(400)),
            _ => chance.below(len),
        };
        let size = 1 << chance.below(4);
        let place = at..(at + size).min(len);
        match chance.below(6) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[place].fill(0xff),
            2 => bytes[place].fill(0),
            3 => bytes[place].copy_from_slice(&Chance::new(chance.next()).noise(size)[..size.min(len - at)]),
            4 => drop(bytes.drain(place)),
            _ => {
                let piece = bytes[place].to_vec();
                let to = chance.below(len);
                bytes.splice(to..to, piece);
            }
        }
        repair(&mut bytes);
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Makes the checksums of headers right again, so that what they say is read.
fn repair(bytes: &mut [u8]) {
    if bytes.starts_with(b"7z\xbc\xaf\x27\x1c") {
        repair_sevenz(bytes);
    } else if bytes.starts_with(b"Rar!\x1a\x07\x01\x00") {
        repair_rar5(bytes);
    } else if bytes.starts_with(b"Rar!\x1a\x07\x00") {
        repair_rar4(bytes);
    } else {
        repair_tar(bytes);
    }
}

fn repair_sevenz(bytes: &mut [u8]) {
    if bytes.len() < 32 {
        return;
    }
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let (offset, len) = (number(12), number(20));
    let start = offset.checked_add(32).and_then(|start| usize::try_from(start).ok());
    let header = start.and_then(|start| bytes.get(start..)?.get(..usize::try_from(len).ok()?));
    if let Some(header) = header {
        let sum = crc32(header);
        bytes[28..32].copy_from_slice(&sum.to_le_bytes());
    }
    let sum = crc32(&bytes[12..32]);
    bytes[8..12].copy_from_slice(&sum.to_le_bytes());
}

/// Headers are found by the sizes that they give, as long as these make sense.
fn repair_rar4(bytes: &mut [u8]) {
    let mut place = 7;
    while let Some(base) = bytes.get(place..).and_then(<[u8]>::first_chunk::<11>) {
        let len = usize::from(u16::from_le_bytes([base[5], base[6]]));
        let data = if base[4] & 0x80 != 0 { u32::from_le_bytes(base[7..].try_into().unwrap()) as usize } else { 0 };
        let Some(header) = bytes.get_mut(place..).and_then(|rest| rest.get_mut(..len.max(7))) else { break };
        let sum = crc32(&header[2..]) as u16;
        header[..2].copy_from_slice(&sum.to_le_bytes());
        place = place.saturating_add(len.max(7)).saturating_add(data);
    }
}

fn repair_rar5(bytes: &mut [u8]) {
    fn number(bytes: &[u8], place: &mut usize) -> Option<usize> {
        let mut value = 0;
        for index in 0..4 {
            let byte = *bytes.get(*place)?;
            *place += 1;
            value |= usize::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
    let mut place = 8;
    loop {
        let mut at = place + 4;
        let Some(len) = number(bytes, &mut at) else { break };
        let end = at + len;
        let Some(header) = bytes.get(place + 4..end) else { break };
        let sum = crc32(header);
        let flags = number(bytes, &mut at).and_then(|_| number(bytes, &mut at)).unwrap_or(0);
        let _extra = if flags & 1 != 0 { number(bytes, &mut at) } else { None };
        let data = if flags & 2 != 0 { number(bytes, &mut at) } else { None };
        bytes[place..place + 4].copy_from_slice(&sum.to_le_bytes());
        place = end.saturating_add(data.unwrap_or(0));
    }
}

fn repair_tar(bytes: &mut [u8]) {
    for block in bytes.as_chunks_mut::<512>().0.iter_mut().filter(|block| block[257..].starts_with(b"ustar")) {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}

/// The limit that stops an archive, be it at opening or at reading.
fn stopped(bytes: Vec<u8>, limits: &Limits) -> Vec<Trouble> {
    let (troubles, memory) = memory::of(|| {
        let archive = open(bytes, limits).unwrap();
        let mut troubles = archive.troubles().to_vec();
        for index in 0..archive.entries().len() {
            match archive.member(index) {
                Err(trouble) => troubles.push(trouble),
                Ok(member) => {
                    // The end first, as parsers do.
                    member.read_at(member.len().saturating_sub(4096), 4096).unwrap();
                    troubles.extend(member.trouble());
                }
            }
        }
        troubles
    });
    assert!(memory < limits.memory * 3 + MEMORY, "{memory}");
    assert!(troubles.iter().all(|trouble| trouble.kind == Limit), "{troubles:?}");
    troubles
}

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let zeros = vec![0; 65 * MIB];
    let bomb = Zip::default().deflated("bomb.wav", &zeros).finish();
    let troubles = stopped(bomb, &Limits::default());
    assert_eq!(troubles[0].detail, "grows to more than 500 times its compressed size");
}

#[test]
fn a_bomb_is_stopped_by_its_bytes() {
    let zeros = vec![0; 2 * MIB];
    let bomb = (0..20).fold(Zip::default(), |zip, index| zip.deflated(&format!("{index}"), &zeros)).finish();
    let troubles = stopped(bomb, &Limits { bytes: 10 << 20, ..Limits::default() });
    assert!(troubles.len() >= 15);
    assert_eq!(troubles[0].detail, "more than 10485760 bytes decompressed");
    let tar = tars::gzip(&tars::tar(&[("a", &zeros), ("b", &zeros)]));
    let troubles = stopped(tar, &Limits { bytes: 3 << 20, ..Limits::default() });
    assert_eq!(troubles[0].detail, "more than 3145728 bytes decompressed");
}

/// The bomb of David Fifield: every entry is the same stream, or a stream with all later entries
/// inside it.
#[test]
fn entries_that_share_bytes_are_not_read() {
    let packed = deflate(&vec![0; MIB]);
    let mut zip = Zip::default();
    let said =
        |name, offset, compressed| Said { name, flags: 0, method: 8, crc32: 0, compressed, size: MIB as u64, offset };
    let names: Vec<String> = (0..1000).map(|index| format!("{index:03}")).collect();
    for name in &names {
        // Each local header is followed by all later ones.
        let offset = zip.bytes.len() as u64;
        let compressed = (names.len() as u64 - offset / 33) * 33 + packed.len() as u64;
        zip.local(&said(name.as_bytes(), offset, compressed));
        zip.central(&said(name.as_bytes(), offset, compressed));
    }
    zip.bytes.extend(&packed);
    let troubles = stopped(zip.finish(), &Limits::default());
    assert_eq!(troubles[0].detail, "1000 entries share bytes");
    assert_eq!(troubles.len(), 1001);
    let mut zip = Zip::default().deflated("once", b"content").packed("again", 8, &packed, MIB as u64, 0);
    zip.central(&Said { name: b"same", flags: 0, method: 8, crc32: 0, compressed: 9, size: 7, offset: 0 });
    let found = contents(&open(zip.finish(), &Limits::default()).unwrap());
    assert!(found["once"].is_err() && found["same"].is_err());
}

#[test]
fn a_bomb_in_a_bomb_is_no_larger_than_memory() {
    let inner = Zip::default().deflated("zeros", &vec![0; 4 * MIB]).finish();
    let middle = (0..50).fold(Zip::default(), |zip, index| zip.stored(&format!("{index}.zip"), &inner)).finish();
    let bomb = (0..50).fold(Zip::default(), |zip, index| zip.deflated(&format!("{index}.zip"), &middle)).finish();
    let limits = Limits { memory: MIB, depth: 3, bytes: 100 << 20, ..Limits::default() };
    let troubles = stopped(bomb, &limits);
    assert!(troubles.iter().any(|trouble| trouble.detail == "needs more than 1048576 bytes of memory"));
    let large = Zip::default().deflated("a.zip", &vec![0; 2 * MIB]).finish();
    let archive = open(large, &limits).unwrap();
    assert_eq!(archive.troubles()[0].kind, Limit);
    assert_eq!(archive.entries()[0].name, "a.zip");
}

/// An archive that would go on inside itself for ever is a file at the allowed depth.
#[test]
fn archives_inside_each_other_end() {
    let shell = |bytes: Vec<u8>| Zip::default().deflated("r.zip", &bytes).finish();
    let quine = (0..100).fold(vec![7; 100], |bytes, _| shell(bytes));
    let archive = open(quine.clone(), &Limits::default()).unwrap();
    assert_eq!(archive.entries()[0].name, "r.zip!/r.zip");
    assert_eq!((archive.entries().len(), archive.troubles()), (1, &[][..]));
    let deep = open(quine, &Limits { depth: u8::MAX, ..Limits::default() }).unwrap();
    assert_eq!(deep.entries()[0].name.matches("r.zip").count(), 101 - 1);
    assert_eq!(deep.troubles()[0].kind, Damaged);
}

#[test]
fn a_hundred_thousand_entries() {
    let mut zip = Zip::default();
    let names: Vec<String> = (0..100_001).map(|index| format!("folder {}/{index}", index / 1000)).collect();
    for name in &names {
        let offset = zip.bytes.len() as u64;
        let said = Said { name: name.as_bytes(), flags: 0, method: 0, crc32: 0, compressed: 0, size: 0, offset };
        zip.local(&said);
        zip.central(&said);
    }
    let bytes = zip.finish();
    let all = bytes.len() as u64;
    let (archive, memory) = memory::of(|| {
        let source = Counted::new(bytes);
        let archive = Archive::open(source.clone(), all, &Limits::default()).unwrap();
        assert!(source.total() < all);
        archive
    });
    assert!(memory < 60 * MIB, "{memory}");
    assert_eq!(archive.entries().len(), 100_000);
    assert_eq!(archive.troubles()[0].detail, "more than 100000 entries");
    assert_eq!(archive.find("folder 77/77123"), Some(77_123));
}

/// A file of which few bytes are not zero.
struct Sparse(BTreeMap<u64, Vec<u8>>);

impl ReadAt for Sparse {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len as usize];
        for (start, piece) in &self.0 {
            for (index, &byte) in piece.iter().enumerate() {
                let place = (start + index as u64).checked_sub(offset).and_then(|place| bytes.get_mut(place as usize));
                if let Some(place) = place {
                    *place = byte;
                }
            }
        }
        Ok(bytes)
    }
}

#[test]
fn entries_of_more_than_4_gib() {
    const LARGE: u64 = 5 << 30;
    let mut zip = Zip::default();
    let large = Said { name: b"a", flags: 0, method: 0, crc32: 9, compressed: LARGE, size: LARGE, offset: 0 };
    zip.local(&large);
    zip.central(&large);
    let (head, start) = (zip.bytes.clone(), zip.bytes.len() as u64);
    let offset = start + LARGE;
    zip.bytes.clear();
    let small = Said { name: b"b", flags: 0, method: 0, crc32: crc32(b"abc"), compressed: 3, size: 3, offset };
    zip.local(&small);
    zip.central(&small);
    let tail = [&zip.bytes[..], b"abc"].concat();
    let directory = offset + tail.len() as u64;
    let tail = [tail, zip.end(directory)].concat();
    let len = offset + tail.len() as u64;
    let sparse = Sparse([(0, head), (offset - 3, b"end".to_vec()), (offset, tail)].into());
    both_are_read(&Archive::open(Rc::new(sparse), len, &Limits::default()).unwrap(), LARGE);

    let second = 512 + LARGE;
    let tail = [tars::header(b"b", b'0', 3), b"abc".to_vec()].concat();
    let sparse = Sparse([(0, tars::header(b"a", b'0', LARGE)), (second - 3, b"end".to_vec()), (second, tail)].into());
    both_are_read(&Archive::open(Rc::new(sparse), second + 2048, &Limits::default()).unwrap(), LARGE);
}

fn both_are_read(archive: &Archive, large: u64) {
    assert_eq!((archive.entries().len(), archive.troubles()), (2, &[][..]));
    let member = archive.member(0).unwrap();
    assert_eq!(member.len(), large);
    assert_eq!(member.read_at(large - 4, 100).unwrap(), b"\0end");
    assert_eq!(member.read_at(large - (1 << 20), 3).unwrap(), [0; 3]);
    assert_eq!(archive.member(1).unwrap().read_at(0, 9).unwrap(), b"abc");
}

/// A dictionary of 4 GiB that nobody needs is none; one that is needed and too large is a limit.
#[test]
fn dictionaries_are_bounded() {
    let mut bytes = fixture("plain-header.7z");
    let coder = bytes.windows(3).rposition(|window| window == [0x21, 0x21, 0x01]).unwrap();
    bytes[coder + 3] = 40;
    repair(&mut bytes);
    let (found, memory) = memory::of(|| contents(&open(bytes.clone(), &Limits::default()).unwrap()));
    assert!(found.values().all(Result::is_ok) && memory < MIB, "{memory}");
    let found = contents(&open(bytes, &Limits { memory: 5000, ..Limits::default() }).unwrap());
    assert_eq!(found["text.txt"], Err("needs more than 5000 bytes of memory".to_owned()));
}

/// Sizes of directories and headers that lie: nothing is allocated for them.
#[test]
fn claimed_sizes_take_no_memory() {
    let mut sevenz = fixture("lzma2.7z");
    sevenz[20..28].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    repair(&mut sevenz);
    let mut zip = fixture("zip.zip");
    let end = zip.len() - 22;
    zip[end + 8..end + 20].fill(0xff);
    let tar = [tars::header(b"a", b'x', u64::MAX / 2), tars::header(b"b", b'0', 1 << 62), vec![7; 512]].concat();
    let pax = [tars::header(b"a", b'x', 100 << 30), vec![7; 5000]].concat();
    for bytes in [sevenz, zip, tar, pax] {
        let (_, memory) = memory::of(|| drop(open(bytes, &Limits::default()).map(|archive| contents(&archive))));
        assert!(memory < MIB, "{memory}");
    }
}
