//! predial's own arrays as sequences for Python.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, downcast_dictionary_array, downcast_integer};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

use crate::python::args;

/// The value of a row: a `str`, a number, a `bool`, a list of these, or None for null.
///
/// # Errors
/// TypeError for a type that predial never returns.
pub(super) fn value<'py>(
    py: Python<'py>,
    array: &dyn Array,
    row: usize,
) -> PyResult<Bound<'py, PyAny>> {
    macro_rules! integer {
        ($type:ty) => {
            array
                .as_primitive::<$type>()
                .value(row)
                .into_bound_py_any(py)
        };
    }
    if array.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    downcast_integer! {
        array.data_type() => (integer),
        DataType::Boolean => array.as_boolean().value(row).into_bound_py_any(py),
        DataType::Utf8 => array.as_string::<i32>().value(row).into_bound_py_any(py),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into_bound_py_any(py),
        DataType::Utf8View => array.as_string_view().value(row).into_bound_py_any(py),
        DataType::LargeList(_) => {
            let items = array.as_list::<i64>().value(row);
            values(py, &[items]).map(Bound::into_any)
        }
        DataType::Dictionary(..) => downcast_dictionary_array! {
            array => value(py, array.values(), array.keys().value(row).as_usize()),
            other => Err(no_value(other)),
        },
        other => Err(no_value(other)),
    }
}

fn no_value(data_type: &DataType) -> PyErr {
    PyTypeError::new_err(format!(
        "values of the type {data_type} are not shown in Python"
    ))
}

/// The values of all rows.
pub(super) fn values<'py>(py: Python<'py>, arrays: &[ArrayRef]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for array in arrays {
        for row in 0..array.len() {
            list.append(value(py, array.as_ref(), row)?)?;
        }
    }
    Ok(list)
}

pub(super) fn rows(arrays: &[ArrayRef]) -> usize {
    arrays.iter().map(|array| array.len()).sum()
}

/// The result of an index.
pub(super) enum Indexed<'py> {
    Value(Bound<'py, PyAny>),
    /// The arrays of a slice, which are parts of the original ones.
    Slice(Vec<ArrayRef>),
}

/// The value or the rows at an index, which may be negative or a slice.
///
/// # Errors
/// TypeError for an index of another type, IndexError for one beyond the rows, and ValueError for a
/// slice that skips rows or goes backwards.
pub(super) fn indexed<'py>(
    arrays: &[ArrayRef],
    index: &Bound<'py, PyAny>,
) -> PyResult<Indexed<'py>> {
    let rows = rows(arrays);
    if let Ok(slice) = index.cast::<PySlice>() {
        let range = slice.indices(rows as isize)?;
        if range.step != 1 {
            return Err(PyValueError::new_err(
                "a slice of an Arrow array has a step of 1",
            ));
        }
        let from = range.start.unsigned_abs();
        return Ok(Indexed::Slice(sliced(arrays, from, range.slicelength)));
    }
    let Ok(number) = index.extract::<isize>() else {
        return Err(args::wrong_type(
            "index",
            "a whole number or a slice",
            index,
        ));
    };
    let row = match number < 0 {
        true => rows.checked_sub(number.unsigned_abs()),
        false => Some(number.unsigned_abs()),
    };
    let [part] = &sliced(arrays, row.unwrap_or(rows), 1)[..] else {
        return Err(PyIndexError::new_err("index out of range"));
    };
    value(index.py(), part.as_ref(), 0).map(Indexed::Value)
}

/// This many rows from `from` on, or fewer at the end.
fn sliced(arrays: &[ArrayRef], from: usize, count: usize) -> Vec<ArrayRef> {
    let (mut skipped, mut count) = (from, count);
    let mut parts = Vec::new();
    for array in arrays {
        let start = skipped.min(array.len());
        let length = count.min(array.len() - start);
        if length > 0 {
            parts.push(array.slice(start, length));
        }
        skipped -= start;
        count -= length;
    }
    parts
}

/// An iterator over the values of arrays.
#[pyclass(module = "predial._core")]
pub(crate) struct ArrowIterator {
    arrays: std::vec::IntoIter<ArrayRef>,
    current: Option<ArrayRef>,
    row: usize,
}

impl ArrowIterator {
    pub(super) fn new(arrays: Vec<ArrayRef>) -> Self {
        ArrowIterator {
            arrays: arrays.into_iter(),
            current: None,
            row: 0,
        }
    }
}

#[pymethods]
impl ArrowIterator {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            if let Some(array) = self.current.as_ref().filter(|array| self.row < array.len()) {
                self.row += 1;
                return value(py, array.as_ref(), self.row - 1).map(Some);
            }
            self.row = 0;
            self.current = self.arrays.next();
            if self.current.is_none() {
                return Ok(None);
            }
        }
    }
}
