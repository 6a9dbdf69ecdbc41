//! MP4 files made by hand, and what is said of them.

mod bounds;
mod chapters;
mod damage;
mod fragments;
mod item_list;
mod lengths;
mod other_tags;
mod properties;

use super::Mp4;
use crate::told::{self, Told};

/// An atom.
fn atom(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), name.as_slice(), content].concat()
}

/// An atom of others.
fn parent(name: &[u8; 4], children: &[Vec<u8>]) -> Vec<u8> {
    atom(name, &children.concat())
}

/// Numbers of 32 bits in a row.
fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A track.
struct Trak {
    id: u32,
    is_enabled: bool,
    handler: [u8; 4],
    scale: u32,
    /// By its header.
    length: u32,
    /// Numbers and durations of samples.
    durations: Vec<u32>,
    /// Lengths in the movie's scale and places in the media's.
    edits: Vec<(u32, i32)>,
    entry: Vec<u8>,
    /// A table of sample sizes, if there is one.
    sizes: Vec<u8>,
}

impl Default for Trak {
    fn default() -> Self {
        Self {
            id: 1,
            is_enabled: true,
            handler: *b"soun",
            scale: 44_100,
            length: 88_200,
            durations: vec![],
            edits: vec![],
            entry: aac(&[0x12, 0x10]),
            sizes: vec![],
        }
    }
}

impl Trak {
    fn bytes(&self) -> Vec<u8> {
        let stts = [words(&[0, self.durations.len() as u32 / 2]), words(&self.durations)].concat();
        let stsd = atom(b"stsd", &[words(&[0, 1]), self.entry.clone()].concat());
        let stbl = parent(b"stbl", &[stsd, atom(b"stts", &stts), self.sizes.clone()]);
        let edit = |(length, start): &(u32, i32)| words(&[*length, start.cast_unsigned(), 0x1_0000]);
        let elst = [words(&[0, self.edits.len() as u32]), self.edits.iter().flat_map(edit).collect()].concat();
        let hdlr = [words(&[0, 0]), self.handler.to_vec(), vec![0; 13]].concat();
        let mdia = [
            atom(b"mdhd", &words(&[0, 0, 0, self.scale, self.length, 0])),
            atom(b"hdlr", &hdlr),
            parent(b"minf", &[stbl]),
        ];
        let mut tkhd = words(&[u32::from(self.is_enabled), 0, 0, self.id]);
        tkhd.resize(84, 0);
        parent(b"trak", &[atom(b"tkhd", &tkhd), parent(b"edts", &[atom(b"elst", &elst)]), parent(b"mdia", &mdia)])
    }
}

/// A sample entry of version 0: stereo, 16 bits, 44.1 kHz.
fn entry(format: &[u8; 4], children: &[Vec<u8>]) -> Vec<u8> {
    let fixed = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 0, 0, 0, 0xac, 0x44, 0, 0];
    atom(format, &[fixed.to_vec(), children.concat()].concat())
}

/// An `esds` of a stream with this object type, 128 kbit/s and this configuration.
fn esds(object_type: u8, config: &[u8]) -> Vec<u8> {
    let descriptor = |tag: u8, content: &[u8]| [&[tag, content.len() as u8], content].concat();
    let decoder = [&[object_type, 0x15, 0, 0, 0], &words(&[0, 128_000])[..], &descriptor(5, config)].concat();
    let stream = [&[0, 0, 0], &descriptor(4, &decoder)[..]].concat();
    atom(b"esds", &[&[0; 4], &descriptor(3, &stream)[..]].concat())
}

/// An entry of MPEG-4 audio with this configuration.
fn aac(config: &[u8]) -> Vec<u8> {
    entry(b"mp4a", &[esds(0x40, config)])
}

/// A movie of 2 s in a scale of 1000.
fn moov(children: &[Vec<u8>]) -> Vec<u8> {
    let mut mvhd = words(&[0, 0, 0, 1000, 2000]);
    mvhd.resize(100, 0);
    parent(b"moov", &[atom(b"mvhd", &mvhd), children.concat()])
}

/// A file: a movie, and 8,000 bytes of media.
fn file(children: &[Vec<u8>]) -> Vec<u8> {
    [atom(b"ftyp", b"M4A \0\0\0\0"), moov(children), atom(b"mdat", &[0x55; 8000])].concat()
}

/// A file with one track.
fn track(trak: Trak) -> Vec<u8> {
    file(&[trak.bytes()])
}

/// A value of an item.
fn data(kind: u32, value: &[u8]) -> Vec<u8> {
    atom(b"data", &[&words(&[kind, 0]), value].concat())
}

/// An item of one text.
fn text(name: &[u8; 4], text: &str) -> Vec<u8> {
    atom(name, &data(1, text.as_bytes()))
}

/// A freeform item.
fn freeform(name: &str, values: &[Vec<u8>]) -> Vec<u8> {
    let full = |kind: &[u8; 4], text: &str| atom(kind, &[&[0; 4], text.as_bytes()].concat());
    parent(b"----", &[full(b"mean", "com.apple.iTunes"), full(b"name", name), values.concat()])
}

/// A `udta` with an item list, as iTunes writes it.
fn user_data(items: &[Vec<u8>]) -> Vec<u8> {
    let hdlr = atom(b"hdlr", &[&[0; 8], b"mdirappl".as_slice(), &[0; 9]].concat());
    parent(b"udta", &[atom(b"meta", &[vec![0; 4], hdlr, parent(b"ilst", items)].concat())])
}

/// A file with these items.
fn tagged(items: &[Vec<u8>]) -> Vec<u8> {
    file(&[Trak::default().bytes(), user_data(items)])
}

/// What is said of a file.
fn read(bytes: Vec<u8>) -> Told {
    told::by::<Mp4>(bytes)
}
