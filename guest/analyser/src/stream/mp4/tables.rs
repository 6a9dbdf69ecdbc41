//! The tables of tracks (ISO/IEC 14496-12, sections 8.6.1, 8.7 and 8.8), in memory.

use std::ops::Range;

use crate::report::{Findings, Kind, Verdict};

/// The places of samples whose time is kept, for each track.
const MARKS: usize = 4096;

/// Boxes one behind the other.
#[derive(Clone, Copy)]
pub struct Boxes<'a>(pub &'a [u8]);

/// Samples that lie one behind the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Where.
    pub place: Range<u64>,
    /// When the first begins, in the scale of the track.
    pub ticks: u64,
}

/// A track.
#[derive(Debug, Default)]
pub struct Track {
    pub is_audio: bool,
    /// Ticks a second.
    pub scale: u32,
    /// Its samples, in their order.
    pub runs: Vec<Run>,
    /// Places within runs, with their time.
    pub marks: Vec<(u64, u64)>,
    id: u32,
    ticks: u64,
    /// What samples of fragments have unless they say otherwise: size and length.
    defaults: (u32, u32),
}

impl<'a> Boxes<'a> {
    /// The next box, and those behind it.
    fn next(self) -> Option<([u8; 4], &'a [u8], Self)> {
        let [s0, s1, s2, s3, name @ ..] = *self.0.first_chunk::<8>()?;
        let size = match u32::from_be_bytes([s0, s1, s2, s3]) as usize {
            0 => self.0.len(),
            size => size,
        };
        let content = self.0.get(8..size.min(self.0.len()))?;
        Some((name, content, Self(self.0.get(size..).unwrap_or_default())))
    }

    fn all(self, wanted: [u8; 4]) -> impl Iterator<Item = Self> {
        let mut rest = self;
        std::iter::from_fn(move || {
            loop {
                let (name, content, behind) = rest.next()?;
                rest = behind;
                if name == wanted {
                    return Some(Self(content));
                }
            }
        })
    }

    fn find(self, path: &[&[u8; 4]]) -> Option<Self> {
        path.iter().try_fold(self, |boxes, name| boxes.all(**name).next())
    }

    /// The tracks of a `moov` whose content these are; it lies at `position`.
    pub fn tracks(self, findings: &mut Findings, position: u64) -> Vec<Track> {
        let defaults: Vec<_> = self.find(&[b"mvex"]).map(|extends| extends.all(*b"trex").collect()).unwrap_or_default();
        let default = |id: u32, at: usize| {
            let own = defaults.iter().find(|trex: &&Boxes<'_>| u32_at(trex.0, 4) == Some(id));
            own.and_then(|trex| u32_at(trex.0, at)).unwrap_or(0)
        };
        let track = |trak: Boxes<'a>| {
            let mut track = Track::of(trak, findings, position);
            track.defaults = (default(track.id, 16), default(track.id, 12));
            track
        };
        self.all(*b"trak").map(track).collect()
    }
}

impl Track {
    fn of(trak: Boxes<'_>, findings: &mut Findings, position: u64) -> Self {
        let mdia = trak.find(&[b"mdia"]).unwrap_or(Boxes(&[]));
        let content = |path: &[&[u8; 4]]| mdia.find(path).map_or(&[][..], |found| found.0);
        // Numbers of 64 bits in version 1.
        let time = |bytes: &[u8], short: usize, long: usize| {
            u32_at(bytes, if bytes.first() == Some(&1) { long } else { short }).unwrap_or(0)
        };
        let head = trak.find(&[b"tkhd"]).map_or(&[][..], |found| found.0);
        let mut track = Self {
            is_audio: content(&[b"hdlr"]).get(8..12) == Some(b"soun"),
            scale: time(content(&[b"mdhd"]), 12, 20),
            id: time(head, 12, 20),
            ..Self::default()
        };
        let tables = mdia.find(&[b"minf", b"stbl"]).unwrap_or(Boxes(&[]));
        if let Err(detail) = track.take(tables) {
            findings.at(position, Kind::Size, Verdict::Damaged, detail);
        }
        track
    }

    /// Takes the tables, which have to agree on the number of samples.
    fn take(&mut self, tables: Boxes<'_>) -> Result<(), String> {
        let content = |name: &[u8; 4]| tables.find(&[name]).map_or(&[][..], |found| found.0);
        let sizes = Sizes::of(content(b"stsz"), content(b"stz2"));
        let (runs, count) = entries::<12>(content(b"stsc"))?;
        let (times, _) = entries::<8>(content(b"stts"))?;
        let chunks: Vec<u64> = match tables.find(&[b"co64"]) {
            Some(long) => {
                let (entries, _) = entries::<8>(long.0)?;
                entries.map(|entry| u64::from_be_bytes(*entry)).collect()
            }
            None => entries::<4>(content(b"stco"))?.0.map(|entry| u32::from_be_bytes(*entry).into()).collect(),
        };
        let mut clock = Clock { times: times.map(pair), left: 0, length: 0, ticks: 0, timed: 0 };
        let mut runs = runs.map(pair).peekable();
        let (mut each, mut sample) = (0, 0_u64);
        if count == 0 && !chunks.is_empty() {
            return Err("the table of chunks says nothing of their samples".into());
        }
        let stride = (sizes.count / MARKS as u64).max(1);
        let mut marked = 0;
        for (number, &start) in (1_u32..).zip(&chunks) {
            while let Some((_, samples)) = runs.next_if(|(first, _)| *first <= number) {
                each = samples;
            }
            let begin = clock.ticks;
            if sample >= marked {
                self.marks.push((start, begin));
                marked = sample + stride;
            }
            let Some(len) = sizes.sum(sample, each) else {
                return Err(format!("the tables place more samples than the {} that have a size", sizes.count));
            };
            sample += u64::from(each);
            clock.pass(each);
            self.add(start..start.saturating_add(len), begin);
        }
        self.ticks = clock.ticks;
        clock.finish();
        let timed = clock.timed;
        if sample != sizes.count || timed != sample {
            let sized = sizes.count;
            return Err(format!("the tables disagree: {sized} samples have a size, {sample} a place, {timed} a time"));
        }
        Ok(())
    }

    /// Adds samples behind the others.
    fn add(&mut self, place: Range<u64>, ticks: u64) {
        match self.runs.last_mut().filter(|run| run.place.end == place.start) {
            Some(run) => run.place.end = place.end,
            None if place.is_empty() => {}
            None => self.runs.push(Run { place, ticks }),
        }
    }

    /// Adds the samples of a fragment, whose `moof` has this content and lies at `position`.
    pub fn add_fragment(&mut self, fragment: Boxes<'_>, position: u64) {
        for traf in fragment.all(*b"traf") {
            let Some(Boxes(head)) = traf.find(&[b"tfhd"]).filter(|head| u32_at(head.0, 4) == Some(self.id)) else {
                continue;
            };
            let flags = u32_at(head, 0).unwrap_or(0);
            let mut at = 8;
            let mut field = |flag: u32, len: usize| {
                let place = (flags & flag != 0).then_some(at);
                at += if flags & flag != 0 { len } else { 0 };
                place
            };
            let base = field(1, 8).and_then(|at| head.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)));
            field(2, 4);
            let length = field(8, 4).and_then(|at| u32_at(head, at)).unwrap_or(self.defaults.1);
            let size = field(16, 4).and_then(|at| u32_at(head, at)).unwrap_or(self.defaults.0);
            let mut start = base.unwrap_or(position);
            for Boxes(run) in traf.all(*b"trun") {
                start = self.add_run(run, base.unwrap_or(position), start, size, length);
            }
        }
    }

    /// Adds the samples of a `trun`, and gives where they end.
    fn add_run(&mut self, run: &[u8], base: u64, start: u64, size: u32, length: u32) -> u64 {
        let flags = u32_at(run, 0).unwrap_or(0);
        let count = u32_at(run, 4).unwrap_or(0);
        let mut at = 8;
        let mut place = start;
        if flags & 1 != 0 {
            let offset = u32_at(run, at).unwrap_or(0).cast_signed();
            place = base.saturating_add_signed(offset.into());
            at += 4;
        }
        at += if flags & 4 != 0 { 4 } else { 0 };
        let (begin, mut ticks) = (place, self.ticks);
        let first = ticks;
        let is_uniform = flags & 0xf00 == 0;
        if is_uniform {
            place = place.saturating_add(u64::from(size) * u64::from(count));
            ticks = ticks.saturating_add(u64::from(length) * u64::from(count));
        }
        // Each of the others takes bytes of the table, which ends the loop.
        for _ in 0..if is_uniform { 0 } else { count } {
            let mut field = |flag: u32, default: u32| {
                if flags & flag == 0 {
                    return Some(default);
                }
                at += 4;
                u32_at(run, at - 4)
            };
            let (Some(length), Some(size)) = (field(0x100, length), field(0x200, size)) else { break };
            field(0x400, 0);
            field(0x800, 0);
            place = place.saturating_add(size.into());
            ticks = ticks.saturating_add(length.into());
        }
        self.ticks = ticks;
        self.marks.push((begin, first));
        self.add(begin..place, first);
        place
    }
}

/// The sizes of samples.
struct Sizes<'a> {
    count: u64,
    /// Of each, where all are alike.
    equal: u32,
    table: &'a [u8],
    /// Bits of an entry.
    width: usize,
}

impl<'a> Sizes<'a> {
    fn of(plain: &'a [u8], compact: &'a [u8]) -> Self {
        if plain.is_empty() && !compact.is_empty() {
            let width = usize::from(compact.get(7).copied().unwrap_or(8));
            return Self {
                count: u32_at(compact, 8).unwrap_or(0).into(),
                equal: 0,
                table: compact.get(12..).unwrap_or_default(),
                width,
            };
        }
        Self {
            count: u32_at(plain, 8).unwrap_or(0).into(),
            equal: u32_at(plain, 4).unwrap_or(0),
            table: plain.get(12..).unwrap_or_default(),
            width: 32,
        }
    }

    /// Bytes of so many samples from one on; `None` if there are not as many.
    fn sum(&self, first: u64, count: u32) -> Option<u64> {
        if first + u64::from(count) > self.count {
            return None;
        }
        if self.equal > 0 {
            return Some(u64::from(self.equal) * u64::from(count));
        }
        (first..first + u64::from(count)).map(|index| self.get(index).map(u64::from)).sum()
    }

    fn get(&self, index: u64) -> Option<u32> {
        let index = usize::try_from(index).ok()?;
        match self.width {
            4 => self
                .table
                .get(index / 2)
                .map(|byte| u32::from(if index.is_multiple_of(2) { byte >> 4 } else { byte & 15 })),
            8 => self.table.get(index).copied().map(u32::from),
            16 => self.table.get(index * 2..)?.first_chunk().map(|two| u16::from_be_bytes(*two).into()),
            _ => u32_at(self.table, index * 4),
        }
    }
}

/// The times of samples, in runs of equal ones.
struct Clock<T> {
    times: T,
    left: u32,
    length: u32,
    ticks: u64,
    timed: u64,
}

impl<T: Iterator<Item = (u32, u32)>> Clock<T> {
    /// Passes so many samples, or as many as there are.
    fn pass(&mut self, mut count: u32) {
        while count > 0 {
            if self.left == 0 {
                let Some(next) = self.times.next() else { return };
                (self.left, self.length) = next;
                continue;
            }
            let some = count.min(self.left);
            self.left -= some;
            count -= some;
            self.timed += u64::from(some);
            self.ticks = self.ticks.saturating_add(u64::from(some) * u64::from(self.length));
        }
    }

    /// Counts those that are left.
    fn finish(&mut self) {
        self.timed += u64::from(self.left) + self.times.by_ref().map(|(count, _)| u64::from(count)).sum::<u64>();
    }
}

/// The entries of a table behind version, flags and count, and how many there are.
fn entries<const N: usize>(table: &[u8]) -> Result<(impl Iterator<Item = &[u8; N]>, u32), String> {
    let count = u32_at(table, 4).unwrap_or(0);
    let (entries, _) = table.get(8..).unwrap_or_default().as_chunks::<N>();
    let is_whole = count as usize <= entries.len();
    is_whole
        .then(|| (entries.iter().take(count as usize), count))
        .ok_or_else(|| format!("a table lacks some of its {count} entries"))
}

fn pair<const N: usize>(entry: &[u8; N]) -> (u32, u32) {
    (u32_at(entry, 0).unwrap_or(0), u32_at(entry, 4).unwrap_or(0))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}
