//! Where the tags of a file are, in the order of trust: item lists as iTunes writes them, items under keys
//! (QuickTime), texts of the user data (QuickTime, 3GPP). Those of the whole file come before those of the track.

use std::io;
use std::ops::Range;

use super::atom::{Atom, Atoms, VERSION, bytes};
use super::movie::Movie;
use super::{item_list, keys, user_data};
use crate::content::Content;
use crate::reader::{FileReader, ReadAt};

/// Atoms that may hold tags.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Contents of `udta` (ISO/IEC 14496-12, section 8.10.1).
    user_data: Vec<Range<u64>>,
    /// Contents of `meta` beside them (section 8.11.1).
    meta: Vec<Range<u64>>,
}

/// The most of each that are looked at. Files have one; some taggers write a second instead of changing the first.
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

/// Tags that were found, by their kinds.
#[derive(Default)]
struct Found {
    item_lists: Vec<Range<u64>>,
    /// Keys, and the list of items under them.
    keyed: Vec<(Atom, Range<u64>)>,
}

/// Reads every tag.
pub(super) fn read<S: ReadAt>(
    reader: &mut FileReader<S>,
    movie: &Movie,
    beside: &Places,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let all = || [Some(&movie.places), Some(beside), movie.audio().map(|track| &track.places)].into_iter().flatten();
    let mut found = Found::default();
    for places in all() {
        for user_data in &places.user_data {
            let mut children = Atoms::within(user_data.clone());
            while let Some(atom) = children.next(reader)? {
                if &atom.name == b"meta" {
                    found.take_meta(reader, &atom.content)?;
                }
            }
        }
        for meta in &places.meta {
            found.take_meta(reader, meta)?;
        }
    }
    for list in found.item_lists {
        content.tags.begin_tag();
        item_list::read(reader, list, content)?;
    }
    for (keys, list) in &found.keyed {
        content.tags.begin_tag();
        keys::read(reader, keys, list, content)?;
    }
    for places in all() {
        for range in &places.user_data {
            content.tags.begin_tag();
            user_data::read(reader, range, content)?;
        }
    }
    Ok(())
}

impl Found {
    /// Looks into a `meta`, which has version and flags, but for QuickTime's and some writers'.
    fn take_meta<S: ReadAt>(&mut self, reader: &mut FileReader<S>, meta: &Range<u64>) -> io::Result<()> {
        let is_bare = matches!(
            bytes::<8, S>(reader, meta.start)?.as_ref().map(|first| &first[4..]),
            Some(b"hdlr" | b"ilst" | b"keys" | b"mhdr" | b"free")
        );
        let start = if is_bare { meta.start } else { meta.start + VERSION };
        let (mut lists, mut keys) = (Vec::new(), None);
        let mut children = Atoms::within(start..meta.end);
        while let Some(atom) = children.next(reader)? {
            match &atom.name {
                b"ilst" if lists.len() < MOST => lists.push(atom.content),
                b"keys" => keys = Some(atom),
                _ => {}
            }
        }
        match keys {
            Some(keys) => self.keyed.extend(lists.into_iter().map(|list| (keys.clone(), list))),
            None => self.item_lists.append(&mut lists),
        }
        Ok(())
    }
}
