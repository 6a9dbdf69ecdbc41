//! Chapters: `CHAP` (ID3v2 Chapter Frame Addendum, section 3.1).

use mt_scanner_contract::Chapter;

use super::header::synchsafe;
use super::text::{Encoding, decoded};
use crate::fields::Collector;
use crate::legacy::Legacy;

/// What stands for a time that is given in bytes instead.
const IN_BYTES: u32 = u32::MAX;
/// Bytes of the header of a frame in it.
const HEADER: usize = 10;

/// Takes the content of a `CHAP`: an identifier, two times, two places in bytes; then frames, whose
/// title is the chapter's.
pub(super) fn take(version: u8, content: &[u8], tags: &mut Collector<'_>) -> Option<()> {
    let (identifier, rest) = Encoding::Latin1.split(content);
    let (&[times @ .., _, _, _, _, _, _, _, _], frames) = rest.split_first_chunk::<16>()?;
    let [start, end] = [0, 4].map(|at| u32::from_be_bytes([0, 1, 2, 3].map(|step| times[at + step])));
    tags.binary(content.len(), || format!("CHAP:{}", String::from_utf8_lossy(identifier)));
    if start != IN_BYTES {
        let end_ms = (end != IN_BYTES).then_some(end.into());
        let title = title(version, frames, &mut tags.legacy);
        tags.chapter(Chapter { start_ms: start.into(), end_ms, title });
    }
    Some(())
}

fn title(version: u8, mut frames: &[u8], legacy: &mut Legacy) -> Option<String> {
    while let Some((header, behind)) = frames.split_first_chunk::<HEADER>() {
        let size = [header[4], header[5], header[6], header[7]];
        let plain = Some(u64::from(u32::from_be_bytes(size)));
        let len = if version == 4 { synchsafe(size).or(plain) } else { plain };
        let (content, next) = behind.split_at_checked(usize::try_from(len?).ok()?)?;
        if header.starts_with(b"TIT2") {
            let (&encoding, text) = content.split_first()?;
            let title = decoded(Encoding::of(encoding)?, text, legacy)?.into_owned();
            return Some(title).filter(|title| !title.is_empty());
        }
        frames = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use mt_scanner_contract::Chapter;

    use super::super::tests::{frame, tag};
    use crate::trial::{Said, mpeg_frames, said};

    fn chapter(times: [u32; 2], frames: &[u8]) -> Vec<u8> {
        [b"ch0\0".as_slice(), &times.map(u32::to_be_bytes).concat(), &[0xff; 8], frames].concat()
    }

    fn with(version: u8, chapters: &[Vec<u8>]) -> Said {
        let frames: Vec<(&str, &[u8])> = chapters.iter().map(|content| ("CHAP", content.as_slice())).collect();
        said(&[tag(version, &frames), mpeg_frames(3)].concat())
    }

    #[test]
    fn a_chapter_has_times_and_a_title() {
        for version in [3, 4] {
            let words = "words ".repeat(40);
            let frames = [
                frame(version, "TIT3", 0, &[b"\0", words.as_bytes()].concat()),
                frame(version, "TIT2", 0, b"\x03\xc3\xa9"),
            ];
            let said = with(version, &[chapter([0, 1_500], &frames.concat()), chapter([1_500, u32::MAX], b"")]);
            let expected = [
                Chapter { start_ms: 0, end_ms: Some(1_500), title: Some("é".into()) },
                Chapter { start_ms: 1_500, end_ms: None, title: None },
            ];
            assert_eq!((said.chapters.as_slice(), said.damage.as_str()), (&expected[..], ""));
            assert_eq!(said.track.title, None);
        }
    }

    #[test]
    fn a_chapter_that_is_cut_off_is_named_and_costs_no_other() {
        let said = with(4, &[b"ch0\0\0\0".to_vec(), chapter([5, 6], b"TIT2\0\0")]);
        assert_eq!(said.damage, "the frame CHAP of the ID3v2 tag is damaged");
        assert_eq!(said.chapters, [Chapter { start_ms: 5, end_ms: Some(6), title: None }]);
        assert!(with(3, &[chapter([u32::MAX; 2], b"")]).chapters.is_empty());
    }
}
