//! Columns of phones in the forms that people write.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};

use super::convert::{text_array, texts_of};
use super::run::ColumnError;
use super::texts::Layout;
use crate::phone::{Phone, PhoneForm};

/// The phones of an array of digits in another form, in the same layout of text.
///
/// # Errors
/// [`ColumnError::TooLong`] if the texts exceed what the offsets of the layout can hold.
///
/// ```
/// use arrow_array::{ArrayRef, StringArray, cast::AsArray};
/// use predial::{columns, phone::PhoneForm};
/// let digits: ArrayRef = std::sync::Arc::new(StringArray::from(vec![Some("79123456789"), None]));
/// let written = columns::in_form(&digits, PhoneForm::International)?;
/// assert_eq!(written.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("+7 912 345-67-89"), None]);
/// # Ok::<(), columns::ColumnError>(())
/// ```
pub fn in_form(digits: &ArrayRef, form: PhoneForm) -> Result<ArrayRef, ColumnError> {
    if let Some(dictionary) = digits.as_any_dictionary_opt() {
        return Ok(dictionary.with_values(in_form(dictionary.values(), form)?));
    }
    let texts = texts_of(digits.as_ref());
    let written = (0..digits.len()).map(|row| {
        let phone = Phone::from_digits(texts(row)?.as_bytes())?;
        Some(phone.format(form))
    });
    text_array(Layout::of(digits.data_type()), written)
}
