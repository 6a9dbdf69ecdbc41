//! Local headers (APPNOTE 4.3.7). Where the central directory is lost, they say what is there.

use std::io::Read;
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::found::Found;
use crate::listing::Listing;
use crate::pull::{Pull, Tap};
use crate::slice::{MOST, Slice};
use crate::trouble::Trouble;
use crate::view::View;
use crate::zip::content;
use crate::zip::record::{DEFLATED, DESCRIPTOR, Record};

const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// In front of an archive that was split, or might have been (APPNOTE 8.5.4 and 8.5.5).
const SPANNED: [&[u8]; 2] = [b"PK\x07\x08", b"PK00"];
const AFTER_DATA: [u8; 4] = *b"PK\x07\x08";
/// A descriptor with its mark and sizes of four bytes.
const DESCRIPTOR_SIZE: usize = 16;
const SIZE: usize = 30;
/// What is read with a header: names and extra fields are short.
const AHEAD: u64 = 512;

/// Where the first header of an archive with this head is; `None` where it is no ZIP.
pub(super) fn first(head: &[u8]) -> Option<u64> {
    let skipped = if SPANNED.iter().any(|mark| head.starts_with(mark)) { 4 } else { 0 };
    head.get(skipped..)?.starts_with(&SIGNATURE).then_some(skipped as u64)
}

/// Where the bytes of the entry are whose header is at `place`; `None` where there is none.
pub(super) fn data(slice: &Slice, place: u64) -> Result<Option<u64>, Trouble> {
    let header = slice.read(place, SIZE as u64)?;
    let Some(header) = header.first_chunk::<SIZE>().filter(|header| header.starts_with(&SIGNATURE)) else {
        return Ok(None);
    };
    let record = Record::parse(&header[4..].try_into().unwrap_or([0; 26]));
    Ok(Some(place + (SIZE + record.name_len + record.extra_len) as u64))
}

/// Lists the entries one after the other as far as they go.
pub(super) fn list(slice: &Slice, first: u64, listing: &mut Listing) -> Result<(), Trouble> {
    listing.troubles.push(Trouble::damaged("the directory at the end is missing"));
    let mut view = View::new(slice.clone(), AHEAD);
    let mut place = first;
    while let Some(header) = view.exact::<SIZE>(place)?.filter(|header| header.starts_with(&SIGNATURE)) {
        if !listing.count() {
            break;
        }
        let mut record = Record::parse(&header[4..].try_into().unwrap_or([0; 26]));
        let rest = view.get(place + SIZE as u64, record.name_len + record.extra_len)?;
        let (raw, extra) = rest.split_at(record.name_len.min(rest.len()));
        drop(record.widen(extra));
        let (is_folder, name) = (raw.ends_with(b"/"), record.name(raw, extra, None));
        let start = place + (SIZE + record.name_len + record.extra_len) as u64;
        let behind = slice.cut(start, slice.len());
        let has_descriptor = record.flags & DESCRIPTOR != 0 && !is_folder;
        let next = match has_descriptor {
            true if record.compressed > 0 => {
                record.compressed.saturating_add(descriptor(&behind, record.compressed)?.1)
            }
            true => match measure(&behind, &mut record, listing)? {
                Some(next) => next,
                None => {
                    // What there is of it is its content.
                    listing.troubles.push(Trouble::damaged("the entry is cut").of(&name));
                    record.compressed = behind.len();
                    behind.len()
                }
            },
            false => record.compressed,
        };
        let crc32 = (record.crc32 != 0).then_some(record.crc32);
        let found = match record.refusal() {
            Some(why) => Found::refused(name, record.size, crc32, why),
            None => {
                let (bytes, method, budget) = (behind.cut(0, record.compressed), record.method, listing.budget.clone());
                let open = move || Ok(content::of(bytes.clone(), method, &budget));
                Found { name, size: record.size, crc32, open: Box::new(open) }
            }
        };
        if !is_folder && !listing.add(found) {
            break;
        }
        match start.checked_add(next) {
            Some(next) => place = next,
            None => break,
        }
    }
    Ok(())
}

/// Finds the size of an entry that only its descriptor would say, and gives how far it is to the
/// next one; `None` where it does not end.
fn measure(behind: &Slice, record: &mut Record, listing: &Listing) -> Result<Option<u64>, Trouble> {
    if record.method != DEFLATED || record.refusal().is_some() {
        return search(behind, record);
    }
    let tap = Rc::new(Tap::default());
    let mut stream = DeflateDecoder::new(Pull::new(behind.clone(), &tap));
    let mut buffer = vec![0; MOST as usize];
    loop {
        let read = stream.read(&mut buffer);
        if let Some(error) = tap.fault.take() {
            return Err(error.into());
        }
        record.size = stream.total_out();
        let Ok(count) = read else { return Ok(None) };
        listing.budget.decompressed(count, stream.total_out(), stream.total_in())?;
        if count == 0 {
            break;
        }
    }
    record.compressed = stream.total_in();
    let (crc32, len) = descriptor(behind, record.compressed)?;
    record.crc32 = crc32;
    Ok(Some(record.compressed + len))
}

/// The checksum in the descriptor behind an entry, and the size of the descriptor. Its mark may be
/// left out, and its sizes take four bytes or eight: a header behind it shows which.
fn descriptor(behind: &Slice, place: u64) -> Result<(u32, u64), Trouble> {
    let bytes = behind.read(place, 28)?;
    let mark = if bytes.starts_with(&AFTER_DATA) { 4 } else { 0 };
    let crc32 = bytes[mark..].first_chunk().map_or(0, |crc| u32::from_le_bytes(*crc));
    let is_before_header = |len: &usize| bytes.get(*len..len + 2).is_some_and(|mark| mark == b"PK");
    let len = [20, 12].map(|len| len + mark).into_iter().find(is_before_header).unwrap_or(12 + mark);
    Ok((crc32, len as u64))
}

/// Looks for the descriptor of an entry that does not tell by itself where it ends.
fn search(behind: &Slice, record: &mut Record) -> Result<Option<u64>, Trouble> {
    let mut place = 0;
    loop {
        let piece = behind.read(place, MOST)?;
        for (at, descriptor) in piece.windows(DESCRIPTOR_SIZE).enumerate() {
            let field = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|index| descriptor[at + index]));
            let compressed = place + at as u64;
            if descriptor.starts_with(&AFTER_DATA) && u64::from(field(8)) == compressed & 0xffff_ffff {
                (record.compressed, record.size, record.crc32) = (compressed, field(12).into(), field(4));
                return Ok(Some(compressed + DESCRIPTOR_SIZE as u64));
            }
        }
        if piece.len() < MOST as usize {
            break;
        }
        // Pieces overlap by a descriptor.
        place += (piece.len() - DESCRIPTOR_SIZE + 1) as u64;
    }
    record.size = behind.len();
    Ok(None)
}
