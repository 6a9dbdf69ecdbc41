//! One file: opened, measured, parsed.

use std::io;

use mt_scanner_contract::{Fingerprint, Inspection, Outcome, Problem, Reading, ScanError, Track};

use crate::outcome::{problem, refused};
use crate::tree::{Content, ErrorCode, Folder, Kind, Root, join, leaves_root, root_error, split};
use mt_scanner_formats::reader::FileReader;
use mt_scanner_formats::{Container, Details, LegacyCharset, Parsed, blank_track, parse};

/// Reads the file at `path` under the root called `root`.
pub fn inspect(root: &str, path: &str, reading: &Reading) -> Result<Inspection, ScanError> {
    let charset = charset(reading)?;
    let (root, folder) = open_parent(root, path)?;
    let (parent, name) = split(path);
    let read = Read { root: &root, folder: &folder, at: parent, seen: None, listing: true, charset, blind: false };
    match read.file(name) {
        Ok(Inspected { mut found, .. }) => {
            path.clone_into(&mut found.track.path);
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
        let opened = file.is_ok();
        match file {
            Ok(file) => {
                let troubles = read_content(&mut found, name, file, self);
                found.problems.extend(troubles.into_iter().map(|(outcome, detail)| problem(outcome, detail)));
            }
            Err(_) if self.blind => {}
            Err(code) => found.problems.push(self.refused(name, code)),
        }
        Ok(Inspected { found, opened })
    }

    /// The open file, or why it may not be read, and its fingerprint.
    pub fn look(&self, name: &str) -> Result<(Result<Content, ErrorCode>, Fingerprint), Problem> {
        let problem = |outcome, detail: &str| problem(&self.root.name, &join(self.at, name), outcome, detail);
        let no_file = || problem(Outcome::Vanished, "this is no file any more");
        let opened = if self.blind {
            Err(ErrorCode::Unsupported)
        } else {
            self.root.open_in(self.folder, self.at, name, self.seen)
        };
        match opened {
            Ok((file, Some(fingerprint))) => Ok((Ok(file), fingerprint)),
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

    /// Whether the file is there and something else than a regular file: to open a pipe may take
    /// for ever.
    pub fn is_special(&self, name: &str) -> bool {
        self.root.stat_in(self.folder, self.at, name).is_ok_and(|stat| stat.kind != Kind::File)
    }

    fn stat(&self, name: &str) -> Result<Fingerprint, ErrorCode> {
        self.root.stat_in(self.folder, self.at, name)?.of_file().ok_or(ErrorCode::NoEntry)
    }
}

/// Parses a file, and gives what did not go well.
fn read_content(found: &mut Inspection, name: &str, file: Content, read: &Read<'_>) -> Vec<(Outcome, String)> {
    let mut reader = FileReader::new(file, found.track.size);
    #[cfg(feature = "misbehave")]
    crate::misbehave::when_asked(&mut reader);
    match parse(&mut reader, &mut found.track, read.listing, read.charset) {
        Ok(parsed) => {
            let troubles = troubles(&parsed);
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
