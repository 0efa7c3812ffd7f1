//! How a batch can end before its time, and errors that say where they come from.

use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why a batch ended before its time.
#[derive(Debug)]
pub enum BatchError {
    /// The source cannot be read on.
    Source(SourceFailure),
    /// It is not the source that the unfinished run read, which was to be resumed: how that is
    /// known, in words.
    Differs(String),
    /// The options don't fit the source: how, in words.
    Usage(String),
    /// Reading, writing or the caller failed.
    Io(io::Error),
}

impl From<io::Error> for BatchError {
    fn from(error: io::Error) -> Self {
        match error.downcast() {
            Ok(failure) => BatchError::Source(failure),
            Err(error) => BatchError::Io(error),
        }
    }
}

/// Where and why a source cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// What is wrong there.
    pub message: String,
    /// The byte, from 0.
    pub offset: u64,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
}

impl fmt::Display for SourceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SourceFailure {}

/// A failure at a file or directory of the output. It comes inside an [`io::Error`] of its kind.
#[derive(Debug)]
pub struct PathError {
    /// The file or directory.
    pub path: PathBuf,
    /// What the operating system says.
    pub error: io::Error,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for PathError {}

/// Names the path of a failure.
pub(in crate::batch) fn at(path: &Path) -> impl FnOnce(io::Error) -> io::Error + '_ {
    move |error| {
        let path = path.to_owned();
        io::Error::new(error.kind(), PathError { path, error })
    }
}

/// A source that is not what it ought to be; whoever reads it knows the place.
#[derive(Debug)]
pub(crate) struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// An error of a source that is not what it ought to be.
pub(crate) fn broken(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Broken(message.into()))
}
