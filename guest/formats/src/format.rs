//! Formats by content, and what extensions promise.

use std::io::{self, Seek, SeekFrom};

use lofty::file::FileType;
use lofty::probe::Probe;

use super::reader::{FileReader, ReadAt};

/// What the beginning of a file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A format that lofty reads.
    Known(FileType),
    /// A format that is recognised and not read: its name.
    Unsupported(&'static str),
    /// Nothing that is known.
    Unknown,
}

/// The ASF header object's GUID, as it stands in WMA files (ASF specification, section 10.1).
const ASF: [u8; 16] = [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c];

/// Recognises a file by its content. The position is the beginning afterwards.
pub fn recognise<S: ReadAt>(reader: &mut FileReader<S>) -> io::Result<Format> {
    let mut start = [0; 16];
    let enough = reader.peek(0, &mut start)?;
    if enough && start == ASF {
        return Ok(Format::Unsupported("asf"));
    }
    // lofty looks for MPEG frames in what it does not know, and finds those of FLAC in Ogg.
    if start.starts_with(b"OggS") {
        let mut page = [0; 36];
        reader.peek(0, &mut page)?;
        return Ok(match FileType::from_buffer(&page) {
            Some(file_type) => Format::Known(file_type),
            None => Format::Unsupported("ogg"),
        });
    }
    let guess = Probe::new(&mut *reader).guess_file_type()?.file_type();
    reader.seek(SeekFrom::Start(0))?;
    Ok(match guess {
        Some(file_type) => Format::Known(file_type),
        None => Format::Unknown,
    })
}

/// The name of a container in the contract.
pub fn name(file_type: FileType) -> &'static str {
    match file_type {
        FileType::Aac => "aac",
        FileType::Aiff => "aiff",
        FileType::Ape => "ape",
        FileType::Flac => "flac",
        FileType::Mpeg => "mp3",
        FileType::Mp4 => "mp4",
        FileType::Mpc => "musepack",
        FileType::Opus | FileType::Vorbis | FileType::Speex => "ogg",
        FileType::Wav => "wav",
        FileType::WavPack => "wavpack",
        _ => "unknown",
    }
}

/// The container that a name's extension promises, among the audio extensions.
pub fn expected_by_extension(path: &str) -> Option<&'static str> {
    let extension = crate::extension::of(path)?.to_ascii_lowercase();
    Some(match extension.as_slice() {
        b"mp3" => "mp3",
        b"flac" => "flac",
        b"m4a" | b"m4p" | b"mp4" => "mp4",
        b"ogg" | b"opus" => "ogg",
        b"wav" => "wav",
        b"wma" => "asf",
        b"aac" => "aac",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_audio_extension_promises_a_container() {
        for extension in crate::extension::AUDIO_EXTENSIONS {
            assert!(expected_by_extension(&format!("a/b{extension}")).is_some(), "{extension}");
        }
    }
}
