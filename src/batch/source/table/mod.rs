//! Tables: lists whose rows are cells under headers, before they become JSON.
//!
//! ```text
//! first records ──▶ cell_kind ──▶ header (which record) ──▶ choice (which column) ──▶ ColumnMapping
//!                   (per cell)    names (what headers say)  stats (what cells are)
//! ```
//!
//! A [`ColumnMapping`] says which column is which field, and a [`Composer`] writes a row of cells
//! as the JSON text of its job: first the mapped fields, then the fields of the whole list, then
//! the payload. From there on a row is judged like any other, and an edit is a range of that text.
//! The reader of a format provides the cells: `csv` reads delimited text, which a sheet of a
//! workbook has become by then.

mod cell_kind;
mod choice;
mod clean;
mod compose;
mod country;
mod csv;
mod dialect;
mod header;
mod mapping;
mod marks;
mod moved_columns;
mod names;
mod plain_lines;
mod rejects;
mod sample;
mod stats;
mod text_memo;

pub(in crate::batch) use choice::row_country;
pub use choice::{ChoiceRequest, ColumnChoice, ROWS as SAMPLED_ROWS, UnusedColumn};
pub(in crate::batch) use clean::CleanTable;
pub use clean::{REJECT_COLUMNS, reject_cells};
pub(in crate::batch) use country::name as country_name;
pub(in crate::batch) use csv::{BEGINNING, Csv, TableRequest, walk};
pub use csv::{SkippedRecord, TableLayout, is_delimiter};
pub(in crate::batch) use dialect::{LineEnd, SLACK};
pub use header::PassedOver;
pub(in crate::batch) use mapping::field_of_name;
pub use mapping::{
    ColumnMapping, ColumnUse, ListPurpose, MappedColumn, MappingReason, TableOptions,
};
pub(in crate::batch) use names::is_stop_list;
pub(in crate::batch) use rejects::{
    FIRST_LINE, FIRST_PART, FIRST_ROW, FIRST_RUN, RejectTable, is_reject_file,
};
pub(in crate::batch) use stats::FEW_ROWS;
