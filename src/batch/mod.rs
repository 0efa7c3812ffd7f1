#![forbid(unsafe_code)]
//! Whole batches: sources of rows, the one loop over them, and the files that it writes.
//!
//! ```text
//! input ──▶ feed ──▶ json · ndjson · table · arrow · records ──▶ Row ──▶ judge ──▶ Judged ──▶ run ──▶ bodies · rejects · manifest
//! UTF-8     bytes     where each row begins               by itself           in order: duplicates, report
//! ```

mod diagnostic;
mod error;
mod excluded;
mod judged;
mod options;
mod out;
mod place;
mod refusal;
mod run;
mod source;

pub use diagnostic::Diagnostic;
pub use error::{BatchError, PathError, SourceFailure};
#[cfg(feature = "python")]
pub(crate) use error::{Broken, broken};
pub use excluded::{
    ExcludeFile, ExcludeFileFacts, ExcludeReading, ExcludedEntries, ExcludedPhones, ExclusionLists,
    FileList, ListedRun,
};
pub use options::{
    BLOCK, BatchOptions, BodyOptions, Duplicates, ForecastOptions, ListSlice, OutputOptions,
    SliceCut,
};
pub use out::body::Body;
pub use out::clean_file::CleanOptions;
pub use out::cut::{CutBody, NotABody, WholeContent};
pub use out::exclude_file::write_exclude_file;
pub use out::forecast::{Forecast, ForecastQueue};
pub use out::hints::Hint;
#[cfg(feature = "python")]
pub(crate) use out::journal::unix_now;
pub use out::lines::line_of;
pub use out::outdir::OutDirRefusal;
pub use out::prepared::{PreparedList, read_prepared};
pub use out::report::Report;
pub use out::sending::{SendingJournal, SendingLines, read_sending};
pub use out::size::bytes_of;
pub use out::statistics::Statistics;
pub use out::writer::TakeBody;
pub use refusal::{ListRefusal, PhoneCandidate, TableRefusal};
pub use run::decided::{DecidedRow, zone_of};
pub use run::each_row::{
    Progress, RowOutcome, Watcher, check, check_rows, clean, forecast, prepare, read_excluded,
};
pub use run::in_memory::{bodies, check_job, judge};
pub use run::slices::{SliceRows, SlicedOutput, prepare_slice};
pub(crate) use source::dialled_lines::{PREFIX as LINE_PREFIX, prefix as line_prefix};
pub use source::feed::{Feed, ReaderFeed, SliceFeed, SourcePlace};
pub use source::format::SourceFormat;
pub use source::input::{
    Compression, Container, Detected, Encodings, Guess, Host, OtherSheet, PhoneSearch,
    ReaderCommand, ReaderNotStarted, RegularFile, SheetFacts, SheetRequest, SourceInfo,
    TextEncoding, Workbook, plain, read_sheet, serve as serve_workbook, text_of,
};
pub use source::limit::DEFAULT_ROW_BYTES;
pub use source::open::Source;
pub use source::preset::ListDefaults;
pub use source::records::{Record, Records};
pub use source::table::{
    ChoiceRequest, ColumnChoice, ColumnMapping, ColumnUse, ListPurpose, MappedColumn,
    MappingReason, PassedOver, REJECT_COLUMNS, SAMPLED_ROWS, SkippedRecord, TableLayout,
    TableOptions, UnusedColumn, is_delimiter, reject_cells,
};
