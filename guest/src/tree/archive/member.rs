//! A member of an archive, as a file.

use mt_scanner_archives::Trouble;
use mt_scanner_contract::Fingerprint;

use super::Archive;
use crate::tree::{Content, ErrorCode};

/// Why a file cannot be read.
pub enum Refusal {
    /// The filesystem refuses it.
    System(ErrorCode),
    /// It is a member of an archive that cannot be read.
    Archive(Trouble),
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::System(code)
    }
}

impl Archive {
    /// The fingerprint of a member: its own size, and the times of the archive.
    pub fn fingerprint_of(&self, name: &str) -> Option<Fingerprint> {
        let archive = self.opened.as_ref().ok()?;
        let entry = archive.entries().get(archive.find(name)?)?;
        Some(Fingerprint { size: entry.size, ..self.fingerprint })
    }

    /// The content of a member.
    pub(in crate::tree) fn content(&self, name: &str) -> Result<Content, Refusal> {
        let archive = self.opened.as_ref().map_err(|trouble| Refusal::Archive(trouble.clone()))?;
        let index = archive.find(name).ok_or(Refusal::System(ErrorCode::NoEntry))?;
        archive.member(index).map(|member| Content::Member(Box::new(member))).map_err(Refusal::Archive)
    }
}
