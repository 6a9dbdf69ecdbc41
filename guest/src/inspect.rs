//! One file: opened, measured, parsed.

use std::io;

use wasip2::clocks::wall_clock::Datetime;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, OpenFlags};

use crate::bindings::exports::mt::scanner::files::Inspection;
use crate::bindings::exports::mt::scanner::types::{Outcome, Problem, ScanError, Track};
use crate::metadata::reader::{FileReader, ReadAt};
use crate::metadata::{Failure, blank_track, expected_by_extension, parse};
use crate::outcome::{problem, refused};
use crate::walk::{Folder, Root, leaves_root, root_error, split};

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
    match read_file(&root, &folder, name, path.to_owned(), true) {
        Ok(inspection) => Ok(inspection),
        Err(problem) if problem.outcome == Outcome::EscapesRoot => Err(ScanError::EscapesRoot(problem.path)),
        Err(_) => Err(missing()),
    }
}

/// Reads a file of an open folder, or says why there is none. What does not go well with a file that is there is among its own
/// problems. `listing` keeps its tags as they are.
pub fn read_file(root: &Root, folder: &Folder, name: &str, path: String, listing: bool) -> Result<Inspection, Problem> {
    let (file, stat) = match open(root, folder, name, &path) {
        Ok((_, stat)) if stat.type_ != DescriptorType::RegularFile => {
            return Err(problem(&root.name, &path, Outcome::Vanished, "this is no file any more"));
        }
        Ok((file, stat)) => (Ok(file), stat),
        // A file that may not be read still is there, with its fingerprint.
        Err(code) => match folder.0.stat_at(root.links(), name) {
            Ok(stat) if stat.type_ == DescriptorType::RegularFile => (Err(code), stat),
            _ if code == ErrorCode::NotPermitted => {
                let detail = "the symbolic link leads out of the root";
                return Err(problem(&root.name, &path, Outcome::EscapesRoot, detail));
            }
            _ => return Err(refused(&root.name, &path, "opening the file", code)),
        },
    };
    let mut track = blank_track(&root.name, &path);
    fingerprint(&mut track, &stat);
    let mut inspection = Inspection { track, problems: Vec::new(), tags: Vec::new() };
    match file {
        Ok(file) => read_content(&mut inspection, file, stat.size, listing),
        Err(code) => inspection.problems.push(refused(&root.name, &path, "opening the file", code)),
    }
    Ok(inspection)
}

fn read_content(inspection: &mut Inspection, file: Descriptor, size: u64, listing: bool) {
    let track = &mut inspection.track;
    let mut reader = FileReader::new(Content(file), size);
    #[cfg(feature = "misbehave")]
    crate::misbehave::when_asked(&mut reader);
    let (outcome, detail) = match parse(&mut reader, track, listing) {
        Ok(parsed) => {
            inspection.tags = parsed.items;
            if let Some(damage) = parsed.damage {
                inspection.problems.push(problem(&track.root, &track.path, Outcome::Malformed, damage));
            }
            let Some((expected, is)) = mismatch(track) else { return };
            (Outcome::WrongExtension, format!("the extension stands for {expected}, the content is {is}"))
        }
        Err(Failure::Io(error)) => (Outcome::Unreadable, format!("reading the file: {error}")),
        Err(Failure::Malformed(detail)) => (Outcome::Malformed, detail),
        Err(Failure::Unsupported(format)) => {
            (Outcome::Unsupported, format!("tags of the format {format} are not read"))
        }
    };
    inspection.problems.push(problem(&track.root, &track.path, outcome, detail));
}

/// What the extension promises and what the content is, where these differ.
fn mismatch(track: &Track) -> Option<(&'static str, &str)> {
    let expected = expected_by_extension(&track.path)?;
    let is = track.format.as_deref()?;
    (expected != is).then_some((expected, is))
}

fn open(root: &Root, folder: &Folder, name: &str, path: &str) -> Result<(Descriptor, DescriptorStat), ErrorCode> {
    let open = |from: &Descriptor, name: &str| {
        let file = from.open_at(root.links(), name, OpenFlags::empty(), DescriptorFlags::READ)?;
        let stat = file.stat()?;
        Ok((file, stat))
    };
    match open(&folder.0, name) {
        // A link that climbs by `..` leaves this folder, and may still be inside the root.
        Err(ErrorCode::NotPermitted) => open(root.descriptor(), path),
        result => result,
    }
}

fn fingerprint(track: &mut Track, stat: &DescriptorStat) {
    track.size = stat.size;
    track.mtime_ns = nanoseconds(stat.data_modification_timestamp);
    track.ctime_ns = nanoseconds(stat.status_change_timestamp);
}

/// Nanoseconds since 1970. Times before that, which WASI's unsigned seconds cannot say, come out as 0 under every host.
fn nanoseconds(time: Option<Datetime>) -> i64 {
    let nanoseconds =
        |time: Datetime| (time.seconds as i64).saturating_mul(1_000_000_000).saturating_add(time.nanoseconds.into());
    time.map_or(0, nanoseconds).max(0)
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
