//! Archives inside an archive.

use std::io;
use std::rc::Rc;

use mt_scanner_formats::reader::ReadAt;

use crate::budget::Budget;
use crate::content::Content;
use crate::entry::Entry;
use crate::found::Found;
use crate::kind::Kind;
use crate::listing::Listing;
use crate::member::Member;
use crate::name::is_archive;
use crate::slice::{MOST, Slice};
use crate::trouble::{Trouble, TroubleKind};

/// Lists an archive, and those inside it down to a depth.
type List = fn(&Slice, &Rc<Budget>, u8) -> Result<(Kind, Listing), Trouble>;

/// Puts the files of archives inside in place of these. One that cannot be opened stays a file, and
/// the reason is among the troubles.
pub(crate) fn expand(listing: &mut Listing, depth: u8, list: List) {
    for outer in std::mem::take(&mut listing.found) {
        if !is_archive(&outer.entry.name) {
            listing.found.push(outer);
            continue;
        }
        match slice(&outer, &listing.budget).and_then(|slice| list(&slice, &listing.budget, depth - 1)) {
            Ok((_, inner)) => adopt(listing, &outer.entry.name, inner),
            Err(trouble) => {
                listing.troubles.push(trouble.of(&outer.entry.name));
                listing.found.push(outer);
            }
        }
    }
}

fn adopt(listing: &mut Listing, outer: &str, mut inner: Listing) {
    let name = |name: &str| format!("{outer}!/{name}");
    inner.settle();
    listing.solid |= inner.solid;
    listing.troubles.extend(inner.troubles.into_iter().map(|trouble| {
        let entry = trouble.entry.as_deref().map_or_else(|| outer.to_owned(), name);
        trouble.of(&entry)
    }));
    for mut found in inner.found {
        found.entry.name = name(&found.entry.name);
        if !listing.add(found) {
            break;
        }
    }
}

/// The bytes of an archive inside: a range of the outer one, or decompressed into memory.
fn slice(outer: &Found, budget: &Rc<Budget>) -> Result<Slice, Trouble> {
    let content = (outer.open)()?;
    if let Content::Stored(slice) = content {
        return Ok(slice);
    }
    let Entry { size, crc32, .. } = outer.entry;
    budget.may_take(size)?;
    let member = Member::passing(content, size, crc32, budget.limits.memory);
    let mut bytes = Vec::new();
    loop {
        let mut piece = member.read_at(bytes.len() as u64, MOST)?;
        if piece.is_empty() {
            break;
        }
        budget.hold(piece.len())?;
        bytes.append(&mut piece);
    }
    match member.trouble() {
        Some(trouble) if trouble.kind == TroubleKind::Limit => Err(trouble),
        // What is there of a damaged one is listed, and the damage is found.
        _ => {
            let len = bytes.len() as u64;
            Ok(Slice::whole(Rc::new(InMemory(bytes)), len))
        }
    }
}

/// An archive that was decompressed.
struct InMemory(Vec<u8>);

impl ReadAt for InMemory {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        self.0.as_slice().read_at(offset, len)
    }
}
