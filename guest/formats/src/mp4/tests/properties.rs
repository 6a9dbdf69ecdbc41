//! Codecs, rates, channels, depths, bit rates.

use super::*;

/// Codec, rate, channels and depth of a file with this entry.
fn properties(entry: Vec<u8>) -> (Option<&'static str>, Option<u32>, Option<u8>, Option<u8>) {
    let told = read(track(Trak { entry, ..Trak::default() }));
    assert_eq!(told.damage, "");
    let properties = told.properties;
    (properties.codec, properties.sample_rate, properties.channels, properties.bit_depth)
}

#[test]
fn aac_is_what_its_configuration_says() {
    // AAC-LC at 44.1 kHz in stereo; HE-AAC at 22.05 kHz with an extension to 44.1 kHz in mono.
    assert_eq!(properties(aac(&[0x12, 0x10])), (Some("aac"), Some(44_100), Some(2), None));
    assert_eq!(properties(aac(&[0x2b, 0x8a, 0x08, 0x00])), (Some("aac"), Some(44_100), Some(1), None));
}

#[test]
fn replication_that_nothing_signals_shows_in_the_entry_and_the_time_scale() {
    // A core of 22.05 kHz.
    let entry = aac(&[0x13, 0x90]);
    let with_scale =
        |scale| read(track(Trak { scale, entry: entry.clone(), ..Trak::default() })).properties.sample_rate;
    assert_eq!(with_scale(44_100), Some(44_100));
    assert_eq!(with_scale(22_050), Some(22_050));
}

#[test]
fn other_codecs_are_known_by_their_entries_and_configurations() {
    let alac = [words(&[0, 4096]), vec![0, 24, 40, 10, 14, 1, 0, 255], words(&[0, 700_000, 96_000])].concat();
    assert_eq!(properties(entry(b"alac", &[atom(b"alac", &alac)])), (Some("alac"), Some(96_000), Some(1), Some(24)));
    // STREAMINFO: 192 kHz, 2 channels, 24 bits.
    let flac = [vec![0; 4], vec![0x80, 0, 0, 34], vec![0; 10], vec![0x2e, 0xe0, 0x03, 0x70], vec![0; 20]].concat();
    assert_eq!(properties(entry(b"fLaC", &[atom(b"dfLa", &flac)])), (Some("flac"), Some(192_000), Some(2), Some(24)));
    let opus = [0, 6, 0x01, 0x38, 0, 0, 0x56, 0x22, 0, 0, 0];
    assert_eq!(properties(entry(b"Opus", &[atom(b"dOps", &opus)])), (Some("opus"), Some(48_000), Some(6), None));
    // 3/2 with a low frequency channel, 448 kbit/s.
    let ac3 = [0x10, 0x3d, 0xe0];
    let told = read(track(Trak { entry: entry(b"ac-3", &[atom(b"dac3", &ac3)]), ..Trak::default() }));
    assert_eq!((told.properties.codec, told.properties.channels), (Some("ac3"), Some(6)));
    assert_eq!((told.properties.sample_rate, told.properties.bitrate), (Some(48_000), Some(448)));
    // 640 kbit/s, 44.1 kHz, stereo.
    let eac3 = [0x14, 0x00, 0x60, 0x04, 0x00];
    let told = read(track(Trak { entry: entry(b"ec-3", &[atom(b"dec3", &eac3)]), ..Trak::default() }));
    assert_eq!((told.properties.codec, told.properties.channels), (Some("eac3"), Some(2)));
    assert_eq!((told.properties.sample_rate, told.properties.bitrate), (Some(44_100), Some(640)));
    assert_eq!(properties(entry(b"mp4a", &[esds(0x6b, &[])])).0, Some("mp3"));
    assert_eq!(properties(entry(b"mp4a", &[])), (Some("aac"), Some(44_100), Some(2), None));
    assert_eq!(properties(entry(b"samr", &[])).0, Some("amr_nb"));
    assert_eq!(properties(entry(b"what", &[])), (None, Some(44_100), Some(2), None));
}

#[test]
fn quicktime_has_more_fields_and_its_configuration_one_level_deeper() {
    let version = |version: u8, more: &[u8]| {
        let mut bytes = entry(b"mp4a", &[]);
        bytes[8 + 9] = version;
        bytes.extend(more);
        let len = bytes.len() as u32;
        bytes[..4].copy_from_slice(&len.to_be_bytes());
        bytes
    };
    let wave = parent(b"wave", &[atom(b"frma", b"mp4a"), esds(0x40, &[0x11, 0x88])]);
    let aac = version(1, &[vec![0; 16], wave].concat());
    assert_eq!(properties(aac), (Some("aac"), Some(48_000), Some(1), None));
    let fields = [words(&[72]), 96_000_f64.to_bits().to_be_bytes().to_vec(), words(&[4, 0x7f00_0000, 24, 0, 0, 0])];
    let mut pcm = version(2, &fields.concat());
    pcm[4..8].copy_from_slice(b"lpcm");
    assert_eq!(properties(pcm), (Some("pcm"), Some(96_000), Some(4), Some(24)));
    assert_eq!(properties(entry(b"sowt", &[])), (Some("pcm"), Some(44_100), Some(2), Some(16)));
}

#[test]
fn protected_audio_is_named_and_keeps_the_name_of_its_codec() {
    let sinf = |scheme: &[u8; 4]| {
        let schm = [&[0; 4], scheme.as_slice(), &[0; 4]].concat();
        parent(b"sinf", &[atom(b"frma", b"mp4a"), atom(b"schm", &schm)])
    };
    for (format, scheme, system) in [(b"drms", b"itun", "FairPlay"), (b"enca", b"cenc", "Common Encryption")] {
        let entry = entry(format, &[esds(0x40, &[0x12, 0x10]), sinf(scheme)]);
        let told = read(file(&[Trak { entry, ..Trak::default() }.bytes(), user_data(&[text(b"\xa9nam", "Bought")])]));
        assert_eq!((told.properties.codec, told.title()), (Some("aac"), "Bought"));
        assert_eq!((told.protection, told.damage.as_str()), (Some(system), ""));
    }
}

/// A table of sample sizes.
fn sizes(each: u32, table: &[u32]) -> Vec<u8> {
    atom(b"stsz", &[words(&[0, each, table.len() as u32]), if each == 0 { words(table) } else { vec![] }].concat())
}

#[test]
fn the_bit_rate_is_that_of_the_audio_track() {
    let bitrate = |traks: &[Vec<u8>]| read(file(traks)).properties.bitrate;
    let alone = Trak::default().bytes();
    // 8,000 bytes of media in 2 s.
    assert_eq!(bitrate(std::slice::from_ref(&alone)), Some(32));
    // Another track shares them: by the table, by the size of all samples, by the descriptor.
    let video = Trak { id: 2, handler: *b"vide", ..Trak::default() }.bytes();
    let with = |sizes| Trak { sizes, ..Trak::default() }.bytes();
    assert_eq!(bitrate(&[with(sizes(0, &[1000, 2000, 3000])), video.clone()]), Some(24));
    assert_eq!(bitrate(&[with(sizes(2000, &[0; 2])), video.clone()]), Some(16));
    let small = [words(&[0, 8, 4]), vec![250, 250, 250, 250]].concat();
    assert_eq!(bitrate(&[with(atom(b"stz2", &small)), video.clone()]), Some(4));
    // Sizes of 15, 5 and 15 bytes in 140 samples.
    let nibbles = atom(b"stz2", &[words(&[0, 4, 3]), vec![0xf5, 0xf5]].concat());
    let short = Trak { length: 140, sizes: nibbles, ..Trak::default() }.bytes();
    assert_eq!(bitrate(&[short, video.clone()]), Some(88));
    assert_eq!(bitrate(&[alone, video]), Some(128));
    // Uncompressed audio has the rate of its format.
    assert_eq!(bitrate(&[Trak { entry: entry(b"twos", &[]), ..Trak::default() }.bytes()]), Some(1411));
}

#[test]
fn the_first_audio_track_that_is_enabled_counts() {
    let rate = |is_enabled, entry| Trak { is_enabled, entry, ..Trak::default() }.bytes();
    let [first, second] = [aac(&[0x12, 0x10]), aac(&[0x11, 0x88])];
    let video = Trak { handler: *b"vide", ..Trak::default() }.bytes();
    let chosen = |traks: &[Vec<u8>]| read(file(traks)).properties.sample_rate;
    assert_eq!(chosen(&[video.clone(), rate(false, first.clone()), rate(true, second.clone())]), Some(48_000));
    assert_eq!(chosen(&[video, rate(false, first), rate(false, second)]), Some(44_100));
}

#[test]
fn a_film_without_sound_keeps_its_tags_and_its_length() {
    let video = Trak { handler: *b"vide", ..Trak::default() }.bytes();
    let told = read(file(&[video, user_data(&[text(b"\xa9nam", "Silent")])]));
    assert_eq!((told.title(), told.ms(), told.properties.codec), ("Silent", Some(2000), None));
    assert_eq!(told.damage, "the file has no audio track");
}
