//! For tests: how often a file of every container is read. On slow storage that is what it costs.
//!
//! Each file is longer than what is read whole. The mean over a collection is in
//! `docs/benchmarks.md`, and `bench/calls.py` measures it.

use std::fs;
use std::path::Path;

use crate::container::Container;
use crate::id3v2::tests::tag;
use crate::trial::{mpeg_frames, said};

/// Audio that is not looked at but for its ends.
const AUDIO: usize = 1 << 20;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    fs::read(folder.join(name)).expect("the fixtures are in the repository")
}

/// The file with more audio at its end.
fn longer(mut file: Vec<u8>) -> Vec<u8> {
    file.resize(file.len() + AUDIO, 0x55);
    file
}

/// An ID3v2 tag with a picture of 100 kB, and a text behind it.
fn tag_with_picture() -> Vec<u8> {
    let picture = [b"\0image/png\0\x03\0\x89PNG".as_slice(), &[7; 100_000]].concat();
    tag(3, &[("TIT2", b"\0title"), ("APIC", &picture), ("TALB", b"\0album")])
}

fn wave() -> Vec<u8> {
    let format = [&[1, 0, 2, 0][..], &44_100_u32.to_le_bytes(), &176_400_u32.to_le_bytes(), &[4, 0, 16, 0]].concat();
    let chunk = |name: &[u8], content: &[u8]| [name, &(content.len() as u32).to_le_bytes(), content].concat();
    let chunks = [b"WAVE".to_vec(), chunk(b"fmt ", &format), chunk(b"data", &vec![1; AUDIO])].concat();
    chunk(b"RIFF", &chunks)
}

/// Files with the container that they are, and how often they are read: at the beginning, behind a
/// picture and at the end; and in the middle where nothing tells the length.
fn files() -> Vec<(Container, Vec<u8>, usize)> {
    let first = |samples: Vec<Vec<u8>>| longer(samples.into_iter().next().expect("there is a sample"));
    let frames = || mpeg_frames(2_500);
    vec![
        (Container::Adts, fixture("aac-adts.aac").repeat(100), 4),
        (Container::Aiff, first(crate::foreign::aiff::tests::samples()), 2),
        (Container::Ape, first(crate::foreign::monkeys_audio::tests::samples()), 2),
        (Container::Asf, longer(fixture("wma-wmav2.wma")), 2),
        (Container::Flac, longer(fixture("flac-16-44.flac")), 2),
        (Container::Flac, longer(fixture("flac-picture-first.flac")), 3),
        (Container::Mpeg, frames(), 3),
        (Container::Mpeg, [tag_with_picture(), frames()].concat(), 4),
        (Container::Mp4, longer(fixture("m4a-moov-first.m4a")), 2),
        (Container::Mp4, fixture("m4a-cover.m4a"), 2),
        (Container::Musepack, first(crate::foreign::musepack::tests::samples()), 2),
        (Container::Ogg, fixture("ogg-vorbis-picture.ogg"), 2),
        (Container::Wave, wave(), 2),
        (Container::WavPack, first(crate::foreign::wavpack::tests::samples()), 2),
    ]
}

#[test]
fn a_file_takes_few_reads() {
    for (container, file, expected) in files() {
        let said = said(&file);
        assert_eq!(said.track.format.as_deref(), Some(container.name()));
        assert_eq!(said.reads.len(), expected, "{container:?} of {} bytes: {:?}", file.len(), said.reads);
    }
}

#[test]
fn every_container_is_among_the_files() {
    let mut containers: Vec<_> = files().into_iter().map(|(container, ..)| container).collect();
    containers.dedup();
    assert_eq!(containers, Container::ALL);
}
