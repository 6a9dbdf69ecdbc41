//! For tests: sheets changed by chance in every way that damage comes in.

use mt_scanner_contract::{Fingerprint, Track};

use super::sheet::tests::WHOLE;
use super::{Named, Sheet, belongings};
use crate::legacy::LegacyCharset;
use crate::trial::damaged;

/// Reads a sheet, and makes all that is made of one.
fn read(bytes: &[u8]) -> usize {
    let Some(sheet) = Sheet::read(bytes, LegacyCharset::Auto) else { return 0 };
    let named = Named { name: "Album.cue", sheet: &sheet };
    let audio = ["Album.flac", "Album.wav", "1.wav", "2.wav"];
    belongings(&[named], audio.into_iter())
        .into_iter()
        .map(|(audio, _)| {
            let file = Named { name: "Album.cue", sheet: &sheet }.file_for(audio).expect("it is about the file");
            let mut whole = Track { path: audio.into(), duration_ms: Some(700_000), ..Track::default() };
            let rows = sheet.rows(file, &mut whole, Fingerprint { size: 0, mtime_ns: 0, ctime_ns: 0 });
            let mut paths: Vec<_> = rows.iter().map(|row| row.path.as_str()).collect();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), rows.len(), "a path is of one row");
            assert!(rows.iter().all(|row| row.end_ms.is_none_or(|end| Some(end) > row.start_ms)));
            assert!(rows.len() > 1 && whole.cue_tracks == Some(rows.len() as u32));
            rows.len()
        })
        .sum()
}

#[test]
fn whatever_bytes_a_sheet_has_it_is_read_or_is_none() {
    let several = "FILE \"1.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 03:00:00\n\
        FILE \"2.wav\" WAVE\nINDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 02:00:00";
    let utf_16: Vec<u8> = format!("\u{feff}{WHOLE}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let samples = [WHOLE.as_bytes().to_vec(), several.as_bytes().to_vec(), utf_16];
    let mut rows = 0;
    damaged(&samples, 15, |bytes| rows += read(bytes));
    assert!(rows > 0, "some are still sheets");
}
