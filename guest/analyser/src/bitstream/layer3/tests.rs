//! Codes of layer III.

use super::super::huffman::tests::assert_whole;
use super::super::ledger::Ledger;
use super::codes::*;
use super::*;
use crate::report::{Findings, Verdict};

/// A frame of MPEG 2 with one channel and no pairs, so many bits of which are main data. Of ones
/// each is a quad of zeros, and 144 are a spectrum.
fn frame(len: u16, main: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xff, 0xf3, 0x40, 0xc4, 0];
    frame.extend((len << 3).to_be_bytes());
    frame.resize(13, 0);
    frame.extend(main);
    frame.resize(104, 0);
    frame
}

/// The verdict on this frame among many that are exact.
fn judged(frame_of_other: &[u8]) -> Option<Verdict> {
    let exact = frame(144, &[0xff; 18]);
    let (mut stream, mut ledger) = (Layer3::new(), Ledger::default());
    for at in 0..300 {
        let packet = if at == 200 { frame_of_other } else { &exact };
        stream.take(packet, &mut ledger.notes(at));
    }
    let mut findings = Findings::default();
    ledger.judge(&mut findings);
    findings.worst()
}

#[test]
fn codes_that_end_elsewhere_are_damage_and_what_fills_up_is_none() {
    assert_eq!(judged(&frame(144, &[0xff; 18])), None);
    assert_eq!(judged(&frame(160, &[0xff; 20])), None);
    let mut others = [0xff; 20];
    others[19] = 0x5a;
    assert_eq!(judged(&frame(160, &others)), Some(Verdict::Damaged));
    // A quad that goes beyond the end.
    assert_eq!(judged(&frame(13, &[0xf5, 0xa5, 0x20])), Some(Verdict::Damaged));
    // More bits than there are, and reserved blocks.
    assert_eq!(judged(&frame(4000, &[0xff; 18])), Some(Verdict::Damaged));
    let mut reserved = frame(144, &[0xff; 18]);
    reserved[9] |= 0x01;
    assert_eq!(judged(&reserved), Some(Verdict::Damaged));
}

#[test]
fn frames_of_other_layers_and_headers_of_encoders_are_no_spectra() {
    let mut info = frame(4000, b"Info");
    assert_eq!(judged(&info), None);
    info[1] = 0xf5;
    assert_eq!(judged(&info), None);
    assert_eq!(judged(&[0xff, 0xf3, 0x40]), None);
}

#[test]
fn every_code_word_stands_for_values_of_its_own_and_none_is_left() {
    let pairs: [(&[u16], u16); 15] = [
        (&CODE_1, 1),
        (&CODE_2, 2),
        (&CODE_3, 2),
        (&CODE_5, 3),
        (&CODE_6, 3),
        (&CODE_7, 5),
        (&CODE_8, 5),
        (&CODE_9, 5),
        (&CODE_10, 7),
        (&CODE_11, 7),
        (&CODE_12, 7),
        (&CODE_13, 15),
        (&CODE_15, 15),
        (&CODE_16, 15),
        (&CODE_24, 15),
    ];
    for (leaves, largest) in pairs {
        assert_whole(leaves, (0..=largest).flat_map(|x| (0..=largest).map(move |y| x << 4 | y)));
    }
    for leaves in [QUADS_A, QUADS_B] {
        assert_whole(&leaves, 0..16);
    }
}
