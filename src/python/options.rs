//! The options of a batch, converted from Python.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString};

use super::args::{self, Named};
use super::exclusions::PyExclusions;
use super::phones;
use crate::batch::{self, Duplicates, ListDefaults, SourceFormat, TableOptions, TextEncoding};
use crate::{Rule, job, phone};

/// The options of a batch, converted to the core's types.
pub(super) struct PyOptions {
    repair: job::RepairLevel,
    severities: job::SeverityChanges,
    canonical: bool,
    accepts_plus: bool,
    duplicates: Duplicates,
    exclude: Option<batch::ExcludedPhones>,
    phone: phone::PhoneOptions,
    multiple: job::MultiplePhones,
    zones: Option<Arc<job::ZoneNames>>,
    campaign: Option<String>,
    night: String,
    now: Option<i64>,
    pub format: Option<SourceFormat>,
    pub encoding: Option<TextEncoding>,
    pub sheet: Option<String>,
    max_diagnostics: u64,
    threads: Option<u64>,
    block: Option<NonZeroUsize>,
    map: Vec<(String, Vec<String>)>,
    header: Option<bool>,
    header_row: Option<u64>,
    payload: Option<Vec<String>>,
    drop_empty: bool,
    statistics: bool,
    names_lines: bool,
    delimiter: Option<u8>,
    /// Fields with their values as JSON texts.
    set: Vec<(String, String)>,
    /// The size of a body that the jobs have to fit into.
    max_bytes: Option<u64>,
    /// The most bytes of a row.
    max_row_bytes: Option<u64>,
}

/// More than the cores of any machine.
const MAX_THREADS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

const MAP: &str = "a dict from field names to columns, or None";
const SET: &str = "a dict from field names to values, or None";
const SEVERITY: &str = "a dict from rule names to 'error', 'warning' or 'ignore', or None";
const ZONES: &str = "a dict from texts of the list to gmtZones, or None";
const PAYLOAD: &str = "a list of column headers, or None";

/// The option `repair`; the errors are as below.
fn repair(value: &Bound<'_, PyAny>) -> PyResult<job::RepairLevel> {
    const TAKES: &str = "True, False, 'sure' or 'suggested'";
    if let Ok(flag) = value.extract::<bool>() {
        return Ok(match flag {
            true => job::RepairLevel::Sure,
            false => job::RepairLevel::Nothing,
        });
    }
    match args::text("repair", TAKES, value)? {
        "sure" => Ok(job::RepairLevel::Sure),
        "suggested" => Ok(job::RepairLevel::Suggested),
        _ => Err(args::wrong_value("repair", TAKES)),
    }
}

/// The option `zones`; nothing for none.
fn zones(pairs: Vec<(String, String)>) -> Option<Arc<job::ZoneNames>> {
    let names = job::ZoneNames::new(pairs);
    (!names.is_empty()).then(|| Arc::new(names))
}

/// The option `severity`: rules, and the severity that each gets.
fn severities(pairs: Vec<(String, String)>) -> PyResult<job::SeverityChanges> {
    let mut changes = job::SeverityChanges::default();
    for (name, severity) in pairs {
        let rule = Rule::from_name(&name).ok_or_else(|| {
            PyValueError::new_err(format!("severity names {name:?}, which is not a rule"))
        })?;
        if !matches!(&*severity, "error" | "warning" | "ignore") {
            return Err(args::wrong_value("severity", SEVERITY));
        }
        if !changes.change(rule, &severity) {
            let reason = format!("severity can't change {name}: only warnings can be changed");
            return Err(PyValueError::new_err(reason));
        }
    }
    Ok(changes)
}

impl PyOptions {
    /// # Errors
    /// TypeError for a value of a type that an option does not take, ValueError for another value
    /// that it does not take. Both name the option.
    pub(super) fn read(given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let named = Named(given);
        let pairs = |name, takes| {
            let value = named.get(name)?;
            let pairs = value.map(|value| value.extract::<Vec<(String, String)>>());
            let pairs = pairs
                .transpose()
                .map_err(|_| args::wrong_value(name, takes))?;
            PyResult::Ok(pairs.unwrap_or_default())
        };
        let map = named
            .get("map")?
            .map(|value| value.extract::<Vec<(String, Vec<String>)>>());
        let map = map.transpose().map_err(|_| args::wrong_value("map", MAP))?;
        refuse_no_columns(map.as_deref().unwrap_or_default())?;
        let header = named.get("header")?.map(|value| {
            let flag = value.extract::<bool>();
            flag.map_err(|_| args::wrong_type("header", "True, False or None", &value))
        });
        let header = header.transpose()?;
        let header_row = named.optional_count("header_row", 1)?;
        if header == Some(false) && header_row.is_some() {
            let why = "header_row and header=False contradict each other: give one of them";
            return Err(PyValueError::new_err(why));
        }
        let payload = named.get("payload")?;
        let payload = payload.map(|value| value.extract::<Vec<String>>());
        let now = named.get("now")?;
        // For tests only: with small blocks, faults between two blocks appear on short lists.
        let block = match cfg!(feature = "test-door") {
            true => named.get("block")?,
            false => None,
        };
        Ok(PyOptions {
            repair: repair(&named.given("repair")?)?,
            severities: severities(pairs("severity", SEVERITY)?)?,
            canonical: named.flag("canonical")?,
            accepts_plus: accepts_plus(named)?,
            duplicates: duplicates(named)?,
            exclude: exclude(named)?,
            phone: phone::PhoneOptions {
                region: phones::region(&named.given("region")?)?,
                prefer: phones::prefer(&named.given("prefer")?)?,
                level: phones::level(&named.given("level")?)?,
                ..phone::PhoneOptions::default()
            },
            multiple: multiple(named)?,
            zones: zones(pairs("zones", ZONES)?),
            campaign: named.optional_text("campaign", "JSON text, or None")?,
            night: named.text("night", super::policy::NIGHT)?,
            now: now.map(|now| now.extract()).transpose()?,
            format: format(named)?,
            encoding: encoding(named)?,
            sheet: named.optional_text("sheet", "the name of a sheet, or None")?,
            statistics: statistics(named)?,
            names_lines: named.get("names_lines")?.is_some() && named.flag("names_lines")?,
            max_diagnostics: named.count("max_diagnostics", 0)?,
            threads: named.optional_count("threads", 1)?,
            block: block.map(|block| block.extract()).transpose()?,
            map: map.unwrap_or_default(),
            header,
            header_row,
            payload: payload
                .transpose()
                .map_err(|_| args::wrong_value("payload", PAYLOAD))?,
            drop_empty: named.flag("drop_empty")?,
            delimiter: delimiter(named)?,
            set: pairs("set", SET)?,
            max_bytes: size(named, "max_bytes")?,
            max_row_bytes: size(named, "max_row_bytes")?,
        })
    }

    pub(super) fn core(&self) -> PyResult<batch::BatchOptions> {
        Ok(batch::BatchOptions {
            job: job::JobOptions {
                repair: self.repair,
                severities: self.severities,
                canonical: self.canonical,
                phone: self.phone,
                campaign: super::policy::campaign(self.campaign.as_deref())?,
                night: super::policy::night(&self.night)?,
                accepts_plus: self.accepts_plus,
                multiple: self.multiple,
                zones: self.zones.clone(),
            },
            table: self.table().map_err(PyValueError::new_err)?,
            preset: self.preset().map_err(PyValueError::new_err)?,
            duplicates: self.duplicates,
            exclude: self.exclude.clone(),
            within: self.max_bytes,
            max_row_bytes: self.max_row_bytes.unwrap_or(batch::DEFAULT_ROW_BYTES),
            slice: None,
            now: self.now,
            threads: self.threads(),
            statistics: self.statistics,
            names_lines: self.names_lines,
            block: self.block.unwrap_or(batch::BLOCK),
            max_diagnostics: usize::try_from(self.max_diagnostics).unwrap_or(usize::MAX),
        })
    }

    fn table(&self) -> Result<TableOptions, String> {
        let wanted = |(name, columns): &(String, Vec<String>)| {
            Ok((batch::ColumnUse::from_name(name)?, columns.clone()))
        };
        Ok(TableOptions {
            map: self.map.iter().map(wanted).collect::<Result<_, String>>()?,
            payload: self.payload.clone(),
            drop_empty: self.drop_empty,
            delimiter: self.delimiter,
            header: self.header,
            header_row: self.header_row,
            purpose: batch::ListPurpose::default(),
        })
    }

    fn preset(&self) -> Result<ListDefaults, String> {
        let mut preset = ListDefaults::default();
        for (name, json) in &self.set {
            preset.set(name, json)?;
        }
        Ok(preset)
    }

    /// The number that the caller gave, or the number of cores for this process.
    fn threads(&self) -> NonZeroUsize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
        let threads = usize::try_from(self.threads.unwrap_or_else(cores)).unwrap_or(usize::MAX);
        let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        threads.min(MAX_THREADS)
    }
}

fn exclude(named: Named<'_, '_>) -> PyResult<Option<batch::ExcludedPhones>> {
    const TAKES: &str = "a list of phones, or several of them";
    let Some(value) = named.get("exclude")? else {
        return Ok(None);
    };
    let lists = value.cast::<PyExclusions>();
    let lists = lists.map_err(|_| args::wrong_type("exclude", TAKES, &value))?;
    lists.get().phones().map(Some)
}

/// Fails if the option `map` has a field without a column: its rows would all lack the field.
fn refuse_no_columns(map: &[(String, Vec<String>)]) -> PyResult<()> {
    match map.iter().find(|(_, columns)| columns.is_empty()) {
        None => Ok(()),
        Some((field, _)) => Err(PyValueError::new_err(format!(
            "map must be a column, or several, for each field: {field} has none"
        ))),
    }
}

/// The option `plus`, which few functions have.
fn accepts_plus(named: Named<'_, '_>) -> PyResult<bool> {
    const TAKES: &str = "'refuse' or 'accept'";
    if named.get("plus")?.is_none() {
        return Ok(false);
    }
    match &*named.text("plus", TAKES)? {
        "accept" => Ok(true),
        "refuse" => Ok(false),
        _ => Err(args::wrong_value("plus", TAKES)),
    }
}

/// The option `statistics`, which not all functions have.
fn statistics(named: Named<'_, '_>) -> PyResult<bool> {
    match named.get("statistics")? {
        None => Ok(false),
        Some(_) => named.flag("statistics"),
    }
}

/// Fails if a row may be several jobs, for a function that answers row by row.
pub(super) fn refuse_each(core: &batch::BatchOptions, function: &str) -> PyResult<()> {
    match core.job.multiple {
        job::MultiplePhones::Each => Err(PyValueError::new_err(format!(
            "multiple must be 'first' or None for {function}, which gives one answer for each row; \
             check, prepare, bodies and judge take 'each'"
        ))),
        _ => Ok(()),
    }
}

fn multiple(named: Named<'_, '_>) -> PyResult<job::MultiplePhones> {
    const TAKES: &str = "'first', 'each' or None";
    match named.optional_text("multiple", TAKES)?.as_deref() {
        None => Ok(job::MultiplePhones::Refused),
        Some("first") => Ok(job::MultiplePhones::First),
        Some("each") => Ok(job::MultiplePhones::Each),
        Some(_) => Err(args::wrong_value("multiple", TAKES)),
    }
}

fn duplicates(named: Named<'_, '_>) -> PyResult<Duplicates> {
    const TAKES: &str = "'phone', 'job' or 'allow'";
    let name = named.text("duplicates", TAKES)?;
    Duplicates::from_name(&name).ok_or_else(|| args::wrong_value("duplicates", TAKES))
}

fn format(named: Named<'_, '_>) -> PyResult<Option<SourceFormat>> {
    const TAKES: &str = "'json', 'ndjson', 'csv', 'tsv', 'xlsx', 'xls', 'xlsb', 'ods', 'html', 'spreadsheetml' or None";
    let name = named.optional_text("input_format", TAKES)?;
    let known = |name: String| {
        SourceFormat::from_name(&name).ok_or_else(|| args::wrong_value("input_format", TAKES))
    };
    name.map(known).transpose()
}

fn encoding(named: Named<'_, '_>) -> PyResult<Option<TextEncoding>> {
    const TAKES: &str = "a label such as 'utf-8', 'utf-16', 'windows-1251', 'koi8-r' or \
                         'ibm866', or None";
    let label = named.optional_text("encoding", TAKES)?;
    let known = |label: String| {
        let takes = || args::wrong_value("encoding", &format!("{TAKES}: there is no {label:?}"));
        TextEncoding::from_label(&label).ok_or_else(takes)
    };
    label.map(known).transpose()
}

fn delimiter(named: Named<'_, '_>) -> PyResult<Option<u8>> {
    const TAKES: &str = "one ASCII character such as ';', 'tab', or None";
    let text = named.optional_text("delimiter", TAKES)?;
    let known = |text: String| match text.as_bytes() {
        [byte] if batch::is_delimiter(*byte) => Ok(*byte),
        _ if matches!(&*text, "tab" | "\\t") => Ok(b'\t'),
        _ => Err(args::wrong_value("delimiter", TAKES)),
    };
    text.map(known).transpose()
}

/// A number of bytes, or a text that means one; nothing for None.
fn size(named: Named<'_, '_>, name: &str) -> PyResult<Option<u64>> {
    const TAKES: &str = "a size such as '5MB' or '64 KiB', or a number of bytes from 1";
    let Some(value) = named.get(name)? else {
        return Ok(None);
    };
    if let Ok(text) = value.cast::<PyString>() {
        let bytes = text.to_str().ok().and_then(batch::bytes_of);
        return bytes
            .filter(|bytes| *bytes > 0)
            .map(Some)
            .ok_or_else(|| args::wrong_value(name, TAKES));
    }
    match value.is_instance_of::<PyInt>() {
        true => args::count(name, 1, &value).map(Some),
        false => Err(args::wrong_type(name, TAKES, &value)),
    }
}

/// Where and how a prepared batch is written.
pub(super) struct PyOutput(batch::OutputOptions);

impl PyOutput {
    /// # Errors
    /// Those of [`PyOptions::read`].
    pub(super) fn read(given: &Bound<'_, PyDict>) -> PyResult<Self> {
        const OUT: &str = "a path, which is a str or an os.PathLike";
        let named = Named(given);
        let path = |name: &str| {
            let value = named.get(name)?;
            let wrong = |value: &Bound<'_, PyAny>| args::wrong_type(name, OUT, value);
            let path = value.map(|value| value.extract::<PathBuf>().map_err(|_| wrong(&value)));
            path.transpose()
        };
        let none = given.py().None().into_bound(given.py());
        Ok(PyOutput(batch::OutputOptions {
            dir: path("out")?.ok_or_else(|| args::wrong_type("out", OUT, &none))?,
            max_jobs: named.count("max_jobs", 1)?,
            max_bytes: size(named, "max_bytes")?,
            run: named.optional_text("run", "text, or None")?,
            resume: named.flag("resume")?,
            overwrite: named.flag("overwrite")?,
            forget_sent: named.flag("forget_sent")?,
            source: path("source")?,
            source_id: source_id(named)?,
            forecast: None,
        }))
    }

    pub(super) fn core(self) -> batch::OutputOptions {
        self.0
    }
}

/// How the bodies of a list are made that stay in memory.
///
/// # Errors
/// Those of [`PyOptions::read`].
pub(super) fn body_options(given: &Bound<'_, PyDict>) -> PyResult<batch::BodyOptions> {
    let named = Named(given);
    Ok(batch::BodyOptions::new(
        named.count("max_jobs", 1)?,
        size(named, "max_bytes")?,
        named.optional_text("run", "text, or None")?,
    ))
}

/// The device and the number of the source's file, if it was opened.
fn source_id(given: Named<'_, '_>) -> PyResult<Option<(u64, u64)>> {
    match given.get("source_id")? {
        Some(id) => id.extract(),
        None => Ok(None),
    }
}
