#![forbid(unsafe_code)]
//! Whole batches: sources of rows, the one loop over them, and what it leaves behind.
//!
//! ```text
//! input ──▶ feed ──▶ json · ndjson · table · arrow · records ──▶ Row ──▶ judge ──▶ Judged ──▶ run ──▶ bodies · rejects · manifest
//! UTF-8     bytes     where each row begins               by itself           in order: duplicates, report
//! ```

mod out;
mod run;
mod source;

pub use out::bodies::Body;
pub use out::outdir::{PathError, Refusal};
pub use out::report::{Diagnostic, Report};
pub use out::size::bytes_of;
pub use run::duplicates::Duplicates;
pub use run::each_row::{
    BLOCK, Options, Output, Progress, RowVerdict, Slice, Watch, check, check_rows, prepare,
};
pub use run::slices::{Cut, Rows, Slices, prepare_slice};
pub use source::feed::{Feed, Place, ReaderFeed, SliceFeed};
pub(crate) use source::input::SourceDamage;
pub use source::input::{
    Compression, Detected, Encodings, Guess, Host, ReaderCommand, RegularFile, TextEncoding, Told,
    Workbook, plain, read_sheet, serve as serve_workbook, text_of,
};
pub use source::open::{Format, Halt, Source, SourceFailure};
pub use source::preset::Preset;
pub use source::records::{Record, Records};
pub(crate) use source::table::is_json;
pub use source::table::{Column, Mapping, TableOptions, field_of_name, is_delimiter};
