//! Pictures: those embedded in a file, and those in its folder.

use std::borrow::Cow;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mt_scanner_contract::artwork::{Answer, Request};
use mt_scanner_contract::{PictureItem, PictureKind, Problem};

use super::scanner::Scanner;
use crate::runtime::error::Error;

/// A picture, with its bytes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Picture {
    /// Its media type, by its content and not by what the tag claims.
    pub mime: String,
    /// The extension of files of this type, with its dot.
    pub extension: String,
    /// What it shows.
    pub kind: PictureKind,
    /// Width in pixels, if the content says it.
    pub width: Option<u32>,
    /// Height in pixels, if the content says it.
    pub height: Option<u32>,
    /// `embedded`, or the name of a file in the audio file's folder.
    pub source: String,
    /// The bytes, 32 MiB at most.
    pub data: Vec<u8>,
}

/// Pictures of a file, and what went wrong on the way to them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Artwork<P = Picture> {
    /// In the order of the contract: embedded ones, front covers first, then those in the folder.
    pub pictures: Vec<P>,
    /// Problems: a picture that is too large or damaged, and whatever is damaged in the file.
    pub problems: Vec<Problem>,
}

impl Scanner {
    /// The picture of a file: its embedded front cover, else another embedded picture, else one in
    /// its folder (`cover.jpg`, ...; `wit/pictures.wit` has the order). `path` is absolute, or
    /// relative to the first root.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(music.join("Album"))?;
    /// # std::fs::write(music.join("Album/1.mp3"), b"")?;
    /// # std::fs::write(music.join("Album/cover.gif"), b"GIF89a\x40\x01\xf0\0\x80\0\0")?;
    /// use mt_scanner::Scanner;
    ///
    /// let artwork = Scanner::new(&music)?.artwork("Album/1.mp3")?;
    /// let picture = artwork.pictures.first().expect("a picture is beside the file");
    /// assert_eq!((picture.mime.as_str(), picture.source.as_str()), ("image/gif", "cover.gif"));
    /// assert_eq!((picture.width, picture.height), (Some(320), Some(240)));
    /// assert_eq!(picture.data, std::fs::read(music.join("Album/cover.gif"))?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn artwork(&self, path: impl AsRef<Path>) -> Result<Artwork, Error> {
        self.with_bytes(path.as_ref(), false)
    }

    /// All pictures of a file. Memory holds them all: there may be some of many megabytes.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn pictures(&self, path: impl AsRef<Path>) -> Result<Artwork, Error> {
        self.with_bytes(path.as_ref(), true)
    }

    /// The pictures of a file without their bytes: the one of [`artwork`](Self::artwork), or `all`.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn picture_items(&self, path: impl AsRef<Path>, all: bool) -> Result<Artwork<PictureItem>, Error> {
        let Answer { pictures, problems, .. } = understood(&self.artwork_json(path, all, false, 0)?)?;
        Ok(Artwork { pictures, problems })
    }

    /// The answer of `artwork-json` (`wit/pictures.wit`), for hosts that hand it on.
    ///
    /// # Errors
    ///
    /// As [`inspect`](Self::inspect).
    pub fn artwork_json(&self, path: impl AsRef<Path>, all: bool, data: bool, from: usize) -> Result<String, Error> {
        let (root, path) = self.below(path.as_ref())?;
        let request = Request { root: Cow::Borrowed(&root.name), path: Cow::Borrowed(&path), all, data, from };
        let request =
            serde_json::to_string(&request).map_err(|error| Error::InvalidRequest { reason: error.to_string() })?;
        self.ask_about(vec![root], &format!("reading {path}"), move |exports, store| {
            exports.mt_scanner_pictures().call_artwork_json(store, &request)
        })?
        .map_err(Error::from)
    }

    fn with_bytes(&self, path: &Path, all: bool) -> Result<Artwork, Error> {
        let mut artwork = Artwork { pictures: Vec::new(), problems: Vec::new() };
        let mut from = 0;
        loop {
            let Answer { pictures, problems, data } = understood(&self.artwork_json(path, all, true, from)?)?;
            let (asked, given) = (pictures.len(), data.len());
            artwork.problems.extend(problems);
            for (item, letters) in pictures.into_iter().zip(data) {
                let data = STANDARD.decode(letters).map_err(|error| Error::InvalidAnswer { source: error.into() })?;
                // One without bytes could not be read any more.
                if !data.is_empty() {
                    artwork.pictures.push(Picture::new(item, data));
                }
            }
            from += given;
            if given == 0 || given == asked {
                return Ok(artwork);
            }
        }
    }
}

impl Picture {
    fn new(item: PictureItem, data: Vec<u8>) -> Self {
        let PictureItem { mime, extension, kind, width, height, bytes: _, source } = item;
        Self { mime, extension, kind, width, height, source, data }
    }

    /// What it is, without its bytes.
    pub fn item(&self) -> PictureItem {
        let Self { mime, extension, kind, width, height, source, data } = self;
        let (mime, extension, source) = (mime.clone(), extension.clone(), source.clone());
        PictureItem { mime, extension, kind: *kind, width: *width, height: *height, bytes: data.len() as u64, source }
    }
}

fn understood(answer: &str) -> Result<Answer, Error> {
    serde_json::from_str(answer).map_err(|error| Error::InvalidAnswer { source: error.into() })
}
