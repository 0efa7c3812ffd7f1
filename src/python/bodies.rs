//! Request bodies for Python: in files or in memory, and what is cut from them.

use std::collections::HashSet;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyInt, PyString, PyTuple};
use sha2::{Digest, Sha256};

use super::args;
use super::errors::raised;
use super::values::{Reduced, reduced, shown};
use crate::batch::{self, CutBody, NotABody, WholeContent};

/// One request body: the bytes of a whole `addPhones` request, in a file or in memory.
///
/// As a path, a body of `prepare` is its file: `open(body, "rb")`. Two bodies are equal if all their
/// fields are. They can be pickled and used as keys.
#[pyclass(name = "Body", frozen, module = "predial")]
pub(crate) struct PyBody {
    /// The file that holds the body; None if it is in memory.
    #[pyo3(get)]
    path: Option<PathBuf>,
    /// The bytes, if they are in memory.
    held: Option<Py<PyBytes>>,
    /// The number of the body, from 1; that of the whole body for a part.
    #[pyo3(get)]
    index: u64,
    /// The number with the part that this body is: `3` for a whole body, `3.1` for its first half.
    #[pyo3(get)]
    mark: String,
    /// The name of the loading, from which the key is made.
    #[pyo3(get)]
    run: String,
    /// How many jobs it holds.
    #[pyo3(get)]
    jobs: u64,
    /// Its size in bytes.
    #[pyo3(get)]
    bytes: u64,
    /// The rows of its jobs as runs of the first and the last.
    runs: Vec<(u64, u64)>,
    /// The lines of the rows of the whole body, as runs of the first row, its line and the step.
    line_runs: Vec<[u64; 3]>,
    /// The row and the part of each job that is a part of its row, in the order of the jobs.
    row_parts: Vec<(u64, u64)>,
    /// The rows one by one, once they were asked for.
    rows: PyOnceLock<Py<PyTuple>>,
    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    #[pyo3(get)]
    sha256: String,
    /// The idempotence key to send it with: a UUID. The service keeps a key for 24 hours.
    #[pyo3(get)]
    idempotence_key: String,
}

#[pymethods]
impl PyBody {
    /// The bytes of the body, as they are sent.
    ///
    /// Raises OSError if the file can't be read, and ValueError if its SHA-256 is not that of the
    /// body: such a file must not be sent.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        if let Some(held) = &self.held {
            return Ok(held.bind(py).clone());
        }
        let path = self.path.as_deref().unwrap_or(Path::new(""));
        let content = py.detach(|| std::fs::read(path)).map_err(|error| {
            raised(io::Error::new(
                error.kind(),
                batch::PathError {
                    path: path.to_owned(),
                    error,
                },
            ))
        })?;
        if py.detach(|| sha256(&content)) != self.sha256 {
            let name = path.display();
            return Err(PyValueError::new_err(format!(
                "{name} is not the body that predial prepared: its SHA-256 differs"
            )));
        }
        Ok(PyBytes::new(py, &content))
    }

    /// The numbers of the rows of its jobs, in the order of the jobs.
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let rows = self.rows.get_or_try_init(py, || {
            let numbers: Vec<u64> = self.numbers().collect();
            PyResult::Ok(PyTuple::new(py, numbers)?.unbind())
        })?;
        Ok(rows.bind(py).clone())
    }

    /// The lines in which these rows begin, from 1; of a workbook the rows that the sheet shows. None if
    /// the source has no lines.
    ///
    /// >>> import predial
    /// >>> [body] = predial.bodies(b"phone\n79110000000\n\n79110000001\n")
    /// >>> body.rows, body.lines
    /// ((0, 1), (2, 4))
    #[getter]
    fn lines<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        if self.line_runs.is_empty() {
            return Ok(None);
        }
        let lines = self
            .numbers()
            .map(|row| batch::line_of(&self.line_runs, row));
        PyTuple::new(py, lines.collect::<Vec<_>>()).map(Some)
    }

    /// The part of its row that each job is, in the order of the jobs: from 0 if the row has several
    /// phones and is a job for each (`multiple="each"`), otherwise None.
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut parts = self.row_parts.iter().peekable();
        let part = |row: u64| Some(parts.next_if(|(of_row, _)| *of_row == row)?.1);
        PyTuple::new(py, self.numbers().map(part).collect::<Vec<_>>())
    }

    /// The rows as runs of the first and the last one, as the manifest has them.
    #[getter]
    fn runs(&self) -> Vec<(u64, u64)> {
        self.runs.clone()
    }

    /// The digits of the phone of each job, in the order of the jobs.
    #[getter]
    fn phones<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let phones = self.with_content(py, |whole| whole.phones())?;
        PyTuple::new(py, phones)
    }

    /// The same body without the jobs of some phones, given as digits. With `keep_first` the first job
    /// of each of them stays. The other jobs keep their bytes. The answer has its own SHA-256 and key;
    /// if no job is left, its `jobs` is 0.
    ///
    /// >>> import predial
    /// >>> [body] = predial.bodies([{"phone": "79110000000"}, {"phone": "79110000001"}])
    /// >>> body.without({"79110000000"}).content
    /// b'[{"phone":"79110000001"}]'
    #[pyo3(signature = (phones, keep_first = false))]
    fn without(
        &self,
        py: Python<'_>,
        phones: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = keep_first)] keep_first: bool,
    ) -> PyResult<PyBody> {
        let phones = digits_of(phones)?;
        let left = self.with_content(py, |whole| whole.without(&phones, keep_first))?;
        Ok(self.cut(py, left))
    }

    /// The two halves of the body, each a body of its own; None if it has fewer than two jobs.
    fn halves(&self, py: Python<'_>) -> PyResult<Option<(PyBody, PyBody)>> {
        let halves = self.with_content(py, |whole| whole.halves())?;
        Ok(halves.map(|[first, second]| (self.cut(py, first), self.cut(py, second))))
    }

    /// The same body with a new key, to be sent again when it is certain that its jobs were not
    /// created: the service takes it for a new request.
    fn renewed(&self, py: Python<'_>) -> PyResult<PyBody> {
        let mark = format!("{}+", self.mark);
        let anew = self.with_content(py, |whole| whole.renewed(mark))?;
        Ok(self.cut(py, anew))
    }

    fn __fspath__(&self) -> PyResult<OsString> {
        let path = self.path.clone().map(PathBuf::into_os_string);
        path.ok_or_else(|| {
            PyTypeError::new_err("the body is in memory and has no path: use content")
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        /// More rows are counted.
        const MOST: usize = 10;
        let rows: Vec<String> = self
            .numbers()
            .take(MOST)
            .map(|row| row.to_string())
            .collect();
        let more = if self.jobs > MOST as u64 { ", ..." } else { "" };
        let of_all = (
            &self.path,
            &self.mark,
            &self.run,
            self.jobs,
            self.bytes,
            &self.sha256,
            &self.idempotence_key,
        );
        let shown = shown("Body", &of_all.into_pyobject(py)?, SHOWN)?;
        let rows = format!("rows=[{}{more}], sha256", rows.join(", "));
        Ok(shown.replacen("sha256", &rows, 1))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<PyBody>();
        other.is_ok_and(|other| self.identity() == other.get().identity())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.identity().hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let of_all = (
            (&self.path, &self.held),
            (self.index, &self.mark, &self.run),
            (self.jobs, self.bytes),
            (
                self.runs.clone(),
                self.line_runs.clone(),
                self.row_parts.clone(),
            ),
            (&self.sha256, &self.idempotence_key),
        );
        reduced(py, "restore_body", of_all.into_pyobject(py)?)
    }
}

const SHOWN: &[&str] = &[
    "path",
    "mark",
    "run",
    "jobs",
    "bytes",
    "sha256",
    "idempotence_key",
];

impl PyBody {
    /// A body of a directory.
    pub(super) fn in_directory(body: batch::Body, out: Option<&PathBuf>) -> PyBody {
        let path = out.cloned().unwrap_or_default().join(&body.file);
        PyBody::of(body, Some(path), None)
    }

    /// A body in memory.
    pub(super) fn in_memory(py: Python<'_>, body: batch::Body, content: &[u8]) -> PyBody {
        let content = PyBytes::new(py, content).unbind();
        PyBody::of(body, None, Some(content))
    }

    fn of(body: batch::Body, path: Option<PathBuf>, held: Option<Py<PyBytes>>) -> PyBody {
        PyBody {
            path,
            held,
            index: body.number as u64,
            mark: body.number.to_string(),
            run: body.run,
            jobs: body.jobs,
            bytes: body.bytes,
            runs: body.rows.into_iter().map(Into::into).collect(),
            line_runs: body.lines,
            row_parts: body.parts.into_iter().map(Into::into).collect(),
            rows: PyOnceLock::new(),
            sha256: body.sha256,
            idempotence_key: body.idempotence_key,
        }
    }

    /// What is left of this body.
    fn cut(&self, py: Python<'_>, left: CutBody) -> PyBody {
        PyBody {
            path: None,
            index: self.index,
            mark: left.mark,
            run: self.run.clone(),
            jobs: left.jobs,
            bytes: left.content.len() as u64,
            held: Some(PyBytes::new(py, &left.content).unbind()),
            runs: left.rows,
            line_runs: self.line_runs.clone(),
            row_parts: left.parts,
            rows: PyOnceLock::new(),
            sha256: left.sha256,
            idempotence_key: left.idempotence_key,
        }
    }

    fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        self.runs.iter().flat_map(|(first, last)| *first..=*last)
    }

    fn with_content<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&WholeContent<'_>) -> Result<T, NotABody> + Send,
    ) -> PyResult<T> {
        let content = self.content(py)?;
        let whole = WholeContent {
            run: &self.run,
            mark: &self.mark,
            content: content.as_bytes(),
            rows: &self.runs,
            parts: &self.row_parts,
        };
        let done = py.detach(|| work(&whole));
        done.map_err(|NotABody(why)| PyValueError::new_err(why))
    }

    /// Everything that makes two bodies equal. The SHA-256 stands for the bytes.
    fn identity(&self) -> impl PartialEq + Hash + '_ {
        (
            (&self.path, self.held.is_some(), &self.mark, &self.run),
            (self.jobs, self.bytes),
            (&self.runs, &self.line_runs, &self.row_parts),
            (&self.sha256, &self.idempotence_key),
        )
    }
}

/// The body of these fields, for pickle.
#[pyfunction]
pub(super) fn restore_body(fields: &Bound<'_, PyTuple>) -> PyResult<PyBody> {
    let (place, name, counts, numbers, digests) = fields.extract()?;
    let (path, held): (Option<PathBuf>, Option<Py<PyBytes>>) = place;
    let (index, mark, run) = name;
    let (jobs, bytes) = counts;
    let (runs, line_runs, row_parts) = numbers;
    let (sha256, idempotence_key) = digests;
    Ok(PyBody {
        path,
        held,
        index,
        mark,
        run,
        jobs,
        bytes,
        runs,
        line_runs,
        row_parts,
        rows: PyOnceLock::new(),
        sha256,
        idempotence_key,
    })
}

/// Phones as digits: a collection of texts, with or without a plus, or of whole numbers.
fn digits_of(phones: &Bound<'_, PyAny>) -> PyResult<HashSet<String>> {
    const TAKES: &str = "a collection of phones as digits";
    let wrong = |value: &Bound<'_, PyAny>| args::wrong_type("phones", TAKES, value);
    if phones.is_instance_of::<PyString>() || phones.is_instance_of::<PyBytes>() {
        return Err(wrong(phones));
    }
    let mut digits = HashSet::new();
    for phone in phones.try_iter().map_err(|_| wrong(phones))? {
        let phone = phone?;
        let text = match phone.is_instance_of::<PyInt>() || phone.is_instance_of::<PyString>() {
            true => phone.str()?.to_string(),
            false => return Err(args::wrong_type("each of phones", "digits", &phone)),
        };
        let plain = text.strip_prefix('+').unwrap_or(&text);
        if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(args::wrong_value("each of phones", "digits"));
        }
        digits.insert(plain.to_owned());
    }
    Ok(digits)
}

fn keep_first(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    args::flag("keep_first", value)
}

fn sha256(content: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(content))
}
