//! What the caller decides about a batch.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use serde::Serialize;

use crate::batch::source::preset::ListDefaults;
use crate::batch::source::table::TableOptions;
use crate::job::JobOptions;
use crate::{Fault, Rule};

/// What the caller decided about the batch.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// About each job.
    pub job: JobOptions,
    /// About the columns of a table.
    pub table: TableOptions,
    /// The fields that hold for the whole list.
    pub preset: ListDefaults,
    /// What counts as the same job.
    pub duplicates: Duplicates,
    /// How many bytes a body may have in which a job goes that is only checked here.
    pub within: Option<u64>,
    /// Which part of a list the source is, where others have the rest.
    pub slice: Option<ListSlice>,
    /// How many bytes a row of the source may have.
    pub max_row_bytes: u64,
    /// How many diagnostics the report keeps.
    pub max_diagnostics: usize,
    /// The instant to decide by, in seconds since 1970-01-01T00:00:00Z; the clock's where there
    /// is none.
    pub now: Option<i64>,
    /// On how many threads jobs are judged; nothing else depends on it.
    pub threads: NonZeroUsize,
    /// About how many bytes a thread judges at a time; nothing else depends on it.
    pub block: NonZeroUsize,
}

/// What counts as the same job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The same phone, however spelt.
    #[default]
    Phone,
    /// The same value in every field, byte for byte; the order of the fields aside.
    Job,
    /// Nothing does: the caller vouches.
    Allow,
}

impl Duplicates {
    /// `phone`, `job` or `allow`.
    pub fn name(self) -> &'static str {
        match self {
            Duplicates::Phone => "phone",
            Duplicates::Job => "job",
            Duplicates::Allow => "allow",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Duplicates::Phone, Duplicates::Job, Duplicates::Allow];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// The fault of a job that another comes before. `first` names the other, such as `row 3`. `None`
    /// where nothing is a duplicate.
    ///
    /// ```
    /// use predial::batch::Duplicates;
    /// let fault = Duplicates::Phone.fault("row 3").unwrap();
    /// assert!(fault.message().starts_with("the phone belongs to row 3;"));
    /// assert_eq!(Duplicates::Allow.fault("row 3"), None);
    /// ```
    pub fn fault(self, first: &str) -> Option<Fault> {
        let (rule, what) = match self {
            Duplicates::Phone => (Rule::PhoneDuplicate, "the phone belongs to"),
            Duplicates::Job => (Rule::JobDuplicate, "the job equals that of"),
            Duplicates::Allow => return None,
        };
        Some(Fault::new(rule).because(format!("{what} {first}")))
    }
}

/// A part of a list whose other rows are elsewhere, and what is known of its rows there.
#[derive(Clone, Debug, Default)]
pub struct ListSlice {
    /// The number of its first row in the list.
    pub first_row: u64,
    /// The rows whose job was there before, and the first row of each: duplicates are looked for by
    /// whoever has the whole list.
    pub doubled: HashMap<u64, u64>,
}

/// A block as it stays in the cache of the core that judges it.
pub const BLOCK: NonZeroUsize = NonZeroUsize::new(1 << 18).unwrap();

/// What identifies a file under any of its names: its device and its number there.
pub type FileId = (u64, u64);

/// Where and how a prepared batch is left.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The directory.
    pub dir: PathBuf,
    /// Jobs in a body at the most, at least 1.
    pub max_jobs: u64,
    /// Bytes in a body at the most.
    pub max_bytes: Option<u64>,
    /// The name of this loading of the list; a fresh random one where there is none.
    pub run: Option<String>,
    /// Whether to go on where an unfinished run has left off, if there is one.
    pub resume: bool,
    /// Whether an earlier run's files may be removed.
    pub overwrite: bool,
    /// The file that the source reads, which may be none of the directory's own.
    pub source: Option<PathBuf>,
    /// The device and the number of that file as it was opened, if they are known.
    pub source_id: Option<FileId>,
}

/// How the rows of a list are ordered and cut.
#[derive(Clone, Debug, Serialize)]
pub struct SliceCut {
    /// The columns by which they are ordered.
    pub order_by: Vec<String>,
    /// How many rows a slice has; the last one may have fewer.
    pub slice_rows: u64,
}
