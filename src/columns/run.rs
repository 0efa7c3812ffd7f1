//! How a column is checked, and how the check can fail.

use std::num::NonZeroUsize;

/// How a column is checked.
#[derive(Clone, Copy)]
pub struct ColumnRun<'a> {
    /// Whether a value that can only mean one thing is rewritten; otherwise it is rejected.
    pub repair: bool,
    /// Whether the answer has more about each phone than its digits.
    pub details: bool,
    /// How many threads; `None` means one, or one for each core if the column is long.
    pub threads: Option<NonZeroUsize>,
    /// Called every few milliseconds on each thread; returns whether to stop.
    pub is_stopped: &'a (dyn Fn() -> bool + Sync),
}

impl Default for ColumnRun<'_> {
    fn default() -> Self {
        ColumnRun {
            repair: true,
            details: false,
            threads: None,
            is_stopped: &|| false,
        }
    }
}

/// Why a column has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnError {
    /// An array refers to bytes or to values that it does not have.
    Broken,
    /// Its texts have more than 2 GiB, more than offsets of 32 bits can address.
    TooLong,
    /// Its answer needs more memory than the system has.
    NoMemory,
    /// [`ColumnRun::is_stopped`] returned true.
    Stopped,
}

impl std::fmt::Display for ColumnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ColumnError::Broken => {
                "the column is broken: it refers to bytes or values that it does not have"
            }
            ColumnError::TooLong => {
                "the texts of a column have more than 2 GiB in one batch; cast it to large_string"
            }
            ColumnError::NoMemory => "there is not enough memory for the answer to the column",
            ColumnError::Stopped => "the check was stopped",
        })
    }
}

impl std::error::Error for ColumnError {}
