//! What an archive says of a file.

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path inside the archive: components joined by `/`, none of them empty, `.` or `..`, and
    /// no character a control character. That of a file of an archive inside is `Inner.zip!/a.mp3`.
    pub name: String,
    /// The size of the content in bytes, as the archive gives it.
    pub size: u64,
    /// The CRC-32 of the content, where the archive gives one.
    pub crc32: Option<u32>,
}
