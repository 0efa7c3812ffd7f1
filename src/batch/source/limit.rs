//! How much one row may take: the limit on its bytes, and limits on its cells and fields.
//!
//! A row is held in memory as a whole, so what a row takes has to be bounded. A row that is longer
//! than the limit is rejected where the next one can be found without it: a line of NDJSON, a record
//! of a table. Its text is not copied anywhere. A JSON array has no such place, and ends there.

use crate::{Fault, Rule};

/// The limit on a row where the caller gives none: 64 MiB.
pub const DEFAULT_ROW_BYTES: u64 = 1 << 26;

/// A record of a table has no more cells, and a table no more columns.
pub(in crate::batch) const MOST_CELLS: usize = 1 << 18;

/// The longest that a record with quotes may be, in bytes: a quote that is not closed by then is
/// taken for one that never is. A spreadsheet's cell holds 32 767 characters.
pub(in crate::batch) const LONGEST_QUOTED: usize = 1 << 18;

/// The longest row that is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::batch) struct RowLimit(usize);

impl RowLimit {
    /// The limit of so many bytes.
    pub fn of(bytes: u64) -> Self {
        RowLimit(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// In bytes.
    pub fn bytes(self) -> usize {
        self.0
    }

    /// Whether a row of so many bytes is read.
    #[inline(always)]
    pub fn allows(self, length: usize) -> bool {
        length <= self.0
    }

    /// How far the end of a record is looked for, from its beginning. The end of one with quotes is
    /// found within [`LONGEST_QUOTED`]; one more byte is a carriage return before the line feed.
    pub fn record(self) -> usize {
        self.0.max(LONGEST_QUOTED).saturating_add(1)
    }

    /// How many bytes the job of a record may have. Names come to its cells, and escapes.
    pub fn job(self) -> usize {
        const NAMES: usize = 1 << 20;
        self.0.saturating_add(NAMES)
    }

    /// What is wrong with a record whose job has so many bytes.
    pub fn fault_of_job(self, length: u64) -> Fault {
        let limit = self.job();
        Fault::new(Rule::JobTooLarge).because(format!(
            "the job of the record has {length} bytes or more, and max_row_bytes allows {limit}"
        ))
    }

    /// What is wrong with a row of so many bytes.
    pub fn fault(self, length: u64) -> Fault {
        let RowLimit(limit) = self;
        Fault::new(Rule::JobTooLarge).because(format!(
            "the row has {length} bytes, and max_row_bytes is {limit}"
        ))
    }

    /// What is wrong with a source that ends at a row too long.
    pub fn failure(self, what: &str) -> String {
        let RowLimit(limit) = self;
        format!("{what} is longer than {limit} bytes; max_row_bytes sets this limit")
    }
}

/// Whether there is memory left for the many small things that a run needs beside a long row. Where
/// these find none, the process ends.
pub(in crate::batch) fn has_spare_memory() -> bool {
    const SPARE: usize = 1 << 24;
    Vec::<u8>::new().try_reserve_exact(SPARE).is_ok()
}

/// What is wrong with a source when the memory for a row of so many bytes can't be had.
pub(in crate::batch) fn no_memory(bytes: usize) -> String {
    format!("there is not enough memory for a row of {bytes} bytes or more")
}
