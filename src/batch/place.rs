//! Where a row is, and where its phone is dialled.

use crate::phone::PhoneOptions;
use crate::phone::plan::Region;

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

/// The region in which the phone of a row may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::batch) struct RowRegion {
    pub region: Region,
    /// Whether the row names it by its calling code: the phone is what comes after that, or has it.
    pub is_calling_code: bool,
}

impl RowRegion {
    /// What is asked of the phone of the row.
    pub fn options(self, of_list: PhoneOptions) -> PhoneOptions {
        PhoneOptions {
            region: Some(self.region),
            is_after_code: self.is_calling_code,
            ..of_list
        }
    }
}
