//! The corruption drill without decoding: packets of the repository's own files, changed by one
//! byte, in the same places each time.

use std::collections::BTreeMap;

use mt_scanner_formats::reader::FileReader;
use mt_scanner_formats::structure;

use super::*;
use crate::audio::tests::packets;
use crate::drill::{Chance, fixtures};
use crate::input::tests::source;
use crate::report::Verdict;

/// Changes of each file.
const TRIALS: usize = 25;
/// Packets that make a rule, of every codec and number of channels.
const ENOUGH: usize = 1100;

/// The fixtures whose codes are followed, as their name, their codec, and as many packets as make a
/// rule: they are short, and so are repeated.
fn streams() -> Vec<(String, AudioCodecParameters, Vec<Vec<u8>>)> {
    let follows = |(name, bytes): (String, Vec<u8>)| {
        let len = bytes.len() as u64;
        let place = structure::place(&mut FileReader::new(bytes.as_slice(), len)).unwrap();
        let (parameters, packets) = packets(source(bytes), place)?;
        Bitstream::new(&parameters)?;
        let packets = packets.iter().cycle().take(ENOUGH.next_multiple_of(packets.len())).cloned().collect();
        Some((name, parameters, packets))
    };
    // The same audio beside other tags is no other stream.
    let is_same = |name: &str| ["id3", "cover", "moov-end"].iter().any(|tags| name.contains(tags));
    fixtures().into_iter().filter(|(name, _)| !is_same(name)).filter_map(follows).collect()
}

/// The verdict that the codes of these packets lead to.
fn judged<'a>(parameters: &AudioCodecParameters, packets: impl Iterator<Item = &'a [u8]>) -> Option<Verdict> {
    let mut bitstream = Bitstream::new(parameters).unwrap();
    for (at, packet) in packets.enumerate() {
        bitstream.take(packet, at as u64);
    }
    let mut findings = Findings::default();
    bitstream.finish(&mut findings);
    findings.worst()
}

/// The share of changed bytes of a codec that has to be found at the least, in percent: somewhat
/// less than is. The fixtures are tones, and of music more are.
fn least(codec: &str) -> usize {
    match codec {
        "mp3" => 12,
        "alac" => 30,
        _ => 50,
    }
}

#[test]
fn nothing_is_said_of_what_was_not_changed() {
    for (name, parameters, packets) in streams() {
        let mut bitstream = Bitstream::new(&parameters).unwrap();
        packets.iter().for_each(|packet| bitstream.take(packet, 0));
        let (held, broken) = bitstream.ledger.outcomes(0);
        assert!(held > 100 && broken == 0, "{name}: {held} and {broken}");
        assert_eq!(judged(&parameters, packets.iter().map(Vec::as_slice)), None, "{name}");
        // Cut off at the front, and parts of two streams behind each other.
        for cut in [1, 2, 5, 11] {
            assert_eq!(judged(&parameters, packets[cut..].iter().map(Vec::as_slice)), None, "{name} {cut}");
            let joined = packets.iter().take(packets.len() / 2).chain(&packets[cut..]);
            assert_eq!(judged(&parameters, joined.map(Vec::as_slice)), None, "{name} {cut}");
        }
    }
}

#[test]
fn changed_bytes_lead_to_codes_that_end_elsewhere() {
    let mut codecs: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, parameters, packets) in streams() {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let codec = match parameters.codec {
            CODEC_ID_MP3 => "mp3",
            CODEC_ID_ALAC => "alac",
            _ => "aac",
        };
        let (found, tried) = codecs.entry(codec).or_default();
        for _ in 0..TRIALS {
            let changed = 20 + chance.below(packets.len() as u64 - 40) as usize;
            let mut packet = packets[changed].clone();
            let at = chance.below(packet.len() as u64) as usize;
            packet[at] ^= chance.below(255) as u8 + 1;
            let all = packets.iter().enumerate().map(|(at, whole)| if at == changed { &packet } else { whole });
            *found += usize::from(judged(&parameters, all.map(Vec::as_slice)).is_some());
            *tried += 1;
        }
        println!("{name}: now {found} changed bytes of {tried} are found in {codec}");
    }
    for (codec, (found, tried)) in codecs {
        assert!(found * 100 >= least(codec) * tried, "{codec}: {found} of {tried}");
    }
}

#[test]
fn hostile_packets_end() {
    let mut chance = Chance(0x1234_5678_9abc_def1);
    for (_, parameters, packets) in streams() {
        let mut bitstream = Bitstream::new(&parameters).unwrap();
        for packet in packets.iter().take(400) {
            let mut hostile = packet.clone();
            let reach = [8, 40, packet.len() as u64][chance.below(3) as usize].min(packet.len() as u64);
            for _ in 0..=chance.below(12) {
                hostile[chance.below(reach) as usize] =
                    [0, 0xff, 0x7f, chance.below(256) as u8][chance.below(4) as usize];
            }
            hostile.truncate(1 + chance.below(2 * packet.len() as u64) as usize);
            bitstream.take(&hostile, 0);
            bitstream.take(&[], 0);
        }
    }
}
