//! ISO base media files (ISO/IEC 14496-12) and QuickTime: boxes with sizes, and tables that say
//! where the samples are. There is no checksum.

mod tables;

use std::io;
use std::ops::Range;

use super::{Desk, Step, Walk, bytes, ms};
use crate::input::PIECE;
use crate::report::{Findings, Kind, Proof, Verdict};
use tables::{Boxes, Run, Track};

/// The most boxes of a file. One of many fragments has two for each second.
const MOST_BOXES: usize = 1 << 20;
/// The most bytes of tables that are read: enough for 10,000,000 samples.
const MOST_TABLES: u64 = 64 << 20;
/// Boxes of files (ISO/IEC 14496-12, table 1; QuickTime).
const KNOWN: [&[u8; 4]; 16] = [
    b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"free", b"skip", b"wide", b"udta", b"uuid", b"meta", b"sidx",
    b"styp", b"emsg", b"prft", b"pnot",
];
/// Bytes of a box's header, with a size of 32 and of 64 bits.
const SHORT: u64 = 8;
const LONG: u64 = 16;

/// The walk.
pub struct Mp4 {
    range: Range<u64>,
    position: u64,
    is_whole: bool,
    state: State,
    boxes: usize,
    media: Vec<Range<u64>>,
    tracks: Vec<Track>,
    has_fragments: bool,
}

enum State {
    /// Looking at the boxes.
    Boxes,
    /// Taking the samples: which run of them.
    Samples(usize),
}

impl Mp4 {
    /// Over a file that lies there.
    pub fn new(range: Range<u64>, is_whole: bool) -> Self {
        Self {
            position: range.start,
            range,
            is_whole,
            state: State::Boxes,
            boxes: 0,
            media: Vec::new(),
            tracks: Vec::new(),
            has_fragments: false,
        }
    }

    /// Looks at the next box. Says whether there was one.
    fn next_box(&mut self, desk: &mut Desk<'_>) -> io::Result<bool> {
        let position = self.position;
        let header = desk.input.at(position, LONG)?;
        if position >= self.range.end || self.boxes == MOST_BOXES {
            return Ok(false);
        }
        self.boxes += 1;
        let [s0, s1, s2, s3, name @ ..] = header.first_chunk::<8>().copied().unwrap_or_default();
        let (size, start) = match (u32::from_be_bytes([s0, s1, s2, s3]), header.get(8..16)) {
            (0, _) => (self.range.end - position, SHORT),
            (1, Some(long)) => (long.first_chunk().map_or(0, |long| u64::from_be_bytes(*long)), LONG),
            (size, _) => (size.into(), SHORT),
        };
        let end = position.saturating_add(size);
        // Junk of printable bytes looks like a box that is cut off.
        let is_cut = end > self.range.end;
        let is_box = size >= start && (KNOWN.contains(&&name) || !is_cut && name.iter().all(u8::is_ascii_graphic));
        if !is_box {
            let is_over = self.tracks.iter().any(|track| track.is_audio) && !self.media.is_empty();
            let verdict = if is_over { Verdict::Suspicious } else { Verdict::Damaged };
            desk.findings.at(position, Kind::Trailing, verdict, "no box stands where one should");
            self.position = self.range.end;
            return Ok(true);
        }
        if is_cut {
            let name = String::from_utf8_lossy(&name).into_owned();
            let detail = format!("the box {name} lacks {}", bytes(end - self.range.end));
            desk.findings.at(position, Kind::CutOff, Verdict::Truncated, detail);
        }
        let content = (position + start).min(self.range.end)..end.min(self.range.end);
        match &name {
            b"mdat" => self.media.push(content),
            b"moov" => {
                let tables = read(desk, &content)?;
                self.tracks = Boxes(&tables).tracks(desk.findings, content.start);
            }
            b"moof" => {
                self.has_fragments = true;
                let tables = read(desk, &content)?;
                self.tracks.iter_mut().for_each(|track| track.add_fragment(Boxes(&tables), position));
            }
            _ => {}
        }
        self.position = end.min(self.range.end);
        Ok(true)
    }

    /// Judges the tables once all boxes are known.
    fn judge(&self, findings: &mut Findings) {
        if self.tracks.is_empty() {
            return findings.of_file(Kind::Missing, Verdict::Truncated, "the box moov, with all tables, is missing");
        }
        if !self.tracks.iter().any(|track| track.is_audio && !track.runs.is_empty()) {
            findings.of_file(Kind::NoAudio, Verdict::Damaged, "there is no track of audio with samples");
        }
        for run in self.tracks.iter().flat_map(|track| &track.runs) {
            let Run { place, .. } = run;
            let is_inside = |media: &&Range<u64>| media.start <= place.start && place.end <= media.end;
            if place.end > self.range.end {
                let detail = "samples lie behind the end of the file";
                return findings.at(place.start, Kind::CutOff, Verdict::Truncated, detail);
            }
            if !self.media.iter().any(|media| is_inside(&media)) {
                let detail = "samples lie where no media data are";
                return findings.at(place.start, Kind::Size, Verdict::Damaged, detail);
            }
        }
    }

    /// The samples of the audio, in their order.
    fn audio(&self) -> &[Run] {
        self.tracks.iter().find(|track| track.is_audio).map_or(&[], |track| track.runs.as_slice())
    }

    fn mark(&self, findings: &mut Findings) {
        let Some(track) = self.tracks.iter().find(|track| track.is_audio) else { return };
        let mut marks: Vec<_> = track.runs.iter().map(|run| (run.place.start, ms(run.ticks, track.scale))).collect();
        marks.extend(track.marks.iter().map(|&(place, ticks)| (place, ms(ticks, track.scale))));
        marks.sort_unstable();
        marks.into_iter().for_each(|(place, time)| findings.mark(place, time));
    }
}

/// The content of a box of tables.
fn read(desk: &mut Desk<'_>, content: &Range<u64>) -> io::Result<Vec<u8>> {
    let end = content.end.min(content.start + MOST_TABLES);
    let mut tables = Vec::new();
    let mut position = content.start;
    while position < end {
        let piece = desk.input.at(position, PIECE.min(end - position))?;
        if piece.is_empty() {
            break;
        }
        tables.extend_from_slice(piece);
        position += piece.len() as u64;
    }
    Ok(tables)
}

impl Walk for Mp4 {
    fn step(&mut self, desk: &mut Desk<'_>) -> io::Result<Step> {
        let held = if self.is_whole { Proof::Structure } else { Proof::Header };
        match self.state {
            State::Boxes => {
                if self.next_box(desk)? {
                    return Ok(Step::More);
                }
                self.judge(desk.findings);
                self.mark(desk.findings);
                self.state = State::Samples(0);
                self.position = self.audio().first().map_or(self.range.end, |run| run.place.start);
                Ok(if self.is_whole && desk.payload.is_some() { Step::More } else { Step::Done(held) })
            }
            State::Samples(index) => {
                let Some(Run { place, .. }) = self.audio().get(index) else { return Ok(Step::Done(held)) };
                let (end, next) = (place.end.min(self.range.end), self.audio().get(index + 1));
                if self.position >= end {
                    self.position = next.map_or(self.range.end, |run| run.place.start);
                    self.state = State::Samples(index + 1);
                    return Ok(Step::More);
                }
                let len = PIECE.min(end - self.position);
                desk.hash(self.position, len)?;
                self.position += len;
                Ok(Step::More)
            }
        }
    }

    fn position(&self) -> u64 {
        self.position
    }
}
