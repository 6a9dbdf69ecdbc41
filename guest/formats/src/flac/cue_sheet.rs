//! CUESHEET (RFC 9639, section 8.7): where the tracks are, in samples, and no titles.

use crate::content::Content;
use crate::cue::Sheet;
use crate::cue::embedded::Track;
use crate::fields::Field;

/// The most bytes of a block that is looked at. One of 99 tracks with 100 index points each has
/// less.
pub(crate) const MOST: u32 = 128 * 1024;
/// Bytes of the media catalogue number, with which the block begins.
const CATALOG: usize = 128;
/// Bytes before the number of tracks: the catalogue number, the lead-in, a flag and what is
/// reserved.
const HEAD: usize = CATALOG + 8 + 259;
/// Bytes of a track before its index points.
const TRACK: usize = 36;
/// Bytes of an index point.
const INDEX: usize = 12;
/// The number of the lead-out, which is no track: of a CD, and of anything else.
const LEAD_OUT: [u8; 2] = [170, 255];

/// Notes the sheet in a block, unless another was there before it, or it is of one track alone.
pub(crate) fn note(block: &[u8], sample_rate: u32, content: &mut Content<'_>) {
    if content.cue.is_none() {
        content.cue = of(block, sample_rate).filter(|sheet| sheet.own_file().is_some());
    }
}

/// The sheet in a block; as many tracks as are whole. `None` if there is none.
fn of(block: &[u8], sample_rate: u32) -> Option<Sheet> {
    let (head, rest) = block.split_at_checked(HEAD)?;
    let (&count, mut rest) = rest.split_first()?;
    let catalog = text(&head[..CATALOG]).map(|number| (Field::Barcode, number));
    let mut tracks = Vec::new();
    for _ in 0..count {
        let Some((track, behind)) = one(rest, sample_rate) else { break };
        rest = behind;
        tracks.extend(track);
    }
    Sheet::embedded(catalog, tracks)
}

/// The first of some tracks, unless it is the lead-out, and what is behind it. It begins at its
/// index point 1.
fn one(bytes: &[u8], sample_rate: u32) -> Option<(Option<Track>, &[u8])> {
    let (track, rest) = bytes.split_at_checked(TRACK)?;
    let (points, rest) = rest.split_at_checked(usize::from(track[TRACK - 1]) * INDEX)?;
    let number = track[8];
    if LEAD_OUT.contains(&number) {
        return Some((None, rest));
    }
    let (points, _) = points.as_chunks::<INDEX>();
    let point = points.iter().find(|point| point[8] == 1).or(points.first()).map_or(0, |point| sample(point));
    let samples = sample(track).checked_add(point)?;
    let rate = u128::from(sample_rate.max(1));
    let start_ms = u64::try_from((u128::from(samples) * 1000 + rate / 2) / rate).ok()?;
    let isrc = text(&track[9..21]);
    Some((Some(Track { number: number.into(), is_audio: track[21] & 0x80 == 0, start_ms, isrc }), rest))
}

/// The eight bytes with which a track or an index point begins.
fn sample(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    u64::from_be_bytes(first)
}

/// A text of ASCII that zeros fill up; `None` if it is nothing.
fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let text = str::from_utf8(&bytes[..end]).ok()?.trim();
    (!text.is_empty() && text.is_ascii()).then(|| text.to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use mt_scanner_contract::{Fingerprint, Track as Row};

    /// A track: number, offset, whether it is audio, and index points, each an offset and a number.
    pub type Made<'p> = (u8, u64, bool, &'p [(u64, u8)]);

    /// A block of tracks.
    pub fn block(tracks: &[Made<'_>]) -> Vec<u8> {
        let mut block = b"0731453433427".to_vec();
        block.resize(HEAD, 0);
        block.push(tracks.len() as u8);
        for &(number, offset, is_audio, points) in tracks {
            block.extend(offset.to_be_bytes());
            block.push(number);
            block.extend(if number == 1 { *b"GBAAA9700001" } else { [0; 12] });
            block.push(if is_audio { 0 } else { 0x80 });
            block.resize(block.len() + 13, 0);
            block.push(points.len() as u8);
            for &(offset, number) in points {
                block.extend(offset.to_be_bytes());
                block.extend([number, 0, 0, 0]);
            }
        }
        block
    }

    fn rows(sheet: &Sheet) -> Vec<Row> {
        let file = sheet.own_file().unwrap();
        sheet.rows(file, &mut Row::default(), Fingerprint { size: 0, mtime_ns: 0, ctime_ns: 0 })
    }

    #[test]
    fn tracks_begin_at_index_point_1_and_the_lead_out_is_none() {
        for lead_out in LEAD_OUT {
            let sheet = of(
                &block(&[
                    (1, 0, true, &[(0, 1)]),
                    (2, 441_000, true, &[(0, 0), (44_100, 1)]),
                    (3, 882_000, false, &[(0, 1)]),
                    (lead_out, 1_323_000, true, &[]),
                ]),
                44_100,
            )
            .unwrap();
            let rows = rows(&sheet);
            let of = |row: &Row| (row.track_number, row.start_ms, row.end_ms, row.isrc.clone());
            assert_eq!(
                rows.iter().map(of).collect::<Vec<_>>(),
                [
                    (Some(1), Some(0), Some(11_000), Some("GBAAA9700001".to_owned())),
                    (Some(2), Some(11_000), Some(20_000), None)
                ]
            );
            assert_eq!(rows[0].barcode.as_deref(), Some("0731453433427"));
        }
    }

    #[test]
    fn a_block_that_is_cut_off_has_the_tracks_that_are_whole() {
        let whole = block(&[(1, 0, true, &[(0, 1)]), (2, 44_100, true, &[(0, 1)]), (170, 88_200, true, &[])]);
        for len in 0..whole.len() {
            let tracks = of(&whole[..len], 44_100).map_or(0, |sheet| sheet.tracks_of_all());
            let expected = len.saturating_sub(HEAD + 1) / (TRACK + INDEX);
            assert_eq!(tracks, expected.min(2), "{len}");
        }
    }

    #[test]
    fn numbers_that_are_too_large_are_no_place() {
        assert_eq!(of(&block(&[(1, u64::MAX, true, &[(1, 1)])]), 44_100), None);
        assert!(of(&block(&[(1, u64::MAX, true, &[(0, 1)])]), 0).is_none());
    }
}
