//! Codes of AAC.

use super::super::huffman::tests::assert_whole;
use super::codes::*;

#[test]
fn every_difference_of_scale_factors_has_a_code_word() {
    assert_whole(&SCALE, 0..=120);
}

#[test]
fn books_have_as_many_code_words_with_as_many_signs_as_there_are_values() {
    // Values of a word, the largest of them, and whether their signs stand behind it.
    let books: [(&[u16], u32, usize, bool); 11] = [
        (&BOOK_1, 4, 1, false),
        (&BOOK_2, 4, 1, false),
        (&BOOK_3, 4, 2, true),
        (&BOOK_4, 4, 2, true),
        (&BOOK_5, 2, 4, false),
        (&BOOK_6, 2, 4, false),
        (&BOOK_7, 2, 7, true),
        (&BOOK_8, 2, 7, true),
        (&BOOK_9, 2, 12, true),
        (&BOOK_10, 2, 12, true),
        (&BOOK_11, 2, 16, true),
    ];
    for (leaves, values, largest, has_signs) in books {
        let choices = if has_signs { largest + 1 } else { 2 * largest + 1 };
        assert_eq!(leaves.len(), choices.pow(values));
        let total: u64 = leaves.iter().map(|leaf| 1 << (32 - (leaf >> 8))).sum();
        assert_eq!(total, 1 << 32);
        let signs: usize = leaves.iter().map(|leaf| usize::from(leaf & 0xf)).sum();
        let each = values as usize * largest * choices.pow(values - 1);
        assert_eq!(signs, if has_signs { each } else { 0 });
        let escapes: usize = leaves.iter().map(|leaf| usize::from(leaf >> 4 & 0xf)).sum();
        assert_eq!(escapes, if largest == 16 { 2 * 17 } else { 0 });
    }
}
