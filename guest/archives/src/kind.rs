//! Kinds of archives.

use std::fmt;

/// The format of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// ZIP, after the specification of PKWARE (APPNOTE 6.3).
    Zip,
    /// 7Z, after `7zFormat.txt` of the LZMA SDK.
    SevenZip,
    /// RAR 4 and 5.
    Rar,
    /// TAR: ustar, pax and GNU.
    Tar,
    /// TAR inside gzip.
    TarGzip,
}

impl Kind {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Zip => "ZIP",
            Kind::SevenZip => "7Z",
            Kind::Rar => "RAR",
            Kind::Tar => "TAR",
            Kind::TarGzip => "TAR.GZ",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
