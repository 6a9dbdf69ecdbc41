//! The containers: one list with their names and extensions, and what reads one.

use std::io;

use crate::content::Content;
use crate::reader::{FileReader, Pieces, ReadAt};

/// Reads a container.
pub(crate) trait Format {
    /// Fills in what the file says. Damage is noted in `content`, and ends nothing but the part
    /// that is damaged.
    ///
    /// # Errors
    ///
    /// Only those of the source. [`io::ErrorKind::WouldBlock`] means that bytes are not here yet:
    /// whoever called fetches them and calls again, from the start and with new content.
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()>;
}

macro_rules! containers {
    ($( $(#[$docs:meta])* $container:ident $name:literal $extensions:tt $signatures:tt, )*) => {
        /// A container, by its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Container { $( $(#[$docs])* $container, )* }

        impl Container {
            /// Every container.
            pub const ALL: &[Self] = &[$( Self::$container ),*];

            /// The name in the contract: `mp3`, `flac`, ...
            pub const fn name(self) -> &'static str {
                match self { $( Self::$container => $name, )* }
            }

            /// The extensions that promise it, in lower case and without their dot.
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $( Self::$container => &$extensions, )* }
            }

            /// What it begins with; a `?` stands for any byte. None for streams of frames, which
            /// [`recognise`] follows.
            ///
            /// [`recognise`]: crate::recognise
            const fn signatures(self) -> &'static [&'static [u8]] {
                match self { $( Self::$container => &$signatures, )* }
            }
        }
    };
}

containers! {
    // Container, its name, its extensions, its signatures
    /// A stream of ADTS frames (ISO/IEC 14496-3, section 1.A.2.2.1), or an ADIF file.
    Adts "aac" ["aac"] [b"ADIF"],
    /// AIFF and AIFF-C.
    Aiff "aiff" ["aiff", "aif", "aifc"] [b"FORM????AIFF", b"FORM????AIFC"],
    /// Monkey's Audio.
    Ape "ape" ["ape"] [b"MAC "],
    /// Advanced Systems Format: WMA.
    Asf "asf" ["wma"] [b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"],
    /// Native FLAC (RFC 9639).
    Flac "flac" ["flac"] [b"fLaC"],
    /// MPEG audio frames: layers I, II and III.
    Mpeg "mp3" ["mp3", "mp2", "mp1"] [],
    /// ISO base media files and QuickTime.
    Mp4 "mp4" ["m4a", "m4p", "mp4", "m4b"] [b"????ftyp", b"????moov"],
    /// Musepack, stream versions 7 and 8.
    Musepack "musepack" ["mpc", "mpp", "mp+"] [b"MP+", b"MPCK"],
    /// Ogg (RFC 3533): Vorbis, Opus, Speex, FLAC.
    Ogg "ogg" ["ogg", "opus", "oga", "spx"] [b"OggS"],
    /// RIFF/WAVE, RF64 and BW64.
    Wave "wav" ["wav"] [b"RIFF????WAVE", b"RF64????WAVE", b"BW64????WAVE", b"RIFX????WAVE", b"RIFF????RMP3"],
    /// WavPack.
    WavPack "wavpack" ["wv"] [b"wvpk"],
}

/// The longest signature, in bytes.
pub(crate) const SIGNATURE: usize = 16;

impl Container {
    /// The container whose signature these bytes begin with.
    pub(crate) fn of_signature(start: &[u8]) -> Option<Self> {
        let begins = |signature: &&[u8]| {
            start.len() >= signature.len()
                && signature.iter().zip(start).all(|(&expected, &byte)| expected == b'?' || expected == byte)
        };
        Self::ALL.iter().copied().find(|container| container.signatures().iter().any(begins))
    }

    /// How much of a file is read at once that promises this container.
    pub const fn pieces(self) -> Pieces {
        match self {
            Self::Flac | Self::Mpeg | Self::Wave => Pieces::SHORT,
            _ => Pieces::LONG,
        }
    }

    /// The container that a name's extension promises.
    pub fn of_extension(path: &str) -> Option<Self> {
        let extension = crate::extension::of(path)?;
        let promises =
            |container: &Self| container.extensions().iter().any(|own| own.as_bytes().eq_ignore_ascii_case(extension));
        Self::ALL.iter().copied().find(promises)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_audio_extension_promises_a_container() {
        for extension in crate::extension::AUDIO_EXTENSIONS {
            assert!(Container::of_extension(&format!("a/b{extension}")).is_some(), "{extension}");
        }
        assert_eq!(Container::of_extension("a/B.MP4"), Some(Container::Mp4));
        assert_eq!(Container::of_extension("a/b"), None);
    }

    #[test]
    fn flac_and_mpeg_audio_are_read_in_short_pieces() {
        for (name, pieces) in [("a.flac", Pieces::SHORT), ("a.mp3", Pieces::SHORT), ("a.m4a", Pieces::LONG)] {
            assert_eq!(Container::of_extension(name).map(Container::pieces), Some(pieces), "{name}");
        }
    }

    #[test]
    fn containers_are_known_by_their_signatures() {
        for (start, expected) in [
            (&b"RIFF\x10\0\0\0WAVEfmt "[..], Some(Container::Wave)),
            (b"RIFF\x10\0\0\0AVI LIST", None),
            (b"\0\0\0\x20ftypM4A ", Some(Container::Mp4)),
            (b"fLaC", Some(Container::Flac)),
            (b"fLa", None),
            (b"", None),
        ] {
            assert_eq!(Container::of_signature(start), expected, "{start:?}");
        }
        for signature in Container::ALL.iter().flat_map(|container| container.signatures()) {
            assert!(signature.len() <= SIGNATURE, "{signature:?}");
        }
    }
}
