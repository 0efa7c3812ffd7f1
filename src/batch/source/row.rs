//! One row of a source, and who takes it.

use std::ops::ControlFlow;

use crate::Fault;
use crate::batch::error::BatchError;
use crate::job::RawJob;

/// One row of a source.
pub(in crate::batch) struct Row<'a> {
    /// The byte at which it begins; `None` where the source is not of bytes.
    pub offset: Option<u64>,
    pub content: RowContent<'a>,
}

/// What a row holds.
pub(in crate::batch) enum RowContent<'a> {
    Job(RawJob<'a>),
    /// A job with fields that hold for the whole list. Its text is given away to whoever asks.
    Completed(RawJob<'a>),
    /// A job that was written from a record of a table. Its text is given away to whoever asks.
    Composed {
        job: RawJob<'a>,
        record: &'a [u8],
    },
    /// No JSON: its bytes as they came, and why.
    Broken(&'a [u8], Fault),
    /// A record of a table that no job can be written from, and why.
    Refused(&'a [u8], Fault),
    /// A row of so many bytes, which is longer than the limit on rows, and whether it is a record of a
    /// table. Its text is not at hand.
    TooLong {
        length: u64,
        is_record: bool,
    },
}

impl<'a> Row<'a> {
    /// The JSON text of the job, or the bytes of a row that is no JSON.
    #[inline(always)]
    pub fn text(&self) -> &'a [u8] {
        match &self.content {
            RowContent::Job(job)
            | RowContent::Completed(job)
            | RowContent::Composed { job, .. } => job.text.as_bytes(),
            RowContent::Broken(bytes, _) | RowContent::Refused(bytes, _) => bytes,
            RowContent::TooLong { .. } => b"",
        }
    }

    /// Whether its text can be taken over from whoever has written it.
    pub fn gives_text(&self) -> bool {
        matches!(
            self.content,
            RowContent::Completed(_) | RowContent::Composed { .. }
        )
    }

    /// The record of a table that it came from.
    #[inline(always)]
    pub fn record(&self) -> Option<&'a [u8]> {
        match &self.content {
            RowContent::Job(_) | RowContent::Completed(_) | RowContent::Broken(..) => None,
            RowContent::Composed { record, .. } | RowContent::Refused(record, _) => Some(record),
            RowContent::TooLong { is_record, .. } => is_record.then_some(b""),
        }
    }
}

/// Whether whoever takes rows can take one more now. After a break the rest of the rows is handed
/// over later, from the next row on.
pub(in crate::batch) type Taken = Result<ControlFlow<()>, BatchError>;

/// Takes one row.
pub(in crate::batch) type OnRow<'r> = dyn FnMut(Row<'_>) -> Taken + 'r;

/// Whoever takes what comes of the records of a table.
pub(in crate::batch) trait OnRecord {
    /// Takes a record of which nothing but these texts of its phone and its zone is judged, if its
    /// job is clean; answers whether it is. The job itself is not asked for then.
    fn clean(
        &mut self,
        offset: Option<u64>,
        record: &[u8],
        phone: &str,
        zone: Option<&str>,
    ) -> bool;
    /// Takes one row.
    fn row(&mut self, row: Row<'_>) -> Taken;
    /// Takes over the text of the row that it has just taken, if it wants that.
    fn take_text(&mut self, text: &mut String);
}
