//! Arrow values as JSON text.
//!
//! An encoder is created once for an array, and then writes one value after another. Integers and
//! decimals become numbers, structs and maps become objects, all lists become arrays, and
//! dictionaries and runs become whatever their values become. Dates, times, durations and intervals
//! become texts ([`super::temporal`]). Bytes and unions have no JSON form, and neither have maps
//! whose keys are not texts: see [`has_json`].
//!
//! Floats are written in digits, as `79110000000.0` and not as `7.911e10`: a phone in scientific
//! notation has lost digits. A float may have lost digits too if its neighbours differ from it by
//! more than 1, so such a float is written in scientific notation. NaN and infinity become null.

use std::io::{self, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DecimalType, Float16Type, Float32Type, Float64Type, RunEndIndexType,
};
use arrow_array::{
    Array, ArrayAccessor, BooleanArray, DictionaryArray, ListLikeArray, MapArray, PrimitiveArray,
    RunArray, StructArray, downcast_dictionary_array, downcast_integer, downcast_run_array,
};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::{ArrowError, DataType};

use super::temporal;
use crate::json::{is_array_or_object, on_one_line};

/// Rows of JSON as they are written. Some values have no bound, such as a list with few items in
/// memory and many in JSON: writing such a value stops when its row has reached the limit.
pub(super) struct JsonText {
    pub bytes: Vec<u8>,
    /// The longest row that is allowed.
    limit: usize,
    /// The position at which the current row would reach it.
    end: usize,
}

impl JsonText {
    /// An empty text, for rows of at most this many bytes.
    pub(super) fn new(limit: usize) -> Self {
        JsonText {
            bytes: Vec::new(),
            limit,
            end: limit,
        }
    }

    /// Begins a row after the text so far.
    pub(super) fn begin_row(&mut self) {
        self.end = self.bytes.len().saturating_add(self.limit);
    }

    /// Whether the row is longer than the limit, so that nobody will read it.
    fn is_over(&self) -> bool {
        self.bytes.len() > self.end
    }

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
}

impl Write for JsonText {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a text that is a JSON object or array is written unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextForm {
    /// A text is always a JSON string.
    Plain,
    /// A text may be the JSON of an object or an array.
    MayBeJson,
}

/// Whether all values of a type have a JSON form.
///
/// Bytes have none, and Polars exports Python's own objects as bytes.
pub(super) fn has_json(data_type: &DataType) -> bool {
    match data_type {
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_)
        | DataType::Union(..) => false,
        DataType::Dictionary(_, values) => has_json(values),
        DataType::Struct(fields) => fields.iter().all(|field| has_json(field.data_type())),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => match &fields[..] {
                [key, value] => is_text(key.data_type()) && has_json(value.data_type()),
                _ => false,
            },
            _ => false,
        },
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::RunEndEncoded(_, item) => has_json(item.data_type()),
        _ => true,
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// Writes the values of one array as JSON.
pub(super) struct JsonEncoder<'a> {
    nulls: Option<NullBuffer>,
    cells: Box<dyn JsonCells + 'a>,
}

/// How the values of a type are written.
trait JsonCells {
    /// Whether the value that this row refers to is null although the row itself is not.
    fn refers_to_null(&self, _: usize) -> bool {
        false
    }

    /// Appends the value of this row, which is not null.
    fn write(&self, row: usize, out: &mut JsonText);
}

impl<'a> JsonEncoder<'a> {
    /// The encoder of an array.
    ///
    /// # Errors
    /// Its type has no JSON form (see [`has_json`]), or a key of a map is null.
    pub(super) fn new(array: &'a dyn Array, form: TextForm) -> Result<JsonEncoder<'a>, ArrowError> {
        Ok(JsonEncoder {
            nulls: array.nulls().cloned(),
            cells: json_cells(array, form)?,
        })
    }

    /// The encoder of a struct's column: its values are null where the struct is.
    pub(super) fn within(
        parent: &'a StructArray,
        column: usize,
        form: TextForm,
    ) -> Result<JsonEncoder<'a>, ArrowError> {
        let mut encoder = JsonEncoder::new(parent.column(column).as_ref(), form)?;
        encoder.nulls = NullBuffer::union(encoder.nulls.as_ref(), parent.nulls());
        Ok(encoder)
    }

    /// Whether the value of this row is null.
    #[inline]
    pub(super) fn is_null(&self, row: usize) -> bool {
        let is_null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        is_null || self.cells.refers_to_null(row)
    }

    /// Appends the value of this row, which is not null.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut JsonText) {
        self.cells.write(row, out);
    }

    /// Appends the value of this row.
    fn write_or_null(&self, row: usize, out: &mut JsonText) {
        match self.is_null(row) {
            true => out.put(b"null"),
            false => self.write(row, out),
        }
    }
}

fn json_cells<'a>(
    array: &'a dyn Array,
    form: TextForm,
) -> Result<Box<dyn JsonCells + 'a>, ArrowError> {
    macro_rules! integers {
        ($type:ty) => {
            Box::new(IntegerCells(array.as_primitive::<$type>()))
        };
    }
    Ok(downcast_integer! {
        array.data_type() => (integers),
        DataType::Null => Box::new(NullCells),
        DataType::Boolean => Box::new(array.as_boolean()),
        DataType::Float16 => Box::new(array.as_primitive::<Float16Type>()),
        DataType::Float32 => Box::new(FloatCells(array.as_primitive::<Float32Type>(), 1 << 24)),
        DataType::Float64 => Box::new(FloatCells(array.as_primitive::<Float64Type>(), 1 << 53)),
        DataType::Decimal32(..) => Box::new(DecimalCells(array.as_primitive::<Decimal32Type>())),
        DataType::Decimal64(..) => Box::new(DecimalCells(array.as_primitive::<Decimal64Type>())),
        DataType::Decimal128(..) => Box::new(DecimalCells(array.as_primitive::<Decimal128Type>())),
        DataType::Decimal256(..) => Box::new(DecimalCells(array.as_primitive::<Decimal256Type>())),
        DataType::Utf8 => Box::new(StringCells(array.as_string::<i32>(), form)),
        DataType::LargeUtf8 => Box::new(StringCells(array.as_string::<i64>(), form)),
        DataType::Utf8View => Box::new(StringCells(array.as_string_view(), form)),
        DataType::List(_) => list_cells(array.as_list::<i32>(), form)?,
        DataType::LargeList(_) => list_cells(array.as_list::<i64>(), form)?,
        DataType::ListView(_) => list_cells(array.as_list_view::<i32>(), form)?,
        DataType::LargeListView(_) => list_cells(array.as_list_view::<i64>(), form)?,
        DataType::FixedSizeList(..) => list_cells(array.as_fixed_size_list(), form)?,
        DataType::Struct(_) => Box::new(StructCells::new(array.as_struct())?),
        DataType::Map(..) => Box::new(MapCells::new(array.as_map(), form)?),
        DataType::Dictionary(..) => downcast_dictionary_array! {
            array => dictionary_cells(array, form)?,
            _ => return Err(no_json(array.data_type())),
        },
        DataType::RunEndEncoded(..) => downcast_run_array! {
            array => run_cells(array, form)?,
            _ => return Err(no_json(array.data_type())),
        },
        other => match temporal::texts(array) {
            Some(text) => Box::new(TemporalCells(text)),
            None => return Err(no_json(other)),
        },
    })
}

fn no_json(data_type: &DataType) -> ArrowError {
    ArrowError::InvalidArgumentError(format!("JSON has no form for {data_type}"))
}

/// Appends a text as a JSON string, at most as far as a row may reach.
fn write_string(text: &str, out: &mut JsonText) {
    let text = match text.len() > out.limit {
        true => &text[..end_of_char(text, out.limit.saturating_add(1))],
        false => text,
    };
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// The last position up to `most` that is between two characters.
fn end_of_char(text: &str, most: usize) -> usize {
    let most = most.min(text.len());
    let last = (0..=most).rev().find(|place| text.is_char_boundary(*place));
    last.unwrap_or_default()
}

struct NullCells;

impl JsonCells for NullCells {
    fn refers_to_null(&self, _: usize) -> bool {
        true
    }

    fn write(&self, _: usize, out: &mut JsonText) {
        out.put(b"null");
    }
}

impl JsonCells for &BooleanArray {
    fn write(&self, row: usize, out: &mut JsonText) {
        out.put(if self.value(row) { b"true" } else { b"false" });
    }
}

struct IntegerCells<'a, T: ArrowPrimitiveType>(&'a PrimitiveArray<T>);

impl<T: ArrowPrimitiveType<Native: itoa::Integer>> JsonCells for IntegerCells<'_, T> {
    fn write(&self, row: usize, out: &mut JsonText) {
        let mut digits = itoa::Buffer::new();
        out.put(digits.format(self.0.value(row)).as_bytes());
    }
}

/// Floats, and the first whole number whose successor their type can't represent.
struct FloatCells<'a, T: ArrowPrimitiveType>(&'a PrimitiveArray<T>, u64);

impl<T: ArrowPrimitiveType<Native: Into<f64> + std::fmt::LowerExp>> JsonCells
    for FloatCells<'_, T>
{
    fn write(&self, row: usize, out: &mut JsonText) {
        let FloatCells(numbers, first_inexact) = self;
        let value = numbers.value(row);
        let number: f64 = value.into();
        let _ = match number.is_finite() && number.abs() >= *first_inexact as f64 {
            true => write!(out, "{value:e}"),
            false => serde_json::to_writer(out, &number).map_err(io::Error::from),
        };
    }
}

impl JsonCells for &PrimitiveArray<Float16Type> {
    /// The shortest digits that identify this number among those of 32 bits.
    fn write(&self, row: usize, out: &mut JsonText) {
        let number = self.value(row).to_f32();
        let _ = match number {
            _ if !number.is_finite() => out.write_all(b"null"),
            _ if number != 0.0 && number.abs() < 1e-5 => write!(out, "{number:e}"),
            _ if number.fract() == 0.0 => write!(out, "{number}.0"),
            _ => write!(out, "{number}"),
        };
    }
}

struct DecimalCells<'a, T: DecimalType>(&'a PrimitiveArray<T>);

impl<T: DecimalType> JsonCells for DecimalCells<'_, T> {
    fn write(&self, row: usize, out: &mut JsonText) {
        out.put(self.0.value_as_string(row).as_bytes());
    }
}

/// Dates, times, durations and intervals.
struct TemporalCells<'a>(Box<temporal::WriteText<'a>>);

impl JsonCells for TemporalCells<'_> {
    fn write(&self, row: usize, out: &mut JsonText) {
        // No such text needs an escape.
        let begin = out.bytes.len();
        out.push(b'"');
        match (self.0)(row, &mut out.bytes) {
            Some(()) => out.push(b'"'),
            None => {
                out.bytes.truncate(begin);
                out.put(b"null");
            }
        }
    }
}

struct StringCells<A>(A, TextForm);

impl<'a, A: ArrayAccessor<Item = &'a str>> JsonCells for StringCells<A> {
    fn write(&self, row: usize, out: &mut JsonText) {
        let StringCells(texts, form) = self;
        let text = texts.value(row);
        if *form == TextForm::Plain || !is_array_or_object(text.trim()) {
            return write_string(text, out);
        }
        // A line break between tokens would end the line of the row.
        on_one_line(text.trim().as_bytes()).for_each(|part| out.put(part));
    }
}

struct ListCells<'a, L> {
    lists: &'a L,
    items: JsonEncoder<'a>,
}

fn list_cells<'a, L: ListLikeArray>(
    lists: &'a L,
    form: TextForm,
) -> Result<Box<dyn JsonCells + 'a>, ArrowError> {
    let items = JsonEncoder::new(lists.values().as_ref(), form)?;
    Ok(Box::new(ListCells { lists, items }))
}

impl<L: ListLikeArray> JsonCells for ListCells<'_, L> {
    fn write(&self, row: usize, out: &mut JsonText) {
        out.push(b'[');
        for (place, item) in self.lists.element_range(row).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            if out.is_over() {
                return;
            }
            self.items.write_or_null(item, out);
        }
        out.push(b']');
    }
}

/// Writes the members of an object that are not null.
pub(super) struct Members<'o> {
    out: &'o mut JsonText,
    has_any: bool,
}

impl<'o> Members<'o> {
    /// Begins an object.
    pub(super) fn begin(out: &'o mut JsonText) -> Self {
        out.push(b'{');
        Members {
            out,
            has_any: false,
        }
    }

    /// The output for the value of the next member.
    pub(super) fn next(&mut self) -> &mut JsonText {
        if self.has_any {
            self.out.push(b',');
        }
        self.has_any = true;
        self.out
    }

    /// Ends the object.
    pub(super) fn end(self) {
        self.out.push(b'}');
    }
}

/// The name of a member as it is written: a JSON string and a colon.
pub(super) fn member_name(name: &str) -> Vec<u8> {
    let mut written = JsonText::new(usize::MAX);
    write_string(name, &mut written);
    written.push(b':');
    written.bytes
}

struct StructCells<'a>(Vec<(Vec<u8>, JsonEncoder<'a>)>);

impl<'a> StructCells<'a> {
    fn new(structs: &'a StructArray) -> Result<Self, ArrowError> {
        let fields = structs.fields().iter().zip(structs.columns());
        let fields = fields.map(|(field, column)| {
            let encoder = JsonEncoder::new(column.as_ref(), TextForm::Plain)?;
            Ok((member_name(field.name()), encoder))
        });
        fields.collect::<Result<_, _>>().map(StructCells)
    }
}

impl JsonCells for StructCells<'_> {
    fn write(&self, row: usize, out: &mut JsonText) {
        let mut members = Members::begin(out);
        for (name, encoder) in &self.0 {
            if !encoder.is_null(row) {
                let out = members.next();
                out.put(name);
                encoder.write(row, out);
            }
        }
        members.end();
    }
}

struct MapCells<'a> {
    maps: &'a MapArray,
    keys: JsonEncoder<'a>,
    values: JsonEncoder<'a>,
}

impl<'a> MapCells<'a> {
    fn new(maps: &'a MapArray, form: TextForm) -> Result<Self, ArrowError> {
        let (keys, values) = (maps.keys(), maps.values());
        if !is_text(keys.data_type()) {
            return Err(no_json(maps.data_type()));
        }
        if keys.null_count() > 0 || maps.entries().null_count() > 0 {
            let why = "a key of a map is null".to_owned();
            return Err(ArrowError::InvalidArgumentError(why));
        }
        Ok(MapCells {
            maps,
            keys: JsonEncoder::new(keys.as_ref(), TextForm::Plain)?,
            values: JsonEncoder::new(values.as_ref(), form)?,
        })
    }
}

impl JsonCells for MapCells<'_> {
    fn write(&self, row: usize, out: &mut JsonText) {
        let offsets = self.maps.value_offsets();
        let mut members = Members::begin(out);
        for entry in offsets[row].as_usize()..offsets[row + 1].as_usize() {
            if members.out.is_over() {
                return;
            }
            if !self.values.is_null(entry) {
                let out = members.next();
                self.keys.write(entry, out);
                out.push(b':');
                self.values.write(entry, out);
            }
        }
        members.end();
    }
}

struct DictionaryCells<'a, K: ArrowDictionaryKeyType> {
    keys: &'a PrimitiveArray<K>,
    values: JsonEncoder<'a>,
}

fn dictionary_cells<'a, K: ArrowDictionaryKeyType>(
    array: &'a DictionaryArray<K>,
    form: TextForm,
) -> Result<Box<dyn JsonCells + 'a>, ArrowError> {
    let values = JsonEncoder::new(array.values().as_ref(), form)?;
    let keys = array.keys();
    Ok(Box::new(DictionaryCells { keys, values }))
}

impl<K: ArrowDictionaryKeyType> JsonCells for DictionaryCells<'_, K> {
    fn refers_to_null(&self, row: usize) -> bool {
        self.keys.is_null(row) || self.values.is_null(self.keys.value(row).as_usize())
    }

    fn write(&self, row: usize, out: &mut JsonText) {
        self.values.write(self.keys.value(row).as_usize(), out);
    }
}

struct RunCells<'a, R: RunEndIndexType> {
    runs: &'a RunArray<R>,
    values: JsonEncoder<'a>,
}

fn run_cells<'a, R: RunEndIndexType>(
    runs: &'a RunArray<R>,
    form: TextForm,
) -> Result<Box<dyn JsonCells + 'a>, ArrowError> {
    let values = JsonEncoder::new(runs.values().as_ref(), form)?;
    Ok(Box::new(RunCells { runs, values }))
}

impl<R: RunEndIndexType> JsonCells for RunCells<'_, R> {
    fn refers_to_null(&self, row: usize) -> bool {
        self.values.is_null(self.runs.get_physical_index(row))
    }

    fn write(&self, row: usize, out: &mut JsonText) {
        self.values.write(self.runs.get_physical_index(row), out);
    }
}
