//! Tables held as Arrow: each row is written as the line of JSON that it stands for, and from
//! there on it is judged as any line.
//!
//! Columns are mapped by their names as those of a delimited text are. Unlike there, cells have
//! types: null is a field that is absent, an integer is a JSON number, a struct an object, a
//! timestamp a date-time by RFC 3339. A text in a column whose field is an object or an array may
//! be its JSON.

use std::collections::HashMap;
use std::fmt::LowerExp;
use std::io::{self, Read, Write};
use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{
    AnyDictionaryArray, Array, ArrayRef, LargeStringArray, PrimitiveArray, RecordBatch, StructArray,
};
use arrow_cast::cast;
use arrow_json::writer::{
    Encoder, EncoderFactory, EncoderOptions, LineDelimited, NullableEncoder, WriterBuilder,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit};
use jiff::Timestamp;

use crate::batch::source::table::{Mapping, TableOptions};
use crate::job::KnownField;
use crate::job::parse_whole;

/// The name of the form.
pub(in crate::batch) const ARROW: &str = "arrow";

/// The column of the verdicts in a table that was checked.
pub const VERDICT: &str = "predial";
const OWN_VERDICT: &str = "predial_verdict";

/// Rows that are written at a time.
const ROWS: usize = 8192;

/// Whoever hands over the rows of a table: structs, or anything else where it is none.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<ArrayRef, ArrowError>> + Send + 'a>;

/// The rows of a table as lines of JSON.
pub struct ArrowLines<'a> {
    batches: Batches<'a>,
    jobs: Jobs,
    /// What is left of the batch that is written.
    batch: Option<StructArray>,
    text: Vec<u8>,
    read: usize,
}

impl<'a> ArrowLines<'a> {
    /// The lines of a table with these columns, and what the columns are.
    ///
    /// # Errors
    /// In words, where the options don't fit the columns, or a column has a type that JSON has
    /// no form for.
    pub fn new(
        columns: &Fields,
        batches: Batches<'a>,
        options: &TableOptions,
    ) -> Result<(ArrowLines<'a>, Mapping), String> {
        let names = columns.iter().map(|column| match column.data_type() {
            // The verdicts of an earlier check go the way of a reject file's own columns.
            DataType::Struct(_) if column.name() == VERDICT => OWN_VERDICT,
            _ => column.name().as_str(),
        });
        let names: Vec<&str> = names.collect();
        let mapping = Mapping::of(&names, options, |_| false)?;
        let jobs = Jobs::of(columns, &mapping)?;
        let lines = ArrowLines {
            batches,
            jobs,
            batch: None,
            text: Vec::new(),
            read: 0,
        };
        Ok((lines, mapping))
    }

    /// Writes the next rows; answers whether there were any more.
    fn write_on(&mut self) -> Result<bool, ArrowError> {
        self.text.clear();
        self.read = 0;
        let batch = match self.batch.take() {
            Some(batch) => batch,
            None => match self.batches.next() {
                Some(batch) => batch?.as_struct().clone(),
                None => return Ok(false),
            },
        };
        let rows = batch.len().min(ROWS);
        self.jobs.write(&batch.slice(0, rows), &mut self.text)?;
        let rest = batch.len() - rows;
        self.batch = (rest > 0).then(|| batch.slice(rows, rest));
        Ok(true)
    }
}

impl ArrowLines<'_> {
    /// The JSON of every row.
    ///
    /// # Errors
    /// What a batch fails with.
    pub fn texts(mut self) -> Result<LargeStringArray, ArrowError> {
        let mut texts = LargeStringBuilder::new();
        while self.write_on()? {
            let lines = std::str::from_utf8(&self.text).map_err(|error| {
                ArrowError::InvalidArgumentError(format!("a text is not UTF-8: {error}"))
            })?;
            lines.lines().for_each(|line| texts.append_value(line));
        }
        Ok(texts.finish())
    }
}

impl Read for ArrowLines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() {
            if !self.write_on().map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let rest = &self.text[self.read..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

/// How the rows of a table become jobs.
struct Jobs {
    /// The fields of the jobs, and the column of each.
    fields: Vec<(FieldRef, usize)>,
    /// The keys of payload, and the column of each; the struct of a column that is payload gives
    /// its own.
    payload: Vec<(FieldRef, Place)>,
}

/// Where the values of a key of payload are.
#[derive(Clone, Copy)]
enum Place {
    Column(usize),
    /// A field of a column that is a struct.
    Within(usize, usize),
}

/// Marks a field whose texts may be JSON.
const JSON: (&str, &str) = ("predial", "json");

impl Jobs {
    fn of(columns: &Fields, mapping: &Mapping) -> Result<Jobs, String> {
        let mut jobs = Jobs {
            fields: Vec::new(),
            payload: Vec::new(),
        };
        let fields = mapping
            .fields()
            .map(|(known, column)| (Some(known), column));
        let payload = mapping.payload().map(|(_, column)| (None, column));
        for (known, column) in fields.chain(payload) {
            let column = &columns[column];
            let is_for = match known {
                _ if !has_json(column.data_type()) => "JSON has no form for",
                Some(KnownField::Phone) if !is_cell(column.data_type()) => "no phone is",
                Some(KnownField::GmtZone) if !is_cell(column.data_type()) => "no gmtZone is",
                _ => continue,
            };
            return Err(format!(
                "the column {:?} holds {}, which {is_for}; cast it to text, or leave it out",
                column.name(),
                column.data_type()
            ));
        }
        let extra = mapping.payload().count();
        for (known, column) in mapping.fields() {
            let data_type = columns[column].data_type();
            match data_type {
                DataType::Struct(keys) if known == KnownField::Payload && extra > 0 => {
                    let within = keys.iter().enumerate();
                    jobs.payload.extend(
                        within.map(|(key, field)| (field.clone(), Place::Within(column, key))),
                    );
                }
                _ if known == KnownField::Payload && extra > 0 => {
                    return Err(format!(
                        "the column {:?} is the payload, and no struct that other columns can go \
                         into; say by payload that none do",
                        columns[column].name()
                    ));
                }
                _ => jobs.fields.push((field(known, data_type), column)),
            }
        }
        for (key, column) in mapping.payload() {
            let key: FieldRef =
                Arc::new(Field::new(key, columns[column].data_type().clone(), true));
            if jobs
                .payload
                .iter()
                .any(|(other, _)| other.name() == key.name())
            {
                return Err(format!(
                    "the key {:?} stands in the payload, and is a column; leave that out by payload",
                    key.name()
                ));
            }
            jobs.payload.push((key, Place::Column(column)));
        }
        Ok(jobs)
    }

    /// Appends a line for each row.
    fn write(&self, rows: &StructArray, into: &mut Vec<u8>) -> Result<(), ArrowError> {
        let mut fields: Vec<FieldRef> = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (field, column) in &self.fields {
            let (field, values) = told_by_keys(field, rows.column(*column))?;
            fields.push(field);
            columns.push(values);
        }
        if !self.payload.is_empty() {
            let keys = self.payload.iter().map(|(key, place)| {
                let values = match place {
                    Place::Column(column) => rows.column(*column).clone(),
                    Place::Within(column, key) => {
                        rows.column(*column).as_struct().column(*key).clone()
                    }
                };
                told_by_keys(key, &values)
            });
            let payload = StructArray::from(keys.collect::<Result<Vec<_>, _>>()?);
            fields.push(Arc::new(Field::new(
                KnownField::Payload.name(),
                payload.data_type().clone(),
                true,
            )));
            columns.push(Arc::new(payload));
        }
        if columns.is_empty() {
            into.extend(std::iter::repeat_n(b"{}\n", rows.len()).flatten());
            return Ok(());
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema, columns)?;
        let mut writer = WriterBuilder::new()
            .with_encoder_factory(Arc::new(Values))
            .build::<_, LineDelimited>(into);
        writer.write(&batch)?;
        writer.finish()
    }
}

/// A column whose nulls its keys tell. A dictionary may hold null among its values, too, which
/// arrow-json would write as an empty text.
fn told_by_keys(field: &FieldRef, column: &ArrayRef) -> Result<(FieldRef, ArrayRef), ArrowError> {
    let values = column
        .as_any_dictionary_opt()
        .map(AnyDictionaryArray::values);
    match values.filter(|values| values.null_count() > 0) {
        Some(values) => {
            let field = field
                .as_ref()
                .clone()
                .with_data_type(values.data_type().clone());
            Ok((Arc::new(field), cast(column, values.data_type())?))
        }
        None => Ok((field.clone(), column.clone())),
    }
}

/// Whether JSON has a form for all values of a type: it has none for bytes, which are what Polars
/// shows Python's own objects as, too.
fn has_json(data_type: &DataType) -> bool {
    match data_type {
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_)
        | DataType::Union(..) => false,
        DataType::Dictionary(_, values) => has_json(values),
        DataType::Struct(fields) => fields.iter().all(|field| has_json(field.data_type())),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _)
        | DataType::RunEndEncoded(_, item) => has_json(item.data_type()),
        _ => true,
    }
}

/// Whether the values of a type can be phones or zones, or are told as none one by one. A date
/// would be a text of digits, and not all of the encodings that nest are read as columns.
fn is_cell(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => {
            !matches!(**values, DataType::Dictionary(..)) && is_cell(values)
        }
        other => !other.is_temporal() && !matches!(other, DataType::RunEndEncoded(..)),
    }
}

fn field(known: KnownField, data_type: &DataType) -> FieldRef {
    let field = Field::new(known.name(), data_type.clone(), true);
    let is_json = known.is_structured();
    let metadata = is_json.then(|| (JSON.0.to_owned(), JSON.1.to_owned()));
    Arc::new(field.with_metadata(HashMap::from_iter(metadata)))
}

/// Writes values that JSON has more forms for than one, and texts that are JSON where their field
/// says that they may be.
#[derive(Debug)]
struct Values;

impl EncoderFactory for Values {
    fn make_default_encoder<'a>(
        &self,
        field: &'a FieldRef,
        array: &'a dyn Array,
        _: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let may_be_json = field
            .metadata()
            .get(JSON.0)
            .is_some_and(|mark| mark == JSON.1);
        let encoder: Box<dyn Encoder + 'a> = match array.data_type() {
            DataType::Float32 => Box::new(Floats(array.as_primitive::<Float32Type>(), 1 << 24)),
            DataType::Float64 => Box::new(Floats(array.as_primitive::<Float64Type>(), 1 << 53)),
            DataType::Timestamp(unit, Some(_)) => Box::new(Instants(array, *unit)),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if may_be_json => {
                Box::new(Text(array))
            }
            _ => return Ok(None),
        };
        Ok(Some(NullableEncoder::new(encoder, array.nulls().cloned())))
    }
}

/// Writes floats as other writers of JSON do, `79110000000.0` and not `7.911e10`: a phone in
/// scientific notation has lost digits. So has a number from where on the floats of its type are
/// further than 1 from each other.
struct Floats<'a, T: ArrowPrimitiveType>(&'a PrimitiveArray<T>, u64);

impl<T: ArrowPrimitiveType<Native: Into<f64> + LowerExp>> Encoder for Floats<'_, T> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let Floats(numbers, inexact) = self;
        let value = numbers.value(row);
        let number: f64 = value.into();
        // Nothing fails that is written to memory; what is no number is written as null.
        let _ = match number.is_finite() && number.abs() >= *inexact as f64 {
            true => write!(out, "{value:e}"),
            false => serde_json::to_writer(out, &number).map_err(io::Error::from),
        };
    }
}

/// Writes instants by RFC 3339, in UTC: which zone a column shows them in is nothing to a job, and
/// arrow-json would bring a database of its own to tell.
struct Instants<'a>(&'a dyn Array, TimeUnit);

impl Encoder for Instants<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let Instants(array, unit) = self;
        let instant = match unit {
            TimeUnit::Second => {
                Timestamp::from_second(array.as_primitive::<TimestampSecondType>().value(row))
            }
            TimeUnit::Millisecond => Timestamp::from_millisecond(
                array.as_primitive::<TimestampMillisecondType>().value(row),
            ),
            TimeUnit::Microsecond => Timestamp::from_microsecond(
                array.as_primitive::<TimestampMicrosecondType>().value(row),
            ),
            TimeUnit::Nanosecond => {
                let since = array.as_primitive::<TimestampNanosecondType>().value(row);
                Timestamp::from_nanosecond(since.into())
            }
        };
        // Beyond the years that RFC 3339 writes, and that any call is made in.
        let text = instant.ok().map(|instant| instant.to_string());
        let _ = serde_json::to_writer(out, &text);
    }
}

struct Text<'a>(&'a dyn Array);

impl Encoder for Text<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let text = match self.0.data_type() {
            DataType::LargeUtf8 => self.0.as_string::<i64>().value(row),
            DataType::Utf8View => self.0.as_string_view().value(row),
            _ => self.0.as_string::<i32>().value(row),
        };
        let json = text.trim();
        let begins = json.starts_with(['[', '{']);
        if begins && parse_whole(json, &mut Vec::new()).is_ok() {
            // A line break is white space between tokens there, and would end the line.
            let bytes = json.bytes();
            out.extend(bytes.map(|byte| {
                if matches!(byte, b'\n' | b'\r') {
                    b' '
                } else {
                    byte
                }
            }));
        } else {
            // Nothing fails that is written to memory.
            let _ = serde_json::to_writer(out, text);
        }
    }
}
