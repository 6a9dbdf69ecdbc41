//! What an archive may cost.

/// Bounds, each for one [`Archive`](crate::Archive) with the archives inside it.
///
/// ```
/// use mt_scanner_archives::Limits;
///
/// let small = Limits { entries: 1000, ..Limits::default() };
/// assert_eq!((small.memory, small.depth), (96 << 20, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most records of its directory, folders among them. 100,000: a large library in one file.
    pub entries: usize,
    /// The most bytes that are decompressed in all; what is decompressed again counts again.
    /// 64 GiB.
    pub bytes: u64,
    /// How many times its compressed size a stream may become, beyond its first 64 MiB. 500: music
    /// stays below 2, tracks of digital silence reach 1000 and are short.
    pub ratio: u64,
    /// The most bytes of memory for any one thing: the dictionary of a decompressor, the names of
    /// all entries, archives inside that are compressed. 96 MiB, of the 256 MiB that hosts give an
    /// instance by default; 7-Zip's dictionaries take up to 64 MiB unless it is told otherwise.
    pub memory: usize,
    /// How deep archives inside archives are opened. 1: those inside, and none inside these.
    pub depth: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 100_000, bytes: 64 << 30, ratio: 500, memory: 96 << 20, depth: 1 }
    }
}
