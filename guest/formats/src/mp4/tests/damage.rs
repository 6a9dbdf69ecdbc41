//! Damage costs what is damaged.

use super::*;

/// Two items around another.
fn around(item: Vec<u8>) -> Told {
    read(tagged(&[text(b"\xa9ART", "Artist"), item, text(b"\xa9nam", "Title"), text(b"\xa9alb", "Album")]))
}

fn is_complete(told: &Told) -> bool {
    told.track.artist.as_deref() == Some("Artist")
        && told.title() == "Title"
        && told.track.album.as_deref() == Some("Album")
        && told.ms() == Some(2000)
}

/// An item whose size is another than it should be.
fn of_size(size: u32) -> Vec<u8> {
    let mut item = text(b"\xa9cmt", "Comment");
    item[..4].copy_from_slice(&size.to_be_bytes());
    item
}

#[test]
fn an_item_of_impossible_size_costs_itself() {
    for size in [2, 5, 7] {
        let told = around(of_size(size));
        assert!(is_complete(&told), "{size}");
        assert_eq!(told.damage, "an item of the item list is damaged", "{size}");
    }
    for size in [1, 10_000, u32::MAX] {
        let told = around(of_size(size));
        assert!(is_complete(&told), "{size}");
        assert_eq!(told.damage, "the atom \u{a9}cmt is damaged", "{size}");
        // A size of 1 says that one of 64 bits follows, where the value is.
        assert_eq!(told.track.comment.as_deref(), (size > 1).then_some("Comment"));
    }
}

#[test]
fn a_value_of_impossible_size_costs_itself() {
    let mut item = text(b"\xa9cmt", "Comment");
    item[8..12].copy_from_slice(&500_u32.to_be_bytes());
    let told = around(item);
    assert!(is_complete(&told));
    assert_eq!(told.damage, "the atom \u{a9}cmt is damaged");
    let told = around(atom(b"\xa9cmt", &atom(b"data", &[0; 4])));
    assert!(is_complete(&told));
    assert_eq!(told.damage, "a value of the atom \u{a9}cmt is damaged");
}

#[test]
fn freeform_items_may_be_empty_or_have_no_name() {
    let told = around(atom(b"----", b""));
    assert!(is_complete(&told) && told.damage.is_empty());
    let told = around(atom(b"----", &data(1, b"value")));
    assert!(is_complete(&told));
    assert_eq!(told.damage, "an atom ---- has no name");
}

#[test]
fn padding_in_a_list_is_no_damage() {
    let told = read(tagged(&[text(b"\xa9nam", "Title"), vec![0; 64]]));
    assert_eq!((told.title(), told.damage.as_str()), ("Title", ""));
}

#[test]
fn a_picture_that_is_cut_off_is_none() {
    let mut item = atom(b"covr", &data(13, b"JPEG"));
    item[8..12].copy_from_slice(&500_u32.to_be_bytes());
    let told = around(item);
    assert!(is_complete(&told) && told.pictures.is_empty());
    assert_eq!(told.damage, "a picture is cut off");
}

#[test]
fn a_file_that_is_cut_off_says_so_and_keeps_what_is_there() {
    let whole = tagged(&[text(b"\xa9nam", "Title")]);
    let told = read(whole[..whole.len() - 1000].to_vec());
    assert_eq!((told.title(), told.ms(), told.properties.bitrate), ("Title", Some(2000), Some(128)));
    assert_eq!(told.damage, "the audio data says 8000 bytes, and 7000 are there");
    assert_eq!(told.audio.len(), 7000);
    let told = read([atom(b"ftyp", b"M4A "), atom(b"mdat", &[1; 50])].concat());
    assert_eq!((told.ms(), told.damage.as_str()), (None, "the file has no moov atom"));
    let at = whole.windows(4).position(|name| name == b"udta").unwrap();
    let told = read(whole[..at].to_vec());
    assert_eq!((told.ms(), told.damage.as_str()), (Some(2000), "the moov atom is cut off"));
}

#[test]
fn tags_are_read_without_audio_and_audio_without_its_description() {
    let told = read(file(&[user_data(&[text(b"\xa9nam", "Title")])]));
    assert_eq!((told.title(), told.damage.as_str()), ("Title", "the file has no audio track"));
    let told = read(track(Trak { entry: vec![0, 0, 0, 3, 1], ..Trak::default() }));
    assert_eq!((told.ms(), told.properties.codec, told.damage.as_str()), (Some(2000), None, ""));
}
