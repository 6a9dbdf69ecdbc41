//! Pictures in the folder of a file.

use std::rc::Rc;

use mt_scanner_formats::{Look, Picture};

use super::{Artwork, At};
use crate::inspect::Read;
use crate::outcome::refused;
use crate::tree::{ErrorCode, Kind, Place, join, split};

/// The names of pictures in a folder, without their extensions, and in the order in which they
/// count.
const NAMES: [&str; 4] = ["cover", "folder", "front", "album"];
/// Their extensions, in the same way.
const EXTENSIONS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];
/// What their content may be.
const TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];
/// The most such files of a folder. Names differ in cases only, so there are few.
const MOST: usize = 64;

impl Artwork {
    /// Finds the pictures in the folder of a file: the first, or all.
    /// `inner`: the file's folder in an archive.
    pub(super) fn take_beside(&mut self, read: &Read<'_>, inner: &str, all: bool) {
        let names = match names(read.place, inner) {
            Ok(names) => names,
            Err(code) => return self.problems.push(refused(&read.root.name, read.at, "listing the folder", code)),
        };
        for name in names {
            if read.is_special(&name) {
                continue;
            }
            let place = At { root: read.root.name.clone(), path: join(read.at, &name) };
            match read.look(&name) {
                // A picture of no bytes is none.
                Ok((Ok(_), fingerprint)) if fingerprint.size == 0 => {}
                Ok((Ok(file), fingerprint)) => {
                    let is_picture = |look: &Look| TYPES.contains(&look.mime.as_str());
                    self.take(Picture::whole_file(fingerprint.size), &Rc::new(file), &place, &name, is_picture);
                }
                Ok((Err(refusal), _)) => self.problems.push(read.unread(&name, refusal)),
                Err(problem) => self.problems.push(problem),
            }
            if !all && !self.pictures.is_empty() {
                return;
            }
        }
    }
}

/// The names in a folder that are those of pictures, in their order.
fn names(place: &Place, inner: &str) -> Result<Vec<String>, ErrorCode> {
    let folder = match place {
        Place::Folder(folder) => folder,
        Place::Archive(archive) => {
            let beside = archive.names().filter(|name| split(name).0 == inner);
            let names = beside.filter_map(|name| Some((rank(split(name).1)?, name.to_owned()))).collect();
            return Ok(in_order(names));
        }
    };
    let mut entries = folder.entries()?;
    let mut names = Vec::new();
    loop {
        match entries.next() {
            Ok(Some((_, Kind::Folder))) => {}
            Ok(Some((name, _))) => names.extend(rank(&name).map(|rank| (rank, name))),
            Ok(None) => break,
            // A name that is not UTF-8 is none of those.
            Err(ErrorCode::IllegalByteSequence) => {}
            Err(code) => return Err(code),
        }
    }
    Ok(in_order(names))
}

fn in_order(mut names: Vec<(Rank, String)>) -> Vec<String> {
    names.sort_unstable();
    names.truncate(MOST);
    names.into_iter().map(|(_, name)| name).collect()
}

/// The place of a name and of an extension in their lists.
type Rank = (usize, usize);

/// The place of a name in the order of pictures; `None` if it is not that of one.
fn rank(name: &str) -> Option<Rank> {
    let (stem, extension) = name.rsplit_once('.')?;
    let place = |list: &[&str], text: &str| list.iter().position(|known| known.eq_ignore_ascii_case(text));
    place(&NAMES, stem).zip(place(&EXTENSIONS, extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_first_then_extensions_then_bytes() {
        let names = ["ALBUM.jpg", "Cover.png", "cover.JPG", "Cover.jpg", "cover.jpeg", "front.gif", "Folder.webp"];
        let mut ranked: Vec<_> = names.map(|name| (rank(name).unwrap(), name)).to_vec();
        ranked.sort_unstable();
        let order = ["Cover.jpg", "cover.JPG", "cover.jpeg", "Cover.png", "Folder.webp", "front.gif", "ALBUM.jpg"];
        assert!(ranked.into_iter().map(|(_, name)| name).eq(order));
    }

    #[test]
    fn other_names_are_no_pictures() {
        for name in ["cover", ".jpg", "cover.jpg.txt", "cover.bmp", "discover.jpg", "cover 2.jpg", "back.jpg", ""] {
            assert_eq!(rank(name), None, "{name}");
        }
    }
}
