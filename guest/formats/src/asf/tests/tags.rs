//! Tags and pictures.

use mt_scanner_contract::LyricsForm;

use super::*;

#[test]
fn the_content_description_has_four_texts_and_a_rating() {
    let told = read(tagged(&[description(["Title", "Artist", "Copyright", "Comment", "Rating"])]));
    assert_eq!((told.title(), told.track.artist.as_deref()), ("Title", Some("Artist")));
    assert_eq!(told.track.comment.as_deref(), Some("Comment"));
    let keys: Vec<_> = told.items.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["Title", "Author", "Copyright", "Description", "Rating"]);
}

#[test]
fn attributes_fill_fields_whatever_their_type() {
    let told = read(tagged(&[extended(&[
        text("WM/AlbumTitle", "Album"),
        text("WM/AlbumArtist", "All"),
        attribute("WM/TrackNumber", 3, &7_u32.to_le_bytes()),
        text("WM/PartOfSet", "1/2"),
        text("WM/Year", "1999"),
        text("WM/Genre", "Rock"),
        text("WM/Composer", "Composer"),
        text("WM/ISRC", "DEA123"),
        attribute("WM/IsCompilation", 2, &1_u32.to_le_bytes()),
        text("replaygain_track_gain", "-6.5 dB"),
        text("MusicBrainz/Album Id", "mbid"),
    ])]));
    let track = &told.track;
    assert_eq!(told.damage, "");
    assert_eq!((track.album.as_deref(), track.album_artist.as_deref()), (Some("Album"), Some("All")));
    assert_eq!((track.track_number, track.disc_number, track.disc_total), (Some(7), Some(1), Some(2)));
    assert_eq!((track.year, track.genre.as_deref()), (Some(1999), Some("Rock")));
    assert_eq!((track.composer.as_deref(), track.isrc.as_deref()), (Some("Composer"), Some("DEA123")));
    assert_eq!((track.compilation, track.replaygain_track_gain), (true, Some(-6.5)));
    assert_eq!(track.musicbrainz_release_id.as_deref(), Some("mbid"));
}

#[test]
fn values_of_all_types_are_shown() {
    let told = read(tagged(&[
        extended(&[
            attribute("a", 4, &u64::MAX.to_le_bytes()),
            attribute("b", 1, &[1, 2, 3]),
            attribute("c", 2, &[0; 4]),
        ]),
        extension(&[metadata(
            &guid::METADATA,
            &[("d", 5, vec![1, 2]), ("e", 6, guid::AUDIO_MEDIA.to_vec()), ("f", 2, vec![1, 0]), ("g", 9, vec![0])],
        )]),
    ]));
    let shown: Vec<_> = told.items.iter().map(|(_, value)| value.trim_end_matches(" / ")).collect();
    let expected =
        ["18446744073709551615", "<3 bytes>", "0", "513", "F8699E40-5B4D-11CF-A8FD-00805F5C442B", "1", "<1 bytes>"];
    assert_eq!(shown, expected);
}

#[test]
fn an_author_who_is_named_in_both_descriptions_is_one() {
    let told = read(tagged(&[
        description(["Title", "Artist", "", "", ""]),
        extended(&[text("Author", "Artist"), text("Author", "Other")]),
    ]));
    assert_eq!(told.track.artists, ["Artist", "Other"]);
}

#[test]
fn values_of_one_name_are_a_list_over_all_objects() {
    let library = metadata(&guid::METADATA_LIBRARY, &[("WM/Genre", 0, wide("Blues")), ("Author", 0, wide("C"))]);
    let told = read(tagged(&[
        extension(&[library]),
        extended(&[text("Author", "B"), text("WM/Genre", "Jazz"), text("Title", "other")]),
        description(["Title", "A", "", "", ""]),
    ]));
    assert_eq!((told.title(), &told.track.artists[..]), ("Title", &["A", "B", "C"].map(str::to_owned)[..]));
    assert_eq!(told.track.genres, ["Jazz", "Blues"]);
}

#[test]
fn a_track_counted_from_0_counts_where_no_other_number_is() {
    let old = || attribute("WM/Track", 3, &4_u32.to_le_bytes());
    assert_eq!(read(tagged(&[extended(&[old()])])).track.track_number, Some(5));
    assert_eq!(read(tagged(&[extended(&[old(), text("WM/TrackNumber", "9/12")])])).track.track_number, Some(9));
    assert_eq!(read(tagged(&[extended(&[text("WM/Track", "0")])])).track.track_number, Some(1));
}

#[test]
fn pictures_are_places_and_a_link_or_an_empty_one_is_none() {
    let bytes = tagged(&[
        extended(&[
            attribute("WM/Picture", 1, &picture(3, "image/jpeg", b"JPEG")),
            attribute("WM/Picture", 1, &picture(4, "image/png", b"")),
            attribute("WM/Picture", 1, &picture(3, "-->", b"http://x")),
        ]),
        extension(&[metadata(&guid::METADATA_LIBRARY, &[("WM/Picture", 1, picture(4, "image/png", b"PNG"))])]),
    ]);
    let told = read(bytes.clone());
    let pictures: Vec<_> = told
        .pictures
        .iter()
        .map(|picture| {
            let place = picture.data.pieces[0].clone();
            (picture.kind, picture.mime.as_str(), &bytes[place.start as usize..place.end as usize])
        })
        .collect();
    assert_eq!(pictures, [(3, "image/jpeg", &b"JPEG"[..]), (4, "image/png", b"PNG")]);
    assert_eq!(told.damage, "");
}

/// Lyrics with times.
fn timed(unit: u8, kind: u8, parts: &[(&str, u32)]) -> Vec<u8> {
    let texts: Vec<u8> =
        parts.iter().flat_map(|(text, time)| [wide(text), time.to_le_bytes().to_vec()].concat()).collect();
    [&[unit, kind], &(texts.len() as u32).to_le_bytes()[..], &wide("words"), &texts].concat()
}

#[test]
fn lyrics_with_times_become_lines_and_chords_are_none() {
    let with = |kind: u16, value: Vec<u8>| {
        let name = "WM/Lyrics_Synchronised";
        read(tagged(&[extension(&[metadata(&guid::METADATA_LIBRARY, &[(name, kind, value)])])]))
    };
    let told = with(1, timed(2, 1, &[("Eins", 1000), ("\nzwei, ", 2500), ("drei", 3000)]));
    let lyrics = &told.lyrics[0];
    assert_eq!(
        (lyrics.text.as_str(), lyrics.description.as_deref()),
        ("[00:01.000]Eins\n[00:02.500]zwei, drei", Some("words"))
    );
    assert_eq!((told.track.has_lyrics, told.damage.as_str()), (LyricsForm::Synchronised, ""));
    // Times that count frames say nothing, and some write an LRC file.
    let told = with(1, timed(1, 1, &[("Eins", 1), ("zwei", 2)]));
    assert_eq!((told.lyrics[0].text.as_str(), told.track.has_lyrics), ("Eins\nzwei", LyricsForm::Plain));
    let told = with(0, wide("[00:01.00]Eins"));
    assert_eq!((told.lyrics.len(), told.track.has_lyrics), (1, LyricsForm::Synchronised));
    let told = with(1, timed(2, 5, &[("Bb F", 0)]));
    assert_eq!((told.lyrics.len(), told.track.has_lyrics, told.items.len()), (0, LyricsForm::None, 1));
    let told = with(1, timed(2, 1, &[("Eins", 1000)])[..8].to_vec());
    assert_eq!((told.lyrics.len(), told.damage.as_str()), (0, "the lyrics with times are damaged"));
}

#[test]
fn a_scan_looks_at_the_beginning_of_lyrics_with_times() {
    let parts: Vec<(&str, u32)> = (0..20_000).map(|number| ("la la la", number)).collect();
    let lyrics = metadata(&guid::METADATA_LIBRARY, &[("WM/Lyrics_Synchronised", 1, timed(2, 1, &parts))]);
    let file = tagged(&[extension(&[lyrics]), description(["Title", "", "", "", ""])]);
    let mut track = crate::blank_track("", "");
    let mut reader = crate::reader::tests::reader(file.clone());
    crate::parse(&mut reader, &mut track, false, crate::LegacyCharset::Off).unwrap();
    assert_eq!((track.has_lyrics, track.title.as_deref()), (LyricsForm::Synchronised, Some("Title")));
    assert!(reader.reads().len() <= 3, "{:?}", reader.reads());
    assert_eq!(read(file).lyrics[0].text.lines().count(), 20_000);
}

#[test]
fn a_damaged_attribute_costs_itself_and_what_is_behind_it_in_its_object() {
    let mut attributes = [text("WM/Genre", "Rock"), text("WM/Composer", "Composer")];
    let at = 2 + wide("WM/Composer").len() + 2;
    attributes[1][at..at + 2].copy_from_slice(&9999_u16.to_le_bytes());
    let told = read(tagged(&[extended(&attributes), description(["Title", "", "", "", ""])]));
    assert_eq!((told.title(), told.track.genres.len(), told.ms()), ("Title", 1, Some(2000)));
    assert_eq!(told.track.composer.as_deref(), Some("Composer"));
    assert_eq!(told.damage, "the attribute WM/Composer is cut off");
    let mut claims_more = extended(&[text("WM/Genre", "Rock")]);
    claims_more[24] = 5;
    let told = read(tagged(&[claims_more]));
    assert_eq!((told.track.genres.len(), told.damage.as_str()), (1, "a list of attributes is cut off"));
}

#[test]
fn a_damaged_picture_is_none() {
    let mut cut = picture(3, "image/jpeg", b"JPEG");
    cut[1] = 200;
    for (value, damage) in [(cut, "a picture is cut off"), (vec![3, 1, 0], "a picture is damaged")] {
        let told = read(tagged(&[extended(&[attribute("WM/Picture", 1, &value), text("Title", "Title")])]));
        assert_eq!((told.title(), told.pictures.len(), told.damage.as_str()), ("Title", 0, damage));
    }
}

#[test]
fn a_content_description_that_claims_too_much_keeps_what_is_there() {
    let mut description = description(["Title", "Artist", "", "", ""]);
    description[24 + 6..24 + 8].copy_from_slice(&500_u16.to_le_bytes());
    let told = read(tagged(&[description]));
    assert_eq!((told.title(), told.track.artist.as_deref()), ("Title", Some("Artist")));
    assert_eq!(told.damage, "the content description is cut off");
}

#[test]
fn an_attribute_that_ends_between_its_name_and_its_value_is_none() {
    let whole = text("WM/Genre", "Rock");
    let name_end = 2 + wide("WM/Genre").len();
    for len in [1, 2, name_end, name_end + 2, name_end + 3] {
        let told = read(tagged(&[extended(&[whole[..len].to_vec()])]));
        assert_eq!((told.track.genres.len(), told.ms()), (0, Some(2000)), "{len}");
        assert_eq!(told.damage, "a list of attributes is cut off", "{len}");
    }
}
