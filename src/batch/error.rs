//! How a batch can end early, and errors that name their place.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::batch::refusal::{ListRefusal, TableRefusal};

/// Why a batch ended early.
#[derive(Debug)]
pub enum BatchError {
    /// The source cannot be read further.
    Source(SourceFailure),
    /// The source is not the one that the unfinished run read; how that was found out, in words.
    Differs(String),
    /// The options don't fit the source: how, in words.
    Usage(String),
    /// No column of a table is surely the phone.
    List(Box<ListRefusal>),
    /// Reading, writing or the caller failed.
    Io(io::Error),
}

impl From<TableRefusal> for BatchError {
    fn from(refusal: TableRefusal) -> Self {
        match refusal {
            TableRefusal::Usage(why) => BatchError::Usage(why),
            TableRefusal::List(why) => BatchError::List(Box::new(why)),
        }
    }
}

impl From<io::Error> for BatchError {
    fn from(error: io::Error) -> Self {
        match error.downcast() {
            Ok(failure) => BatchError::Source(failure),
            Err(error) => BatchError::Io(error),
        }
    }
}

/// Where and why a source cannot be read further.
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

/// A failure at a file or directory of the output. It is inside an [`io::Error`] of its kind.
#[derive(Debug)]
pub struct PathError {
    /// The file or directory.
    pub path: PathBuf,
    /// The error of the operating system.
    pub error: io::Error,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for PathError {}

/// Adds the path to a failure.
pub(in crate::batch) fn at(path: &Path) -> impl FnOnce(io::Error) -> io::Error + '_ {
    move |error| {
        let path = path.to_owned();
        io::Error::new(error.kind(), PathError { path, error })
    }
}

/// A source is damaged or not in its format. The reader of the source adds the place.
#[derive(Debug)]
pub(crate) struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// An error about a source that is damaged or not in its format.
pub(crate) fn broken(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Broken(message.into()))
}
