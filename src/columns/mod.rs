#![deny(unsafe_code)]
//! Whole columns as Apache Arrow arrays: phones or zones go in; normalized values come out, with
//! the rule that each rejected value breaks.
//!
//! ```text
//! arrays ──▶ parts ──▶ cells ──▶ judge ──▶ writers ──▶ answers, as long and in the same kind
//!            threads   borrowed  phone · zone          of text
//! ```
//!
//! Values are read in place and as bytes. An Arrow array may claim to hold UTF-8 and not do so;
//! here this only breaks a rule.

mod answer;
mod bits;
mod cell_json;
mod cells;
mod convert;
mod details;
mod dictionary;
mod excluded;
mod forms;
mod gather;
mod job_lines;
mod judge;
mod parts;
mod phone_numbers;
mod phones;
#[cfg(any(feature = "python", test))]
#[expect(unsafe_code, reason = "structs of another library, by pointers")]
pub(crate) mod preflight;
mod room;
mod rows;
mod run;
mod table;
mod temporal;
mod texts;
mod validate;
mod views;
mod writer;
mod zones;

use arrow_array::ArrayRef;

pub use answer::Answer;
pub use convert::{each_text, row_numbers};
pub use details::Details;
pub use excluded::read_excluded_table;
pub use forms::in_form;
pub use job_lines::{Batches, BatchesError, JobLines};
pub use phones::check_phones;
pub use run::{ColumnError, ColumnRun};
pub use table::{CheckedTable, CheckedValues, TableVerdicts, VERDICT, batches_within_offsets};
pub use validate::validate_column;
pub use zones::check_zones;

#[cfg(feature = "python")]
pub(crate) use cells::Cell;
#[cfg(feature = "python")]
pub(crate) use judge::Outcome;
#[cfg(feature = "python")]
pub(crate) use {phones::Phones, zones::Zones};

use judge::ColumnJudge;

/// Judges a column.
fn check<J: ColumnJudge>(
    column: &[ArrayRef],
    judge: &J,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    let judged = column.iter().map(dictionary::judged);
    let judged = judged.fold(0, usize::saturating_add);
    if !room::is_there(judged, answer::bytes_of_a_row(run.details)) {
        return Err(ColumnError::NoMemory);
    }
    let column: Vec<ArrayRef> = column.iter().flat_map(parts::within_offsets).collect();
    let rows = column.iter().map(|array| array.len()).sum();
    let threads = parts::threads(run.threads, rows);
    if column.iter().any(dictionary::is_one) {
        return dictionary::check(&column, judge, threads, run);
    }
    let column: Vec<_> = column.into_iter().map(|array| (array, None)).collect();
    answer::check(&column, judge, threads, run)
}
