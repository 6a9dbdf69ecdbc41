//! MP4: ISO base media files (ISO/IEC 14496-12), and the QuickTime files that they come from.
//!
//! A file is a list of atoms. `moov` describes the tracks and carries the tags, `mdat` has the
//! media, `moof` describes more of it in files that are written piece by piece. Their order is
//! free. Tables of samples are passed over unless nothing else tells the size of the audio: they
//! are the longest part of a `moov`.

mod atom;
mod audio_specific_config;
mod bits;
mod chapters;
mod codec;
mod descriptors;
mod edits;
mod fragments;
mod item_list;
mod keys;
mod media;
mod movie;
mod properties;
mod sample_entry;
mod samples;
mod tags;
mod time;
mod track;
mod user_data;
mod value;

#[cfg(test)]
mod tests;

use std::io;

use crate::container::Format;
use crate::content::Content;
use crate::payload::{Coding, Payload};
use crate::reader::{FileReader, ReadAt};

use media::Media;
use movie::Movie;

/// Reads MP4 files.
pub(crate) struct Mp4;

impl Format for Mp4 {
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()> {
        let file = File::survey(reader, content)?;
        match &file.movie {
            Some(movie) => describe(reader, movie, &file.media, content)?,
            None => content.damaged("the file has no moov atom"),
        }
        content.audio = Payload { pieces: file.media.pieces, coding: Coding::Plain };
        Ok(())
    }
}

/// Fills in what a movie says of its audio.
fn describe<S: ReadAt>(
    reader: &mut FileReader<S>,
    movie: &Movie,
    media: &Media,
    content: &mut Content<'_>,
) -> io::Result<()> {
    let Some(track) = movie.audio() else {
        content.properties.duration = movie.length().and_then(|length| length.duration());
        content.damaged("the file has no audio track");
        return Ok(());
    };
    content.properties = properties::of(reader, movie, track, media)?;
    content.protection = track.entry.as_ref().and_then(|entry| entry.protection);
    Ok(())
}

/// What lies at the top of a file.
#[derive(Default)]
struct File {
    movie: Option<Movie>,
    media: Media,
}

impl File {
    /// Walks over the atoms at the top. The tags are read on the way: what lies behind them is at
    /// hand then.
    fn survey<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<Self> {
        let mut file = Self::default();
        let mut beside = tags::Places::default();
        let mut atoms = atom::Atoms::within(content.start..reader.len());
        while let Some(atom) = atoms.next(reader)? {
            match &atom.name {
                b"moov" if file.movie.as_ref().is_none_or(|movie| movie.audio().is_none()) => {
                    if atom.is_cut() {
                        content.damaged("the moov atom is cut off");
                    }
                    let movie = file.movie.insert(Movie::read(reader, &atom)?);
                    chapters::of_track(reader, movie, content)?;
                    let of_track = movie.audio().map(|track| &track.places);
                    tags::read(reader, [&movie.places].into_iter().chain(of_track), content)?;
                }
                b"mdat" => file.media.take_data(&atom, content),
                b"moof" | b"sidx" => {
                    let Some(movie) = &file.movie else { continue };
                    file.media.take_fragment(reader, &atom, movie)?;
                }
                b"udta" | b"meta" => beside.take(&atom),
                _ => {}
            }
            if file.media.has_enough() {
                break;
            }
        }
        tags::read(reader, [&beside].into_iter(), content)?;
        Ok(file)
    }
}
