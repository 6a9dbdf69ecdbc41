//! What reading a member costs: how much of the archive is read, and how often.

mod support;

use std::rc::Rc;

use mt_scanner_archives::{Archive, Limits, Member, ReadAt, TroubleKind};
use support::chance::Chance;
use support::zips::Zip;
use support::{Counted, contents, fixture, fixtures, opened, tars, whole};

const KIB: u64 = 1 << 10;

/// Opens bytes, and gives the source that counts.
fn counted(bytes: Vec<u8>) -> (Archive, Rc<Counted>) {
    within(bytes, &Limits::default())
}

fn within(bytes: Vec<u8>, limits: &Limits) -> (Archive, Rc<Counted>) {
    let (len, source) = (bytes.len() as u64, Counted::new(bytes));
    (Archive::open(source.clone(), len, limits).unwrap(), source)
}

/// A little memory, so that small entries are large ones.
fn little() -> Limits {
    Limits { memory: 800_000, ..Limits::default() }
}

/// What these reads cost the source.
fn cost(source: &Counted, reads: impl FnOnce()) -> u64 {
    let before = source.total();
    reads();
    source.total() - before
}

/// What a parser of tags reads: the head, and the last 4 KiB.
fn head_and_tail(member: &Member, content: &[u8]) {
    assert!(member.read_at(0, 16 * KIB).unwrap() == content[..content.len().min(16 << 10)]);
    let tail = content.len().saturating_sub(4 << 10);
    assert!(member.read_at(tail as u64, 4 * KIB).unwrap() == content[tail..]);
    assert!(member.trouble().is_none());
}

#[test]
fn a_stored_entry_is_a_range_of_the_archive() {
    let content = Chance::new(1).noise(500_000);
    let (archive, source) = counted(Zip::default().stored("other", b"x").stored("a.flac", &content).finish());
    let member = archive.member(1).unwrap();
    source.reads.borrow_mut().clear();
    assert!(member.read_at(100_000, 1000).unwrap() == content[100_000..101_000]);
    assert_eq!(member.read_at(499_999, 1000).unwrap(), content[499_999..]);
    let start = source.bytes.windows(8).position(|window| window == &content[..8]).unwrap() as u64;
    assert_eq!(*source.reads.borrow(), [(start + 100_000, 1000), (start + 499_999, 1)]);
}

#[test]
fn the_directory_of_a_zip_is_all_that_is_read_of_it() {
    let content = Chance::new(1).noise(3_000_000);
    let (archive, source) = counted(Zip::default().deflated("a", &content).stored("b", &content).finish());
    assert_eq!(archive.entries().len(), 2);
    assert!(source.total() < 10 * KIB, "{}", source.total());
}

#[test]
fn the_head_of_a_compressed_entry_costs_the_head() {
    let content = Chance::new(2).noise(3_000_000);
    let (archive, source) = counted(Zip::default().deflated("a.mp3", &content).finish());
    let member = archive.member(0).unwrap();
    let head = cost(&source, || assert!(member.read_at(0, 16 * KIB).unwrap() == content[..16 << 10]));
    assert!(head <= 49 * KIB, "{head}");
    let tail = cost(&source, || head_and_tail(&member, &content));
    assert!(tail < 3_010_000, "{tail}");
    // All of it has passed, and is kept.
    assert_eq!(cost(&source, || assert!(whole(&member) == content)), 0);
}

#[test]
fn of_a_large_entry_the_head_and_the_end_are_kept() {
    let content = Chance::new(3).noise(1_500_000);
    let (archive, source) = within(Zip::default().deflated("a.wav", &content).finish(), &little());
    let member = archive.member(0).unwrap();
    let packed = source.bytes.len() as u64;
    assert!(cost(&source, || head_and_tail(&member, &content)) <= packed + 64 * KIB);
    assert_eq!(cost(&source, || head_and_tail(&member, &content)), 0);
    // Between the two it starts anew, once.
    let at = 900_000;
    let back = cost(&source, || assert!(member.read_at(at as u64, 8).unwrap() == content[at..at + 8]));
    assert!((at as u64..packed - 300_000).contains(&back), "{back}");
    assert_eq!(cost(&source, || assert!(member.read_at(at as u64, 8).unwrap() == content[at..at + 8])), 0);
    assert!(member.trouble().is_none());
}

#[test]
fn going_back_is_bounded() {
    let content = Chance::new(3).noise(1_500_000);
    let (archive, source) = within(Zip::default().deflated("a.wav", &content).finish(), &little());
    let member = archive.member(0).unwrap();
    let reads = || {
        for index in 0..100 {
            let at = 1_450_000 - (index % 2) * 600_000;
            let read = member.read_at(at as u64, 8).unwrap();
            assert!(read.is_empty() || read == content[at..at + 8]);
        }
    };
    assert!(cost(&source, reads) < 17 * source.bytes.len() as u64);
    assert_eq!(member.trouble().unwrap().kind, TroubleKind::Limit);
    assert_eq!(member.read_at(5, 5).unwrap(), content[5..10]);
}

/// Listing a TAR.GZ is a pass, and what tags are in passes on the way.
#[test]
fn a_tar_gz_is_listed_and_read_in_one_pass() {
    let tracks: Vec<Vec<u8>> = (0..12).map(|index| Chance::new(index).noise(900_000 + index as usize)).collect();
    let names: Vec<String> = (0..12).map(|index| format!("{index}.mp3")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&tracks).map(|(name, content)| (&name[..], &content[..])).collect();
    let (archive, source) = counted(tars::gzip(&tars::tar(&files)));
    assert_eq!(cost(&source, || head_and_tail(&archive.member(11).unwrap(), &tracks[11])), 0);
    assert_eq!(cost(&source, || head_and_tail(&archive.member(0).unwrap(), &tracks[0])), 0);
    // What is between the two is in the stream.
    let member = archive.member(3).unwrap();
    assert!(cost(&source, || assert!(whole(&member) == tracks[3])) > 0);
    assert!(source.total() < 2 * source.bytes.len() as u64);
}

/// Where there is no room for beginnings and ends, reading all of it in order is one more pass.
#[test]
fn a_tar_gz_that_is_larger_than_the_memory_is_read_in_two_passes() {
    let mut chance = Chance::new(4);
    let tracks: Vec<(String, Vec<u8>)> =
        (0..8).map(|index| (format!("{index}.mp3"), chance.noise(700_000 + index * 1000))).collect();
    let files: Vec<(&str, &[u8])> = tracks.iter().map(|(name, content)| (&name[..], &content[..])).collect();
    let (archive, source) = within(tars::gzip(&tars::tar(&files)), &little());
    let len = source.bytes.len() as u64;
    assert!(archive.is_solid() && source.total() < len + 10 * KIB);
    let all = cost(&source, || {
        for (index, (_, content)) in tracks.iter().enumerate() {
            head_and_tail(&archive.member(index).unwrap(), content);
        }
    });
    assert!(all <= len, "{all}");
    // Back to the first one, and on to the last.
    let back = cost(&source, || head_and_tail(&archive.member(0).unwrap(), &tracks[0].1));
    assert!(back < len / 4, "{back}");
    let on = cost(&source, || head_and_tail(&archive.member(7).unwrap(), &tracks[7].1));
    assert!(on <= len, "{on}");
}

#[test]
fn a_block_of_a_7z_is_read_in_one_pass() {
    for name in ["lzma2.7z", "lzma.7z", "delta.7z", "bcj.7z", "deflate.7z", "blocks.7z"] {
        let (archive, source) = counted(fixture(name));
        assert!(archive.is_solid(), "{name}");
        let all = cost(&source, || drop(contents(&archive)));
        assert!(all <= source.bytes.len() as u64, "{name} {all}");
        let last = archive.entries().len() - 1;
        assert_eq!(whole(&archive.member(last).unwrap()).len() as u64, archive.entries()[last].size, "{name}");
    }
    for name in ["single.7z", "copy.7z"] {
        assert!(!opened(name).is_solid(), "{name}");
    }
}

/// Members of one block that are read side by side get their own bytes.
#[test]
fn members_of_a_block_do_not_get_in_each_other_s_way() {
    for name in ["lzma2.7z", "gnu-ustar.tar.gz"] {
        let archive = opened(name);
        let (text, tone) = (fixture("tree/text.txt"), fixture("tree/tone.pcm"));
        let first = archive.member(archive.find("text.txt").unwrap()).unwrap();
        let second = archive.member(archive.find("Álbum/01 - tone.pcm").unwrap()).unwrap();
        for at in (0..3700).step_by(370) {
            assert_eq!(first.read_at(at, 50).unwrap(), text[at as usize..at as usize + 50], "{name}");
            assert_eq!(second.read_at(at, 50).unwrap(), tone[at as usize..at as usize + 50], "{name}");
        }
        assert_eq!((first.trouble(), second.trouble()), (None, None));
    }
}

/// In whatever order a member is read, it is the same file.
#[test]
fn any_order_of_reads() {
    let mut chance = Chance::new(5);
    for name in fixtures().into_iter().filter(|name| !name.contains("header.")) {
        let archive = opened(&name);
        for (index, content) in
            contents(&archive).into_iter().map(|(name, content)| (archive.find(&name).unwrap(), content))
        {
            let Ok(content) = content else { continue };
            for _ in 0..20 {
                let member = archive.member(index).unwrap();
                for _ in 0..5 {
                    let (from, len) = (chance.below(content.len() + 10), chance.below(2000));
                    let expected = &content[from.min(content.len())..(from + len).min(content.len())];
                    assert_eq!(member.read_at(from as u64, len as u64).unwrap(), expected, "{name}");
                }
                assert_eq!(member.read_at(u64::MAX, u64::MAX).unwrap(), b"");
                assert!(member.read_at(0, u64::MAX).unwrap() == content);
                assert_eq!(member.trouble(), None, "{name}");
            }
        }
    }
}
