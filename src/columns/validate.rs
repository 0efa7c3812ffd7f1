//! Whether an array that somebody else made refers only to what it has.
//!
//! `ArrayData::validate` looks at the sizes of buffers and children, and `validate_full` at every
//! offset, key and text as well. The cells of a column of texts, numbers or keys of such are read with
//! bounds of their own, and as bytes that need not be UTF-8 (see [`super::cells`] and
//! [`super::dictionary`]), so the first is enough for these. All else needs the second.

use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType};

/// Validates a column before it is checked.
///
/// # Errors
/// What is wrong with it.
pub fn validate_column(data: &ArrayData) -> Result<(), ArrowError> {
    match is_checked_as_read(data.data_type()) {
        true => data.validate(),
        false => data.validate_full(),
    }
}

fn is_checked_as_read(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => {
            !matches!(**values, DataType::Dictionary(..)) && is_checked_as_read(values)
        }
        other => !other.is_nested() && !matches!(other, DataType::RunEndEncoded(..)),
    }
}
