//! The chunk `bext` of the Broadcast Wave Format (EBU Tech 3285, section 2.3).

use std::io;
use std::ops::Range;

use super::info::text;
use crate::content::Content;
use crate::fields::{Block, Field};
use crate::reader::{FileReader, ReadAt};

/// The texts at the beginning of the chunk: the names of its fields, where they lie, and what they
/// mean.
const TEXTS: [(&str, Range<usize>, Option<Field>); 5] = [
    ("Description", 0..256, Some(Field::Comment)),
    ("Originator", 256..288, None),
    ("OriginatorReference", 288..320, None),
    ("OriginationDate", 320..330, Some(Field::FallbackDate)),
    ("OriginationTime", 330..338, None),
];

/// Reads the texts of the chunk with this content as a tag of their own.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    chunk: &Range<u64>,
    content: &mut Content<'_>,
) -> io::Result<()> {
    content.tags.begin_tag(Block::without_lists("bext"));
    let len = (chunk.end - chunk.start).min(TEXTS[4].1.end as u64);
    let Some(bytes) = reader.piece(chunk.start, len)? else { return Ok(()) };
    for (name, place, field) in TEXTS {
        let text = bytes.get(place).map(|bytes| text(bytes, &mut content.tags.legacy)).unwrap_or_default();
        if !text.is_empty() {
            content.tags.text(field, &text, || name.to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::told::told;

    #[test]
    fn the_texts_are_where_the_specification_has_them() {
        let mut bytes = vec![0; 602];
        bytes[..11].copy_from_slice(b"A rehearsal");
        bytes[256..260].copy_from_slice(b"Barn");
        bytes[320..338].copy_from_slice(b"1987-05-2120:15:00");
        let told = told(bytes, |reader, content| read(reader, &(0..602), content));
        let expected = [
            ("Description", "A rehearsal"),
            ("Originator", "Barn"),
            ("OriginationDate", "1987-05-21"),
            ("OriginationTime", "20:15:00"),
        ];
        assert_eq!(told.items(), expected);
        assert_eq!((told.track.comment.as_deref(), told.track.year), (Some("A rehearsal"), Some(1987)));
    }

    #[test]
    fn a_chunk_that_is_cut_off_says_what_is_there() {
        let told = told(vec![b'x'; 300], |reader, content| read(reader, &(0..300), content));
        assert_eq!(told.items.len(), 2);
    }
}
