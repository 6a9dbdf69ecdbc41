//! Where files are: a folder on a disk, or an archive.

use std::rc::Rc;

use mt_scanner_contract::{Fingerprint, is_settled};
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags};

use super::archive::{self, archive_of_folder};
use super::{Archive, Content, ErrorCode, Folder, Kind, Refusal, Root, Stat};

/// An open place. Whoever reads its files does not know which it is.
#[derive(Clone)]
pub enum Place {
    /// A folder on a disk.
    Folder(Rc<Folder>),
    /// An archive.
    Archive(Rc<Archive>),
}

impl Place {
    /// The folder, if it is on a disk.
    pub fn folder(&self) -> Option<&Folder> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Archive(_) => None,
        }
    }

    /// The archive, if it is one.
    pub fn archive(&self) -> Option<&Archive> {
        match self {
            Self::Folder(_) => None,
            Self::Archive(archive) => Some(archive),
        }
    }

    /// What tells later whether something in it has changed, if that can be trusted by now: the
    /// time of last change, or an archive's own number.
    pub fn trusted(&self, now_ns: i64) -> Result<Option<i64>, ErrorCode> {
        Ok(match self {
            Self::Folder(folder) => Some(folder.stat()?.fingerprint.mtime_ns).filter(|&time| is_settled(time, now_ns)),
            Self::Archive(archive) => archive.trusted(now_ns),
        })
    }
}

impl Root {
    /// Opens a place for the files in it. `from`: a folder that it is below, and the path from
    /// there; `seen`: the fingerprint of an archive, if somebody has looked.
    pub fn place(
        &self,
        from: Option<(&Folder, &str)>,
        path: &str,
        seen: Option<Fingerprint>,
    ) -> Result<Place, ErrorCode> {
        self.or_archive(self.open_below(from, path), from, path, seen)
    }

    /// As [`Self::place`], to be listed.
    pub fn place_to_list(
        &self,
        from: Option<(&Folder, &str)>,
        path: &str,
        seen: Option<Fingerprint>,
    ) -> Result<Place, ErrorCode> {
        self.or_archive(self.list_below(from, path), from, path, seen)
    }

    fn or_archive(
        &self,
        opened: Result<Folder, ErrorCode>,
        from: Option<(&Folder, &str)>,
        path: &str,
        seen: Option<Fingerprint>,
    ) -> Result<Place, ErrorCode> {
        match (opened, archive_of_folder(path)) {
            (Err(ErrorCode::NoEntry | ErrorCode::NotDirectory), Some(file)) if self.has_archives() => {
                let from = from.and_then(|(folder, below)| Some((folder, archive_of_folder(below)?)));
                self.open_archive(from, file, seen).map(|archive| Place::Archive(Rc::new(archive)))
            }
            (opened, _) => opened.map(|folder| Place::Folder(Rc::new(folder))),
        }
    }

    /// Opens the archive whose file is at `path`.
    fn open_archive(
        &self,
        from: Option<(&Folder, &str)>,
        path: &str,
        seen: Option<Fingerprint>,
    ) -> Result<Archive, ErrorCode> {
        let open = |from: &Descriptor, path: &str| {
            let file = from.open_at(self.links(), path, OpenFlags::empty(), DescriptorFlags::READ)?;
            let fingerprint = match seen {
                Some(seen) => seen,
                None => Stat::from(file.stat()?).of_file().ok_or(ErrorCode::NotDirectory)?,
            };
            Ok(Archive::open(Content::File(file), fingerprint))
        };
        match from.map(|(folder, below)| open(&folder.0, below)) {
            None | Some(Err(ErrorCode::NotPermitted)) => open(self.descriptor(), path),
            Some(opened) => opened,
        }
    }

    /// What tells whether something in the folder or archive at `path` has changed, if that can be
    /// trusted by now. `seen`: the fingerprint of the archive, if somebody has looked.
    pub fn trusted(&self, path: &str, seen: Option<Fingerprint>, now_ns: i64) -> Result<Option<i64>, ErrorCode> {
        if let Some(file) = archive_of_folder(path).filter(|_| self.has_archives()) {
            // A folder of this name may have come since.
            match self.stat(path) {
                Ok(Stat { kind: Kind::Folder, .. }) => {}
                _ => {
                    let file =
                        seen.map_or_else(|| self.stat(file).map(|stat| stat.of_file()), |seen| Ok(Some(seen)))?;
                    return file.map(|file| archive::trusted(&file, now_ns)).ok_or(ErrorCode::NotDirectory);
                }
            }
        }
        let stat = self.stat(path)?;
        match stat.kind {
            Kind::Folder => Ok(Some(stat.fingerprint.mtime_ns)),
            _ => Err(ErrorCode::NotDirectory),
        }
    }

    /// The name of the folder that an archive is: `name`, unless a folder of the disk has that.
    pub fn name_for_archive(&self, folder: &str, name: String) -> String {
        let is_taken = |name: &str| self.stat(&super::join(folder, name)).is_ok_and(|stat| stat.kind == Kind::Folder);
        let mut name = name;
        while is_taken(&name) {
            name = archive::another(&name);
        }
        name
    }

    /// What a file of a place is like. `at`: the place's path.
    pub fn stat_in(&self, place: &Place, at: &str, name: &str) -> Result<Stat, ErrorCode> {
        match place {
            Place::Folder(folder) => self.stat_of(folder, at, name),
            Place::Archive(archive) => {
                let fingerprint = archive.fingerprint_of(name).ok_or(ErrorCode::NoEntry)?;
                Ok(Stat { kind: Kind::File, fingerprint })
            }
        }
    }

    /// Opens a file of a place; gives its content, and its fingerprint unless it is no regular
    /// file. `at`: the place's path; `seen`: its fingerprint, if somebody has looked.
    pub fn open_in(
        &self,
        place: &Place,
        at: &str,
        name: &str,
        seen: Option<Fingerprint>,
    ) -> Result<(Content, Option<Fingerprint>), Refusal> {
        match place {
            Place::Folder(folder) => Ok(self.open_file(folder, at, name, seen)?),
            Place::Archive(archive) => Ok((archive.content(name)?, archive.fingerprint_of(name))),
        }
    }

    /// The place of the file at `path`, the place's path, and the file's name in it: a member of an
    /// archive is in the archive, however deep.
    pub fn place_of<'p>(&self, path: &'p str) -> Result<(Place, &'p str, &'p str), ErrorCode> {
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if archive_of_folder(folder).is_some()
                && let Place::Archive(archive) = self.place(None, folder, None)?
            {
                return Ok((Place::Archive(archive), folder, &path[end + 1..]));
            }
        }
        let (folder, name) = super::split(path);
        Ok((self.place(None, folder, None)?, folder, name))
    }
}
