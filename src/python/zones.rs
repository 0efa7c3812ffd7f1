//! gmtZones for Python.

use std::num::NonZeroUsize;

use hashbrown::HashMap;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDelta, PyString, PyTzInfo};

use super::args;
use super::arrow::{self, ColumnValues};
use super::columns::{self, PyColumn};
use super::errors::{self, ErrorClass};
use super::text::text_of;
use crate::batch;
use crate::columns::{ColumnRun, Outcome, Zones, check_zones as check_arrays};
use crate::packed_text::PackedText;
use crate::slots::slot_of;
use crate::zone::{self, Regions, RegionsAt, ZoneRegion};

/// Values that are made from the installed tzdata once in a process.
struct Tzdata {
    regions: Regions,
    /// The ZoneInfo of each region, created at the first request.
    zone_infos: Vec<PyOnceLock<Py<PyTzInfo>>>,
}

fn tzdata(py: Python<'_>) -> PyResult<&'static Tzdata> {
    static TZDATA: PyOnceLock<Tzdata> = PyOnceLock::new();
    TZDATA.get_or_try_init(py, || {
        let module = py.import("predial._tzdata")?;
        let pairs: Vec<(String, Vec<u8>)> = module.call_method0("read_regions")?.extract()?;
        let zone_tab: String = module.call_method0("read_zone_tab")?.extract()?;
        let regions = Regions::new(pairs).with_countries(&zone_tab);
        let zone_infos = regions.iter().map(|_| PyOnceLock::new()).collect();
        Ok(Tzdata {
            regions,
            zone_infos,
        })
    })
}

/// The regions of the installed tzdata package, read at the first request.
pub(crate) fn regions(py: Python<'_>) -> PyResult<&'static Regions> {
    tzdata(py).map(|tzdata| &tzdata.regions)
}

/// The same regions at the time of the clock.
pub(crate) fn zones_now(py: Python<'_>) -> PyResult<RegionsAt<'static>> {
    Ok(regions(py)?.at(batch::unix_now()))
}

/// One time zone, as `parse_zone` returns it.
///
/// Two zones are equal if their IDs are. Zones can be pickled and used as keys.
#[pyclass(name = "Zone", frozen, eq, hash, module = "predial")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyZone(zone::Zone<'static>);

impl PyZone {
    /// The zone of the core.
    pub(super) fn of(zone: zone::Zone<'static>) -> Self {
        PyZone(zone)
    }
}

#[pymethods]
impl PyZone {
    /// The name of the zone, as `getId()` of Java's `ZoneId` returns it: `+03:00` for `+3`,
    /// `UTC+03:00` for `UTC+3`, and the ID itself for a region.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.id())
    }

    /// The shortest name with the same rules, as Java's `normalized().getId()`: `+03:00` for a zone
    /// that has this offset at all times, else the ID of the region.
    #[getter]
    fn normalized<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.0.normalized())
    }

    /// `offset` for a fixed offset from UTC, `region` for an ID of the IANA time zone database.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().name()
    }

    /// The offset from UTC in seconds, positive to the east; None for a region whose offset changes
    /// or has changed.
    #[getter]
    fn offset_seconds(&self) -> Option<i32> {
        self.0.offset_seconds()
    }

    /// The zone for `datetime`: a `datetime.timezone` for an offset, a `zoneinfo.ZoneInfo` for a
    /// region. It is made from the installed tzdata package, never from files of the system.
    #[getter]
    fn tzinfo<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTzInfo>> {
        if let Some(region) = self.0.region() {
            return zone_info(py, region);
        }
        match self.0.offset_seconds() {
            None | Some(0) => PyTzInfo::utc(py).map(|utc| utc.to_owned()),
            Some(seconds) => PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, seconds, 0, true)?),
        }
    }

    fn __repr__(&self) -> String {
        format!("predial.Zone({:?})", &*self.0.id())
    }

    fn __str__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        self.id(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let parse = py.import("predial")?.getattr("parse_zone")?;
        Ok((parse, (self.0.id().to_string(),)))
    }
}

fn zone_info<'py>(py: Python<'py>, region: &ZoneRegion) -> PyResult<Bound<'py, PyTzInfo>> {
    let zone_info = tzdata(py)?.zone_infos[region.index()].get_or_try_init(py, || {
        let data = PyBytes::new(py, region.tzif());
        let made = py
            .import("predial._tzdata")?
            .call_method1("zone_info", (region.id(), data))?;
        PyResult::Ok(made.cast_into::<PyTzInfo>()?.unbind())
    })?;
    Ok(zone_info.bind(py).clone())
}

/// Reads one gmtZone; only a text that is not an offset needs the regions.
fn read(text: &Bound<'_, PyAny>, repair: bool) -> PyResult<zone::Zone<'static>> {
    let text = args::string("text", "a str", text)?;
    let plain = text_of(text)?;
    if let Some(zone) = zone::Zone::parse_offset(&plain) {
        return Ok(zone);
    }
    let at = zones_now(text.py())?;
    let zone = if repair {
        zone::Zone::repair(&plain, at)
    } else {
        zone::Zone::parse(&plain, at)
    };
    zone.map_err(|fault| errors::raise(ErrorClass::Zone, text, &fault))
}

/// Reads a gmtZone.
///
/// The grammar is that of Java's `ZoneId.of`. Region IDs are those of the installed tzdata package.
/// With `repair`, a text that is not a gmtZone but can only mean one is read as that one.
///
/// Raises ZoneError for any other text, and TypeError for a value that is not a str.
///
/// >>> import predial
/// >>> zone = predial.parse_zone("UTC+3")
/// >>> zone.id, zone.normalized, zone.kind, zone.offset_seconds
/// ('UTC+03:00', '+03:00', 'offset', 10800)
/// >>> predial.parse_zone("Europe/Moscow").tzinfo
/// zoneinfo.ZoneInfo(key='Europe/Moscow')
/// >>> predial.parse_zone("MSK")
/// Traceback (most recent call last):
/// predial.ZoneError: MSK is an abbreviation, not an ID; did you mean "Europe/Moscow"?
#[pyfunction]
#[pyo3(signature = (text, *, repair = false))]
pub(crate) fn parse_zone(
    text: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::repair)] repair: bool,
) -> PyResult<PyZone> {
    read(text, repair).map(PyZone)
}

/// Whether the text is a gmtZone exactly as it is written.
///
/// Raises TypeError for a value that is not a str.
///
/// >>> import predial
/// >>> predial.is_zone("+03:00"), predial.is_zone("+3:00")
/// (True, False)
#[pyfunction]
pub(crate) fn is_zone(text: &Bound<'_, PyAny>) -> PyResult<bool> {
    let text = args::string("text", "a str", text)?;
    let Ok(plain) = text.to_str() else {
        return Ok(false); // a lone surrogate
    };
    if zone::Zone::parse_offset(plain).is_some() {
        return Ok(true);
    }
    Ok(zone::Zone::recognize(plain, regions(text.py())?).is_some())
}

/// The normalized name of a gmtZone: its offset if it has the same one at all times, else the ID
/// of its region. See parse_zone for `repair` and the errors.
///
/// >>> import predial
/// >>> predial.normalize_zone("+3"), predial.normalize_zone("Etc/GMT+3")
/// ('+03:00', '-03:00')
/// >>> predial.normalize_zone("utc +3", repair=True)
/// '+03:00'
#[pyfunction]
#[pyo3(signature = (text, *, repair = false))]
pub(crate) fn normalize_zone<'py>(
    text: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = args::repair)] repair: bool,
) -> PyResult<Bound<'py, PyString>> {
    let zone = read(text, repair)?;
    Ok(PyString::new(text.py(), &zone.normalized()))
}

/// Checks a column of gmtZones: a sequence of str, int, float or None, or an object that exports Arrow's
/// PyCapsule interface (a Series of Polars or pandas, an array of pyarrow, a column of DuckDB).
///
/// The answer has lists for a sequence, Arrow arrays for Arrow. With `repair` a text that can only
/// mean one gmtZone is read as that one, and a number from -12 to 14 as hours, if they are whole or an
/// offset that some place has (5.5). Other values break the rule `zone-type`; None and NaN break no
/// rule. Arrow columns are checked by
/// `threads` threads without the interpreter's lock; None means one thread, or one for each core if
/// the column is long.
///
/// Raises TypeError for a value that is not a column.
///
/// >>> import predial
/// >>> column = predial.check_zones(["UTC+3", "utc +3", 3, "MSK", None])
/// >>> column.normalized
/// ['+03:00', '+03:00', '+03:00', None, None]
/// >>> column.rules
/// [None, None, None, 'zone-abbreviation', None]
/// >>> column.repaired
/// [False, True, True, False, False]
#[pyfunction]
#[pyo3(signature = (values, *, repair = true, threads = None))]
pub(crate) fn check_zones(
    py: Python<'_>,
    values: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::repair)] repair: bool,
    #[pyo3(from_py_with = args::threads)] threads: Option<NonZeroUsize>,
) -> PyResult<PyColumn> {
    let values = match arrow::column_values(values)? {
        ColumnValues::Other(values) => values,
        ColumnValues::Arrow(column) => {
            let at = zones_now(py)?;
            let run = ColumnRun {
                repair,
                threads,
                ..ColumnRun::default()
            };
            let check = |run: &ColumnRun<'_>| check_arrays(&column.arrays, at, run);
            let answers = columns::checked(py, run, check)?;
            return columns::of_arrays(py, &answers, column.is_stream);
        }
    };
    let mut answers = ZoneAnswers::default();
    columns::of_sequence(&values, |value| {
        if let Some(answer) = answers.of_object(value) {
            return Ok(answer);
        }
        let text = value.cast::<PyString>().ok();
        let plain = text.map(|text| text_of(text)).transpose()?;
        if let Some(answer) = plain.as_deref().and_then(|text| answers.of_text(text)) {
            answers.keep_object(value, &answer);
            return Ok(answer);
        }
        // Only a text that is not an offset needs the regions.
        let outcome = match plain.as_deref().and_then(zone::Zone::parse_offset) {
            Some(zone) => Outcome::Clean(zone),
            None => {
                let at = zones_now(py)?;
                Zones { at, repair }.outcome(columns::cell(value, plain.as_deref()))
            }
        };
        let answer = outcome.map(|zone| PyString::new(py, &zone.normalized()));
        if let Some(text) = plain {
            answers.keep_text(&text, &answer);
        }
        answers.keep_object(value, &answer);
        Ok(answer)
    })
}

/// The answer for one value of a list.
type ZoneAnswer<'py> = Outcome<Bound<'py, PyString>>;

/// The answers for the values of a list so far: a list repeats few zones, often as the same objects.
#[derive(Default)]
struct ZoneAnswers<'py> {
    /// An object that is kept is not freed, so no other one has its address.
    objects: Slots<Bound<'py, PyAny>, ZoneAnswer<'py>>,
    short_texts: Slots<PackedText, ZoneAnswer<'py>>,
    texts: HashMap<Box<str>, ZoneAnswer<'py>>,
}

impl<'py> ZoneAnswers<'py> {
    /// How many answers for texts are kept.
    const MOST: usize = 4096;
    /// The longest text that is kept, in bytes.
    const LONGEST: usize = 256;

    fn of_object(&self, value: &Bound<'py, PyAny>) -> Option<ZoneAnswer<'py>> {
        let slot = self.objects.slot(value.as_ptr() as u64);
        slot.filter(|(object, _)| object.is(value))
            .map(|(_, answer)| answer.clone())
    }

    /// Keeps the answer for an object, unless another one has its slot: in a list of distinct
    /// objects, entries would be replaced and never used.
    fn keep_object(&mut self, value: &Bound<'py, PyAny>, answer: &ZoneAnswer<'py>) {
        let slot = self.objects.slot_mut(value.as_ptr() as u64);
        if slot.is_none() && value.is_exact_instance_of::<PyString>() {
            *slot = Some((value.clone(), answer.clone()));
        }
    }

    fn of_text(&mut self, text: &str) -> Option<ZoneAnswer<'py>> {
        let Some(short) = PackedText::of(text.as_bytes()) else {
            return self.texts.get(text).cloned();
        };
        let slot = self.short_texts.slot_mut(short.mixed());
        if let Some((kept, answer)) = slot
            && kept.is(&short)
        {
            return Some(answer.clone());
        }
        let answer = self.texts.get(text)?.clone();
        *slot = Some((short, answer.clone()));
        Some(answer)
    }

    fn keep_text(&mut self, text: &str, answer: &ZoneAnswer<'py>) {
        if self.texts.len() < Self::MOST && text.len() <= Self::LONGEST {
            self.texts.insert(text.into(), answer.clone());
        }
    }
}

/// Answers that are found by one look, each with its key.
struct Slots<K, A>([Option<(K, A)>; SLOTS]);

const SLOTS: usize = 64;

impl<K, A> Default for Slots<K, A> {
    fn default() -> Self {
        Slots([const { None }; SLOTS])
    }
}

impl<K, A> Slots<K, A> {
    fn slot(&self, number: u64) -> Option<&(K, A)> {
        self.0[slot_of(number, SLOTS.ilog2())].as_ref()
    }

    fn slot_mut(&mut self, number: u64) -> &mut Option<(K, A)> {
        &mut self.0[slot_of(number, SLOTS.ilog2())]
    }
}
