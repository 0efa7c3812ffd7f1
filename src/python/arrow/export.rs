//! predial's own Arrow arrays for other libraries, through the PyCapsule interface, without a copy.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, FieldRef};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList, PyTuple};

use super::values::{self, ArrowIterator, Indexed};
use super::{ARRAY, SCHEMA, STREAM, refused};

/// "Invalid argument", the same number on all systems.
const EINVAL: c_int = 22;

/// A column in several Arrow arrays of one type.
///
/// It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
/// `pyarrow.chunked_array(array)`. It is also a sequence of Python's values, with None for null.
///
/// >>> import polars as pl, predial
/// >>> rules = predial.check_phones(pl.Series(["79123456789", "7.911E+10"])).rules
/// >>> len(rules), rules[-1], rules.to_pylist()
/// (2, 'phone-scientific', [None, 'phone-scientific'])
#[pyclass(frozen, module = "predial")]
pub(crate) struct ArrowChunkedArray {
    field: FieldRef,
    arrays: Vec<ArrayRef>,
}

/// A column in one Arrow array.
///
/// It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
/// `pyarrow.array(array)`. It is also a sequence of Python's values, with None for null.
///
/// >>> import predial, pyarrow as pa
/// >>> array = predial.check_phones(pa.array(["+7 912 345-67-89", "?"])).normalized
/// >>> len(array), array[0], list(array), array[1:].to_pylist()
/// (2, '79123456789', ['79123456789', None], [None])
#[pyclass(frozen, module = "predial")]
pub(crate) struct ArrowArray {
    field: FieldRef,
    array: ArrayRef,
}

/// Arrays as a Python object: one array, or a sequence of them.
pub(in crate::python) fn export(
    py: Python<'_>,
    mut arrays: Vec<ArrayRef>,
    is_stream: bool,
) -> PyResult<Py<PyAny>> {
    let data_type = arrays
        .first()
        .map_or(DataType::Null, |array| array.data_type().clone());
    let field = Arc::new(Field::new("", data_type, true));
    if !is_stream
        && arrays.len() == 1
        && let Some(array) = arrays.pop()
    {
        return Ok(Py::new(py, ArrowArray { field, array })?.into_any());
    }
    Ok(Py::new(py, ArrowChunkedArray { field, arrays })?.into_any())
}

#[pymethods]
impl ArrowArray {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    /// The value of a row, or the rows of a slice.
    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match values::indexed(std::slice::from_ref(&self.array), index)? {
            Indexed::Value(value) => Ok(value),
            Indexed::Slice(mut arrays) => ArrowArray {
                field: self.field.clone(),
                array: arrays.pop().unwrap_or_else(|| self.array.slice(0, 0)),
            }
            .into_bound_py_any(index.py()),
        }
    }

    fn __iter__(&self) -> ArrowIterator {
        ArrowIterator::new(vec![self.array.clone()])
    }

    /// The values as a list: str, int, bool or lists of them, and None for null.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        values::values(py, std::slice::from_ref(&self.array))
    }

    fn __repr__(&self) -> String {
        format!(
            "<predial.ArrowArray of {} {}>",
            self.array.len(),
            self.field.data_type()
        )
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.field)
    }

    /// The caller's `requested_schema` is only a wish, and is ignored.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        let array = FFI_ArrowArray::new(&self.array.to_data());
        let array = PyCapsule::new_with_value(py, array, ARRAY)?;
        PyTuple::new(py, [schema_capsule(py, &self.field)?, array])
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        stream_capsule(py, &self.field, vec![self.array.clone()])
    }
}

#[pymethods]
impl ArrowChunkedArray {
    fn __len__(&self) -> usize {
        values::rows(&self.arrays)
    }

    /// The value of a row, or the rows of a slice.
    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match values::indexed(&self.arrays, index)? {
            Indexed::Value(value) => Ok(value),
            Indexed::Slice(arrays) => ArrowChunkedArray {
                field: self.field.clone(),
                arrays,
            }
            .into_bound_py_any(index.py()),
        }
    }

    fn __iter__(&self) -> ArrowIterator {
        ArrowIterator::new(self.arrays.clone())
    }

    /// The values as a list: str, int, bool or lists of them, and None for null.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        values::values(py, &self.arrays)
    }

    fn __repr__(&self) -> String {
        format!(
            "<predial.ArrowChunkedArray of {} {}>",
            self.__len__(),
            self.field.data_type()
        )
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.field)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        stream_capsule(py, &self.field, self.arrays.clone())
    }
}

pub(in crate::python) fn schema_capsule<'py>(
    py: Python<'py>,
    field: &Field,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(field).map_err(refused)?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

pub(in crate::python) fn stream_capsule<'py>(
    py: Python<'py>,
    field: &FieldRef,
    arrays: Vec<ArrayRef>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let stream = stream_of(field.clone(), arrays.into_iter());
    PyCapsule::new_with_value(py, stream, STREAM)
}

/// The state of a stream between calls. arrow-array can only export streams of record batches, so
/// this module has its own.
struct Streamed {
    field: FieldRef,
    arrays: std::vec::IntoIter<ArrayRef>,
    error: CString,
}

/// The arrays as a stream of Arrow's C data interface.
fn stream_of(field: FieldRef, arrays: std::vec::IntoIter<ArrayRef>) -> FFI_ArrowArrayStream {
    let streamed = Box::new(Streamed {
        field,
        arrays,
        error: CString::default(),
    });
    // SAFETY: the four functions take the pointer to the struct that contains them. Its private
    // data is a `Streamed` until `release` drops it.
    unsafe {
        FFI_ArrowArrayStream::new_unchecked(
            Some(get_schema),
            Some(get_next),
            Some(get_last_error),
            Some(release),
            Box::into_raw(streamed).cast::<c_void>(),
        )
    }
}

/// The `Streamed` of a stream that this module made.
///
/// # Safety
/// The pointer is to a stream of [`stream_of`] that has not been released, and no other call on
/// it runs at the same time, which the interface forbids.
unsafe fn streamed<'a>(stream: *mut FFI_ArrowArrayStream) -> &'a mut Streamed {
    unsafe { &mut *(*stream).private_data().cast::<Streamed>() }
}

unsafe extern "C" fn get_schema(
    stream: *mut FFI_ArrowArrayStream,
    out: *mut FFI_ArrowSchema,
) -> c_int {
    // SAFETY: the caller hands in the stream itself, and room for a schema.
    unsafe {
        let streamed = streamed(stream);
        match FFI_ArrowSchema::try_from(streamed.field.as_ref()) {
            Ok(schema) => {
                ptr::write(out, schema);
                0
            }
            Err(error) => {
                streamed.error = CString::new(error.to_string()).unwrap_or_default();
                EINVAL
            }
        }
    }
}

unsafe extern "C" fn get_next(
    stream: *mut FFI_ArrowArrayStream,
    out: *mut FFI_ArrowArray,
) -> c_int {
    // SAFETY: as above. An empty array, which counts as released, is the end of the stream.
    unsafe {
        let next = streamed(stream).arrays.next();
        let next = next.map_or_else(FFI_ArrowArray::empty, |array| {
            FFI_ArrowArray::new(&array.to_data())
        });
        ptr::write(out, next);
    }
    0
}

unsafe extern "C" fn get_last_error(stream: *mut FFI_ArrowArrayStream) -> *const c_char {
    // SAFETY: as above. The text lives until the next call.
    unsafe { streamed(stream).error.as_ptr() }
}

unsafe extern "C" fn release(stream: *mut FFI_ArrowArrayStream) {
    // SAFETY: as above. The private data is a box that nothing else owns. Without `release` nothing
    // uses it again.
    unsafe {
        drop(Box::from_raw((*stream).private_data().cast::<Streamed>()));
        (*stream).set_private_data(ptr::null_mut());
        (*stream).set_release(None);
    }
}
