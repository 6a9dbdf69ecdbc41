//! Audio in fragments.

use super::*;

/// A `trex` of track 1 with this duration of samples, and what else an `mvex` has.
fn mvex(default: u32, others: &[Vec<u8>]) -> Vec<u8> {
    parent(b"mvex", &[others.concat(), atom(b"trex", &words(&[0, 1, 1, default, 0, 0]))])
}

/// A fragment of track 1 with this `trun`, and 1000 bytes of media.
fn fragment(tfhd: &[u32], trun: &[u32]) -> Vec<u8> {
    let traf = parent(b"traf", &[atom(b"tfhd", &words(tfhd)), atom(b"trun", &words(trun))]);
    [parent(b"moof", &[atom(b"mfhd", &words(&[0, 1])), traf]), atom(b"mdat", &[0x33; 1000])].concat()
}

/// A movie whose track has no samples, followed by other atoms.
fn fragmented(mvex: Vec<u8>, others: &[Vec<u8>]) -> Vec<u8> {
    let trak = Trak { length: 0, ..Trak::default() }.bytes();
    [atom(b"ftyp", b"iso5"), moov(&[trak, mvex]), others.concat()].concat()
}

#[test]
fn the_length_is_the_sum_of_the_runs() {
    let told = read(fragmented(
        mvex(1000, &[]),
        &[
            // By the movie, by the fragment, by each sample; of another track.
            fragment(&[0, 1], &[0, 10]),
            fragment(&[0x02_0009, 1, 0, 0, 2000], &[0x01, 5, 0]),
            fragment(&[0, 1], &[0x301, 2, 0, 44_100, 9, 4_100, 9]),
            fragment(&[0, 7], &[0, 1_000_000]),
        ],
    ));
    assert_eq!((told.ms(), told.damage.as_str()), (Some((10_000 + 10_000 + 48_200) * 1000 / 44_100), ""));
    assert!(!told.properties.is_estimate);
    assert_eq!(told.properties.bitrate, Some(21));
    assert_eq!(told.audio.len(), 4000);
}

#[test]
fn samples_in_the_track_itself_and_its_priming_count_too() {
    let trak = Trak { length: 44_100, durations: vec![1, 44_100], edits: vec![(0, 4100)], ..Trak::default() }.bytes();
    let bytes = [moov(&[trak, mvex(44_100, &[])]), fragment(&[0, 1], &[0, 1])].concat();
    assert_eq!(read(bytes).ms(), Some((44_100 + 40_000) * 1000 / 44_100));
}

/// More fragments than are looked at, of half a second each.
fn many() -> Vec<Vec<u8>> {
    vec![fragment(&[0, 1], &[0, 22_050]); 400]
}

#[test]
fn the_length_of_very_many_fragments_is_stated_or_estimated() {
    let extends = mvex(1, &[]);
    let told = read(fragmented(extends.clone(), &many()));
    assert_eq!((told.ms().unwrap() / 1000, told.properties.is_estimate), (200, true));
    assert_eq!(told.properties.bitrate, Some(16));
    let mehd = atom(b"mehd", &words(&[0, 201_000]));
    let told = read(fragmented(mvex(1, &[mehd]), &many()));
    assert_eq!((told.ms(), told.properties.is_estimate), (Some(201_000), false));
    // An index counts if it reaches the end of the file, but for an index of another kind there.
    let size: usize = many().iter().map(Vec::len).sum();
    let sidx = |size: u32| atom(b"sidx", &words(&[0, 1, 44_100, 0, 0, 1, size, 44_100 * 202, 0]));
    for (sidx, others, expected) in [
        (sidx(size as u32), vec![], (Some(202_000), false)),
        (sidx(size as u32), atom(b"mfra", &[0; 16]), (Some(202_000), false)),
    ] {
        let told = read(fragmented(extends.clone(), &[sidx, many().concat(), others]));
        assert_eq!((told.ms(), told.properties.is_estimate), expected);
    }
    assert!(read(fragmented(extends, &[sidx(5000), many().concat()])).properties.is_estimate);
}
