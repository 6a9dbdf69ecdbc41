//! Items under keys, texts of QuickTime and of 3GPP.

use super::*;

#[test]
fn items_under_keys_are_read_by_their_names() {
    let key = |name: &str| atom(b"mdta", name.as_bytes());
    let keys = [words(&[0, 3]), key("com.apple.quicktime.title"), key("album"), key("encoder")].concat();
    let item = |number: u32, value: Vec<u8>| atom(&number.to_be_bytes(), &value);
    let list = [item(1, data(1, b"Title")), item(2, data(2, b"\0A")), item(3, data(1, b"x")), item(9, data(1, b"y"))];
    let hdlr = atom(b"hdlr", &[&[0; 8], b"mdta".as_slice(), &[0; 13]].concat());
    let meta = parent(b"meta", &[hdlr, atom(b"keys", &keys), parent(b"ilst", &list)]);
    let told = read(file(&[Trak::default().bytes(), meta]));
    assert_eq!((told.title(), told.track.album.as_deref()), ("Title", Some("A")));
    assert_eq!(told.items[0].0, "com.apple.quicktime.title");
    assert_eq!(told.damage, "an item of the item list has no key");
}

/// A text of QuickTime in a language.
fn quicktime(language: u16, text: &[u8]) -> Vec<u8> {
    [&(text.len() as u16).to_be_bytes(), &language.to_be_bytes()[..], text].concat()
}

#[test]
fn quicktime_texts_are_in_utf_8_or_in_its_own_charset() {
    let title = [quicktime(0, b"Caf\x8e \xa8"), quicktime(1, b"Kaffee")].concat();
    let told = read(file(&[
        Trak::default().bytes(),
        parent(
            b"udta",
            &[
                atom(b"\xa9nam", &title),
                atom(b"\xa9alb", &quicktime(0x15c7, "Übung".as_bytes())),
                atom(b"\xa9ART", &data(1, b"Artist")),
                atom(b"\xa9cmt", b"bare text"),
                atom(b"\xa9day", &quicktime(0, b"\xfe\xff\x002\x000\x000\x001")),
                vec![0; 4],
            ],
        ),
    ]));
    assert_eq!((told.title(), told.track.album.as_deref()), ("Café ®", Some("Übung")));
    assert_eq!((told.track.artist.as_deref(), told.track.comment.as_deref()), (Some("Artist"), Some("bare text")));
    assert_eq!((told.track.year, told.damage.as_str()), (Some(2001), ""));
}

/// A text of 3GPP.
fn asset(name: &[u8; 4], text: &[u8]) -> Vec<u8> {
    atom(name, &[b"\0\0\0\0\x15\xc7".as_slice(), text].concat())
}

#[test]
fn texts_of_3gpp_are_read() {
    let told = read(file(&[
        Trak::default().bytes(),
        parent(
            b"udta",
            &[
                asset(b"titl", b"\xfe\xff\0T\0\xe9\0\0"),
                asset(b"auth", b"Author\0"),
                asset(b"perf", b"Performer\0"),
                asset(b"albm", b"Album\0\x07"),
                asset(b"gnre", b"Jazz"),
                atom(b"yrrc", &[0, 0, 0, 0, 0x07, 0xcf]),
            ],
        ),
    ]));
    let track = &told.track;
    assert_eq!((told.title(), track.album.as_deref(), track.track_number), ("Té", Some("Album"), Some(7)));
    assert_eq!((track.artist.as_deref(), track.artists.len()), (Some("Performer"), 1));
    assert_eq!((&track.genres[..], track.year), (&["Jazz".to_owned()][..], Some(1999)));
    let alone = read(file(&[Trak::default().bytes(), parent(b"udta", &[asset(b"auth", b"Author\0")])]));
    assert_eq!(alone.track.artist.as_deref(), Some("Author"));
}

#[test]
fn lyrics_are_whole_when_they_are_asked_for() {
    let words = "la ".repeat(9_000);
    let told = read(tagged(&[text(b"\xa9lyr", &words), freeform("LYRICS", &[data(1, b"[00:01.00]la")])]));
    assert_eq!(told.track.has_lyrics, mt_scanner_contract::LyricsForm::Synchronised);
    assert_eq!(told.lyrics.iter().map(|lyrics| lyrics.text.len()).collect::<Vec<_>>(), [words.len(), 12]);
}

#[test]
fn an_item_list_counts_more_than_texts_beside_it() {
    let udta = parent(b"udta", &[atom(b"\xa9nam", &quicktime(0, b"old")), atom(b"\xa9alb", &quicktime(0, b"Album"))]);
    let told = read(file(&[Trak::default().bytes(), udta, user_data(&[text(b"\xa9nam", "new")])]));
    assert_eq!((told.title(), told.track.album.as_deref()), ("new", Some("Album")));
}
