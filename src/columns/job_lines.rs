//! The rows of a table as lines of JSON, one job on each line.
//!
//! Columns are mapped to fields by their names, as in a delimited text. Unlike there, cells have
//! types: a null leaves the field out, an integer is a JSON number, a struct an object, a timestamp
//! a date-time by RFC 3339 ([`super::cell_json`]). If a field is an object or an array, a text in
//! its column may be JSON.
//! object or an array may be its JSON.

use std::error::Error;
use std::io::{self, Read};

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StructArray};
use arrow_schema::{ArrowError, DataType, Fields};

use super::cell_json::{JsonEncoder, JsonText, Members, TextForm, has_json, member_name};
use super::table::VERDICT;
use crate::batch::{ColumnMapping, TableOptions};
use crate::job::KnownField;

/// The name of the verdicts of an earlier check in a reject file. predial's own columns are left
/// out.
const OWN_VERDICT: &str = "predial_verdict";

/// Rows that are written at a time.
const ROWS: usize = 8192;

/// Bytes of text after which a group of rows ends early: rows may share values in memory through a
/// dictionary, but not in text.
const TEXT: usize = 1 << 20;

/// The batches of a table in order, or the error that ends them. Each is an array of structs that
/// was validated in full.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<ArrayRef, BatchesError>> + Send + 'a>;

/// The error that ends the batches of a table.
pub type BatchesError = Box<dyn Error + Send + Sync>;

/// The rows of a table as lines of JSON.
pub struct JobLines<'a> {
    batches: Batches<'a>,
    columns: JobColumns,
    /// The rest of the current batch.
    batch: Option<StructArray>,
    text: JsonText,
    read: usize,
}

impl<'a> JobLines<'a> {
    /// The lines of a table with these columns, and the field of each column. Writing stops when a
    /// line is longer than `max_row_bytes`, so such a line is too long and incomplete.
    ///
    /// # Errors
    /// A message if the options don't fit the columns, or if the type of a column has no JSON form.
    pub fn new(
        columns: &Fields,
        batches: Batches<'a>,
        options: &TableOptions,
        max_row_bytes: u64,
    ) -> Result<(JobLines<'a>, ColumnMapping), String> {
        let names = columns.iter().map(|column| match column.data_type() {
            DataType::Struct(_) if column.name() == VERDICT => OWN_VERDICT,
            _ => column.name().as_str(),
        });
        let names: Vec<&str> = names.collect();
        let mapping = ColumnMapping::of(&names, options, |_| false)?;
        let lines = JobLines {
            batches,
            columns: JobColumns::of(columns, &mapping)?,
            batch: None,
            text: JsonText::new(usize::try_from(max_row_bytes).unwrap_or(usize::MAX)),
            read: 0,
        };
        Ok((lines, mapping))
    }

    /// Writes the next rows. Returns whether there were any.
    fn write_on(&mut self) -> Result<bool, BatchesError> {
        self.text.bytes.clear();
        self.read = 0;
        let batch = match self.batch.take() {
            Some(batch) => batch,
            None => match self.batches.next() {
                Some(batch) => batch?.as_struct().clone(),
                None => return Ok(false),
            },
        };
        let rows = batch.slice(0, batch.len().min(ROWS));
        let written = self.columns.write(&rows, &mut self.text)?;
        let rest = batch.len() - written;
        self.batch = (rest > 0).then(|| batch.slice(written, rest));
        Ok(true)
    }

    /// The JSON of every row.
    ///
    /// # Errors
    /// The error of a batch.
    pub fn texts(mut self) -> Result<LargeStringArray, BatchesError> {
        let mut texts = LargeStringBuilder::new();
        while self.write_on()? {
            let lines = std::str::from_utf8(&self.text.bytes)?;
            lines.lines().for_each(|line| texts.append_value(line));
        }
        Ok(texts.finish())
    }
}

impl Read for JobLines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.bytes.len() {
            if !self.write_on().map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let rest = &self.text.bytes[self.read..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

/// The columns of the fields of a job, and of the keys of its payload.
struct JobColumns {
    fields: Vec<JobMember>,
    /// The keys of payload. If the column `payload` is a struct, its fields are keys too.
    payload: Vec<JobMember>,
}

/// One member of an object, and the place of its values.
struct JobMember {
    key: String,
    /// The name as it is written.
    name: Vec<u8>,
    path: ColumnPath,
    form: TextForm,
}

#[derive(Clone, Copy)]
enum ColumnPath {
    Column(usize),
    /// A field of a column that is a struct.
    Within(usize, usize),
}

impl JobMember {
    fn new(key: &str, path: ColumnPath, form: TextForm) -> JobMember {
        JobMember {
            key: key.to_owned(),
            name: member_name(key),
            path,
            form,
        }
    }

    fn encoder<'a>(&'a self, rows: &'a StructArray) -> Result<MemberWriter<'a>, ArrowError> {
        let encoder = match self.path {
            ColumnPath::Column(column) => JsonEncoder::within(rows, column, self.form)?,
            ColumnPath::Within(column, key) => {
                JsonEncoder::within(rows.column(column).as_struct(), key, self.form)?
            }
        };
        Ok((&self.name, encoder))
    }
}

/// The name of a member, and the encoder of its values.
type MemberWriter<'a> = (&'a [u8], JsonEncoder<'a>);

impl JobColumns {
    fn of(columns: &Fields, mapping: &ColumnMapping) -> Result<JobColumns, String> {
        refuse_types(columns, mapping)?;
        let mut jobs = JobColumns {
            fields: Vec::new(),
            payload: Vec::new(),
        };
        let has_keys = mapping.payload().next().is_some();
        for (known, column) in mapping.fields() {
            if known == KnownField::Payload && has_keys {
                jobs.payload = keys_of(columns, column)?;
                continue;
            }
            let form = match known.is_structured() {
                true => TextForm::MayBeJson,
                false => TextForm::Plain,
            };
            let path = ColumnPath::Column(column);
            jobs.fields.push(JobMember::new(known.name(), path, form));
        }
        for (key, column) in mapping.payload() {
            if jobs.payload.iter().any(|other| other.key == key) {
                return Err(format!(
                    "the key {key:?} is in the column payload and is a column itself; name in \
                     payload=[...] the columns that go into payload"
                ));
            }
            let path = ColumnPath::Column(column);
            jobs.payload
                .push(JobMember::new(key, path, TextForm::Plain));
        }
        Ok(jobs)
    }

    /// Appends a line for each row until there is enough text. Returns the number of rows.
    fn write(&self, rows: &StructArray, into: &mut JsonText) -> Result<usize, ArrowError> {
        let fields = encoders(&self.fields, rows)?;
        let payload = encoders(&self.payload, rows)?;
        let name_of_payload = member_name(KnownField::Payload.name());
        for row in 0..rows.len() {
            if into.bytes.len() >= TEXT {
                return Ok(row);
            }
            into.begin_row();
            let mut job = Members::begin(into);
            write_members(&fields, row, &mut job);
            if !payload.is_empty() {
                let out = job.next();
                out.put(&name_of_payload);
                let mut keys = Members::begin(out);
                write_members(&payload, row, &mut keys);
                keys.end();
            }
            job.end();
            into.push(b'\n');
        }
        Ok(rows.len())
    }
}

fn encoders<'a>(
    members: &'a [JobMember],
    rows: &'a StructArray,
) -> Result<Vec<MemberWriter<'a>>, ArrowError> {
    members.iter().map(|member| member.encoder(rows)).collect()
}

fn write_members(members: &[MemberWriter<'_>], row: usize, object: &mut Members<'_>) {
    for (name, encoder) in members {
        if !encoder.is_null(row) {
            let out = object.next();
            out.put(name);
            encoder.write(row, out);
        }
    }
}

/// The keys of a payload to which other columns are added.
fn keys_of(columns: &Fields, column: usize) -> Result<Vec<JobMember>, String> {
    let DataType::Struct(keys) = columns[column].data_type() else {
        return Err(format!(
            "the column {:?} is the payload, and no struct that other columns can go into; say by \
             payload that none do",
            columns[column].name()
        ));
    };
    let key = |(place, key): (usize, &arrow_schema::FieldRef)| {
        let path = ColumnPath::Within(column, place);
        JobMember::new(key.name(), path, TextForm::Plain)
    };
    Ok(keys.iter().enumerate().map(key).collect())
}

/// # Errors
/// A message for a column whose type has no JSON form, or can't hold phones or zones.
fn refuse_types(columns: &Fields, mapping: &ColumnMapping) -> Result<(), String> {
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
    Ok(())
}

/// Whether a column of this type can hold phones or zones. Its values may still break a rule, such
/// as `phone-type`. A date would become a text of digits, and not all nested encodings are read as
/// columns.
fn is_cell(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => {
            !matches!(**values, DataType::Dictionary(..)) && is_cell(values)
        }
        other => !other.is_temporal() && !matches!(other, DataType::RunEndEncoded(..)),
    }
}
