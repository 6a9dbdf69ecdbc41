//! ASF (Advanced Systems Format Specification, revision 01.20.05): objects with sizes, and packets
//! of one size with a header each. There is no checksum.

use std::io;
use std::ops::Range;

use super::{Desk, Step, Walk, bytes};
use crate::input::PIECE;
use crate::report::{Findings, Kind, Proof, Verdict};

/// Bytes of an object's header, and of the data object's fields in front of the packets.
const OBJECT: u64 = 24;
const DATA_FIELDS: u64 = 26;
/// Bytes of the header object's own fields: the number of objects in it, and two of no use.
const HEADER_FIELDS: u64 = 6;
/// The most objects of one parent.
const MOST: usize = 512;
/// Identifiers, as they are written (sections 10.1 to 10.3).
const HEADER: [u8; 16] = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const DATA: [u8; 16] = *b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const FILE_PROPERTIES: [u8; 16] = *b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65";
/// The lengths of numbers in a payload, as every writer has them (section 5.2.2).
const PROPERTIES: u8 = 0x5d;

/// The walk.
pub struct Asf {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    /// Bytes of a packet.
    packet: u64,
    packets: Option<Range<u64>>,
}

impl Asf {
    /// Over a file that lies there.
    pub fn new(range: Range<u64>, is_whole: bool) -> Self {
        Self { position: range.start, range, is_whole, packet: 0, packets: None }
    }

    /// Looks at the objects of the file.
    fn objects(&mut self, desk: &mut Desk<'_>) -> io::Result<()> {
        let mut position = self.range.start;
        for _ in 0..MOST {
            if position >= self.range.end {
                break;
            }
            let Some((guid, size)) = object(desk, position)? else {
                let verdict = if self.packets.is_some() { Verdict::Suspicious } else { Verdict::Damaged };
                desk.findings.at(position, Kind::Trailing, verdict, "no object stands where one should");
                break;
            };
            let end = position.saturating_add(size);
            if end > self.range.end && self.packets.is_some() {
                let detail = "bytes behind the data object are no whole object";
                desk.findings.at(position, Kind::Trailing, Verdict::Suspicious, detail);
                break;
            }
            if end > self.range.end {
                let detail = format!("an object lacks {}", bytes(end - self.range.end));
                desk.findings.at(position, Kind::CutOff, Verdict::Truncated, detail);
            }
            if guid == HEADER {
                self.header(desk, position + OBJECT + HEADER_FIELDS, end.min(self.range.end))?;
            }
            if guid == DATA && self.packets.is_none() {
                self.data(desk, position, end)?;
            }
            position = end;
        }
        if self.packets.is_none() {
            desk.findings.of_file(Kind::NoAudio, Verdict::Damaged, "there is no data object");
        }
        Ok(())
    }

    /// Looks for the size of packets.
    fn header(&mut self, desk: &mut Desk<'_>, mut position: u64, end: u64) -> io::Result<()> {
        for _ in 0..MOST {
            let Some((guid, size)) = object(desk, position)?.filter(|_| position < end) else { break };
            if guid == FILE_PROPERTIES
                && let Some(fields) = desk.input.array::<80>(position + OBJECT)?
            {
                let size = |at: usize| u32::from_le_bytes([fields[at], fields[at + 1], fields[at + 2], fields[at + 3]]);
                if size(68) == size(72) {
                    self.packet = size(68).into();
                }
            }
            position = position.saturating_add(size);
        }
        if position != end {
            desk.findings.at(position, Kind::Size, Verdict::Damaged, "the objects of the header do not fill it");
        }
        Ok(())
    }

    /// Compares the number of packets with the size of the data object.
    fn data(&mut self, desk: &mut Desk<'_>, position: u64, end: u64) -> io::Result<()> {
        let start = position + OBJECT + DATA_FIELDS;
        let Some([.., n0, n1, n2, n3, n4, n5, n6, n7, _, _]) = desk.input.array::<26>(position + OBJECT)? else {
            return Ok(());
        };
        let count = u64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]);
        self.packets = Some(start.min(self.range.end)..end.min(self.range.end));
        if self.packet == 0 {
            let detail = "the size of packets is not said, or not one";
            desk.findings.at(position, Kind::Header, Verdict::Damaged, detail);
        } else if count > 0 && count.saturating_mul(self.packet) != end.saturating_sub(start) {
            let detail = format!("{count} packets of {} do not fill the data object", bytes(self.packet));
            desk.findings.at(position, Kind::Size, Verdict::Damaged, detail);
        }
        Ok(())
    }

    /// Checks the headers of the next packets.
    fn packets(&mut self, desk: &mut Desk<'_>, end: u64) -> io::Result<()> {
        let len = PIECE.min(end - self.position);
        let window = desk.input.at(self.position, len)?;
        let size = usize::try_from(self.packet).unwrap_or(usize::MAX);
        let mut taken = 0;
        for packet in window.chunks_exact(size) {
            let position = self.position + taken as u64;
            match send_time(packet) {
                Some(ms) => desk.findings.mark(position, ms.into()),
                None => wrong(desk.findings, position),
            }
            taken += size;
        }
        if taken == 0 {
            // The rest is less than a packet, or packets are larger than what is looked at.
            taken = window.len().max(1);
        }
        let taken = taken as u64;
        desk.hash(self.position, taken)?;
        self.position += taken;
        Ok(())
    }
}

fn wrong(findings: &mut Findings, position: u64) {
    findings.at(position, Kind::LostSync, Verdict::Damaged, "no packet stands where one should");
}

/// Identifier and size of an object; `None` if none is there.
fn object(desk: &mut Desk<'_>, position: u64) -> io::Result<Option<([u8; 16], u64)>> {
    let Some(header) = desk.input.array::<24>(position)? else { return Ok(None) };
    let (guid, size) = header.split_at(16);
    let size = size.first_chunk().map_or(0, |size| u64::from_le_bytes(*size));
    Ok(guid.first_chunk().filter(|_| size >= OBJECT).map(|guid| (*guid, size)))
}

/// When a packet is to be sent, in ms; `None` if it does not begin as one (section 5.2).
fn send_time(packet: &[u8]) -> Option<u32> {
    let first = *packet.first()?;
    let at = if first & 0x80 == 0 { 0 } else { 1 + usize::from(first & 15) };
    let [flags, properties, rest @ ..] = packet.get(at..)? else { return None };
    if first & 0x80 != 0 && first & 0x70 != 0 || *properties != PROPERTIES {
        return None;
    }
    // Packet length, sequence, padding: each absent, a byte, two or four.
    let width = |shift: u8| [0, 1, 2, 4][usize::from(flags >> shift & 3)];
    let (before, padding) = (width(5) + width(1), width(3));
    let padded = rest.get(before..before + padding)?.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let time = rest.get(before + padding..)?.first_chunk()?;
    (padded < packet.len()).then(|| u32::from_le_bytes(*time))
}

impl Walk for Asf {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        let Some(packets) = self.packets.clone() else {
            self.objects(desk)?;
            let Some(packets) = self.packets.as_ref().filter(|_| self.is_whole) else {
                return Ok(Step::Done(Proof::Header));
            };
            self.position = packets.start;
            return Ok(if self.packet > 0 { Step::More } else { Step::Done(Proof::Header) });
        };
        if self.position >= packets.end {
            return Ok(Step::Done(Proof::Structure));
        }
        self.packets(desk, packets.end)?;
        Ok(Step::More)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
