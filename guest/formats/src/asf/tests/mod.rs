//! ASF files made by hand, and what is said of them.

mod bounds;
mod properties;
mod tags;

use super::Asf;
use super::guid::{self, Guid};
use crate::told::{self, Told};

const HEADER: Guid = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";

/// An object.
fn object(guid: &Guid, content: &[u8]) -> Vec<u8> {
    [&guid[..], &(content.len() as u64 + 24).to_le_bytes(), content].concat()
}

/// UTF-16 with a zero at its end.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// File properties: a length in units of 100 ns, a preroll in ms, flags.
fn file_properties(play_duration: u64, preroll: u64, flags: u32) -> Vec<u8> {
    let numbers = [0, 0, 0, 0, 0, play_duration, play_duration, preroll];
    let mut content: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    content.extend([flags, 3200, 3200, 128_000].iter().flat_map(|number| number.to_le_bytes()));
    object(&guid::FILE_PROPERTIES, &content)
}

/// A `WAVEFORMATEX` with what follows it.
#[derive(Clone)]
struct Wave {
    tag: u16,
    channels: u16,
    rate: u32,
    byte_rate: u32,
    bits: u16,
    extra: Vec<u8>,
}

impl Default for Wave {
    fn default() -> Self {
        Self { tag: 0x0161, channels: 2, rate: 44_100, byte_rate: 16_000, bits: 16, extra: vec![0; 10] }
    }
}

/// Stream properties of stream 1.
fn stream(kind: &Guid, wave: &Wave) -> Vec<u8> {
    let Wave { tag, channels, rate, byte_rate, bits, extra } = wave;
    let format = [
        &tag.to_le_bytes()[..],
        &channels.to_le_bytes(),
        &rate.to_le_bytes(),
        &byte_rate.to_le_bytes(),
        &[0, 4],
        &bits.to_le_bytes(),
        &(extra.len() as u16).to_le_bytes(),
        extra,
    ]
    .concat();
    let lens = [format.len() as u32, 0];
    let content = [&kind[..], &[0; 24], &lens.map(u32::to_le_bytes).concat(), &[1, 0, 0, 0, 0, 0], &format].concat();
    object(&guid::STREAM_PROPERTIES, &content)
}

/// A stream of audio.
fn audio(wave: Wave) -> Vec<u8> {
    stream(&guid::AUDIO_MEDIA, &wave)
}

/// A content description of title, author, copyright, description, rating.
fn description(texts: [&str; 5]) -> Vec<u8> {
    let texts = texts.map(|text| if text.is_empty() { vec![] } else { wide(text) });
    let sizes = texts.iter().flat_map(|text| (text.len() as u16).to_le_bytes());
    object(&guid::CONTENT_DESCRIPTION, &[sizes.collect(), texts.concat()].concat())
}

/// An attribute of the extended content description.
fn attribute(name: &str, kind: u16, value: &[u8]) -> Vec<u8> {
    let name = wide(name);
    let len = (value.len() as u16).to_le_bytes();
    [&(name.len() as u16).to_le_bytes(), &name[..], &kind.to_le_bytes(), &len, value].concat()
}

/// An attribute that is a text.
fn text(name: &str, value: &str) -> Vec<u8> {
    attribute(name, 0, &wide(value))
}

/// An extended content description.
fn extended(attributes: &[Vec<u8>]) -> Vec<u8> {
    let count = (attributes.len() as u16).to_le_bytes();
    object(&guid::EXTENDED_CONTENT_DESCRIPTION, &[&count[..], &attributes.concat()].concat())
}

/// A metadata object, or a metadata library object.
fn metadata(guid: &Guid, attributes: &[(&str, u16, Vec<u8>)]) -> Vec<u8> {
    let mut content = (attributes.len() as u16).to_le_bytes().to_vec();
    for (name, kind, value) in attributes {
        let name = wide(name);
        content.extend([[0; 4].as_slice(), &(name.len() as u16).to_le_bytes(), &kind.to_le_bytes()].concat());
        content.extend([&(value.len() as u32).to_le_bytes(), &name[..], value].concat());
    }
    object(guid, &content)
}

/// A header extension with these objects.
fn extension(objects: &[Vec<u8>]) -> Vec<u8> {
    let objects = objects.concat();
    let content = [&[0; 18], &(objects.len() as u32).to_le_bytes()[..], &objects].concat();
    object(&guid::HEADER_EXTENSION, &content)
}

/// A `WM/Picture`.
fn picture(kind: u8, mime: &str, data: &[u8]) -> Vec<u8> {
    [&[kind], &(data.len() as u32).to_le_bytes()[..], &wide(mime), &wide("what it shows"), data].concat()
}

/// A file: a header of these objects, and 8,000 bytes of packets.
fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let header = [&(objects.len() as u32).to_le_bytes(), &[1, 2][..], &objects.concat()].concat();
    [object(&HEADER, &header), object(&guid::DATA, &[vec![0; 26], vec![0x55; 8000]].concat())].concat()
}

/// A file of 2 s with 3 s of preroll, and these objects.
fn tagged(objects: &[Vec<u8>]) -> Vec<u8> {
    file(&[file_properties(50_000_000, 3000, 2), audio(Wave::default()), objects.concat()])
}

/// What is said of a file.
fn read(bytes: Vec<u8>) -> Told {
    told::by::<Asf>(bytes)
}
