//! The containers: one list with their names and extensions, and what reads one.

use std::io;

use crate::content::Content;
use crate::reader::{FileReader, ReadAt};

/// Reads a container.
pub(crate) trait Format {
    /// Fills in what the file says. Damage is noted in `content`, and ends nothing but the part that is damaged.
    ///
    /// # Errors
    ///
    /// Only those of the source. [`io::ErrorKind::WouldBlock`] means that bytes are not here yet: whoever called fetches
    /// them and calls again, from the start and with new content.
    fn read<S: ReadAt>(reader: &mut FileReader<S>, content: &mut Content<'_>) -> io::Result<()>;
}

macro_rules! containers {
    ($( $(#[$docs:meta])* $container:ident $name:literal $extensions:tt, )*) => {
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
        }
    };
}

containers! {
    /// A stream of ADTS frames (ISO/IEC 14496-3, section 1.A.2.2.1), or an ADIF file.
    Adts "aac" ["aac"],
    /// AIFF and AIFF-C.
    Aiff "aiff" ["aiff", "aif", "aifc"],
    /// Monkey's Audio.
    Ape "ape" ["ape"],
    /// Advanced Systems Format: WMA.
    Asf "asf" ["wma"],
    /// Native FLAC (RFC 9639).
    Flac "flac" ["flac"],
    /// MPEG audio frames: layers I, II and III.
    Mpeg "mp3" ["mp3", "mp2", "mp1"],
    /// ISO base media files and QuickTime.
    Mp4 "mp4" ["m4a", "m4p", "mp4", "m4b"],
    /// Musepack, stream versions 7 and 8.
    Musepack "musepack" ["mpc", "mpp", "mp+"],
    /// Ogg (RFC 3533): Vorbis, Opus, Speex, FLAC.
    Ogg "ogg" ["ogg", "opus", "oga", "spx"],
    /// RIFF/WAVE, RF64 and BW64.
    Wave "wav" ["wav"],
    /// WavPack.
    WavPack "wavpack" ["wv"],
}
