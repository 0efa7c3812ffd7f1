//! Arrow's PyCapsule interface: columns and tables from any library that exports them, and for any
//! library that imports them, without a copy of the values.
//!
//! The data cross as Arrow's C data interface. Its structs contain pointers and counts, and only
//! some of the sizes of buffers: the last offset of texts gives the size of their bytes. So an
//! exporter's data is checked in three places, each for what can be known there:
//!
//! 1. pyarrow's own objects, and those of pandas, which pyarrow exports, are checked by pyarrow
//!    against the true sizes of their buffers (`predial._columnar`);
//! 2. the counts and pointers of the structs are checked before arrow-array follows them
//!    (`crate::columns::preflight`);
//! 3. arrays are validated in full once they are arrow-array's ([`import`]), the texts and keys of a
//!    single column as they are read (`crate::columns::validate_column`).
//!
//! An exporter other than pyarrow is trusted that its memory reaches as far as its last offset:
//! nothing in the interface would show that it does not.

mod export;
mod import;
mod stream;
mod values;

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

/// The message of an error, without the name of its kind.
fn message(error: ArrowError) -> String {
    match error {
        ArrowError::CDataInterface(why)
        | ArrowError::InvalidArgumentError(why)
        | ArrowError::SchemaError(why) => why,
        other => other.to_string(),
    }
}
