//! Streams one behind the other in a file (RFC 3533, section 4): recordings from the air have one
//! for each song.
//!
//! Where a stream ends is searched by halving, as libvorbisfile does, since no table tells it. Each
//! costs some reads, so only the first ones are measured, and the others estimated by their bytes.

use std::io;
use std::ops::Range;
use std::time::Duration;

use super::group::Group;
use super::page::{Header, LONGEST};
use super::tail::{self, Tail};
use super::timeline::Timeline;
use super::{headers, identification::Identification};
use crate::measure;
use crate::reader::{FileReader, ReadAt};

/// The most streams that are measured.
const MOST_LINKS: usize = 16;
/// The most places that are looked at to find the ends of streams.
const MOST_PROBES: u32 = 128;
/// From this many bytes on the search goes from page to page.
const NEAR: u64 = 64 * 1024;

/// A stream, or several that begin together, with its audio.
pub(super) struct Link {
    pub group: Group,
    pub identification: Identification,
    pub page: Header,
    pub timeline: Timeline,
}

/// How long a chain is.
#[derive(Default)]
pub(super) struct Extent {
    /// `None` if no page tells it.
    pub length: Option<Duration>,
    /// Whether a part was estimated.
    pub is_estimate: bool,
    /// Where the pages of audio are, a range for each link.
    pub audio: Vec<Range<u64>>,
    /// The last page of audio.
    pub last: Option<Header>,
}

impl Extent {
    fn add(&mut self, link: &Link, last: Option<Header>, end: u64) {
        let start = link.timeline.start();
        self.audio.push(start..end.max(start));
        let Some(last) = last else { return };
        let Identification { sample_rate, pre_skip, .. } = link.identification;
        let samples = link.timeline.samples(&last).unwrap_or(0).saturating_sub(pre_skip);
        if let Some(length) = measure::length(samples, sample_rate) {
            self.length = Some(self.length.unwrap_or_default().saturating_add(length));
        }
        self.last = Some(last);
    }

    /// Adds what is behind the links that were measured, by its bytes.
    fn estimate(&mut self, rest: Range<u64>) {
        let measured: u64 = self.audio.iter().map(|audio| audio.end - audio.start).sum();
        let factor = (rest.end - rest.start) as f64 / measured.max(1) as f64;
        let length = self.length.unwrap_or_default();
        self.length = Duration::try_from_secs_f64(length.as_secs_f64() * (1.0 + factor)).ok();
        self.is_estimate = true;
        self.audio.push(rest);
    }
}

/// Measures the chain that begins with this link.
pub(super) fn measure<S: ReadAt>(reader: &mut FileReader<S>, first: Link, tail: &Tail) -> io::Result<Extent> {
    let (mut extent, mut link, mut probes) = (Extent::default(), first, MOST_PROBES);
    let file_end = tail.last.as_ref().map_or(reader.len(), Header::end);
    loop {
        let next = match &tail.last {
            Some(last) if !link.group.has(last) => {
                let end = end_of(reader, &link, last.position, &mut probes)?;
                extent.add(&link, end.last, end.next.unwrap_or(file_end));
                end.next
            }
            _ => {
                let mut right = None;
                let start = link.timeline.start();
                tail::backwards(reader, start, |page| {
                    right = page.filter(|page| {
                        page.serial == link.page.serial
                            && page.end() <= file_end
                            && link.timeline.samples(page).is_some()
                    });
                    right.is_some()
                })?;
                extent.add(&link, right, file_end);
                None
            }
        };
        let Some(next) = next else { return Ok(extent) };
        if extent.audio.len() == MOST_LINKS || probes == 0 {
            extent.estimate(next..file_end);
            return Ok(extent);
        }
        match open(reader, next)? {
            Some(opened) => link = opened,
            None => return Ok(extent),
        }
    }
}

/// The link that begins at this place, without its comments: those of the first link count.
fn open<S: ReadAt>(reader: &mut FileReader<S>, position: u64) -> io::Result<Option<Link>> {
    let group = Group::at(reader, position)?;
    let Some((page, identification)) = group.audio.clone() else { return Ok(None) };
    let Some(first) = headers::pass(reader, &page, &identification)? else { return Ok(None) };
    let timeline = Timeline::of(reader, first, &identification)?;
    Ok(Some(Link { group, identification, page, timeline }))
}

/// The end of a link that others follow.
struct End {
    /// Its last page of audio that tells the time.
    last: Option<Header>,
    /// Where the next one begins.
    next: Option<u64>,
}

/// Finds the end of a link before `beyond`, where a page of another one is.
fn end_of<S: ReadAt>(reader: &mut FileReader<S>, link: &Link, beyond: u64, probes: &mut u32) -> io::Result<End> {
    let mut end = End { last: None, next: None };
    let note = |end: &mut End, page: &Header| {
        if page.serial == link.page.serial && link.timeline.samples(page).is_some() {
            end.last = Some(page.clone());
        }
    };
    let (mut low, mut high) = (link.timeline.start(), beyond);
    while high.saturating_sub(low) > NEAR && *probes > 0 {
        *probes -= 1;
        let middle = low + (high - low) / 2;
        match tail::next(reader, middle, high)? {
            Some(page) if link.group.has(&page) && page.end() <= high => {
                note(&mut end, &page);
                low = page.end();
            }
            _ => high = middle,
        }
    }
    let mut position = low;
    while position <= high.saturating_add(LONGEST) {
        let page = match Header::at(reader, position)? {
            Some(page) => page,
            None => match tail::next(reader, position, beyond.saturating_add(1))? {
                Some(page) => page,
                None => break,
            },
        };
        position = page.end();
        if link.group.has(&page) {
            note(&mut end, &page);
        } else if page.is_first() {
            end.next = Some(page.position);
            break;
        }
    }
    Ok(end)
}
