//! Arrow's PyCapsule interface: columns and tables in from any library that exports one, and out to
//! any that asks, without a copy of the values.
//!
//! What crosses is Arrow's C data interface. Its structs hold pointers and counts, and only some of
//! the buffers' sizes: how long the bytes of texts are follows from the last of their offsets. So
//! what an exporter describes is checked three times, each time for what can be known there:
//!
//! 1. pyarrow's own objects, and those of pandas, which pyarrow exports, are checked by pyarrow
//!    against the true sizes of their buffers (`predial._columnar`);
//! 2. the counts and pointers of the structs are checked before arrow-array follows them
//!    ([`preflight`]);
//! 3. arrays are validated in full once they are arrow-array's ([`import`]), the texts and keys of a
//!    single column as they are read (`crate::columns`).
//!
//! An exporter that is not pyarrow is trusted to have as much memory as its last offset says:
//! nothing in the interface would show that it has less.

mod export;
mod import;
mod preflight;
mod stream;

use std::ffi::CStr;

use arrow_schema::ArrowError;
use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

pub(super) use export::{ArrowArray, ArrowChunkedArray, export, schema_capsule, stream_capsule};
pub(super) use import::{ColumnValues, column_values, damage_of, not_a_table, raised, table};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// The exception for an array that can't be taken.
pub(super) fn refused(error: ArrowError) -> PyErr {
    PyValueError::new_err(message(error))
}

/// What an error says, without the name of its kind.
fn message(error: ArrowError) -> String {
    match error {
        ArrowError::CDataInterface(why)
        | ArrowError::InvalidArgumentError(why)
        | ArrowError::SchemaError(why) => why,
        other => other.to_string(),
    }
}
