//! The pictures of a file: those that are embedded, and those in its folder.

mod beside;

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mt_scanner_contract::artwork::{AT_A_TIME, Answer, Request};
use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, PictureItem, PictureKind, Problem, ScanError};
use mt_scanner_formats::reader::FileReader;
use mt_scanner_formats::{LARGEST_PICTURE, LegacyCharset, Look, Picture, Unread, blank_track, parse};

use crate::inspect::{Read, no_file, open_place, troubles, unreadable};
use crate::json;
use crate::outcome::problem;
use crate::sheets::track_at;
use crate::tree::{Content, split};

/// The source of an embedded picture.
const EMBEDDED: &str = "embedded";

/// Answers a request for pictures. See `artwork-json` in `wit/pictures.wit`.
///
/// # Errors
///
/// [`ScanError::InvalidRequest`] if the text is no request, and those of [`Artwork::of`].
pub fn artwork_json(request: &str) -> Result<String, ScanError> {
    let request: Request<'_> =
        serde_json::from_str(request).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
    let mut artwork = Artwork::of(&request.root, &request.path, request.all)?;
    artwork.pictures.drain(..request.from.min(artwork.pictures.len()));
    if request.from > 0 {
        artwork.problems.clear();
    }
    let data = if request.data { artwork.letters() } else { String::new() };
    let pictures = artwork.pictures.into_iter().map(|found| found.item).collect();
    let mut text = json::text(&Answer { pictures, problems: artwork.problems, data: Vec::new() });
    // A megabyte of letters is not copied once more: its array stands at the end.
    text.truncate(text.trim_end_matches("]}").len());
    text.reserve_exact(data.len() + 2);
    text.push_str(&data);
    text.push_str("]}");
    Ok(text)
}

/// The pictures of a file.
pub struct Artwork {
    /// In their order.
    pub pictures: Vec<Found>,
    /// What did not go well.
    pub problems: Vec<Problem>,
}

/// A picture that was found.
pub struct Found {
    /// What it is.
    pub item: PictureItem,
    picture: Picture,
    file: Rc<Content>,
    /// The file that it is in, to be named if it cannot be read.
    place: At,
}

/// A root and a path in it.
#[derive(Clone)]
struct At {
    root: String,
    path: String,
}

impl Artwork {
    /// The pictures of the file at `path` under the root called `root`: the first, or all. Those of
    /// a track of a cue sheet are those of its file.
    ///
    /// # Errors
    ///
    /// As `artwork-json`.
    pub fn of(root: &str, path: &str, all: bool) -> Result<Self, ScanError> {
        match (Self::of_file(root, path, all), track_at(path)) {
            (Err(ScanError::FileNotFound(_)), Some((audio, _))) => {
                Self::of_file(root, audio, all).map_err(|_| ScanError::FileNotFound(path.to_owned()))
            }
            (found, _) => found,
        }
    }

    fn of_file(root: &str, path: &str, all: bool) -> Result<Self, ScanError> {
        let (root, (place, parent, name)) = open_place(root, path)?;
        let charset = LegacyCharset::Off;
        let read = Read { root: &root, place: &place, at: parent, seen: None, listing: false, charset, blind: false };
        let mut artwork = Self { pictures: Vec::new(), problems: Vec::new() };
        if read.is_special(name) {
            return Err(ScanError::FileNotFound(path.to_owned()));
        }
        match read.look(name).map_err(|problem| no_file(problem, path))? {
            (Ok(file), fingerprint) => artwork.take_embedded(&root.name, path, file, fingerprint.size, all),
            (Err(refusal), _) => artwork.problems.push(read.unread(name, refusal)),
        }
        if all || artwork.pictures.is_empty() {
            artwork.take_beside(&read, split(name).0, all);
        }
        Ok(artwork)
    }

    /// Finds the embedded pictures.
    fn take_embedded(&mut self, root: &str, path: &str, file: Content, size: u64, all: bool) {
        let mut reader = FileReader::new(file, size);
        let place = At { root: root.to_owned(), path: path.to_owned() };
        let parsed = match parse(&mut reader, &mut blank_track(root, path), false, LegacyCharset::Off) {
            Ok(parsed) => parsed,
            Err(error) => {
                let (outcome, detail) = unreadable(&error);
                return self.problems.push(place.problem(outcome, detail));
            }
        };
        self.problems.extend(troubles(&parsed).into_iter().map(|(outcome, detail)| place.problem(outcome, detail)));
        let file = Rc::new(reader.into_source());
        let mut pictures = parsed.pictures;
        pictures.sort_by_key(|picture| kind(picture) != PictureKind::FrontCover);
        for picture in pictures {
            self.take(picture, &file, &place, EMBEDDED, |_| true);
            if !all && !self.pictures.is_empty() {
                return;
            }
        }
    }

    /// Takes a picture in, if it can be read and `fits`.
    fn take(&mut self, picture: Picture, file: &Rc<Content>, place: &At, source: &str, fits: fn(&Look) -> bool) {
        match picture.look(&**file) {
            Ok(look) if fits(&look) => {
                let Look { mime, bytes, dimensions } = look;
                let (width, height) = dimensions.unzip();
                let (extension, source) = (extension(&mime).to_owned(), source.to_owned());
                let item = PictureItem { mime, extension, kind: kind(&picture), width, height, bytes, source };
                self.pictures.push(Found { item, picture, file: file.clone(), place: place.clone() });
            }
            Ok(_) => self.problems.push(place.problem(Outcome::Malformed, "the file is no picture")),
            Err(why) => self.problems.push(place.unread(why)),
        }
    }

    /// The bytes of the first pictures in base64, each in quotes and with commas between. One that
    /// cannot be read any more has no letters, and is a problem.
    fn letters(&mut self) -> String {
        let (mut bytes, mut count) = (0, 0);
        for Found { item, .. } in &self.pictures {
            bytes += item.bytes;
            if count > 0 && bytes > AT_A_TIME {
                break;
            }
            count += 1;
        }
        let mut text = String::new();
        for found in &self.pictures[..count] {
            text.push_str(if text.is_empty() { "\"" } else { ",\"" });
            match found.bytes() {
                Ok(bytes) => {
                    text.reserve_exact(bytes.len().div_ceil(3) * 4 + 4);
                    STANDARD.encode_string(bytes, &mut text);
                }
                Err(problem) => self.problems.push(problem),
            }
            text.push('"');
        }
        text
    }
}

impl Found {
    /// Its bytes, or why they cannot be read any more.
    pub fn bytes(&self) -> Result<Vec<u8>, Problem> {
        self.picture.bytes(&*self.file).map_err(|why| self.place.unread(why))
    }
}

impl At {
    fn problem(&self, outcome: Outcome, detail: impl Into<String>) -> Problem {
        problem(&self.root, &self.path, outcome, detail)
    }

    /// The problem of a picture that cannot be read.
    fn unread(&self, why: Unread) -> Problem {
        match why {
            Unread::TooLarge => {
                let mebibytes = (LARGEST_PICTURE >> 20).to_string();
                self.problem(Outcome::Unsupported, filled(words::PICTURE_TOO_LARGE, &[("mebibytes", &mebibytes)]))
            }
            Unread::Damaged => self.problem(Outcome::Malformed, "a picture is damaged"),
            Unread::Source(error) => self.problem(Outcome::Unreadable, format!("reading a picture: {error}")),
        }
    }
}

/// What a picture shows.
fn kind(picture: &Picture) -> PictureKind {
    PictureKind::ALL.get(usize::from(picture.kind())).copied().unwrap_or(PictureKind::Other)
}

/// The extension of files of a media type.
fn extension(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/bmp" => ".bmp",
        _ => ".bin",
    }
}
