//! How much is read.

use super::*;
use crate::trial;

/// A file with some of everything.
fn sample() -> Vec<u8> {
    let sizes = atom(b"stsz", &words(&[0, 0, 3, 100, 200, 300]));
    let trak = Trak { durations: vec![3, 1024], edits: vec![(1000, 1024)], sizes, ..Trak::default() }.bytes();
    let video = Trak { id: 2, handler: *b"vide", ..Trak::default() }.bytes();
    let items = [
        text(b"\xa9nam", "Title"),
        atom(b"trkn", &data(0, &[0, 0, 0, 3, 0, 12])),
        freeform("ISRC", &[data(1, b"x")]),
        parent(b"covr", &[data(13, &[9; 50]), data(14, &[8; 50])]),
    ];
    let mvex = parent(b"mvex", &[atom(b"trex", &words(&[0, 1, 1, 1024, 0, 0]))]);
    let traf = parent(b"traf", &[atom(b"tfhd", &words(&[0, 1])), atom(b"trun", &words(&[0x101, 1, 0, 5]))]);
    [file(&[trak, video, mvex, user_data(&items)]), parent(b"moof", &[traf]), atom(b"mdat", &[1; 100])].concat()
}

#[test]
fn no_beginning_of_a_file_and_no_change_of_it_harms() {
    trial::survives(&sample());
}

#[test]
fn pictures_and_tables_are_passed_over() {
    let table: Vec<u32> = [0, 0, 50_000].into_iter().chain((0..50_000).map(|size| size % 400)).collect();
    let trak = Trak { sizes: atom(b"stsz", &words(&table)), ..Trak::default() }.bytes();
    let cover = atom(b"covr", &data(13, &vec![7; 3_000_000]));
    let after = text(b"\xa9nam", "behind");
    let told = read(file(&[trak, user_data(&[cover, after])]));
    assert_eq!((told.title(), told.pictures.len()), ("behind", 1));
    assert!(told.reads.len() <= 3, "{:?}", told.reads);
}

#[test]
fn a_large_file_costs_two_reads_with_its_tags_in_front_or_behind() {
    let moov = moov(&[Trak::default().bytes(), user_data(&[text(b"\xa9nam", "Title")])]);
    let media = atom(b"mdat", &vec![1; 2_000_000]);
    for (bytes, most) in [([moov.clone(), media.clone()].concat(), 1), ([media, moov].concat(), 2)] {
        let told = read(bytes);
        assert_eq!((told.title(), told.damage.as_str()), ("Title", ""));
        assert!(told.reads.len() <= most, "{:?}", told.reads);
    }
}

#[test]
fn very_many_atoms_and_fragments_cost_no_more_than_many() {
    let empty = atom(b"free", b"").repeat(1 << 20);
    assert!(read(empty.clone()).reads.len() <= 3);
    assert!(read(tagged(&[empty])).reads.len() <= 4);
    let fragment = [parent(b"moof", &[]), atom(b"mdat", &vec![1; 60_000])].concat();
    let mvex = parent(b"mvex", &[atom(b"trex", &words(&[0, 1, 1, 1024, 0, 0]))]);
    let told = read([moov(&[Trak::default().bytes(), mvex]), fragment.repeat(300)].concat());
    assert!(told.reads.len() <= 110, "{}", told.reads.len());
}

#[test]
fn nested_parents_end() {
    let mut nested = vec![];
    for _ in 0..20_000 {
        nested = parent(b"stbl", &[nested]);
    }
    read(file(&[parent(b"trak", &[parent(b"mdia", &[parent(b"minf", &[nested])])])]));
}

#[test]
fn a_source_that_has_not_the_bytes_yet_is_heard() {
    let cover = atom(b"covr", &data(13, &vec![7; 300_000]));
    let bytes = file(&[Trak::default().bytes(), user_data(&[cover, text(b"\xa9nam", "Title")])]);
    let (track, refusals) = trial::patiently(&bytes);
    assert_eq!((track.title.as_deref(), track.has_artwork, track.duration_ms), (Some("Title"), true, Some(2000)));
    assert!(refusals >= 2, "{refusals}");
}
