//! The manifest: the options of a run, its counts, and the content of each body. It has no clock
//! time, no path and no duration: the same input and options give the same bytes.

use std::io;

use serde::ser::Error;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::batch::excluded::ExcludedPhones;
use crate::batch::options::SliceCut;
use crate::batch::options::{BatchOptions, OutputOptions};
use crate::batch::out::body::Body;
use crate::batch::out::counts::ReportCounts;
use crate::batch::out::journal::RunIdentity;
use crate::batch::out::outdir::{REJECT_SHEET, REJECT_TABLE, REJECTS};
use crate::batch::out::report::Report;
use crate::batch::source::format::ARROW;
use crate::batch::source::input::Detected;
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::table::{ColumnMapping, ColumnUse, MappedColumn, TableLayout};
use crate::job::{self, Campaign, KnownField, RepairLevel, SeverityChanges, ZoneNames};
use crate::phone::Reading;
use crate::phone::plan::Region;
use crate::service::lifetime::IDEMPOTENCE_KEY;

/// The version of the manifest's format.
const FORMAT: u32 = 1;

/// The options of a run.
#[derive(Serialize)]
pub(in crate::batch) struct RunOptions<'a> {
    pub input_format: Option<&'static str>,
    pub encoding: Option<String>,
    pub sheet: Option<String>,
    pub delimiter: Option<char>,
    #[serde(serialize_with = "map")]
    pub map: &'a [(ColumnUse, Vec<String>)],
    pub payload: Option<&'a [String]>,
    pub drop_empty: bool,
    pub header: Option<bool>,
    pub header_row: Option<u64>,
    #[serde(serialize_with = "set")]
    pub set: &'a ListDefaults,
    pub multiple: Option<&'static str>,
    #[serde(serialize_with = "zones")]
    pub zones: Option<&'a ZoneNames>,
    pub now: Option<String>,
    pub region: Option<&'static str>,
    pub prefer: Option<&'static str>,
    pub level: &'static str,
    #[serde(serialize_with = "repair")]
    pub repair: RepairLevel,
    #[serde(serialize_with = "severity")]
    pub severity: SeverityChanges,
    pub canonical: bool,
    pub campaign: Option<serde_json::Value>,
    pub night: String,
    pub duplicates: &'static str,
    pub exclude: Option<&'a ExcludedPhones>,
    pub max_jobs: u64,
    pub max_bytes: Option<u64>,
    pub max_row_bytes: u64,
    pub run: &'a str,
    /// How the rows were ordered and cut, if the list was prepared in slices.
    #[serde(flatten)]
    pub cut: Option<&'a SliceCut>,
}

impl<'a> RunOptions<'a> {
    /// The options of a run; those about the format of its source are empty.
    pub fn of(
        options: &'a BatchOptions,
        output: &'a OutputOptions,
        resolved: &'a RunIdentity,
    ) -> io::Result<RunOptions<'a>> {
        Ok(RunOptions {
            input_format: None,
            encoding: None,
            sheet: None,
            delimiter: options.table.delimiter.map(char::from),
            map: &options.table.map,
            payload: options.table.payload.as_deref(),
            drop_empty: options.table.drop_empty,
            header: options.table.header,
            header_row: options.table.header_row,
            set: &options.preset,
            multiple: options.job.multiple.name(),
            zones: options.job.zones.as_deref(),
            now: resolved.now.clone(),
            region: options.job.phone.region.map(Region::code),
            prefer: options.job.phone.prefer.map(Reading::name),
            level: options.job.phone.level.name(),
            repair: options.job.repair,
            severity: options.job.severities,
            canonical: options.job.canonical,
            campaign: match &options.job.campaign {
                Some(campaign) => Some(campaign_value(campaign)?),
                None => None,
            },
            night: options.job.night.to_string(),
            duplicates: options.duplicates.name(),
            exclude: options.exclude.as_ref(),
            max_jobs: output.max_jobs,
            max_bytes: output.max_bytes,
            max_row_bytes: options.max_row_bytes,
            run: &resolved.run,
            cut: None,
        })
    }
}

fn repair<S: Serializer>(repair: &RepairLevel, to: S) -> Result<S::Ok, S::Error> {
    match repair {
        RepairLevel::Nothing => to.serialize_bool(false),
        RepairLevel::Sure => to.serialize_bool(true),
        RepairLevel::Suggested => to.serialize_str("suggested"),
    }
}

fn severity<S: Serializer>(severity: &SeverityChanges, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(
        severity
            .iter()
            .map(|(rule, severity)| (rule.name(), severity)),
    )
}

fn zones<S: Serializer>(zones: &Option<&ZoneNames>, to: S) -> Result<S::Ok, S::Error> {
    match zones {
        Some(zones) => to.collect_map(zones.iter()),
        None => to.serialize_none(),
    }
}

fn map<S: Serializer>(map: &&[(ColumnUse, Vec<String>)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(map.iter().map(|(wanted, columns)| (wanted.name(), columns)))
}

fn set<S: Serializer>(preset: &&ListDefaults, to: S) -> Result<S::Ok, S::Error> {
    let fields = preset.fields().iter();
    let values = fields.map(|(field, json)| {
        let masked = (*field == CHECK).then(|| job::masked_check(json).to_string());
        let json = masked.as_deref().unwrap_or(json);
        let value: Box<RawValue> = serde_json::from_str(json).map_err(S::Error::custom)?;
        Ok((field.name(), value))
    });
    to.collect_map(values.collect::<Result<Vec<_>, S::Error>>()?)
}

/// The field whose value may contain a secret.
const CHECK: KnownField = KnownField::ExternalCheck;

/// A campaign's policy as the manifest keeps it.
fn campaign_value(campaign: &Campaign) -> serde_json::Result<serde_json::Value> {
    let mut value: serde_json::Value = serde_json::from_str(campaign.json())?;
    if let Some(check) = value.get_mut(CHECK.name()) {
        *check = job::masked_check(&check.to_string());
    }
    Ok(value)
}

/// What was detected in the source.
#[derive(Serialize)]
struct InputFacts<'a> {
    #[serde(flatten)]
    detected: &'a Detected,
    #[serde(flatten)]
    layout: TableLayout,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    predial: &'static str,
    plan: &'static str,
    options: RunOptions<'a>,
    input: InputFacts<'a>,
    /// The columns of the table.
    columns: Option<&'a [MappedColumn]>,
    counts: ReportCounts,
    bodies: &'a [Body],
    /// How long the service answers a key as it did first; after that the request is a new one.
    idempotence_key_ttl_seconds: u64,
    rejects: RejectFiles,
}

/// The part of a manifest that is about the jobs.
#[derive(Deserialize)]
pub(in crate::batch) struct JobCounts {
    pub counts: ReportCounts,
    pub bodies: Vec<Body>,
}

#[derive(Serialize)]
struct RejectFiles {
    file: &'static str,
    /// The same rejects in the format of the source, if that is a table.
    table: Option<&'static str>,
    rows: u64,
}

/// The name of the reject file in the format of the source. Rows of Arrow are rejected as jobs.
fn reject_table(report: &Report) -> Option<&'static str> {
    let is_of_cells = report.mapping.is_some() && report.input.format != Some(ARROW);
    let file = match report.input.workbook {
        Some(_) => REJECT_SHEET,
        None => REJECT_TABLE,
    };
    is_of_cells.then_some(file)
}

/// The text of the manifest.
pub(in crate::batch) fn text(
    asked: RunOptions<'_>,
    report: &Report,
) -> Result<Vec<u8>, serde_json::Error> {
    let manifest = Manifest {
        format: FORMAT,
        predial: env!("CARGO_PKG_VERSION"),
        plan: crate::phone::plan::VERSION,
        options: asked,
        input: InputFacts {
            detected: &report.input,
            layout: report.layout.clone().unwrap_or_default(),
        },
        columns: report.mapping.as_ref().map(ColumnMapping::columns),
        counts: ReportCounts {
            total: report.total,
            clean: report.clean,
            repaired: report.repaired,
            rejected: report.rejected,
            warned: report.warned,
            rules: report
                .counts()
                .map(|(r, n)| (r.name().to_owned(), n))
                .collect(),
            alone: report
                .alone()
                .map(|(rule, rows)| (rule.name().to_owned(), rows))
                .collect(),
            severities: report
                .found()
                .map(|(severity, found)| (severity.name().to_owned(), found))
                .collect(),
        },
        bodies: &report.bodies,
        idempotence_key_ttl_seconds: IDEMPOTENCE_KEY.as_secs(),
        rejects: RejectFiles {
            file: REJECTS,
            table: reject_table(report),
            rows: report.rejected,
        },
    };
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    Ok(text)
}
