//! One file: opened, measured, parsed.

use std::io;

use mt_scanner_contract::{Fingerprint, Inspection, Outcome, Problem, Reading, ScanError, Track};

use crate::outcome::{outcome, problem, unread};
use crate::sheets::{self, Shelf};
use crate::tree::{Content, ErrorCode, Kind, Place, Refusal, Root, join, leaves_root, root_error};
use mt_scanner_formats::cue::Sheet;
use mt_scanner_formats::reader::{FileReader, Pieces};
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
    let (root, (place, parent, name)) = open_place(root, path)?;
    let read = Read { root: &root, place: &place, at: parent, seen: None, listing: true, charset, blind: false };
    if careful && read.is_special(name) {
        return Err(ScanError::FileNotFound(path.to_owned()));
    }
    match read.file(name) {
        Ok(Inspected { mut found, sheet, .. }) => {
            path.clone_into(&mut found.track.path);
            if reading.cue {
                let shelf = Shelf { root: &root, place: &place, at: parent, charset };
                let (cue, problems) = shelf.tracks(name, sheet.as_ref(), &mut found.track);
                found.cue = cue;
                found.problems.extend(problems);
            }
            Ok(found)
        }
        Err(problem) => Err(no_file(problem, path)),
    }
}

/// A place in a root, its path, and the name of a file in it.
pub type FileIn<'p> = (Place, &'p str, &'p str);

/// The root called `root`, and the place in it that holds the file at `path`.
pub fn open_place<'p>(root: &str, path: &'p str) -> Result<(Root, FileIn<'p>), ScanError> {
    let missing = || ScanError::FileNotFound(path.to_owned());
    if leaves_root(path) {
        return Err(ScanError::EscapesRoot(path.to_owned()));
    }
    if path.is_empty() {
        return Err(missing());
    }
    // Whoever names a member asks for its archive.
    let root = Root::open(root, true)?.with_archives(true);
    let place = root.place_of(path).map_err(|code| match code {
        ErrorCode::NoEntry | ErrorCode::NotDirectory => missing(),
        code => root_error(path, code),
    })?;
    Ok((root, place))
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
    /// The folder or archive that it is in.
    pub place: &'a Place,
    /// The path of that.
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
            Err(refusal) => found.problems.push(self.unread(name, refusal)),
        }
        Ok(Inspected { found, opened, sheet })
    }

    /// The open file, or why it may not be read, and its fingerprint.
    pub fn look(&self, name: &str) -> Result<(Result<Content, Refusal>, Fingerprint), Problem> {
        let problem = |outcome, detail: &str| problem(&self.root.name, &join(self.at, name), outcome, detail);
        let no_file = || problem(Outcome::Vanished, "this is no file any more");
        let opened = if self.blind {
            Err(ErrorCode::Unsupported.into())
        } else {
            self.root.open_in(self.place, self.at, name, self.seen)
        };
        match opened {
            Ok((file, Some(fingerprint))) => Ok((Ok(file), fingerprint)),
            Ok((_, None)) => Err(no_file()),
            // A file that may not be read still is there, with its fingerprint.
            Err(refusal) => match self.seen.map(Ok).unwrap_or_else(|| self.stat(name)) {
                Ok(fingerprint) => Ok((Err(refusal), fingerprint)),
                Err(_) if matches!(refusal, Refusal::System(ErrorCode::NotPermitted)) => {
                    Err(problem(Outcome::EscapesRoot, "the symbolic link leads out of the root"))
                }
                // What is no regular file is neither opened nor a track.
                Err(ErrorCode::NoEntry) if self.blind => Err(no_file()),
                Err(_) => Err(self.unread(name, refusal)),
            },
        }
    }

    /// The problem of a file that could not be opened.
    pub fn unread(&self, name: &str, refusal: Refusal) -> Problem {
        unread(&self.root.name, &join(self.at, name), refusal)
    }

    /// Whether the file is there and something else than a regular file: to open a pipe may take
    /// for ever.
    pub fn is_special(&self, name: &str) -> bool {
        self.root.stat_in(self.place, self.at, name).is_ok_and(|stat| stat.kind != Kind::File)
    }

    fn stat(&self, name: &str) -> Result<Fingerprint, ErrorCode> {
        self.root.stat_in(self.place, self.at, name)?.of_file().ok_or(ErrorCode::NoEntry)
    }
}

/// Parses a file, and gives what did not go well.
fn read_content(
    found: &mut Inspection,
    sheet: &mut Option<Sheet>,
    name: &str,
    file: Content,
    read: &Read<'_>,
) -> Vec<(Outcome, String)> {
    let promised = Container::of_extension(name);
    let pieces = promised.map_or(Pieces::LONG, Container::pieces);
    let mut reader = FileReader::new(file, found.track.size).in_pieces(pieces);
    #[cfg(feature = "misbehave")]
    if let Ok(Some(start)) = reader.piece(0, reader.len().min(mt_scanner_formats::misbehave::SHOWN)) {
        mt_scanner_formats::misbehave::when_asked(start);
    }
    let parsed = parse(&mut reader, &mut found.track, read.listing, read.charset);
    // A member that is damaged is a file that ends early, so this goes before what follows of it.
    let trouble = reader.into_source().trouble().map(|trouble| (outcome(trouble.kind), trouble.detail));
    let rest = match parsed {
        Ok(parsed) => {
            let troubles = troubles(&parsed);
            *sheet = parsed.cue;
            Details { tags: found.tags, lyrics: found.lyrics, chapters: found.chapters } = parsed.details;
            troubles.into_iter().chain(mismatch(promised, &found.track)).collect()
        }
        Err(error) => vec![unreadable(&error)],
    };
    trouble.into_iter().chain(rest).collect()
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
fn mismatch(promised: Option<Container>, track: &Track) -> Option<(Outcome, String)> {
    let expected = promised?.name();
    let is = track.format.as_deref()?;
    let detail = || format!("the extension stands for {expected}, the content is {is}");
    (expected != is).then(|| (Outcome::WrongExtension, detail()))
}
