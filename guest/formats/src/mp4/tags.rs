//! Where the tags of a file are, in the order of trust: item lists as iTunes writes them, items
//! under keys (QuickTime), texts of the user data (QuickTime, 3GPP). Those of the movie come before
//! those of its track.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, bytes};
use super::{item_list, keys, user_data};
use crate::content::Content;
use crate::fields::Block;
use crate::reader::{FileReader, ReadAt};

/// Atoms that may hold tags.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Contents of `udta` (ISO/IEC 14496-12, section 8.10.1).
    user_data: Vec<Range<u64>>,
    /// Contents of `meta` beside them (section 8.11.1).
    meta: Vec<Range<u64>>,
}

/// The most of each that are looked at. Files have one; some taggers write a second instead of
/// changing the first.
const MOST: usize = 16;

impl Places {
    /// Keeps an atom that may hold tags.
    pub fn take(&mut self, atom: &Atom) {
        let places = if &atom.name == b"udta" { &mut self.user_data } else { &mut self.meta };
        if places.len() < MOST {
            places.push(atom.content.clone());
        }
    }
}

/// Items under keys: the keys, and the list.
type Keyed = (Atom, Range<u64>);

/// Reads every tag in these places. An item list is read as soon as it is found, so that what lies
/// behind its pictures is at hand for what comes next.
pub(super) fn read<'p, S: ReadAt>(
    reader: &mut FileReader<S>,
    all: impl Iterator<Item = &'p Places> + Clone,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let mut keyed = Vec::new();
    for places in all.clone() {
        for user_data in &places.user_data {
            let mut children = Atoms::within(user_data.clone());
            while let Some(atom) = children.next(reader)? {
                if &atom.name == b"meta" {
                    meta(reader, &atom.content, content, &mut keyed)?;
                }
            }
        }
        for range in &places.meta {
            meta(reader, range, content, &mut keyed)?;
        }
    }
    for (keys, list) in &keyed {
        content.tags.begin_tag(Block::with_lists("MP4 keys"));
        keys::read(reader, keys, list, content)?;
    }
    for places in all {
        for range in &places.user_data {
            content.tags.begin_tag(Block::with_lists("MP4 user data"));
            user_data::read(reader, range, content)?;
        }
    }
    Ok(())
}

/// Reads the item lists of a `meta`, and finds those under keys. It has version and flags, but for
/// QuickTime's and some writers'.
fn meta<S: ReadAt>(
    reader: &mut FileReader<S>,
    meta: &Range<u64>,
    content: &mut Content<'_>,
    keyed: &mut Vec<Keyed>,
) -> io::Result<()> {
    let is_bare = matches!(
        bytes::<8, S>(reader, meta.start)?.as_ref().map(|first| &first[4..]),
        Some(b"hdlr" | b"ilst" | b"keys" | b"mhdr" | b"free")
    );
    let start = if is_bare { meta.start } else { meta.start + VERSION };
    let mut keys = None;
    let mut children = Atoms::within(start..meta.end);
    while let Some(atom) = children.next(reader)? {
        match (&atom.name, &keys) {
            (b"keys", _) => keys = Some(atom),
            (b"ilst", None) => {
                content.tags.begin_tag(Block::with_lists("MP4 item list"));
                item_list::read(reader, atom.content, content)?;
            }
            (b"ilst", Some(keys)) if keyed.len() < MOST => keyed.push((keys.clone(), atom.content)),
            _ => {}
        }
    }
    Ok(())
}
