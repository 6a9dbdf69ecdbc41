//! What is read, and in which pieces.

use std::cell::RefCell;

use super::*;

/// A file in memory that counts how it is read.
pub struct Counted {
    pub bytes: Vec<u8>,
    pub reads: RefCell<Vec<(u64, u64)>>,
}

impl ReadAt for Counted {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        self.reads.borrow_mut().push((offset, len));
        let start = (offset as usize).min(self.bytes.len());
        let end = (offset + len).min(self.bytes.len() as u64) as usize;
        Ok(self.bytes[start..end].to_vec())
    }
}

/// A reader of these bytes.
pub fn reader(bytes: Vec<u8>) -> FileReader<Counted> {
    let len = bytes.len() as u64;
    FileReader::new(Counted { bytes, reads: RefCell::default() }, len)
}

impl FileReader<Counted> {
    /// Where the source was read, and how much.
    pub fn reads(&self) -> Vec<(u64, u64)> {
        self.source.reads.borrow().clone()
    }
}

fn numbered(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index * 31 % 251) as u8).collect()
}

/// The whole file, in pieces of this size.
fn whole(reader: &mut FileReader<Counted>, size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < reader.len() as usize {
        let len = size.min(reader.len() as usize - all.len());
        let piece = reader.piece(all.len() as u64, len as u64).unwrap().unwrap().to_vec();
        all.extend(piece);
    }
    all
}

#[test]
fn it_reads_the_bytes_of_the_file_at_every_position() {
    let bytes = numbered(300_000);
    let mut reader = reader(bytes.clone());
    for position in [0, 16_383, 299_990, 5, 150_000, 154_095, 16_384, 65_536, 0, 299_999] {
        let mut piece = vec![0; 10.min(bytes.len() - position)];
        assert!(reader.peek(position as u64, &mut piece).unwrap());
        assert_eq!(piece, bytes[position..position + piece.len()]);
    }
    assert!(whole(&mut reader, 1000) == bytes);
}

#[test]
fn a_small_file_is_read_once() {
    let mut reader = reader(numbered(30_000));
    whole(&mut reader, 100);
    assert!(reader.peek(30_000 - 128, &mut [0; 128]).unwrap());
    assert_eq!(reader.reads(), [(0, 30_000)]);
}

#[test]
fn beginning_and_end_are_two_reads_in_any_order_of_small_pieces() {
    let mut reader = reader(numbered(1_000_000));
    for position in [0, 999_872, 999_968, 996_000, 9_000] {
        assert!(reader.peek(position, &mut [0; 32]).unwrap());
    }
    assert_eq!(reader.reads(), [(0, Pieces::LONG.head), (1_000_000 - TAIL, TAIL)]);
    assert_eq!((reader.at_hand_before(1_000_000), reader.at_hand_before(500_000)), (1_000_000 - TAIL, 500_000));
}

#[test]
fn short_pieces_are_shorter_at_the_beginning_and_behind_a_jump() {
    let mut reader = reader(numbered(1_000_000)).in_pieces(Pieces::SHORT);
    for position in [0, 7_000, 500_000] {
        assert!(reader.peek(position, &mut [0; 32]).unwrap());
    }
    assert_eq!(reader.reads(), [(0, 8_192), (500_000 - BEFORE, 8_192)]);
}

#[test]
fn reading_on_takes_ever_larger_pieces() {
    let mut reader = reader(numbered(400_000));
    assert!(reader.peek(0, &mut vec![0; 300_000]).unwrap());
    let lengths: Vec<u64> = reader.reads().iter().map(|&(_, len)| len).collect();
    assert_eq!(lengths, [Pieces::LONG.head, 2 * Pieces::LONG.head, MOST, MOST, MOST, MOST]);
}

#[test]
fn blanks_are_zeros_and_cost_nothing() {
    let mut reader = reader(vec![7; 500_000]);
    reader.blank(100..400_000);
    let all = whole(&mut reader, 5_000);
    assert!(all.iter().enumerate().all(|(index, &byte)| byte == if (100..400_000).contains(&index) { 0 } else { 7 }));
    let read: u64 = reader.reads().iter().map(|&(_, len)| len).sum();
    assert_eq!(read, 100 + 100_000);
}

#[test]
fn a_file_is_read_so_often_and_no_more() {
    let mut reader = reader(numbered(100_000_000));
    let is_there = |reader: &mut FileReader<_>, number: u64| reader.peek(number * 30_000, &mut [0; 8]).unwrap();
    assert!((0..u64::from(MOST_READS)).all(|number| is_there(&mut reader, number)));
    // What was read is kept.
    assert!(!is_there(&mut reader, 3_000) && reader.piece(99_000_000, 9_000).unwrap().is_none());
    assert!(is_there(&mut reader, 0) && is_there(&mut reader, 2_047) && !is_there(&mut reader, 5));
    assert_eq!(reader.reads().len(), MOST_READS as usize);
}

#[test]
fn near_the_end_one_read_takes_the_rest() {
    let mut reader = reader(numbered(1_000_000));
    assert!(reader.peek(991_000, &mut [0; 9_000]).unwrap());
    assert_eq!(reader.reads(), [(991_000 - BEFORE, 9_000 + BEFORE)]);
}

#[test]
fn a_piece_is_given_whole_or_not_at_all() {
    let bytes = numbered(300_000);
    let mut reader = reader(bytes.clone());
    for (offset, len) in [(0, 10), (16_000, 1_000), (5, 0), (290_000, 10_000), (100_000, 100_000), (16_380, 8)] {
        let piece = reader.piece(offset, len).unwrap().unwrap();
        assert!(piece == &bytes[offset as usize..(offset + len) as usize], "{offset} {len}");
    }
    assert!(reader.piece(299_999, 2).unwrap().is_none() && reader.piece(u64::MAX, 2).unwrap().is_none());
    reader.blank(100..200);
    assert_eq!(reader.piece(98, 4).unwrap().unwrap(), [bytes[98], bytes[99], 0, 0]);
    assert_eq!(reader.piece(199, 2).unwrap().unwrap(), [0, bytes[200]]);
}

#[test]
fn nothing_is_behind_the_end() {
    let mut reader = reader(numbered(10));
    assert!(!reader.peek(8, &mut [0; 4]).unwrap() && !reader.peek(u64::MAX, &mut [0; 4]).unwrap());
    assert!(reader.peek(6, &mut [0; 4]).unwrap() && reader.peek(10, &mut []).unwrap());
}

#[test]
fn a_source_that_has_less_than_it_said_ends_there() {
    let source = Counted { bytes: numbered(50), reads: RefCell::default() };
    let mut reader = FileReader::new(source, 100);
    assert!(reader.peek(0, &mut [0; 50]).unwrap());
    assert!(!reader.peek(40, &mut [0; 20]).unwrap() && reader.piece(60, 10).unwrap().is_none());
}
