//! Arrow arrays of predial's own for other libraries, by the PyCapsule interface, without a copy.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, FieldRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use super::{ARRAY, SCHEMA, STREAM, refused};

/// "Invalid argument", the same number on all systems.
const EINVAL: c_int = 22;

/// A column in several Arrow arrays of one type.
///
/// It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
/// `pyarrow.chunked_array(array)`.
#[pyclass(frozen, module = "predial")]
pub(crate) struct ArrowChunkedArray {
    field: FieldRef,
    arrays: Vec<ArrayRef>,
}

/// A column in one Arrow array.
///
/// It exports Arrow's PyCapsule interface without a copy: use `polars.Series(array)` or
/// `pyarrow.array(array)`.
#[pyclass(frozen, module = "predial")]
pub(crate) struct ArrowArray {
    field: FieldRef,
    array: ArrayRef,
}

/// Arrays as Python holds them: one, or a row of them.
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

    /// `requested_schema` is a wish that may be left unfulfilled, and is.
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
        self.arrays.iter().map(|array| array.len()).sum()
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

/// What a stream of ours needs from one call to the next. arrow-array exports streams of record
/// batches alone, hence these few lines.
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
    // SAFETY: the four functions take the pointer to the struct that they stand in, and find a
    // `Streamed` behind its private data until `release` has dropped that.
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

/// The `Streamed` of a stream of ours.
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
    // SAFETY: as above. The private data is a box that nobody else owns; with `release` gone
    // nobody comes back to it.
    unsafe {
        drop(Box::from_raw((*stream).private_data().cast::<Streamed>()));
        (*stream).set_private_data(ptr::null_mut());
        (*stream).set_release(None);
    }
}
