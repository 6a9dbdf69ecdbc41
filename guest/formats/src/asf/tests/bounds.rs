//! How much is read, and what damage does.

use super::*;
use crate::trial;

fn sample() -> Vec<u8> {
    let timed = [&[2, 1, 10, 0, 0, 0, 0, 0][..], &wide("la"), &[9, 0, 0, 0]].concat();
    let picture = picture(4, "image/png", &[7; 100]);
    let library =
        metadata(&guid::METADATA_LIBRARY, &[("WM/Picture", 1, picture), ("WM/Lyrics_Synchronised", 1, timed)]);
    tagged(&[
        description(["Title", "Artist", "", "Comment", ""]),
        extended(&[text("WM/AlbumTitle", "Album"), attribute("WM/TrackNumber", 3, &[7, 0, 0, 0])]),
        extension(&[library]),
    ])
}

#[test]
fn no_beginning_of_a_file_and_no_change_of_it_harms() {
    trial::survives(&sample());
}

#[test]
fn an_object_of_impossible_size_ends_the_header_and_costs_nothing_before_it() {
    for size in [0_u64, 23] {
        let mut broken = object(&[1; 16], &[0; 10]);
        broken[16..24].copy_from_slice(&size.to_le_bytes());
        let told = read(tagged(&[description(["Title", "", "", "", ""]), broken]));
        assert_eq!((told.title(), told.ms()), ("Title", Some(2000)));
        assert_eq!(told.damage, "an object of the header is damaged");
        assert_eq!(told.audio.len(), 8000);
    }
}

#[test]
fn a_file_that_is_cut_off_says_so() {
    let whole = sample();
    let told = read(whole[..whole.len() - 1000].to_vec());
    assert_eq!((told.title(), told.audio.len(), told.damage.as_str()), ("Title", 7000, "the audio data is cut off"));
    let told = read(whole[..400].to_vec());
    assert_eq!((told.ms(), told.title()), (Some(2000), "Title"));
    assert!(told.damage.starts_with("the header object is cut off"), "{}", told.damage);
    assert_eq!(read(whole[..20].to_vec()).damage, "the header object is damaged");
}

#[test]
fn pictures_are_passed_over() {
    let large = metadata(&guid::METADATA_LIBRARY, &[("WM/Picture", 1, picture(3, "image/png", &vec![7; 2_000_000]))]);
    let told = read(tagged(&[extension(&[large]), description(["Title", "", "", "", ""])]));
    assert_eq!((told.title(), told.pictures.len()), ("Title", 1));
    assert!(told.reads.len() <= 2, "{:?}", told.reads);
}

#[test]
fn very_many_objects_and_attributes_cost_no_more_than_many() {
    let empty = object(&[1; 16], &[]).repeat(100_000);
    assert!(read(tagged(&[empty])).reads.len() <= 3);
    let attributes = vec![attribute("", 0, &[]); 65_535];
    assert!(read(tagged(&[extended(&attributes)])).items.len() <= 2048);
}

#[test]
fn a_source_that_has_not_the_bytes_yet_is_heard() {
    let large = metadata(&guid::METADATA_LIBRARY, &[("WM/Picture", 1, picture(3, "image/png", &vec![7; 200_000]))]);
    let bytes = tagged(&[extension(&[large]), description(["Title", "", "", "", ""])]);
    let (track, refusals) = trial::patiently(&bytes);
    assert_eq!((track.title.as_deref(), track.has_artwork, track.duration_ms), (Some("Title"), true, Some(2000)));
    assert!(refusals >= 2, "{refusals}");
}

#[test]
fn very_much_text_is_named_and_takes_no_more_memory_than_much() {
    let genre = || ("WM/Genre", 0, wide(&"x".repeat(500_000)));
    let library = metadata(&guid::METADATA_LIBRARY, &std::array::from_fn::<_, 100, _>(|_| genre()));
    let file = tagged(&[description(["Title", "", "", "", ""]), extension(&[library])]);
    let len = file.len();
    let (told, cost) = crate::cost::of(|| read(file));
    assert_eq!((told.title(), told.track.genres.len()), ("Title", 8));
    assert_eq!(told.damage, "the tags have more text than is taken of a file");
    assert!(cost.memory.unsigned_abs() < len / 2 + (16 << 20), "{cost:?}");
}
