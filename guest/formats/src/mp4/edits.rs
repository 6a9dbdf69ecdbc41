//! The edit list of a track (ISO/IEC 14496-12, section 8.6.6): which parts of its media are played.
//! It leaves out the priming at the beginning and the padding at the end.

use super::atom::{VERSION, u32_at, u64_at};
use super::time::Ticks;

/// The parts that are played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edits {
    parts: Vec<Edit>,
    /// How long nothing is played before them, in the movie's scale.
    delay: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edit {
    /// In the movie's scale; 0 is the rest of the media.
    length: u64,
    /// Where it begins, in the media's scale.
    start: u64,
}

impl Edits {
    /// Reads the content of an `elst`. An entry without media is a delay, and no audio.
    pub fn of(bytes: &[u8]) -> Self {
        let is_long = bytes.first() == Some(&1);
        let entry_len = if is_long { 20 } else { 12 };
        let entries = bytes.get(VERSION as usize + 4..).unwrap_or_default().chunks_exact(entry_len);
        let mut edits = Self::default();
        for entry in entries {
            let (length, start) = match is_long {
                true => (u64_at(entry, 0), u64_at(entry, 8).map(u64::cast_signed)),
                false => (u32_at(entry, 0).map(u64::from), u32_at(entry, 4).map(|start| start.cast_signed().into())),
            };
            let (Some(length), Some(start)) = (length, start) else { break };
            match u64::try_from(start) {
                Ok(start) => edits.parts.push(Edit { length, start }),
                Err(_) if edits.parts.is_empty() => edits.delay = edits.delay.saturating_add(length),
                Err(_) => {}
            }
        }
        edits
    }

    /// How long nothing is played at the beginning, in the media's own scale.
    pub fn delay(&self, movie_scale: u32, scale: u32) -> u64 {
        let delay = Ticks { count: self.delay, scale: movie_scale };
        if delay.scale == 0 { 0 } else { delay.in_scale(scale) }
    }

    /// How much of the media is played, in its own scale: never more than there is, and all of it
    /// where the list says nothing that could be right.
    pub fn played(&self, media: Ticks, movie_scale: u32) -> u64 {
        let rest = |edit: &Edit| media.count.saturating_sub(edit.start);
        let length = |edit: &Edit| match edit.length {
            0 => rest(edit),
            count if movie_scale > 0 => Ticks { count, scale: movie_scale }.in_scale(media.scale).min(rest(edit)),
            _ => rest(edit),
        };
        match self.parts.iter().map(length).fold(0, u64::saturating_add) {
            0 => media.count,
            played => played.min(media.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(entries: &[(u32, i32)]) -> Edits {
        let mut bytes = vec![0, 0, 0, 0];
        bytes.extend((entries.len() as u32).to_be_bytes());
        for (length, start) in entries {
            bytes.extend([length.to_be_bytes(), start.to_be_bytes(), 0x1_0000_u32.to_be_bytes()].concat());
        }
        Edits::of(&bytes)
    }

    const MEDIA: Ticks = Ticks { count: 100_000, scale: 44_100 };

    #[test]
    fn priming_and_padding_are_left_out() {
        // 2 s of 1000 ticks a second, behind 1024 samples.
        assert_eq!(edits(&[(2000, 1024)]).played(MEDIA, 1000), 88_200);
    }

    #[test]
    fn a_delay_is_no_audio_and_an_edit_ends_with_the_media() {
        let delayed = edits(&[(500, -1), (9000, 2112), (100, -1)]);
        assert_eq!(delayed.played(MEDIA, 1000), 100_000 - 2112);
        assert_eq!((delayed.delay(1000, 44_100), edits(&[(9000, 0)]).delay(0, 44_100)), (22_050, 0));
    }

    #[test]
    fn an_edit_without_length_takes_the_rest() {
        assert_eq!(edits(&[(0, 1024)]).played(MEDIA, 1000), 100_000 - 1024);
        assert_eq!(edits(&[(5000, 1024)]).played(MEDIA, 0), 100_000 - 1024);
    }

    #[test]
    fn a_list_that_plays_nothing_or_too_much_does_not_count() {
        assert_eq!(edits(&[]).played(MEDIA, 1000), 100_000);
        assert_eq!(edits(&[(500, -1)]).played(MEDIA, 1000), 100_000);
        assert_eq!(edits(&[(1000, 2_000_000)]).played(MEDIA, 1000), 100_000);
        assert_eq!(edits(&[(2000, 0), (2000, 0)]).played(MEDIA, 1000), 100_000);
    }

    #[test]
    fn entries_of_64_bits_are_read_too_and_a_cut_one_is_none() {
        let mut bytes = vec![1, 0, 0, 0, 0, 0, 0, 2];
        bytes.extend([1000_u64.to_be_bytes(), 1024_u64.to_be_bytes()].concat());
        bytes.extend(0x1_0000_u32.to_be_bytes());
        bytes.extend([0; 7]);
        let parts = vec![Edit { length: 1000, start: 1024 }];
        assert_eq!(Edits::of(&bytes), Edits { parts, delay: 0 });
        assert_eq!(Edits::of(&[0, 0]), Edits::default());
    }
}
