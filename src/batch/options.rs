//! The options of a batch.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use serde::Serialize;
use uuid::Uuid;

use crate::batch::excluded::ExcludedPhones;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::table::{ChoiceRequest, TableOptions};
use crate::job::JobOptions;
use crate::zone::Regions;
use crate::{Fault, Rule};

/// The options of a batch.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Options for each job.
    pub job: JobOptions,
    /// Options for the columns of a table.
    pub table: TableOptions,
    /// Field values for the whole list.
    pub preset: ListDefaults,
    /// What counts as the same job.
    pub duplicates: Duplicates,
    /// The phones that are not to be called.
    pub exclude: Option<ExcludedPhones>,
    /// How many bytes a body may have that will hold the job, for jobs that are only checked here.
    pub within: Option<u64>,
    /// The part of a list that the source is, if other runs have the rest.
    pub slice: Option<ListSlice>,
    /// How many bytes a row of the source may have.
    pub max_row_bytes: u64,
    /// Whether the report says where the jobs are that can be sent.
    pub statistics: bool,
    /// Whether messages name another row by its line, as an editor or the sheet shows it, and not by its
    /// number.
    pub names_lines: bool,
    /// How many diagnostics the report keeps.
    pub max_diagnostics: usize,
    /// The time of the decisions, in seconds since 1970-01-01T00:00:00Z; without it, the clock's.
    pub now: Option<i64>,
    /// How many threads judge jobs; the result does not depend on it.
    pub threads: NonZeroUsize,
    /// About how many bytes a thread judges at a time; the result does not depend on it.
    pub block: NonZeroUsize,
}

impl BatchOptions {
    /// What the choice of a table's columns depends on.
    pub fn column_choice<'a>(&'a self, regions: &'a Regions) -> ChoiceRequest<'a> {
        ChoiceRequest {
            options: &self.table,
            phone: &self.job.phone,
            zones: self.job.zones.as_deref(),
            regions,
        }
    }
}

/// What counts as the same job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The same phone in any spelling.
    #[default]
    Phone,
    /// The same value in every field, byte for byte, in any order of the fields.
    Job,
    /// No job is a duplicate: the caller takes responsibility.
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

    /// The fault of a job that repeats an earlier one. `first` names the earlier one, such as `row
    /// 3`. `None` if duplicates are allowed.
    ///
    /// ```
    /// use predial::batch::Duplicates;
    /// let fault = Duplicates::Phone.fault("row 3").unwrap();
    /// assert!(fault.message().starts_with("the phone belongs to row 3;"));
    /// assert_eq!(Duplicates::Allow.fault("row 3"), None);
    /// ```
    pub fn fault(self, first: &str) -> Option<Fault> {
        let what = match self {
            Duplicates::Phone => "the phone belongs to",
            Duplicates::Job => "the job equals that of",
            Duplicates::Allow => return None,
        };
        Some(Fault::new(self.rule()?).because(format!("{what} {first}")))
    }

    /// The rule that a job breaks which was there before; `None` if it breaks none.
    pub fn rule(self) -> Option<Rule> {
        match self {
            Duplicates::Phone => Some(Rule::PhoneDuplicate),
            Duplicates::Job => Some(Rule::JobDuplicate),
            Duplicates::Allow => None,
        }
    }
}

/// A part of a list whose other rows are elsewhere, and facts about its rows that need the whole
/// list.
#[derive(Clone, Debug, Default)]
pub struct ListSlice {
    /// The number of its first row in the list.
    pub first_row: u64,
    /// The rows whose job appears earlier in the list, and the first row of each. The caller has
    /// the whole list, and so finds the duplicates.
    pub doubled: HashMap<u64, u64>,
}

/// Small enough to stay in the cache of the core that judges the block.
pub const BLOCK: NonZeroUsize = NonZeroUsize::new(1 << 18).unwrap();

/// Identifies a file under any of its names: its device and its number there.
pub type FileId = (u64, u64);

/// Where and how a prepared batch is written.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The directory.
    pub dir: PathBuf,
    /// The most jobs in a body, at least 1.
    pub max_jobs: u64,
    /// The most bytes in a body.
    pub max_bytes: Option<u64>,
    /// The name of this loading of the list; without it, a new random one.
    pub run: Option<String>,
    /// Whether to continue an unfinished run, if there is one.
    pub resume: bool,
    /// Whether an earlier run's files may be removed.
    pub overwrite: bool,
    /// Whether the journal of what was sent may be removed.
    pub forget_sent: bool,
    /// The file that the source reads; it must not be one that predial writes.
    pub source: Option<PathBuf>,
    /// The device and the number of that file when it was opened, if they are known.
    pub source_id: Option<FileId>,
    /// What is forecast of the jobs on the way, if anything is.
    pub forecast: Option<ForecastOptions>,
}

/// What is forecast.
#[derive(Clone, Copy, Debug)]
pub struct ForecastOptions {
    /// For how many days.
    pub days: u32,
    /// How many lines call, and for how many milliseconds each call takes one.
    pub queue: Option<(u32, u64)>,
}

/// How the bodies of a list are made that stay in memory.
#[derive(Clone, Debug)]
pub struct BodyOptions {
    /// The most jobs in a body, at least 1.
    pub max_jobs: u64,
    /// The most bytes in a body.
    pub max_bytes: Option<u64>,
    /// The name of this loading of the list.
    pub run: String,
}

impl BodyOptions {
    /// Without a name, the loading gets a new random one.
    pub fn new(max_jobs: u64, max_bytes: Option<u64>, run: Option<String>) -> BodyOptions {
        BodyOptions {
            max_jobs,
            max_bytes,
            run: run.unwrap_or_else(|| Uuid::new_v4().to_string()),
        }
    }
}

/// How the rows of a list are ordered and cut.
#[derive(Clone, Debug, Serialize)]
pub struct SliceCut {
    /// The columns by which they are ordered.
    pub order_by: Vec<String>,
    /// How many rows a slice has; the last one may have fewer.
    pub slice_rows: u64,
}
