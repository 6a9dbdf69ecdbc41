//! Ogg (RFC 3533): pages with checksums and numbers, and the packets in them.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use mt_scanner_formats::structure::{OggCodec, OggIdentification};

use super::{Desk, Step, Walk, bytes, ms};
use crate::checksum::OGG;
use crate::hash::Hash;
use crate::input::PIECE;
use crate::report::{Findings, Kind, Proof, Verdict};

/// Bytes of a page's header without its segment table, and of the longest page.
const FIXED: usize = 27;
const LONGEST: usize = FIXED + 255 + 255 * 255;
const MARK: &[u8] = b"OggS";
/// Where the checksum stands in the header.
const CHECKSUM: Range<usize> = 22..26;
/// Bits of the header type.
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;
/// The most logical streams that are followed at a time. Music has one.
const MOST_STREAMS: usize = 64;

/// The walk.
pub struct Ogg {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    /// Where bytes that are no page began.
    lost: Option<u64>,
    streams: BTreeMap<u32, Stream>,
    pages: u64,
    has_audio: bool,
}

/// A logical stream.
struct Stream {
    /// What it is, if it is audio that is known.
    audio: Option<OggIdentification>,
    next_page: u32,
    granule: i64,
    /// Whether the last page ended within a packet.
    is_open: bool,
    is_ended: bool,
    /// Packets that were begun, and whether the one that is open is audio.
    packets: u64,
    is_audio: bool,
}

/// A page.
struct Page<'a> {
    kind: u8,
    granule: i64,
    serial: u32,
    number: u32,
    segments: &'a [u8],
    body: &'a [u8],
    is_right: bool,
}

/// What stands at a place.
enum Found<'a> {
    Page(Page<'a>, usize),
    /// A page that reaches behind these bytes, by this much.
    Cut(usize),
    Nothing,
}

impl<'a> Page<'a> {
    fn of(bytes: &'a [u8]) -> Found<'a> {
        if bytes.len() < FIXED {
            return if bytes.starts_with(MARK) { Found::Cut(FIXED - bytes.len()) } else { Found::Nothing };
        }
        let (fixed, rest) = bytes.split_at(FIXED);
        if !fixed.starts_with(MARK) || fixed[4] != 0 {
            return Found::Nothing;
        }
        let count = usize::from(fixed[26]);
        let Some(segments) = rest.get(..count) else { return Found::Cut(count - rest.len()) };
        let len: usize = segments.iter().map(|&segment| usize::from(segment)).sum();
        let Some(body) = rest.get(count..count + len) else { return Found::Cut(count + len - rest.len()) };
        let four = |at: usize| [fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]];
        let [g0, g1, g2, g3] = four(6);
        let [g4, g5, g6, g7] = four(10);
        let mut digest = OGG.digest();
        digest.update(&fixed[..CHECKSUM.start]);
        digest.update(&[0; 4]);
        digest.update(&bytes[CHECKSUM.end..FIXED + count + len]);
        let page = Self {
            kind: fixed[5],
            granule: i64::from_le_bytes([g0, g1, g2, g3, g4, g5, g6, g7]),
            serial: u32::from_le_bytes(four(14)),
            number: u32::from_le_bytes(four(18)),
            segments,
            body,
            is_right: digest.finalize() == u32::from_le_bytes(four(CHECKSUM.start)),
        };
        Found::Page(page, FIXED + count + len)
    }
}

impl Stream {
    fn new(page: &Page<'_>) -> Self {
        Self {
            audio: OggIdentification::of(page.body),
            next_page: page.number,
            granule: 0,
            is_open: false,
            is_ended: false,
            packets: 0,
            is_audio: false,
        }
    }

    /// Checks what a page says against the one before it.
    fn check(&mut self, page: &Page<'_>, position: u64, findings: &mut Findings) {
        if page.number != self.next_page {
            let detail = format!("page {} stands where page {} should", page.number, self.next_page);
            findings.at(position, Kind::Missing, Verdict::Damaged, detail);
        } else if self.is_open != (page.kind & CONTINUED != 0) {
            let detail = "a packet goes on that did not begin, or one that began does not";
            findings.at(position, Kind::Order, Verdict::Damaged, detail);
        }
        if self.is_ended {
            findings.at(position, Kind::Order, Verdict::Suspicious, "a page stands behind the last one of its stream");
        }
        if page.granule >= 0 {
            if page.granule < self.granule {
                findings.at(position, Kind::Order, Verdict::Damaged, "the granule position goes back");
            }
            self.granule = page.granule;
        }
        self.next_page = page.number.wrapping_add(1);
        self.is_ended |= page.kind & LAST != 0;
    }

    /// The time at the end of the last packet, in ms.
    fn time(&self) -> Option<u64> {
        let audio = self.audio.as_ref()?;
        let samples = u64::try_from(self.granule).ok()?.saturating_sub(audio.pre_skip);
        Some(ms(samples, audio.sample_rate))
    }

    /// Hands over the parts of the page's packets that are audio.
    fn packets(&mut self, page: &Page<'_>, hash: &mut Option<Hash>) {
        let mut rest = page.body;
        for &segment in page.segments {
            let (part, behind) = rest.split_at(usize::from(segment));
            rest = behind;
            if !self.is_open {
                self.is_audio = self.is_audio_packet(part);
                self.packets += 1;
            }
            if let Some(hash) = hash.as_mut().filter(|_| self.is_audio) {
                hash.take(part);
            }
            self.is_open = segment == 255;
        }
    }

    /// Whether the packet that begins like this is audio, and no header.
    fn is_audio_packet(&self, part: &[u8]) -> bool {
        let Some(audio) = &self.audio else { return false };
        match audio.codec {
            // The number of headers may be unknown (RFC 9639, section 10.1); frames begin with
            // ones.
            OggCodec::Flac => part.first() == Some(&0xff),
            _ => self.packets > u64::from(audio.headers),
        }
    }
}

impl Ogg {
    /// Over pages that lie there.
    pub fn new(range: Range<u64>, is_whole: bool) -> Self {
        let position = range.start;
        Self { range, position, is_whole, lost: None, streams: BTreeMap::new(), pages: 0, has_audio: false }
    }

    /// Takes a page.
    fn page(&mut self, page: &Page<'_>, position: u64, findings: &mut Findings, hash: &mut Option<Hash>) {
        self.pages += 1;
        if !page.is_right {
            // Nothing that a damaged page says is compared with others.
            findings.at(position, Kind::Checksum, Verdict::Damaged, "the checksum of the page is wrong");
            if !self.streams.contains_key(&page.serial) {
                return;
            }
        }
        let is_first = page.kind & FIRST != 0;
        let is_known = self.streams.contains_key(&page.serial);
        if is_first || !is_known {
            if !is_known && self.streams.len() == MOST_STREAMS {
                return;
            }
            if !is_first && page.is_right {
                let detail = "a stream has no first page";
                findings.at(position, Kind::Missing, Verdict::Damaged, detail);
            }
            // Chained streams may have the number of one before them.
            let before = self.streams.insert(page.serial, Stream::new(page));
            if before.is_some_and(|before| !before.is_ended) {
                findings.at(position, Kind::Order, Verdict::Suspicious, "a stream begins again before it has ended");
            }
        }
        let Some(stream) = self.streams.get_mut(&page.serial) else { return };
        if let Some(ms) = stream.time() {
            findings.mark(position, ms);
        }
        if page.is_right {
            stream.check(page, position, findings);
        } else {
            stream.next_page = stream.next_page.wrapping_add(1);
        }
        stream.packets(page, hash);
        self.has_audio |= stream.audio.is_some();
    }

    /// Looks at the last page only: whether it ends the file, and its stream.
    fn tail(&mut self, desk: &mut Desk<'_>) -> io::Result<Proof> {
        let reach = (LONGEST as u64).min(self.range.end - self.range.start);
        let start = self.range.end - reach;
        let window = desk.input.at(start, reach)?;
        let last = memchr::memmem::rfind_iter(window, MARK).find_map(|at| match Page::of(&window[at..]) {
            Found::Page(page, len) if page.is_right => Some((page.kind, Some(at + len))),
            Found::Cut(_) => Some((0, None)),
            _ => None,
        });
        let (kind, verdict, detail) = match last {
            Some((_, None)) => (Kind::CutOff, Verdict::Truncated, "the last page is cut off"),
            Some((kind, Some(end))) if kind & LAST != 0 && end < window.len() => {
                (Kind::Trailing, Verdict::Suspicious, "bytes behind the last page are no page")
            }
            Some((kind, _)) if kind & LAST != 0 => return Ok(Proof::Header),
            _ => (Kind::CutOff, Verdict::Truncated, "the last page does not end its stream"),
        };
        desk.findings.of_file(kind, verdict, detail);
        Ok(Proof::Header)
    }

    fn end(&mut self, findings: &mut Findings) -> Proof {
        if let Some(lost) = self.lost.take() {
            let count = bytes(self.range.end - lost);
            findings.at(lost, Kind::Trailing, Verdict::Suspicious, format!("{count} behind the last page are no page"));
        }
        if !self.has_audio {
            findings.of_file(Kind::NoAudio, Verdict::Damaged, "no stream of audio that is known begins here");
        }
        if self.streams.values().any(|stream| stream.audio.is_some() && !stream.is_ended) {
            findings.of_file(Kind::CutOff, Verdict::Truncated, "the last page does not end its stream");
        }
        Proof::Checksums
    }
}

impl Walk for Ogg {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        if !self.is_whole {
            return Ok(Step::Done(self.tail(desk)?));
        }
        let begin = self.position;
        let window = desk.input.at(begin, PIECE.min(self.range.end - begin))?;
        let reaches_end = begin + window.len() as u64 >= self.range.end || (window.len() as u64) < PIECE;
        let mut at = 0;
        while at < window.len() && (reaches_end || window.len() - at >= LONGEST) {
            let position = begin + at as u64;
            match Page::of(&window[at..]) {
                // The end of a damaged page is not to be trusted, unless a page stands there.
                Found::Page(page, len) if page.is_right || window[at + len..].starts_with(MARK) => {
                    if let Some(lost) = self.lost.take() {
                        let detail = format!("{} between pages are no page", bytes(position - lost));
                        desk.findings.at(lost, Kind::LostSync, Verdict::Damaged, detail);
                    }
                    self.page(&page, position, desk.findings, desk.payload);
                    at += len;
                    continue;
                }
                Found::Cut(missing) if reaches_end && self.lost.is_none() => {
                    let rest = &window[at + MARK.len()..];
                    if memchr::memmem::find(rest, MARK).is_none() {
                        let detail = format!("the last page lacks {}", bytes(missing as u64));
                        desk.findings.at(position, Kind::CutOff, Verdict::Truncated, detail);
                        at = window.len();
                        continue;
                    }
                }
                Found::Page(..) if reaches_end && self.lost.is_none() => {
                    let detail = "the checksum of the page is wrong";
                    desk.findings.at(position, Kind::Checksum, Verdict::Damaged, detail);
                }
                _ => {}
            }
            self.lost.get_or_insert(position);
            at += 1 + memchr::memmem::find(&window[at + 1..], MARK).unwrap_or(window.len() - at - 1);
        }
        self.position = begin + at as u64;
        if self.position >= self.range.end || reaches_end {
            return Ok(Step::Done(self.end(desk.findings)));
        }
        Ok(Step::More)
    }

    fn position(&self) -> u64 {
        self.position
    }
}
