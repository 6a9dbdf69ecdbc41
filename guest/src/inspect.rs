//! One file: opened, measured, parsed.

use std::io;

use mt_scanner_contract::{Fingerprint, Inspection, Outcome, Problem, Reading, ScanError, Track};
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, OpenFlags};

use crate::outcome::{problem, refused};
use crate::sheets::{self, Shelf};
use crate::walk::{Folder, Root, fingerprint, join, leaves_root, root_error, split};
use mt_scanner_formats::cue::Sheet;
use mt_scanner_formats::reader::{FileReader, ReadAt};
use mt_scanner_formats::{Container, Details, LegacyCharset, Parsed, blank_track, parse};

/// Reads the file at `path` under the root called `root`, or the track of a cue sheet that is
/// called so.
pub fn inspect(root: &str, path: &str, reading: &Reading) -> Result<Inspection, ScanError> {
    match (file(root, path, reading, false), sheets::track_at(path)) {
        (Err(ScanError::FileNotFound(_)), Some((audio, number))) => {
            let missing = || ScanError::FileNotFound(path.to_owned());
            // Hosts have looked at the whole path only.
            let mut found = file(root, audio, reading, true).map_err(|_| missing())?;
            let row = std::mem::take(&mut found.cue).into_iter().find(|row| row.track_number == Some(number));
            found.track = row.ok_or_else(missing)?;
            Ok(found)
        }
        (found, _) => found,
    }
}

/// Reads the file at `path`. `careful`: it may be no regular file, and to open a pipe may take for
/// ever.
fn file(root: &str, path: &str, reading: &Reading, careful: bool) -> Result<Inspection, ScanError> {
    let charset = charset(reading)?;
    let (root, folder) = open_parent(root, path)?;
    let (parent, name) = split(path);
    let read = Read { root: &root, folder: &folder, at: parent, seen: None, listing: true, charset, blind: false };
    if careful && read.is_special(name) {
        return Err(ScanError::FileNotFound(path.to_owned()));
    }
    match read.file(name) {
        Ok(Inspected { mut found, sheet, .. }) => {
            path.clone_into(&mut found.track.path);
            if reading.cue {
                let shelf = Shelf { root: &root, folder: &folder, at: parent, charset };
                let (cue, problems) = shelf.tracks(name, sheet.as_ref(), &mut found.track);
                found.cue = cue;
                found.problems.extend(problems);
            }
            Ok(found)
        }
        Err(problem) => Err(no_file(problem, path)),
    }
}

/// The root called `root`, and the folder in it that holds the file at `path`.
pub fn open_parent(root: &str, path: &str) -> Result<(Root, Folder), ScanError> {
    let missing = || ScanError::FileNotFound(path.to_owned());
    if leaves_root(path) {
        return Err(ScanError::EscapesRoot(path.to_owned()));
    }
    if path.is_empty() {
        return Err(missing());
    }
    let root = Root::open(root, true)?;
    let folder = root.open_folder(split(path).0).map_err(|code| match code {
        ErrorCode::NoEntry | ErrorCode::NotDirectory => missing(),
        code => root_error(path, code),
    })?;
    Ok((root, folder))
}

/// Why there is no file at `path`, from what [`Read`] says of it.
pub fn no_file(problem: Problem, path: &str) -> ScanError {
    match problem.outcome {
        Outcome::EscapesRoot => ScanError::EscapesRoot(problem.path),
        _ => ScanError::FileNotFound(path.to_owned()),
    }
}

/// The charset that options of reading name.
pub fn charset(reading: &Reading) -> Result<LegacyCharset, ScanError> {
    let name = &reading.legacy_charset;
    LegacyCharset::named(name).ok_or_else(|| ScanError::UnknownCharset(name.clone()))
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
    /// What its texts are in whose charset nothing says.
    pub charset: LegacyCharset,
    /// Do not open it.
    pub blind: bool,
}

/// A file that is there.
pub struct Inspected {
    /// What was found. The track's path is its name in the folder.
    pub found: Inspection,
    /// Whether it could be opened.
    pub opened: bool,
    /// The cue sheet that is in it.
    pub sheet: Option<Sheet>,
}

impl Read<'_> {
    /// Reads a file, or says why there is none. What does not go well with a file that is there is
    /// among its own problems.
    pub fn file(&self, name: &str) -> Result<Inspected, Problem> {
        let root = self.root;
        let problem = |outcome, detail: String| problem(&root.name, &join(self.at, name), outcome, detail);
        let (file, fingerprint) = self.look(name)?;
        let mut track = blank_track(&root.name, name);
        track.size = fingerprint.size;
        track.mtime_ns = fingerprint.mtime_ns;
        track.ctime_ns = fingerprint.ctime_ns;
        let mut found = Inspection { track, ..Inspection::default() };
        let (opened, mut sheet) = (file.is_ok(), None);
        match file {
            Ok(file) => {
                let troubles = read_content(&mut found, &mut sheet, name, file, self);
                found.problems.extend(troubles.into_iter().map(|(outcome, detail)| problem(outcome, detail)));
            }
            Err(_) if self.blind => {}
            Err(code) => found.problems.push(self.refused(name, code)),
        }
        Ok(Inspected { found, opened, sheet })
    }

    /// The open file, or why it may not be read, and its fingerprint.
    pub fn look(&self, name: &str) -> Result<(Result<Content, ErrorCode>, Fingerprint), Problem> {
        let problem = |outcome, detail: &str| problem(&self.root.name, &join(self.at, name), outcome, detail);
        let no_file = || problem(Outcome::Vanished, "this is no file any more");
        let opened = if self.blind { Err(ErrorCode::Unsupported) } else { self.open(name) };
        match opened {
            Ok((file, Some(fingerprint))) => Ok((Ok(Content(file)), fingerprint)),
            Ok((_, None)) => Err(no_file()),
            // A file that may not be read still is there, with its fingerprint.
            Err(code) => match self.seen.map(Ok).unwrap_or_else(|| self.stat(name)) {
                Ok(fingerprint) => Ok((Err(code), fingerprint)),
                Err(_) if code == ErrorCode::NotPermitted => {
                    Err(problem(Outcome::EscapesRoot, "the symbolic link leads out of the root"))
                }
                // What is no regular file is neither opened nor a track.
                Err(ErrorCode::NoEntry) if self.blind => Err(no_file()),
                Err(_) => Err(self.refused(name, code)),
            },
        }
    }

    /// The problem of a file that could not be opened.
    pub fn refused(&self, name: &str, code: ErrorCode) -> Problem {
        refused(&self.root.name, &join(self.at, name), "opening the file", code)
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

    /// Whether the file is there and something else than a regular file: to open a pipe may take
    /// for ever.
    pub fn is_special(&self, name: &str) -> bool {
        let links = self.root.links();
        let stat = match self.folder.0.stat_at(links, name) {
            Err(ErrorCode::NotPermitted) => self.root.descriptor().stat_at(links, &join(self.at, name)),
            stat => stat,
        };
        stat.is_ok_and(|stat| stat.type_ != DescriptorType::RegularFile)
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
fn read_content(
    found: &mut Inspection,
    sheet: &mut Option<Sheet>,
    name: &str,
    file: Content,
    read: &Read<'_>,
) -> Vec<(Outcome, String)> {
    let mut reader = FileReader::new(file, found.track.size);
    #[cfg(feature = "misbehave")]
    crate::misbehave::when_asked(&mut reader);
    match parse(&mut reader, &mut found.track, read.listing, read.charset) {
        Ok(parsed) => {
            let troubles = troubles(&parsed);
            *sheet = parsed.cue;
            Details { tags: found.tags, lyrics: found.lyrics, chapters: found.chapters } = parsed.details;
            troubles.into_iter().chain(mismatch(name, &found.track)).collect()
        }
        Err(error) => vec![unreadable(&error)],
    }
}

/// What did not go well with a file that was parsed.
pub fn troubles(parsed: &Parsed) -> Vec<(Outcome, String)> {
    let unsupported = |format| (Outcome::Unsupported, format!("tags of the format {format} are not read"));
    let protected = |system| (Outcome::Unsupported, format!("the audio is protected by DRM: {system}"));
    let damage = parsed.damage.clone().map(|damage| (Outcome::Malformed, damage));
    let problems = parsed.unsupported.map(unsupported).into_iter().chain(parsed.protection.map(protected));
    problems.chain(damage).collect()
}

/// A file whose content could not be read.
pub fn unreadable(error: &io::Error) -> (Outcome, String) {
    (Outcome::Unreadable, format!("reading the file: {error}"))
}

/// What the extension promises and what the content is, where these differ.
fn mismatch(name: &str, track: &Track) -> Option<(Outcome, String)> {
    let expected = Container::of_extension(name)?.name();
    let is = track.format.as_deref()?;
    let detail = || format!("the extension stands for {expected}, the content is {is}");
    (expected != is).then(|| (Outcome::WrongExtension, detail()))
}

/// The content of an open file.
pub struct Content(pub Descriptor);

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
