//! Chapters of both kinds.

use super::*;

/// Nero's list of a beginning in ms and a name each.
fn list(version: u8, chapters: &[(u64, &str)]) -> Vec<u8> {
    let chapter = |(start, name): &(u64, &str)| {
        [&(start * 10_000).to_be_bytes()[..], &[name.len() as u8], name.as_bytes()].concat()
    };
    let head = [&[version, 0, 0, 0], &[0; 4][..usize::from(version) * 4], &[chapters.len() as u8 + 1]].concat();
    parent(b"udta", &[atom(b"chpl", &[head, chapters.iter().flat_map(chapter).collect(), vec![1, 2, 3]].concat())])
}

/// What was found: beginnings, ends, names.
fn found(told: &Told) -> Vec<(u64, Option<u64>, &str)> {
    let chapters = told.chapters.iter();
    chapters.map(|found| (found.start_ms, found.end_ms, found.title.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn chapters_are_those_of_neros_list() {
    for version in [0, 1] {
        let told = read(file(&[Trak::default().bytes(), list(version, &[(0, "one"), (1_500, "")])]));
        assert_eq!((found(&told), told.damage.as_str()), (vec![(0, None, "one"), (1_500, None, "-")], ""));
    }
}

/// Where the texts of the chapters are, in a file that has them before everything else.
const TEXTS: u32 = 16 + 8;

/// A track of texts, three of them in two chunks, that the first track names as that of its
/// chapters.
fn with_chapters(change: impl Fn(&mut Trak), more: &[Vec<u8>]) -> Vec<u8> {
    let texts: [&[u8]; 3] = [b"\0\x03one\0\0\0\x0cencd\0\0\x01\0", b"\0\x06\xfe\xff\0t\0w", b"\0\0"];
    let sizes = [&[0, 0, 3], &texts.map(|text| text.len() as u32)[..]].concat();
    let second = TEXTS + (texts[0].len() + texts[1].len()) as u32;
    let mut chapters = Trak {
        id: 7,
        handler: *b"text",
        scale: 1000,
        durations: vec![1, 1500, 2, 200],
        entry: entry(b"text", &[]),
        sizes: [
            atom(b"stsz", &words(&sizes)),
            atom(b"stsc", &words(&[0, 2, 1, 2, 1, 2, 1, 1])),
            atom(b"stco", &words(&[0, 2, TEXTS, second])),
        ]
        .concat(),
        ..Trak::default()
    };
    change(&mut chapters);
    let mut audio = Trak::default().bytes();
    audio.extend(parent(b"tref", &[atom(b"chap", &words(&[6, 7]))]));
    let len = (audio.len() as u32).to_be_bytes();
    audio[..4].copy_from_slice(&len);
    let movie = moov(&[audio, chapters.bytes(), more.concat()]);
    [atom(b"ftyp", b"M4A \0\0\0\0"), atom(b"mdat", &texts.concat()), movie, atom(b"mdat", &[0x55; 8000])].concat()
}

#[test]
fn a_track_of_texts_has_chapters_with_ends() {
    let chapters = vec![(0, Some(1500), "one"), (1500, Some(1700), "tw"), (1700, Some(1900), "-")];
    let told = read(with_chapters(|_| (), &[list(1, &[(0, "another")])]));
    assert_eq!((found(&told), told.ms(), told.damage.as_str()), (chapters.clone(), Some(2000), ""));
    // Captions are no other than texts, and a delay is none of the first chapter's.
    let told = read(with_chapters(|track| track.handler = *b"sbtl", &[]));
    assert_eq!(found(&told), chapters);
    let told = read(with_chapters(|track| track.edits = vec![(500, -1), (1900, 0)], &[]));
    assert_eq!(found(&told)[0], (500, Some(2000), "one"));
}

#[test]
fn a_track_that_is_no_list_of_texts_leaves_neros() {
    let changes: [fn(&mut Trak); 4] = [
        |track| track.handler = *b"vide",
        |track| track.id = 8,
        |track| track.sizes = Vec::new(),
        |track| track.scale = 0,
    ];
    for change in changes {
        let told = read(with_chapters(change, &[list(1, &[(10, "another")])]));
        assert_eq!(found(&told), [(10, None, "another")]);
    }
}

#[test]
fn a_scan_reads_no_chapters() {
    let mut track = crate::blank_track("", "");
    let file = with_chapters(|_| (), &[]);
    let mut reader = crate::reader::tests::reader(file);
    let parsed = crate::parse(&mut reader, &mut track, false, crate::LegacyCharset::Off).unwrap();
    assert_eq!((parsed.details.chapters.len(), track.duration_ms), (0, Some(2000)));
}

#[test]
fn chapters_that_lie_apart_cost_a_read_each_and_are_bounded() {
    let place = |number: u32| TEXTS + number * 10_000;
    let many = |track: &mut Trak| {
        track.durations = vec![u32::MAX, 1];
        let chunks = (0..3_000).map(|number| place(number % 20));
        track.sizes = [
            atom(b"stsz", &words(&[0, 5, u32::MAX])),
            atom(b"stsc", &words(&[0, 1, 1, 1, 1])),
            atom(b"stco", &words(&[vec![0, 3_000], chunks.collect()].concat())),
        ]
        .concat();
    };
    let file = [with_chapters(many, &[]), vec![0; 300_000]].concat();
    let told = read(file);
    assert_eq!(told.chapters.len(), 1024);
    assert!(told.reads.len() < 30, "{}", told.reads.len());
}

#[test]
fn no_damage_of_them_harms() {
    crate::trial::survives(&with_chapters(|_| (), &[]));
}
