//! Why a command could not do its work.

use std::error::Error;
use std::io::Write as _;
use std::{fmt, io};

use mt_scanner::{LibraryError, words};

use crate::screen::shown;

#[derive(Debug)]
pub enum Failure {
    /// Ctrl-C.
    Interrupted,
    /// The reader of the output left.
    ReaderLeft,
    /// The output cannot be written.
    Output(io::Error),
    /// The scanner or the library.
    Work(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// Says so on stderr.
    pub fn tell(&self) {
        let _ = writeln!(io::stderr(), "mt-scan: {}", shown(&self.to_string()));
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => formatter.write_str(words::INTERRUPTED),
            Self::ReaderLeft => formatter.write_str("the reader of the output left"),
            Self::Output(error) => write!(formatter, "the output cannot be written: {error}"),
            Self::Work(error) => {
                let mut told = error.to_string();
                formatter.write_str(&told)?;
                let mut source = error.source();
                while let Some(error) = source {
                    let tells = error.to_string();
                    // Some errors repeat their source, and some sources repeat the error with a
                    // number before it.
                    if !told.contains(&tells) && !tells.contains(&told) {
                        write!(formatter, ": {tells}")?;
                    }
                    told = tells;
                    source = error.source();
                }
                Ok(())
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ReaderLeft } else { Self::Output(error) }
    }
}

impl From<mt_scanner::Error> for Failure {
    fn from(error: mt_scanner::Error) -> Self {
        Self::Work(error.into())
    }
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        Self::Work(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() { io::Error::from(error).into() } else { Self::Work(error.into()) }
    }
}
