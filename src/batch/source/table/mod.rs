//! Tables: lists whose rows are cells under headers, and no JSON yet.
//!
//! A [`Mapping`] says which column is which field, and a [`Composer`] writes a row of cells as
//! the JSON text of its job: the mapped fields first, then what holds for the whole list, then
//! the payload. From there on a row is judged as any other, and an edit is a range of that text.
//! Where the cells come from is the business of whoever reads the form: `csv` reads delimited
//! text, which the sheet of a workbook has become by then.

mod compose;
mod csv;
mod dialect;
mod mapping;
mod marks;
mod rejects;

use crate::batch::source::open::{Row, Taken};

pub use csv::is_delimiter;
pub(in crate::batch) use csv::{BEGINNING, Csv, SLACK, Wanted, walk};
pub(in crate::batch) use dialect::LineEnd;
pub use mapping::{Column, Mapping, TableOptions, field_of_name};
pub(in crate::batch) use rejects::RejectTable;

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
