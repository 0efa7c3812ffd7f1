//! Where a row is.

/// Where a row is in its list.
#[derive(Clone, Copy, Debug)]
pub(in crate::batch) struct RowPlace {
    /// Its number, from 0.
    pub row: u64,
    /// Which job of the row it is, from 0, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The line in which it begins, or the row of its sheet, from 1.
    pub line: Option<u64>,
    /// The byte at which it begins.
    pub offset: Option<u64>,
}

/// Where a row of a reject file was in the list that was prepared first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::batch) struct FirstPlace {
    /// Its number there, from 0.
    pub row: u64,
    /// Its line there, from 1.
    pub line: Option<u64>,
    /// Which job of that row it is, if that row was several jobs.
    pub part: Option<u16>,
    /// The name of the loading that rejected it first.
    pub run: String,
    /// Whether it was rejected as a duplicate when it was rejected last.
    pub was_duplicate: bool,
    /// The phone by which it was rejected then, if that was sent already or is not to be called, as
    /// its diagnostics have it. Only lines of JSON say that.
    pub taken_phone: Option<String>,
}
