//! Columns and tables that other libraries export.

use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, make_array, new_empty_array};
use arrow_buffer::NullBuffer;
use arrow_data::{ArrayData, layout};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Metadata};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyIterator, PyString, PyTuple};

use super::stream::{Stream, field_of, taken};
use super::{ARRAY, SCHEMA, STREAM, message, refused};
use crate::batch::Broken;
use crate::columns::{self, Batches, BatchesError};
use crate::python::args;

/// The arrays of a column, all of one type.
pub(in crate::python) struct ColumnArrays {
    pub arrays: Vec<ArrayRef>,
    /// Whether they came as a stream; otherwise there is exactly one.
    pub is_stream: bool,
}

/// The values of a column.
pub(in crate::python) enum ColumnValues<'py> {
    /// Arrow arrays.
    Arrow(ColumnArrays),
    /// Any other object, which may be a sequence.
    Other(Bound<'py, PyAny>),
}

/// The values of an object that exports the interface. Any other object is returned as it is, and a
/// pandas column whose values have no common type in Arrow as a list.
///
/// # Errors
/// ValueError for an array that is broken; what the exporter raises.
pub(in crate::python) fn column_values<'py>(
    values: &Bound<'py, PyAny>,
) -> PyResult<ColumnValues<'py>> {
    let values = &vetted(values)?;
    let Some(exported) = exported(values)? else {
        return Ok(ColumnValues::Other(values.clone()));
    };
    let Exported {
        field,
        arrays,
        is_stream,
    } = exported;
    let arrays: Result<Vec<ArrayRef>, BatchesError> = values.py().detach(|| {
        arrays
            .map(|data| Ok(column_array(data?, is_stream)?))
            .collect()
    });
    let mut arrays = arrays.map_err(raised)?;
    if arrays.is_empty() {
        arrays.push(empty_column(field.data_type()));
    }
    Ok(ColumnValues::Arrow(ColumnArrays { arrays, is_stream }))
}

/// Arrays in order, not validated.
struct Exported {
    /// Their type.
    field: FieldRef,
    arrays: Box<dyn Iterator<Item = Result<ArrayData, BatchesError>> + Send>,
    is_stream: bool,
}

/// The arrays that an object exports, one or a stream of them; `None` if it exports none. The
/// object was checked by [`vetted`].
fn exported(source: &Bound<'_, PyAny>) -> PyResult<Option<Exported>> {
    if let Some(export) = source.getattr_opt("__arrow_c_array__")? {
        let data = import_array(&export.call0()?)?;
        let field = Field::new("", data.data_type().clone(), false);
        return Ok(Some(Exported {
            field: Arc::new(field),
            arrays: Box::new(std::iter::once(Ok(data))),
            is_stream: false,
        }));
    }
    if let Some(schema) = source.getattr_opt("predial_batch_schema")? {
        let capsule = schema.call_method0("__arrow_c_schema__")?;
        let capsule = capsule.cast_into::<PyCapsule>()?;
        let field = field_of(schema_of(&capsule)?).map_err(refused)?;
        let batches = PyBatches {
            data_type: field.data_type().clone(),
            batches: source.try_iter()?.unbind(),
        };
        return Ok(Some(Exported {
            field: Arc::new(field),
            arrays: Box::new(batches),
            is_stream: true,
        }));
    }
    let Some(export) = source.getattr_opt("__arrow_c_stream__")? else {
        return Ok(None);
    };
    let stream = import_stream(&export.call0()?)?;
    Ok(Some(Exported {
        field: stream.field().clone(),
        arrays: Box::new(stream.map(|data| {
            Python::attach(|py| py.check_signals())?;
            data.map_err(BatchesError::from)
        })),
        is_stream: true,
    }))
}

/// An object of pyarrow or pandas after a check by pyarrow, which knows the sizes of the buffers,
/// or the list of its values; a lazy frame of Polars after it was collected; any other object
/// unchanged.
fn vetted<'py>(source: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    for class in source.get_type().mro() {
        let Ok(module) = class.getattr("__module__")?.extract::<String>() else {
            continue;
        };
        let package = module.split('.').next().unwrap_or_default();
        if matches!(package, "pyarrow" | "pandas" | "polars") {
            let columnar = source.py().import("predial._columnar")?;
            return columnar.call_method1("vetted", (source,));
        }
    }
    Ok(source.clone())
}

fn import_array(pair: &Bound<'_, PyAny>) -> PyResult<ArrayData> {
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) =
        pair.cast::<PyTuple>()?.extract()?;
    let field = field_of(schema_of(&schema)?).map_err(refused)?;
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: a capsule of this name contains this struct, which is valid as long as the capsule;
    // the capsule outlives this function. Moving the array out marks it as released there.
    let array = unsafe { FFI_ArrowArray::from_raw(array.as_ptr()) };
    if array.is_released() {
        return Err(PyValueError::new_err("the Arrow array was released before"));
    }
    taken(array, field.data_type()).map_err(refused)
}

/// The schema in a capsule; the capsule keeps it.
fn schema_of<'a>(capsule: &'a Bound<'_, PyCapsule>) -> PyResult<&'a FFI_ArrowSchema> {
    let schema = capsule
        .pointer_checked(Some(SCHEMA))?
        .cast::<FFI_ArrowSchema>();
    // SAFETY: a capsule of this name contains this struct, which is valid as long as the capsule.
    Ok(unsafe { schema.as_ref() })
}

fn import_stream(capsule: &Bound<'_, PyAny>) -> PyResult<Stream> {
    let stream = capsule
        .cast::<PyCapsule>()?
        .pointer_checked(Some(STREAM))?
        .cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name contains this struct, which is valid as long as the capsule;
    // the capsule outlives this function. Moving the stream out marks it as released there.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    Stream::new(stream).map_err(refused)
}

/// Batches of pyarrow from a Python iterator. A text instead of a batch describes the damage of the
/// file that they come from.
struct PyBatches {
    data_type: DataType,
    batches: Py<PyIterator>,
}

impl Iterator for PyBatches {
    type Item = Result<ArrayData, BatchesError>;

    fn next(&mut self) -> Option<Self::Item> {
        Python::attach(|py| {
            if let Err(error) = py.check_signals() {
                return Some(Err(error.into()));
            }
            let batch = self.batches.bind(py).clone().next()?;
            Some(
                batch
                    .map_err(BatchesError::from)
                    .and_then(|batch| self.data(&batch)),
            )
        })
    }
}

impl PyBatches {
    fn data(&self, batch: &Bound<'_, PyAny>) -> Result<ArrayData, BatchesError> {
        if let Ok(damage) = batch.cast::<PyString>() {
            return Err(Broken(damage.to_string()).into());
        }
        let data = import_array(&batch.call_method0("__arrow_c_array__")?)?;
        match *data.data_type() == self.data_type {
            true => Ok(data),
            false => Err(PyValueError::new_err("the columns differ from batch to batch").into()),
        }
    }
}

/// The exception for the error that ended a stream: one of Python's own, an [`ArrowError`] or, for
/// a file, a [`Broken`].
pub(in crate::python) fn raised(error: BatchesError) -> PyErr {
    match error.downcast::<PyErr>() {
        Ok(error) => *error,
        Err(error) => match error.downcast::<ArrowError>() {
            Ok(error) => refused(*error),
            Err(error) => PyValueError::new_err(error.to_string()),
        },
    }
}

/// The array of a column, validated as far as its check needs it. In a stream of tables with one
/// column, the array is that column.
fn column_array(data: ArrayData, is_stream: bool) -> Result<ArrayRef, ArrowError> {
    let whole = |error| broken(None, error);
    let data = match data.data_type() {
        DataType::Struct(fields) if is_stream && fields.len() == 1 => {
            data.validate().map_err(whole)?;
            only_column(&data)?
        }
        _ => data,
    };
    columns::validate_column(&data).map_err(whole)?;
    Ok(make_array(data))
}

/// The only column of a struct; null where the struct is.
fn only_column(data: &ArrayData) -> Result<ArrayData, ArrowError> {
    let column = data.child_data()[0].slice(data.offset(), data.len());
    match data.nulls() {
        Some(nulls) if layout(column.data_type()).can_contain_null_mask => {
            let nulls = NullBuffer::union(Some(nulls), column.nulls());
            column.into_builder().nulls(nulls).build()
        }
        _ => Ok(column),
    }
}

fn empty_column(data_type: &DataType) -> ArrayRef {
    match data_type {
        DataType::Struct(fields) if fields.len() == 1 => new_empty_array(fields[0].data_type()),
        other => new_empty_array(other),
    }
}

/// A table as it comes in.
pub(in crate::python) struct ArrowTable {
    /// Its columns and its metadata.
    pub columns: Fields,
    pub metadata: Metadata,
    /// Its rows, as structs, each validated in full.
    pub batches: Batches<'static>,
}

/// The table of an object that exports the interface; `None` for any other object.
///
/// # Errors
/// TypeError for a column, which is not a table; what the exporter raises. The batches fail with a
/// ValueError if they are broken.
pub(in crate::python) fn table(source: &Bound<'_, PyAny>) -> PyResult<Option<ArrowTable>> {
    let source = &vetted(source)?;
    let Some(Exported { field, arrays, .. }) = exported(source)? else {
        return Ok(None);
    };
    let DataType::Struct(columns) = field.data_type() else {
        return Err(PyTypeError::new_err(
            "the source is one column, and a table of jobs is needed; check_phones and check_zones \
             take one column",
        ));
    };
    let form = form_of_file(source)?;
    let batches = arrays.map(move |data| -> Result<ArrayRef, BatchesError> {
        let error = match batch_array(data?) {
            Ok(batch) => return Ok(batch),
            Err(error) => error.downcast::<ArrowError>()?,
        };
        Err(match &form {
            Some(form) => Broken(damage(form, &message(*error))).into(),
            None => error,
        })
    });
    Ok(Some(ArrowTable {
        columns: columns.clone(),
        metadata: field.metadata().clone(),
        batches: Box::new(batches),
    }))
}

/// The format of the file that a table is read from: Parquet or Arrow.
fn form_of_file(source: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let form = source.getattr_opt("predial_form")?;
    form.map_or(Ok(None), |form| form.extract())
}

fn damage(form: &str, why: &str) -> String {
    format!("the {form} file is damaged: {why}")
}

/// The damage of a file that can't be opened as a table, or whose columns can't be read because of
/// this error; `None` for any other source.
pub(in crate::python) fn damage_of(
    source: &Bound<'_, PyAny>,
    error: Option<&PyErr>,
) -> PyResult<Option<String>> {
    if let Some(why) = source.getattr_opt("predial_damage")? {
        return why.extract().map(Some);
    }
    let error = error.filter(|error| error.is_instance_of::<PyValueError>(source.py()));
    match error.zip(form_of_file(source)?) {
        Some((error, form)) => Ok(Some(damage(&form, &error.value(source.py()).to_string()))),
        None => Ok(None),
    }
}

/// The array of a table's batch; its columns are validated in full.
fn batch_array(data: ArrayData) -> Result<ArrayRef, BatchesError> {
    let DataType::Struct(fields) = data.data_type() else {
        return Err(ArrowError::SchemaError("a batch is not a table".to_owned()).into());
    };
    for (field, column) in fields.iter().zip(data.child_data()) {
        for piece in pieces(column) {
            Python::attach(|py| py.check_signals())?;
            piece
                .validate_full()
                .map_err(|error| broken(Some(field.name()), error))?;
        }
    }
    let whole = |error| broken(None, error);
    data.validate().map_err(whole)?;
    data.validate_nulls().map_err(whole)?;
    Ok(make_array(data))
}

/// How many rows are validated at a time.
const PIECE: usize = 1 << 22;

/// A column in pieces, so that signals are handled between them. If a column refers to shared data,
/// such as the values of a dictionary, each piece would validate these again, so such a column is
/// one piece.
fn pieces(column: &ArrayData) -> impl Iterator<Item = ArrayData> + '_ {
    let rows = match column.child_data().is_empty() {
        true => PIECE,
        false => column.len().max(1),
    };
    let starts = (0..column.len().max(1)).step_by(rows);
    starts.map(move |from| column.slice(from, rows.min(column.len() - from)))
}

/// The error for an array that does not match its type.
fn broken(column: Option<&str>, error: ArrowError) -> ArrowError {
    let why = message(error);
    let why = match column {
        Some(name) => format!("the column {name:?} is broken: {why}"),
        None => format!("the Arrow array is broken: {why}"),
    };
    ArrowError::InvalidArgumentError(why)
}

/// The exception for an object that is not a table.
pub(in crate::python) fn not_a_table(source: &Bound<'_, PyAny>) -> PyErr {
    let takes = "a data frame, which exports Arrow's PyCapsule interface";
    args::wrong_type("table", takes, source)
}
