//! Item lists as iTunes writes them.

use super::*;

#[test]
fn every_usual_item_fills_its_field() {
    let told = read(tagged(&[
        text(b"\xa9nam", "Title"),
        text(b"\xa9ART", "Artist"),
        text(b"aART", "All"),
        text(b"\xa9alb", "Album"),
        text(b"\xa9day", "1999-05-01"),
        text(b"\xa9wrt", "Composer"),
        text(b"\xa9cmt", "Comment"),
        atom(b"trkn", &data(0, &[0, 0, 0, 3, 0, 12, 0, 0])),
        atom(b"disk", &data(0, &[0, 0, 0, 1, 0, 2])),
        atom(b"cpil", &data(21, &[1])),
        freeform("ISRC", &[data(1, b"DEA123")]),
    ]));
    let track = &told.track;
    assert_eq!(told.damage, "");
    assert_eq!(
        (told.title(), track.artist.as_deref(), track.album.as_deref()),
        ("Title", Some("Artist"), Some("Album"))
    );
    assert_eq!((track.album_artist.as_deref(), track.date.as_deref()), (Some("All"), Some("1999-05-01")));
    assert_eq!(
        (track.year, track.composer.as_deref(), track.comment.as_deref()),
        (Some(1999), Some("Composer"), Some("Comment"))
    );
    assert_eq!((track.track_number, track.track_total), (Some(3), Some(12)));
    assert_eq!((track.disc_number, track.disc_total), (Some(1), Some(2)));
    assert!(track.compilation);
    assert_eq!(track.isrc.as_deref(), Some("DEA123"));
    assert_eq!(told.items.last().unwrap().0, "----:com.apple.iTunes:ISRC");
    assert_eq!(told.items[0], ("\u{a9}nam".to_owned(), "Title".to_owned()));
}

#[test]
fn numbers_are_read_whatever_their_type() {
    for (kind, value, expected) in [
        (0, &[0, 0, 0, 3, 0, 12, 0, 0][..], (Some(3), Some(12))),
        (21, &[0, 0, 0, 3, 0, 12, 0, 0], (Some(3), Some(12))),
        (0, &[0, 0, 0, 7], (Some(7), None)),
        (0, &[0, 0, 0, 0, 0, 9], (None, Some(9))),
        (21, &[5], (Some(5), None)),
        (22, &[1, 4], (Some(260), None)),
        (0, &[0, 6], (Some(6), None)),
        (1, b"4/11", (Some(4), Some(11))),
        (0, &[], (None, None)),
    ] {
        let told = read(tagged(&[atom(b"trkn", &data(kind, value))]));
        assert_eq!((told.track.track_number, told.track.track_total), expected, "{kind} {value:?}");
    }
}

#[test]
fn values_of_all_types_are_shown() {
    let values = [
        data(2, b"\0U\0T\0F\xd8\x34\xdd\x1e"),
        data(21, &[0xff]),
        data(21, &[0xff, 0xff, 0xfe]),
        data(22, &[0xff, 0xff, 0xff, 0xff]),
        data(74, &(-5_i64).to_be_bytes()),
        data(23, &1.5_f32.to_be_bytes()),
        data(24, &(-0.25_f64).to_be_bytes()),
        data(13, &[1, 2, 3]),
        data(21, &[0; 9]),
        data(1, b"cut \xc3"),
    ];
    let told = read(tagged(&[freeform("x", &values)]));
    let shown: Vec<_> = told.items.iter().map(|(_, value)| value.as_str()).collect();
    let expected =
        ["UTF\u{1d11e}", "-1", "-2", "4294967295", "-5", "1.5", "-0.25", "<3 bytes>", "<9 bytes>", "cut \u{fffd}"];
    assert_eq!(shown, expected);
}

#[test]
fn several_values_are_a_list_in_one_item_and_in_several() {
    let several = parent(b"\xa9ART", &[data(1, b"A"), data(1, b"B")]);
    let told = read(tagged(&[
        several,
        text(b"\xa9ART", "C"),
        text(b"\xa9nam", "first"),
        text(b"\xa9nam", "second"),
        freeform("MusicBrainz Artist Id", &[data(1, b"1"), data(1, b"2")]),
    ]));
    assert_eq!((told.track.artists, told.track.artist), (vec!["A".into(), "B".into(), "C".into()], Some("A".into())));
    assert_eq!(told.track.title.as_deref(), Some("first"));
    assert_eq!(told.track.musicbrainz_artist_ids, ["1", "2"]);
}

#[test]
fn a_numbered_genre_counts_where_there_is_none_in_words() {
    let gnre = || atom(b"gnre", &data(0, &[0, 18]));
    let genres = |items: &[Vec<u8>]| read(tagged(items)).track.genres;
    assert_eq!(genres(&[gnre()]), ["Rock"]);
    assert_eq!(genres(&[gnre(), text(b"\xa9gen", "Rock and more")]), ["Rock and more"]);
    assert!(genres(&[atom(b"gnre", &data(0, &[0, 0]))]).is_empty());
    assert!(genres(&[atom(b"gnre", &data(0, &[9, 0]))]).is_empty());
}

#[test]
fn pictures_are_places_and_an_empty_one_is_none() {
    let bytes = tagged(&[parent(b"covr", &[data(13, b"JPEG bytes"), data(14, b""), data(14, b"PNG"), data(0, b"?")])]);
    let told = read(bytes.clone());
    let pictures: Vec<_> = told
        .pictures
        .iter()
        .map(|picture| {
            let place = picture.data.pieces[0].clone();
            (picture.kind, picture.mime.as_str(), &bytes[place.start as usize..place.end as usize])
        })
        .collect();
    assert_eq!(pictures, [(3, "image/jpeg", &b"JPEG bytes"[..]), (3, "image/png", b"PNG"), (3, "", b"?")]);
    assert!(read(tagged(&[atom(b"covr", &data(13, b""))])).pictures.is_empty());
    assert!(read(tagged(&[atom(b"covr", b"")])).pictures.is_empty());
}

#[test]
fn tags_and_pictures_are_found_in_every_list() {
    let first = parent(b"udta", &[atom(b"name", b"x")]);
    let second = user_data(&[text(b"\xa9nam", "Title")]);
    let third = user_data(&[text(b"\xa9nam", "other"), text(b"\xa9alb", "Album"), atom(b"covr", &data(13, b"JPEG"))]);
    let told = read(file(&[Trak::default().bytes(), first, second, third]));
    assert_eq!((told.title(), told.track.album.as_deref(), told.pictures.len()), ("Title", Some("Album"), 1));
}

#[test]
fn a_list_may_lie_bare_in_its_parent_beside_the_movie_and_in_a_track() {
    let list = parent(b"ilst", &[text(b"\xa9nam", "Title")]);
    let bare = parent(b"meta", &[atom(b"hdlr", &[0; 25]), list.clone()]);
    let mut trak = Trak::default().bytes();
    trak.extend(&bare);
    let len = trak.len() as u32;
    trak[..4].copy_from_slice(&len.to_be_bytes());
    for bytes in [
        file(&[Trak::default().bytes(), parent(b"udta", std::slice::from_ref(&bare))]),
        file(&[Trak::default().bytes(), bare.clone()]),
        [file(&[Trak::default().bytes()]), bare].concat(),
        file(&[trak]),
    ] {
        let told = read(bytes);
        assert_eq!((told.title(), told.ms(), told.damage.as_str()), ("Title", Some(2000), ""));
    }
}
