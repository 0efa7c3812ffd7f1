#![forbid(unsafe_code)]
//! Whole batches: sources of rows, the one loop over them, and what it leaves behind.
//!
//! ```text
//! input ──▶ feed ──▶ json · ndjson · table · arrow · records ──▶ Row ──▶ judge ──▶ Judged ──▶ run ──▶ bodies · rejects · manifest
//! UTF-8     bytes     where each row begins               by itself           in order: duplicates, report
//! ```

mod arrow;
mod block;
mod bodies;
mod duplicates;
mod feed;
mod input;
mod journal;
mod json;
mod judge;
mod manifest;
mod outdir;
mod parallel;
mod preset;
mod records;
mod rejects;
mod report;
mod run;
mod shape;
mod size;
mod slices;
mod source;
mod spool;
mod table;
mod writer;

pub use arrow::{ArrowLines, Batches, VERDICT};
pub use bodies::Body;
pub use duplicates::Duplicates;
pub use feed::{Feed, Place, ReaderFeed, SliceFeed};
pub use input::{
    Compression, Detected, Encodings, Guess, RegularFile, TextEncoding, Told, Workbook, plain,
    text_of,
};
pub use json::one_job;
pub use outdir::{PathError, Refusal};
pub use preset::Preset;
pub use records::{Record, Records};
pub use report::{Diagnostic, Report};
pub use run::{
    BLOCK, Options, Output, Progress, RowVerdict, Slice, Watch, check, check_rows, prepare,
};
pub use size::bytes_of;
pub use slices::{Cut, Rows, Slices, prepare_slice};
pub use source::{Format, Halt, Source, SourceFailure};
pub use table::{Column, Mapping, TableOptions, field_of_name, is_delimiter};
