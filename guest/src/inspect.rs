//! One file: opened, measured, parsed.

use std::io;

use mt_scanner_contract::{Fingerprint, Inspection, Outcome, Problem, ScanError, Track};
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, OpenFlags};

use crate::outcome::{problem, refused};
use crate::walk::{Folder, Root, fingerprint, join, leaves_root, root_error, split};
use mt_scanner_formats::reader::{FileReader, ReadAt};
use mt_scanner_formats::{Container, Details, blank_track, parse};

/// Reads the file at `path` under the root called `root`.
pub fn inspect(root: &str, path: &str) -> Result<Inspection, ScanError> {
    let missing = || ScanError::FileNotFound(path.to_owned());
    if leaves_root(path) {
        return Err(ScanError::EscapesRoot(path.to_owned()));
    }
    if path.is_empty() {
        return Err(missing());
    }
    let root = Root::open(root, true)?;
    let (parent, name) = split(path);
    let folder = root.open_folder(parent).map_err(|code| match code {
        ErrorCode::NoEntry | ErrorCode::NotDirectory => missing(),
        code => root_error(path, code),
    })?;
    let read = Read { root: &root, folder: &folder, at: parent, seen: None, listing: true, blind: false };
    match read.file(name) {
        Ok(Inspected { mut found, .. }) => {
            path.clone_into(&mut found.track.path);
            Ok(found)
        }
        Err(problem) if problem.outcome == Outcome::EscapesRoot => Err(ScanError::EscapesRoot(problem.path)),
        Err(_) => Err(missing()),
    }
}

/// How to read a file.
pub struct Read<'a> {
    /// Its root.
    pub root: &'a Root,
    /// Its folder.
    pub folder: &'a Folder,
    /// The folder's path.
    pub at: &'a str,
    /// What the host has seen of it, if it has.
    pub seen: Option<Fingerprint>,
    /// Keep its tags as they are.
    pub listing: bool,
    /// Do not open it.
    pub blind: bool,
}

/// A file that is there.
pub struct Inspected {
    /// What was found. The track's path is its name in the folder.
    pub found: Inspection,
    /// Whether it could be opened.
    pub opened: bool,
}

impl Read<'_> {
    /// Reads a file, or says why there is none. What does not go well with a file that is there is
    /// among its own problems.
    pub fn file(&self, name: &str) -> Result<Inspected, Problem> {
        let root = self.root;
        let problem = |outcome, detail: String| problem(&root.name, &join(self.at, name), outcome, detail);
        let refused = |code| refused(&root.name, &join(self.at, name), "opening the file", code);
        let no_file = || problem(Outcome::Vanished, "this is no file any more".into());
        let opened = if self.blind { Err(ErrorCode::Unsupported) } else { self.open(name) };
        let (file, fingerprint) = match opened {
            Ok((file, Some(fingerprint))) => (Ok(file), fingerprint),
            Ok((_, None)) => return Err(no_file()),
            // A file that may not be read still is there, with its fingerprint.
            Err(code) => match self.seen.map(Ok).unwrap_or_else(|| self.stat(name)) {
                Ok(fingerprint) => (Err(code), fingerprint),
                Err(_) if code == ErrorCode::NotPermitted => {
                    return Err(problem(Outcome::EscapesRoot, "the symbolic link leads out of the root".into()));
                }
                // What is no regular file is neither opened nor a track.
                Err(ErrorCode::NoEntry) if self.blind => return Err(no_file()),
                Err(_) => return Err(refused(code)),
            },
        };
        let mut track = blank_track(&root.name, name);
        track.size = fingerprint.size;
        track.mtime_ns = fingerprint.mtime_ns;
        track.ctime_ns = fingerprint.ctime_ns;
        let mut found = Inspection { track, ..Inspection::default() };
        let opened = file.is_ok();
        match file {
            Ok(file) => {
                let troubles = read_content(&mut found, name, Content(file), self.listing);
                found.problems.extend(troubles.into_iter().map(|(outcome, detail)| problem(outcome, detail)));
            }
            Err(_) if self.blind => {}
            Err(code) => found.problems.push(refused(code)),
        }
        Ok(Inspected { found, opened })
    }

    /// The open file, and its fingerprint unless it is no regular file.
    fn open(&self, name: &str) -> Result<(Descriptor, Option<Fingerprint>), ErrorCode> {
        let links = self.root.links();
        let open = |from: &Descriptor, name: &str| {
            let file = from.open_at(links, name, OpenFlags::empty(), DescriptorFlags::READ)?;
            let fingerprint = match self.seen {
                Some(seen) => Some(seen),
                None => regular(&file.stat()?),
            };
            Ok((file, fingerprint))
        };
        match open(&self.folder.0, name) {
            // A link that climbs by `..` leaves this folder, and may still be inside the root.
            Err(ErrorCode::NotPermitted) => open(self.root.descriptor(), &join(self.at, name)),
            result => result,
        }
    }

    fn stat(&self, name: &str) -> Result<Fingerprint, ErrorCode> {
        let stat = self.folder.0.stat_at(self.root.links(), name)?;
        regular(&stat).ok_or(ErrorCode::NoEntry)
    }
}

fn regular(stat: &DescriptorStat) -> Option<Fingerprint> {
    (stat.type_ == DescriptorType::RegularFile).then(|| fingerprint(stat))
}

/// Parses a file, and gives what did not go well.
fn read_content(found: &mut Inspection, name: &str, file: Content, listing: bool) -> Vec<(Outcome, String)> {
    let mut reader = FileReader::new(file, found.track.size);
    #[cfg(feature = "misbehave")]
    crate::misbehave::when_asked(&mut reader);
    match parse(&mut reader, &mut found.track, listing) {
        Ok(parsed) => {
            Details { tags: found.tags, lyrics: found.lyrics, chapters: found.chapters } = parsed.details;
            let unsupported = |format| (Outcome::Unsupported, format!("tags of the format {format} are not read"));
            let protected = |system| (Outcome::Unsupported, format!("the audio is protected by DRM: {system}"));
            let damage = parsed.damage.map(|damage| (Outcome::Malformed, damage));
            let problems = parsed.unsupported.map(unsupported).into_iter().chain(parsed.protection.map(protected));
            problems.chain(damage).chain(mismatch(name, &found.track)).collect()
        }
        Err(error) => vec![(Outcome::Unreadable, format!("reading the file: {error}"))],
    }
}

/// What the extension promises and what the content is, where these differ.
fn mismatch(name: &str, track: &Track) -> Option<(Outcome, String)> {
    let expected = Container::of_extension(name)?.name();
    let is = track.format.as_deref()?;
    let detail = || format!("the extension stands for {expected}, the content is {is}");
    (expected != is).then(|| (Outcome::WrongExtension, detail()))
}

/// The content of an open file.
struct Content(Descriptor);

impl ReadAt for Content {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let (mut bytes, mut end) = self.0.read(len, offset).map_err(|code| io::Error::other(code.name()))?;
        // Hosts may give less than there is, and parsers take that for the end of the file.
        while !end && (bytes.len() as u64) < len {
            let (more, ended) = self
                .0
                .read(len - bytes.len() as u64, offset + bytes.len() as u64)
                .map_err(|code| io::Error::other(code.name()))?;
            end = ended || more.is_empty();
            bytes.extend(more);
        }
        Ok(bytes)
    }
}
