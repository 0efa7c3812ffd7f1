//! Columns as texts or as row numbers, from any type that has them.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float16Type,
    Float32Type, Float64Type,
};
use arrow_array::{
    Array, ArrayAccessor, ArrayRef, ArrowPrimitiveType, LargeStringArray, PrimitiveArray,
    StringArray, StringViewArray, downcast_dictionary_array, downcast_integer,
    downcast_integer_array,
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

use super::cell_json::{JsonEncoder, JsonText, TextForm};
use super::run::ColumnError;
use super::texts::Layout;

/// The text of a row; `None` if the row is null or its type has no text.
pub(super) type TextOfRow<'a> = dyn Fn(usize) -> Option<Cow<'a, str>> + 'a;

/// The same for an array of texts.
pub(super) type BorrowedText<'a> = dyn Fn(usize) -> Option<&'a str> + 'a;

/// The texts of an array: digits for numbers, JSON for lists, structs and maps.
pub(super) fn texts_of(array: &dyn Array) -> Box<TextOfRow<'_>> {
    macro_rules! integers {
        ($type:ty) => {
            shown(array.as_primitive::<$type>(), |number| number.to_string())
        };
    }
    downcast_integer! {
        array.data_type() => (integers),
        DataType::Utf8 => borrowed(array.as_string::<i32>()),
        DataType::LargeUtf8 => borrowed(array.as_string::<i64>()),
        DataType::Utf8View => borrowed(array.as_string_view()),
        DataType::Boolean => {
            let array = array.as_boolean();
            Box::new(|row| array.is_valid(row).then(|| array.value(row).to_string().into()))
        }
        DataType::Float16 => shown(array.as_primitive::<Float16Type>(), |number| number.to_string()),
        DataType::Float32 => shown(array.as_primitive::<Float32Type>(), |number| {
            float_text(number, number.is_finite())
        }),
        DataType::Float64 => shown(array.as_primitive::<Float64Type>(), |number| {
            float_text(number, number.is_finite())
        }),
        DataType::Decimal32(..) => decimals::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimals::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        DataType::Dictionary(..) => downcast_dictionary_array! {
            array => {
                let (keys, values) = (array.keys(), texts_of(array.values().as_ref()));
                Box::new(move |row| match keys.is_valid(row) {
                    true => values(keys.value(row).as_usize()),
                    false => None,
                })
            },
            _ => Box::new(|_| None),
        },
        _ => json_texts(array),
    }
}

fn borrowed<'a, A: ArrayAccessor<Item = &'a str> + 'a>(array: A) -> Box<TextOfRow<'a>> {
    Box::new(move |row| array.is_valid(row).then(|| array.value(row).into()))
}

fn shown<'a, T: ArrowPrimitiveType>(
    array: &'a PrimitiveArray<T>,
    show: fn(T::Native) -> String,
) -> Box<TextOfRow<'a>> {
    Box::new(move |row| array.is_valid(row).then(|| show(array.value(row)).into()))
}

fn decimals<T: DecimalType>(array: &dyn Array) -> Box<TextOfRow<'_>> {
    let array = array.as_primitive::<T>();
    Box::new(|row| {
        array
            .is_valid(row)
            .then(|| array.value_as_string(row).into())
    })
}

/// Digits as in JSON, without a plus in the exponent; NaN and infinity as words.
fn float_text<T: serde::Serialize + Display>(number: T, is_finite: bool) -> String {
    match is_finite {
        true => serde_json::to_string(&number)
            .unwrap_or_default()
            .replace("e+", "e"),
        false => number.to_string(),
    }
}

/// The longest JSON of a value that is shown as text: 64 MiB.
const LONGEST: usize = 1 << 26;

fn json_texts(array: &dyn Array) -> Box<TextOfRow<'_>> {
    let Ok(encoder) = JsonEncoder::new(array, TextForm::Plain) else {
        return Box::new(|_| None);
    };
    Box::new(move |row| {
        if encoder.is_null(row) {
            return None;
        }
        let mut text = JsonText::new(LONGEST);
        encoder.write(row, &mut text);
        let text = Some(text.bytes).filter(|text| text.len() <= LONGEST)?;
        String::from_utf8(text).ok().map(Cow::Owned)
    })
}

/// The texts of an array in any of the three layouts; no texts for another type.
pub(super) fn texts_in_layout<'a>(array: &'a dyn Array) -> Box<BorrowedText<'a>> {
    fn of<'a>(array: impl ArrayAccessor<Item = &'a str> + 'a) -> Box<BorrowedText<'a>> {
        Box::new(move |row| array.is_valid(row).then(|| array.value(row)))
    }
    match array.data_type() {
        DataType::Utf8 => of(array.as_string::<i32>()),
        DataType::LargeUtf8 => of(array.as_string::<i64>()),
        DataType::Utf8View => of(array.as_string_view()),
        _ => Box::new(|_| None),
    }
}

/// An array of texts in a layout.
///
/// # Errors
/// [`ColumnError::TooLong`].
pub(super) fn text_array<T: AsRef<str>>(
    layout: Layout,
    texts: impl Iterator<Item = Option<T>>,
) -> Result<ArrayRef, ColumnError> {
    Ok(match layout {
        Layout::Small => Arc::new(small_texts(texts, SMALL_BYTES)?),
        Layout::Large => Arc::new(texts.collect::<LargeStringArray>()),
        Layout::Views => Arc::new(texts.collect::<StringViewArray>()),
    })
}

/// The most bytes that offsets of 32 bits can address.
const SMALL_BYTES: usize = i32::MAX as usize;

fn small_texts<T: AsRef<str>>(
    texts: impl Iterator<Item = Option<T>>,
    limit: usize,
) -> Result<StringArray, ColumnError> {
    let mut array = StringBuilder::new();
    for text in texts {
        let text = text.as_ref().map(AsRef::as_ref);
        let length = array.values_slice().len() + text.map_or(0, str::len);
        if length > limit {
            return Err(ColumnError::TooLong);
        }
        array.append_option(text);
    }
    Ok(array.finish())
}

/// Integers as row numbers; `None` if the array has another type. A null or negative value is not a
/// row number.
pub fn row_numbers(array: &ArrayRef) -> Option<Vec<Option<u64>>> {
    downcast_integer_array! {
        array => {
            let numbers = array.iter().map(|number| Some(number?.to_usize()? as u64));
            Some(numbers.collect())
        },
        _ => None,
    }
}

/// Calls `take` with each text that is not null; `None` if the array does not hold texts.
pub fn each_text(array: &ArrayRef, take: impl FnMut(&str)) -> Option<()> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().flatten().for_each(take),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().flatten().for_each(take),
        DataType::Utf8View => array.as_string_view().iter().flatten().for_each(take),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_as_long_as_their_offsets_allow() {
        let texts = || ["79123456789", "", "+3"].into_iter().map(Some);
        let array = small_texts(texts(), 13).unwrap();
        assert!(array.iter().eq(texts()));
        assert_eq!(small_texts(texts(), 12), Err(ColumnError::TooLong));
    }
}
