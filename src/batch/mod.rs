#![forbid(unsafe_code)]
//! Whole batches: sources of rows, the one loop over them, and what it leaves behind.
//!
//! ```text
//! input ──▶ feed ──▶ json · ndjson · table · arrow · records ──▶ Row ──▶ judge ──▶ Judged ──▶ run ──▶ bodies · rejects · manifest
//! UTF-8     bytes     where each row begins               by itself           in order: duplicates, report
//! ```

mod diagnostic;
mod error;
mod judged;
mod options;
mod out;
mod run;
mod source;

pub use diagnostic::Diagnostic;
pub(crate) use error::{Broken, broken};
pub use error::{Halt, PathError, SourceFailure};
pub use options::{BLOCK, Cut, Duplicates, Options, Output, Slice};
pub use out::body::Body;
pub use out::hints::Hint;
pub use out::outdir::Refusal;
pub use out::report::Report;
pub use out::size::bytes_of;
pub use run::each_row::{Progress, RowVerdict, Watch, check, check_rows, prepare};
pub use run::slices::{Rows, Slices, prepare_slice};
pub use source::feed::{Feed, Place, ReaderFeed, SliceFeed};
pub use source::format::Format;
pub use source::input::{
    Compression, Detected, Encodings, Guess, Host, ReaderCommand, ReaderNotStarted, RegularFile,
    TextEncoding, Told, Workbook, plain, read_sheet, serve as serve_workbook, text_of,
};
pub use source::limit::DEFAULT_ROW_BYTES;
pub use source::open::Source;
pub use source::preset::Preset;
pub use source::records::{Record, Records};
pub use source::table::{Column, Mapping, TableOptions, field_of_name, is_delimiter};
