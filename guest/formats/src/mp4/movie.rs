//! The movie (`moov`: ISO/IEC 14496-12, section 8.2): its tracks and its tags.

use std::io;

use super::atom::{Atom, beginning, u32_at};
use super::fragments::Extends;
use super::tags::Places;
use super::time::{Ticks, stated};
use super::track::Track;
use crate::reader::{FileReader, ReadAt};

/// The most tracks that are looked at. Films with many languages have some thirty.
const MOST_TRACKS: usize = 64;

/// What a `moov` says.
#[derive(Debug, Default)]
pub(super) struct Movie {
    /// Ticks a second.
    pub scale: u32,
    /// Length in these.
    length: Option<u64>,
    tracks: Vec<Track>,
    /// Present where audio may be in fragments.
    pub extends: Option<Extends>,
    /// The tags of the movie.
    pub places: Places,
}

impl Movie {
    /// Reads a `moov`.
    pub fn read<S: ReadAt>(reader: &mut FileReader<S>, moov: &Atom) -> io::Result<Self> {
        let mut movie = Self::default();
        let mut children = moov.children();
        while let Some(atom) = children.next(reader)? {
            match &atom.name {
                b"mvhd" => {
                    let bytes = beginning(reader, &atom.content, 32)?;
                    let is_long = bytes.first() == Some(&1);
                    let at = if is_long { 20 } else { 12 };
                    movie.scale = u32_at(&bytes, at).unwrap_or(0);
                    movie.length = stated(&bytes, at + 4, is_long);
                }
                b"trak" if movie.tracks.len() < MOST_TRACKS => movie.tracks.push(Track::read(reader, &atom)?),
                b"mvex" => movie.extends = Some(Extends::read(reader, &atom)?),
                b"udta" | b"meta" => movie.places.take(&atom),
                _ => {}
            }
        }
        Ok(movie)
    }

    /// The audio track that is played: the first that is enabled, or the first.
    pub fn audio(&self) -> Option<&Track> {
        let mut sound = self.tracks.iter().filter(|track| track.handler == Some(*b"soun"));
        sound.clone().find(|track| track.is_enabled).or_else(|| sound.next())
    }

    /// The track of texts with the chapters of the audio. Another one may have their pictures.
    pub fn chapters(&self) -> Option<&Track> {
        let is_text = |track: &&Track| track.handler.is_some_and(|handler| matches!(&handler, b"text" | b"sbtl"));
        let named = |id: &u32| self.tracks.iter().filter(is_text).find(|track| track.id == *id);
        self.audio()?.chapters.iter().find_map(named)
    }

    /// Whether it has one track only.
    pub fn has_one_track(&self) -> bool {
        self.tracks.len() == 1
    }

    /// The length of all, as its header says.
    pub fn length(&self) -> Option<Ticks> {
        self.length.map(|count| Ticks { count, scale: self.scale })
    }

    /// The length with all fragments, where the writer knew it.
    pub fn fragmented_length(&self) -> Option<Ticks> {
        let count = self.extends.as_ref()?.length?;
        Some(Ticks { count, scale: self.scale })
    }
}
