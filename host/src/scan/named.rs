//! The roots of a scanner: as somebody has named them, and where they are.

use std::sync::OnceLock;

#[cfg(feature = "library")]
use mt_scanner_contract::roots::Place;

use super::arranged::Arranged;
use crate::runtime::apart::patiently;
use crate::runtime::error::Error;
use crate::runtime::place;
use crate::runtime::root::Root;

/// Folders and files that were named. Where they are is looked up when it is needed, so that nobody
/// waits for storage who only says what is to be scanned.
pub(crate) struct Named {
    /// Paths of folders and of files; none if they were arranged before.
    paths: Vec<Root>,
    arranged: OnceLock<Arranged>,
}

impl Named {
    /// Roots at these paths, of which each may be a file.
    pub fn new(paths: Vec<Root>) -> Self {
        Self { paths, arranged: OnceLock::new() }
    }

    /// Roots that were arranged before.
    pub fn arranged(arranged: Arranged) -> Self {
        Self { paths: Vec::new(), arranged: arranged.into() }
    }

    /// Whether there is no root.
    #[cfg(feature = "library")]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.arranged.get().is_none_or(|arranged| arranged.roots.is_empty())
    }

    /// The roots with all that is known of them, looked at once. `goes_on` is asked while storage
    /// does not answer; after a wait that it has ended the next call looks again.
    ///
    /// # Errors
    ///
    /// [`Error::RootNotUtf8`] and [`Error::PathNotUtf8`] if a link leads to a file whose name the
    /// sandbox cannot express.
    pub fn looked(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<Arranged, Error> {
        if let Some(arranged) = self.arranged.get() {
            return Ok(arranged.clone());
        }
        let mut is_ended = false;
        let mut still = || {
            is_ended = is_ended || !goes_on();
            !is_ended
        };
        let arranged = Arranged::at(place::places(&self.paths, &mut still)?)?;
        Ok(if is_ended { arranged } else { self.arranged.get_or_init(|| arranged).clone() })
    }

    /// The same for a caller that waits; `None` if it fails.
    pub fn patiently(&self) -> Option<&Arranged> {
        self.looked(&mut patiently).ok()?;
        self.arranged.get()
    }

    /// Where they are now, whoever has looked before.
    ///
    /// # Errors
    ///
    /// As [`looked`](Self::looked).
    #[cfg(feature = "library")]
    pub fn places(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<Vec<Place>, Error> {
        match self.arranged.get() {
            Some(arranged) if self.paths.is_empty() => Ok(place::of(arranged.roots.to_vec(), goes_on)),
            _ => place::places(&self.paths, goes_on),
        }
    }
}
