//! One row of a source, and its receivers.

use std::ops::ControlFlow;

use crate::Fault;
use crate::batch::error::BatchError;
use crate::batch::place::{FirstPlace, RowRegion};
use crate::job::RawJob;
use crate::phone::PhoneOptions;

/// One row of a source.
pub(in crate::batch) struct Row<'a> {
    /// The byte at which it begins; `None` if the source does not consist of bytes.
    pub offset: Option<u64>,
    /// Where it was in the list that was prepared first, if it is a line of a reject file.
    pub first: Option<Box<FirstPlace>>,
    /// What it says of the country of its phone.
    pub country: RowCountry<'a>,
    pub content: RowContent<'a>,
}

/// What a row says of the country of its phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::batch) enum RowCountry<'a> {
    /// Nothing: the region of the list holds.
    #[default]
    Unsaid,
    /// The region in which the phone may be dialled.
    Region(RowRegion),
    /// A text that is not a country: the region of the list holds. The text is `None` if it is not known
    /// any more.
    Unknown(Option<&'a str>),
}

impl RowCountry<'_> {
    /// The region, if the row says one.
    pub fn region(self) -> Option<RowRegion> {
        match self {
            RowCountry::Region(region) => Some(region),
            RowCountry::Unsaid | RowCountry::Unknown(_) => None,
        }
    }
}

/// Which part of a row with several phones a job is.
#[derive(Clone, Copy)]
pub(in crate::batch) struct PartPlace<'a> {
    /// Its number in the row, from 0.
    pub part: u16,
    /// The value of the phone field of the whole row, as JSON.
    pub cell: &'a str,
}

/// What a row holds.
pub(in crate::batch) enum RowContent<'a> {
    Job(RawJob<'a>),
    /// A job after fields of the whole list were added. The receiver may take its text.
    Completed(RawJob<'a>),
    /// A job that was written from a record of a table. The receiver may take its text.
    Composed {
        job: RawJob<'a>,
        record: &'a [u8],
    },
    /// The job of one part of a row that has several phones, from the record of a table if it has one.
    Part {
        job: RawJob<'a>,
        record: Option<&'a [u8]>,
        place: PartPlace<'a>,
    },
    /// Not JSON: the original bytes and the fault.
    Broken(&'a [u8], Fault),
    /// A record of a table from which no job can be written, and the fault.
    Refused(&'a [u8], Fault),
    /// A row longer than the limit on rows, and whether it is a record of a table. Its text is not
    /// available.
    TooLong {
        length: u64,
        is_record: bool,
    },
}

impl<'a> Row<'a> {
    /// The JSON text of the job, or the bytes of a row that is not JSON.
    #[inline(always)]
    pub fn text(&self) -> &'a [u8] {
        match &self.content {
            RowContent::Job(job)
            | RowContent::Completed(job)
            | RowContent::Composed { job, .. }
            | RowContent::Part { job, .. } => job.text.as_bytes(),
            RowContent::Broken(bytes, _) | RowContent::Refused(bytes, _) => bytes,
            RowContent::TooLong { .. } => b"",
        }
    }

    /// Which part of its row it is, if the row has several phones.
    #[inline(always)]
    pub fn part(&self) -> Option<u16> {
        match &self.content {
            RowContent::Part { place, .. } => Some(place.part),
            _ => None,
        }
    }

    /// Whether the receiver may take over its text.
    pub fn gives_text(&self) -> bool {
        matches!(
            self.content,
            RowContent::Completed(_) | RowContent::Composed { .. }
        )
    }

    /// The record of a table from which it was written.
    #[inline(always)]
    pub fn record(&self) -> Option<&'a [u8]> {
        match &self.content {
            RowContent::Job(_) | RowContent::Completed(_) | RowContent::Broken(..) => None,
            RowContent::Composed { record, .. } | RowContent::Refused(record, _) => Some(record),
            RowContent::Part { record, .. } => *record,
            RowContent::TooLong { is_record, .. } => is_record.then_some(b""),
        }
    }
}

/// Whether the receiver of rows can take another one now. After a break, the remaining rows are
/// handed over later, beginning with the next one.
pub(in crate::batch) type Taken = Result<ControlFlow<()>, BatchError>;

/// Takes one row.
pub(in crate::batch) type OnRow<'r> = dyn FnMut(Row<'_>) -> Taken + 'r;

/// A receiver of the records of a table.
pub(in crate::batch) trait OnRecord {
    /// Takes a record if its job is clean, judged by the texts of its phone and zone alone. Returns
    /// whether it took the record. The job itself is then not written.
    fn clean(
        &mut self,
        offset: Option<u64>,
        record: &[u8],
        phone: &str,
        zone: Option<&str>,
    ) -> bool;
    /// How phones are read, if rows are wanted as numbers alone.
    fn numbers_wanted(&self) -> Option<&PhoneOptions>;
    /// Takes the number of a record that is a phone.
    fn number(&mut self, number: u64);
    /// Takes one row.
    fn row(&mut self, row: Row<'_>) -> Taken;
    /// Takes a record that repeats the header.
    fn header(&mut self, offset: u64);
    /// Takes over the text of the row that it has just received, if it needs the text.
    fn take_text(&mut self, text: &mut String);
}
