//! Streams of Arrow's C interface as exporters give them, which is not always as Arrow has it.
//!
//! An array of nulls has no buffers. Polars gives it one, for a bitmap that says nothing, and
//! arrow-array refuses such an array, and with it a table with one empty column.

use std::ffi::CStr;
use std::ptr::{self, addr_of_mut};
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, make_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef};

/// The arrays of a stream.
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
        let field = Field::try_from(&schema).map_err(|error| match error {
            ArrowError::CDataInterface(why) => {
                ArrowError::CDataInterface(format!("{why}; cast the column to another type"))
            }
            other => other,
        })?;
        let field = Arc::new(field);
        Ok(Stream { stream, field })
    }

    /// What the arrays are.
    pub fn field(&self) -> &FieldRef {
        &self.field
    }
}

impl Iterator for Stream {
    type Item = Result<ArrayRef, ArrowError>;

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
        let data_type = self.field.data_type();
        // SAFETY: the array is of the type that the stream has told, and described by the exporter,
        // whose word is taken for it.
        let data = unsafe {
            without_buffers_of_nulls(&raw mut array, data_type);
            from_ffi_and_data_type(array, data_type.clone())
        };
        Some(data.map(make_array))
    }
}

fn failure(stream: &mut FFI_ArrowArrayStream) -> ArrowError {
    let told = match stream.get_last_error() {
        // SAFETY: the stream was not released, and has just failed.
        Some(get_last_error) => unsafe { get_last_error(stream) },
        None => ptr::null(),
    };
    let why = match told.is_null() {
        true => "no reason was given".to_owned(),
        // SAFETY: it is a C string that lives until the next call of the stream.
        false => unsafe { CStr::from_ptr(told) }
            .to_string_lossy()
            .into_owned(),
    };
    ArrowError::CDataInterface(format!("the Arrow stream has failed: {why}"))
}

/// The head of Arrow's `struct ArrowArray`, whose layout the C data interface fixes.
#[repr(C)]
struct Head {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
}

/// Takes the buffers away from arrays of nulls, wherever they are in the array.
///
/// # Safety
/// The array has to be valid, and of the type.
unsafe fn without_buffers_of_nulls(array: *mut FFI_ArrowArray, data_type: &DataType) {
    // SAFETY: the array is valid, and so is each of its children, one for each of the type's.
    unsafe {
        let child = |place: usize| {
            let there = place < (*array).num_children();
            there.then(|| ptr::from_ref((*array).child(place)).cast_mut())
        };
        match data_type {
            DataType::Null => *addr_of_mut!((*array.cast::<Head>()).n_buffers) = 0,
            DataType::Struct(fields) => {
                for (place, field) in fields.iter().enumerate() {
                    if let Some(child) = child(place) {
                        without_buffers_of_nulls(child, field.data_type());
                    }
                }
            }
            DataType::List(item)
            | DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _)
            | DataType::Map(item, _) => {
                if let Some(child) = child(0) {
                    without_buffers_of_nulls(child, item.data_type());
                }
            }
            _ => {}
        }
    }
}
