//! Arrow's PyCapsule interface: columns in from any object that exports one, and out to any reader,
//! without a copy of the values.
//!
//! What crosses is Arrow's C data interface, whose structs
//! hold pointers that only the two sides' word vouches for: an exporter is trusted to describe
//! memory that is there. What the memory holds is not trusted any further.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, make_array, new_empty_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Metadata};
use pyo3::exceptions::{PyException, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use super::args;
use super::stream::Stream;
use crate::columns::Batches;

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// "Invalid argument", the same number on all systems.
const EINVAL: c_int = 22;

/// Arrays of one type, as an exporter gave them.
pub(super) struct Imported {
    pub arrays: Vec<ArrayRef>,
    /// They came by one by one; else there is exactly one.
    pub is_stream: bool,
}

/// The values of a column.
pub(super) enum Values<'py> {
    /// They are Arrow's.
    Arrow(Imported),
    /// They may be a sequence.
    Other(Bound<'py, PyAny>),
}

/// The values of an object that exports the interface, or what is to be taken for a sequence:
/// any other object, or the list of a column whose values Arrow has no one type for.
///
/// # Errors
/// What the exporter raises.
pub(super) fn values<'py>(values: &Bound<'py, PyAny>) -> PyResult<Values<'py>> {
    if let Some(export) = values.getattr_opt("__arrow_c_array__")? {
        return import_array(&export.call0()?).map(Values::Arrow);
    }
    match import_stream(values) {
        Ok(Some(reader)) => collect(values.py(), reader).map(Values::Arrow),
        Ok(None) => Ok(Values::Other(values.clone())),
        Err(error) => match values.getattr_opt("tolist")? {
            Some(list) if error.is_instance_of::<PyException>(values.py()) => {
                list.call0().map(Values::Other)
            }
            _ => Err(error),
        },
    }
}

fn import_array(pair: &Bound<'_, PyAny>) -> PyResult<Imported> {
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = pair.extract()?;
    let schema = schema
        .pointer_checked(Some(SCHEMA))?
        .cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: capsules of these names hold these structs, valid as long as the capsules are,
    // which outlive this function. The array is moved out, which marks it as released there; the
    // schema stays the capsule's.
    let data = unsafe {
        let array = FFI_ArrowArray::from_raw(array.as_ptr());
        if array.is_released() {
            return Err(PyValueError::new_err("the Arrow array was released before"));
        }
        from_ffi(array, schema.as_ref())
    };
    Ok(Imported {
        arrays: vec![make_array(data.map_err(refused)?)],
        is_stream: false,
    })
}

/// The reader of an object that exports a stream; `None` for any other object.
pub(super) fn import_stream(values: &Bound<'_, PyAny>) -> PyResult<Option<Stream>> {
    let Some(export) = values.getattr_opt("__arrow_c_stream__")? else {
        return Ok(None);
    };
    let capsule = export.call0()?.cast_into::<PyCapsule>()?;
    let stream = capsule
        .pointer_checked(Some(STREAM))?
        .cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds this struct, valid as long as the capsule is, which
    // outlives this function. The stream is moved out, which marks it as released there.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    Stream::new(stream).map(Some).map_err(refused)
}

/// All arrays of a stream, or an empty one if it has none; of a table that has one column,
/// the arrays of that. Whoever makes them may need the interpreter on another thread.
fn collect(py: Python<'_>, reader: Stream) -> PyResult<Imported> {
    let data_type = reader.field().data_type().clone();
    let arrays: Result<Vec<ArrayRef>, _> = py.detach(|| reader.collect());
    let mut arrays = arrays.map_err(refused)?;
    if arrays.is_empty() {
        arrays.push(new_empty_array(&data_type));
    }
    for array in &mut arrays {
        let table = array.as_struct_opt();
        if let Some(table) = table.filter(|table| table.num_columns() == 1) {
            *array = table.column(0).clone();
        }
    }
    Ok(Imported {
        arrays,
        is_stream: true,
    })
}

/// A table as it comes in.
pub(super) struct Table {
    /// Its columns, and what is known of the table as a whole.
    pub columns: Fields,
    pub metadata: Metadata,
    /// Its rows, as structs.
    pub batches: Batches<'static>,
}

/// The table of an object that exports the interface; `None` for any other object.
///
/// # Errors
/// TypeError for what is a column and no table; what the exporter raises.
pub(super) fn table(source: &Bound<'_, PyAny>) -> PyResult<Option<Table>> {
    let (field, batches): (Field, Batches<'static>) = match import_stream(source)? {
        Some(reader) => (reader.field().as_ref().clone(), Box::new(reader)),
        None => {
            let Some(export) = source.getattr_opt("__arrow_c_array__")? else {
                return Ok(None);
            };
            let arrays = import_array(&export.call0()?)?.arrays;
            let data_type = arrays[0].data_type().clone();
            let batches = Box::new(arrays.into_iter().map(Ok));
            (Field::new("", data_type, false), batches)
        }
    };
    let DataType::Struct(columns) = field.data_type() else {
        return Err(PyTypeError::new_err(
            "the source is one column, and no table of jobs; check_phones and check_zones take one",
        ));
    };
    Ok(Some(Table {
        columns: columns.clone(),
        metadata: field.metadata().clone(),
        batches,
    }))
}

/// The error for an object that is not a table.
pub(super) fn no_table(source: &Bound<'_, PyAny>) -> PyErr {
    let takes = "a data frame, which exports Arrow's PyCapsule interface";
    args::wrong_type("table", takes, source)
}

pub(super) fn refused(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

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
pub(super) fn export(
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

pub(super) fn schema_capsule<'py>(
    py: Python<'py>,
    field: &Field,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(field).map_err(refused)?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

pub(super) fn stream_capsule<'py>(
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
