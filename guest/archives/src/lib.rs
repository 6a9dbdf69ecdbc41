//! What is inside an archive: its files by name, and their bytes.
//!
//! ZIP, 7Z, RAR, TAR and TAR.GZ are read in place. Nothing is extracted, nothing is written, and
//! whatever an archive claims is believed only as far as [`Limits`] go. The crate knows no WASI and
//! no audio: bytes come from whatever implements [`ReadAt`], and each member is a [`ReadAt`]
//! itself.
//!
//! ```
//! use std::rc::Rc;
//!
//! use mt_scanner_archives::{Archive, Kind, Limits};
//! use mt_scanner_formats::reader::ReadAt;
//!
//! struct InMemory(&'static [u8]);
//! impl ReadAt for InMemory {
//!     fn read_at(&self, offset: u64, len: u64) -> std::io::Result<Vec<u8>> {
//!         self.0.read_at(offset, len)
//!     }
//! }
//!
//! // A TAR with the file `a.txt`, which is `hello`.
//! let bytes: &[u8] = include_bytes!("../tests/fixtures/hello.tar");
//! let archive = Archive::open(Rc::new(InMemory(bytes)), bytes.len() as u64, &Limits::default())?;
//! assert_eq!(archive.kind(), Kind::Tar);
//! assert_eq!((archive.entries()[0].name.as_str(), archive.entries()[0].size), ("a.txt", 5));
//! let member = archive.member(0)?;
//! assert_eq!(member.read_at(1, 100).unwrap(), b"ello");
//! assert!(member.trouble().is_none());
//! # Ok::<(), mt_scanner_archives::Trouble>(())
//! ```

mod archive;
mod budget;
mod content;
mod cursor;
mod entry;
mod found;
mod kept;
mod kind;
mod limits;
mod listing;
mod member;
mod name;
mod nested;
mod pull;
mod rar;
mod seat;
mod sevenz;
mod slice;
mod tar;
mod trouble;
mod view;
mod zip;

pub use archive::Archive;
pub use entry::Entry;
pub use kind::Kind;
pub use limits::Limits;
pub use member::Member;
pub use mt_scanner_formats::reader::ReadAt;
pub use name::{ENDINGS, is_archive, is_streamed};
pub use trouble::{Trouble, TroubleKind};
