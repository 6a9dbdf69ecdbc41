//! An archive.

use std::rc::Rc;

use mt_scanner_formats::reader::ReadAt;

use crate::budget::Budget;
use crate::entry::Entry;
use crate::found::Open;
use crate::kind::Kind;
use crate::limits::Limits;
use crate::listing::Listing;
use crate::member::Member;
use crate::nested;
use crate::slice::Slice;
use crate::trouble::Trouble;
use crate::{rar, sevenz, tar, zip};

/// An archive that is read in place.
pub struct Archive {
    kind: Kind,
    entries: Vec<Entry>,
    /// How the content of each is found.
    opens: Vec<Open>,
    /// The entries in the order of their names.
    by_name: Vec<usize>,
    troubles: Vec<Trouble>,
    solid: bool,
    memory: usize,
}

impl Archive {
    /// Reads the directory of an archive of `len` bytes, which is recognised by its content, and
    /// those of archives inside.
    ///
    /// # Errors
    ///
    /// Nothing can be listed: the content is no archive, the directory is encrypted, or the source
    /// fails ([`Trouble::io`] has its error).
    pub fn open(source: Rc<dyn ReadAt>, len: u64, limits: &Limits) -> Result<Archive, Trouble> {
        let budget = Rc::new(Budget::new(limits));
        let (kind, mut listing) = list(&Slice::whole(source, len), &budget, limits.depth)?;
        let by_name = listing.settle();
        let (entries, opens) = listing.found.into_iter().map(|found| (found.entry, found.open)).unzip();
        Ok(Archive {
            kind,
            entries,
            opens,
            by_name,
            troubles: listing.troubles,
            solid: listing.solid,
            memory: limits.memory,
        })
    }

    /// The format.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The files in the order of the archive, without folders, links and devices. Of two with one
    /// name the last one.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What of the directory could not be read. What could is among the entries all the same.
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// Whether members share streams, so that reading them in their order and in one go costs one
    /// pass: blocks of a 7Z, a TAR.GZ.
    pub fn is_solid(&self) -> bool {
        self.solid
    }

    /// The index of the entry of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let place = self.by_name.binary_search_by(|&index| self.entries[index].name.as_str().cmp(name));
        place.ok().map(|place| self.by_name[place])
    }

    /// The content of an entry. Members of a solid archive share its stream: read them one after
    /// the other.
    ///
    /// # Errors
    ///
    /// The entry is encrypted, its method is not read, its place is damaged, or there is no such
    /// index.
    pub fn member(&self, index: usize) -> Result<Member, Trouble> {
        let found = self.entries.get(index).zip(self.opens.get(index));
        let (entry, open) = found.ok_or_else(|| Trouble::damaged("there is no such entry"))?;
        let content = open().map_err(|trouble| trouble.of(&entry.name))?;
        Ok(Member::new(content, entry.size, entry.crc32, self.memory))
    }
}

/// The files of an archive, with those of archives inside down to `depth`.
pub(crate) fn list(slice: &Slice, budget: &Rc<Budget>, depth: u8) -> Result<(Kind, Listing), Trouble> {
    let (kind, mut listing) = recognise(slice, budget)?;
    if depth > 0 {
        nested::expand(&mut listing, depth, list);
    }
    Ok((kind, listing))
}

fn recognise(slice: &Slice, budget: &Rc<Budget>) -> Result<(Kind, Listing), Trouble> {
    let head = slice.read(0, 512)?;
    if head.starts_with(&sevenz::SIGNATURE) {
        Ok((Kind::SevenZip, sevenz::list(slice, budget)?))
    } else if rar::is_rar(&head) {
        Ok((Kind::Rar, rar::list(slice, 0, budget)?))
    } else if head.starts_with(&tar::GZIP) {
        Ok((Kind::TarGzip, tar::list_gzip(slice, budget)?))
    } else if tar::is_tar(&head, slice.len()) {
        Ok((Kind::Tar, tar::list(slice, budget)?))
    } else if let Some(listing) = zip::list(slice, &head, budget)? {
        Ok((Kind::Zip, listing))
    } else if let Some(start) = rar::search(slice)? {
        Ok((Kind::Rar, rar::list(slice, start, budget)?))
    } else {
        Err(Trouble::damaged("no ZIP, 7Z, RAR, TAR or TAR.GZ"))
    }
}
