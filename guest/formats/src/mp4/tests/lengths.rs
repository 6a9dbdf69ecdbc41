//! Lengths of tracks that are not in fragments, and where the atoms of a file may stand.

use super::*;

fn ms(trak: Trak) -> Option<u128> {
    let told = read(track(trak));
    assert_eq!(told.damage, "");
    told.ms()
}

#[test]
fn the_length_is_that_of_the_track() {
    assert_eq!(ms(Trak::default()), Some(2000));
    assert_eq!(ms(Trak { durations: vec![86, 1024], ..Trak::default() }), Some(86 * 1024 * 1000 / 44_100));
}

#[test]
fn a_header_that_does_not_know_gives_way_to_the_table_and_to_the_movie() {
    for length in [0, u32::MAX] {
        assert_eq!(ms(Trak { length, durations: vec![1, 44_100], ..Trak::default() }), Some(1000));
        assert_eq!(ms(Trak { length, ..Trak::default() }), Some(2000));
    }
    assert_eq!(ms(Trak { scale: 0, ..Trak::default() }), Some(2000));
}

#[test]
fn priming_padding_and_delays_are_no_length() {
    // One second behind 1024 samples of priming, half a second of silence before.
    assert_eq!(ms(Trak { edits: vec![(500, -1), (1000, 1024)], ..Trak::default() }), Some(1000));
}

#[test]
fn a_short_length_is_a_length() {
    assert_eq!(ms(Trak { length: 20, ..Trak::default() }), Some(0));
    let mut bytes = track(Trak { length: 0, ..Trak::default() });
    let at = bytes.windows(4).position(|name| name == b"mvhd").unwrap() + 4 + 16;
    bytes[at..at + 4].fill(0);
    assert_eq!((read(bytes.clone()).ms(), read(bytes).damage.as_str()), (Some(0), ""));
}

#[test]
fn atoms_may_stand_in_any_order_and_have_long_sizes_or_none() {
    let moov = moov(&[Trak::default().bytes()]);
    let media = vec![7; 8000];
    let mut long = words(&[1]);
    long.extend(b"mdat");
    long.extend(8016_u64.to_be_bytes());
    let mut endless = words(&[0]);
    endless.extend(b"mdat");
    for bytes in [
        [atom(b"free", &[0; 100]), atom(b"ftyp", b"M4A "), moov.clone(), atom(b"mdat", &media)].concat(),
        [atom(b"mdat", &media), moov.clone()].concat(),
        [long, media.clone(), moov.clone()].concat(),
        [moov.clone(), endless, media.clone()].concat(),
        [moov, atom(b"mdat", &media), b"TAG and more".to_vec()].concat(),
    ] {
        let told = read(bytes);
        assert_eq!((told.ms(), told.properties.bitrate, told.damage.as_str()), (Some(2000), Some(32), ""));
        assert_eq!(told.audio.len(), 8000);
    }
}

#[test]
fn media_data_are_the_audio_in_the_order_of_the_file() {
    let moov = moov(&[Trak::default().bytes()]);
    let told = read([atom(b"mdat", &[1; 10]), moov.clone(), atom(b"mdat", &[]), atom(b"mdat", &[2; 20])].concat());
    let second = 18 + moov.len() as u64 + 8 + 8;
    assert_eq!(told.audio.pieces, [8..18, second..second + 20]);
}
