//! Streams of Arrow's C interface from exporters.

use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field, FieldRef};

use crate::columns::preflight;

/// The arrays of a stream, not validated.
pub(super) struct Stream {
    stream: FFI_ArrowArrayStream,
    field: FieldRef,
}

impl Stream {
    /// # Errors
    /// The stream was released, or has a type that arrow-array doesn't know.
    pub fn new(mut stream: FFI_ArrowArrayStream) -> Result<Stream, ArrowError> {
        let (Some(_), Some(get_schema)) = (stream.release(), stream.get_schema()) else {
            let why = "the Arrow stream was released before";
            return Err(ArrowError::CDataInterface(why.to_owned()));
        };
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the stream was not released, and the schema is one to be written to.
        if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 {
            return Err(failure(&mut stream));
        }
        let field = Arc::new(field_of(&schema)?);
        Ok(Stream { stream, field })
    }

    /// The type of the arrays.
    pub fn field(&self) -> &FieldRef {
        &self.field
    }
}

impl Iterator for Stream {
    type Item = Result<ArrayData, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut array = FFI_ArrowArray::empty();
        let get_next = self.stream.get_next()?;
        // SAFETY: the stream is released when it is dropped, and the array is one to be written to.
        if unsafe { get_next(&raw mut self.stream, &raw mut array) } != 0 {
            return Some(Err(failure(&mut self.stream)));
        }
        if array.is_released() {
            return None;
        }
        Some(taken(array, self.field.data_type()))
    }
}

/// The field that a schema describes.
pub(super) fn field_of(schema: &FFI_ArrowSchema) -> Result<Field, ArrowError> {
    // SAFETY: the exporter has filled the struct as the interface says.
    unsafe { preflight::check_schema(schema)? };
    Field::try_from(schema).map_err(|error| match error {
        ArrowError::CDataInterface(why) => {
            ArrowError::CDataInterface(format!("{why}; cast the column to another type"))
        }
        other => other,
    })
}

/// Takes over an array that is not released, as an array of its exporter's type.
pub(super) fn taken(
    mut array: FFI_ArrowArray,
    data_type: &DataType,
) -> Result<ArrayData, ArrowError> {
    // SAFETY: the exporter has filled the struct as the interface says. Everything that can be
    // checked is checked first. The exporter guarantees that the buffers are as large as the
    // array's counts and last offsets say, which nothing here could test.
    unsafe {
        preflight::check(&mut array, data_type)?;
        from_ffi_and_data_type(array, data_type.clone())
    }
}

fn failure(stream: &mut FFI_ArrowArrayStream) -> ArrowError {
    let given = match stream.get_last_error() {
        // SAFETY: the stream was not released, and has just failed.
        Some(get_last_error) => unsafe { get_last_error(stream) },
        None => ptr::null(),
    };
    let why = match given.is_null() {
        true => "no reason was given".to_owned(),
        // SAFETY: it is a C string, valid until the next call on the stream.
        false => unsafe { CStr::from_ptr(given) }
            .to_string_lossy()
            .into_owned(),
    };
    ArrowError::CDataInterface(format!("the Arrow stream has failed: {why}"))
}
