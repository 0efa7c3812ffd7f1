//! Tables: lists whose rows are cells under headers, before they become JSON.
//!
//! A [`ColumnMapping`] says which column is which field, and a [`Composer`] writes a row of cells
//! as the JSON text of its job: first the mapped fields, then the fields of the whole list, then
//! the payload. From there on a row is judged like any other, and an edit is a range of that text.
//! The reader of a format provides the cells: `csv` reads delimited text, which a sheet of a
//! workbook has become by then.

mod compose;
mod csv;
mod dialect;
mod mapping;
mod marks;
mod rejects;

pub use csv::is_delimiter;
pub(in crate::batch) use csv::{BEGINNING, Csv, SLACK, TableRequest, walk};
pub(in crate::batch) use dialect::LineEnd;
pub use mapping::{ColumnMapping, MappedColumn, TableOptions, field_of_name};
pub(in crate::batch) use rejects::RejectTable;
