//! The media data of a file (ISO/IEC 14496-12, section 8.1.1), and the fragments that describe it.

use std::io;
use std::ops::Range;

use super::atom::Atom;
use super::fragments;
use super::movie::Movie;
use super::time::Ticks;
use crate::content::Content;
use crate::reader::{FileReader, ReadAt};

/// The most fragments that are looked at, since each costs a read. A song in segments of four
/// seconds has some sixty; the length of more is indexed or estimated.
const MOST_FRAGMENTS: u32 = 96;

/// What was found of the media.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// The contents of the `mdat` atoms, in the order of the file.
    pub pieces: Vec<Range<u64>>,
    /// Whether one of them ends before its own end.
    pub is_cut: bool,
    /// The length of the audio in fragments, in the scale of its media.
    pub fragmented: u64,
    fragments: u32,
    /// Where the first fragment begins.
    first: Option<u64>,
    /// The length of all fragments by an index of the whole file.
    pub index: Option<Ticks>,
    /// Whether fragments were left out.
    pub is_partial: bool,
}

impl Media {
    /// Takes an `mdat`.
    pub fn take_data(&mut self, atom: &Atom, content: &mut Content<'_>) {
        if atom.is_cut() {
            self.is_cut = true;
            let [claimed, there] = [atom.claimed_end, atom.content.end].map(|end| end - atom.content.start);
            content.damaged(format!("the audio data says {claimed} bytes, and {there} are there"));
        }
        if !atom.content.is_empty() {
            self.pieces.push(atom.content.clone());
        }
    }

    /// Takes a `moof` or a `sidx` of the movie's audio track.
    pub fn take_fragment<S: ReadAt>(
        &mut self,
        reader: &mut FileReader<S>,
        atom: &Atom,
        movie: &Movie,
    ) -> io::Result<()> {
        let (Some(track), Some(extends)) = (movie.audio(), &movie.extends) else { return Ok(()) };
        if &atom.name == b"sidx" {
            if self.index.is_none() {
                self.index = fragments::indexed(reader, atom)?;
            }
            return Ok(());
        }
        self.fragments += 1;
        if self.fragments > MOST_FRAGMENTS {
            self.is_partial = true;
            return Ok(());
        }
        self.first.get_or_insert(atom.content.start);
        let length = fragments::length(reader, atom, track.id, extends)?;
        self.fragmented = self.fragmented.saturating_add(length);
        Ok(())
    }

    /// Whether there is no need to look at more of the file.
    pub fn has_enough(&self) -> bool {
        self.is_partial
    }

    /// Whether any audio is in fragments.
    pub fn is_fragmented(&self) -> bool {
        self.fragments > 0
    }

    /// Bytes of all media.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.end - piece.start).sum()
    }

    /// The length of all fragments in a file of so many bytes, if those left out are like the
    /// others.
    pub fn estimate(&self, file_len: u64) -> u64 {
        let (Some(first), Some(last)) = (self.first, self.pieces.last()) else { return self.fragmented };
        let [seen, all] = [last.end, file_len].map(|end| u128::from(end.saturating_sub(first)));
        let estimate = (u128::from(self.fragmented) * all).checked_div(seen);
        estimate.and_then(|ticks| u64::try_from(ticks).ok()).unwrap_or(self.fragmented)
    }
}
