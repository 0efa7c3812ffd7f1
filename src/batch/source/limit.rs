//! How much one row may take: the limit on its bytes, and limits on its cells and fields.
//!
//! A row is held in memory as a whole, so its size has to be bounded. A longer row is rejected if
//! the next row can be found without it: a line of NDJSON, a record of a table. Its text is not
//! copied anywhere. A JSON array offers no such place, so reading ends there.

use crate::{Fault, Rule};

/// The limit on a row if the caller gives none: 64 MiB.
pub const DEFAULT_ROW_BYTES: u64 = 1 << 26;

/// The most cells in a record, and the most columns in a table.
pub(in crate::batch) const MOST_CELLS: usize = 1 << 18;

/// The most bytes in a record with quotes. A quote that is still open after so many bytes counts as
/// never closed. A cell of a spreadsheet holds 32 767 characters.
pub(in crate::batch) const LONGEST_QUOTED: usize = 1 << 18;

/// The longest row that is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::batch) struct RowLimit(usize);

impl RowLimit {
    /// A limit of so many bytes.
    pub fn of(bytes: u64) -> Self {
        RowLimit(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// The limit in bytes.
    pub fn bytes(self) -> usize {
        self.0
    }

    /// Whether a row of this length is read.
    #[inline(always)]
    pub fn allows(self, length: usize) -> bool {
        length <= self.0
    }

    /// How far from its beginning the end of a record is searched. A record with quotes ends within
    /// [`LONGEST_QUOTED`]; the extra byte is a carriage return before the line feed.
    pub fn record(self) -> usize {
        self.0.max(LONGEST_QUOTED).saturating_add(1)
    }

    /// The most bytes in the job of a record. Names and escapes make it longer than the cells.
    pub fn job(self) -> usize {
        const NAMES: usize = 1 << 20;
        self.0.saturating_add(NAMES)
    }

    /// The fault of a record whose job is too long.
    pub fn fault_of_job(self, length: u64) -> Fault {
        let limit = self.job();
        Fault::new(Rule::JobTooLarge).because(format!(
            "the job of the record has {length} bytes or more, and the limit on such a job is {limit}"
        ))
    }

    /// The fault of a row that is too long.
    pub fn fault(self, length: u64) -> Fault {
        let RowLimit(limit) = self;
        Fault::new(Rule::JobTooLarge).because(format!(
            "the row has {length} bytes, and the limit is max_row_bytes={limit}"
        ))
    }

    /// The failure of a source that ends at a row that is too long.
    pub fn failure(self, what: &str) -> String {
        let RowLimit(limit) = self;
        format!("{what} is longer than the limit, which is max_row_bytes={limit}")
    }
}

/// Whether memory is left for the many small things that a run needs besides a long row. Without
/// memory for these the process ends.
pub(in crate::batch) fn has_spare_memory() -> bool {
    const SPARE: usize = 1 << 24;
    Vec::<u8>::new().try_reserve_exact(SPARE).is_ok()
}

/// The failure of a source if there is not enough memory for a row.
pub(in crate::batch) fn no_memory(bytes: usize) -> String {
    format!("there is not enough memory for a row of {bytes} bytes or more")
}
