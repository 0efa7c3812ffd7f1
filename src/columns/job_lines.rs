//! The rows of a table as lines of JSON: a line is the job that its row stands for.
//!
//! Columns are mapped to fields by their names, as those of a delimited text are. Unlike there,
//! cells have types: a null leaves the field out, an integer is a JSON number, a struct an object,
//! a timestamp a date-time by RFC 3339 ([`super::cell_json`]). A text in a column whose field is an
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

/// What the verdicts of an earlier check are called in a reject file, whose own columns are left
/// out.
const OWN_VERDICT: &str = "predial_verdict";

/// Rows that are written at a time.
const ROWS: usize = 8192;

/// Bytes of text after which no further row is written at a time: rows that share their values in
/// memory, by a dictionary, do not share them as text.
const TEXT: usize = 1 << 20;

/// The batches of a table, one after the other, or what ends them. Each is an array of structs that
/// was validated in full.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<ArrayRef, BatchesError>> + Send + 'a>;

/// What ends the batches of a table.
pub type BatchesError = Box<dyn Error + Send + Sync>;

/// The rows of a table as lines of JSON.
pub struct JobLines<'a> {
    batches: Batches<'a>,
    columns: JobColumns,
    /// What is left of the batch that is written.
    batch: Option<StructArray>,
    text: JsonText,
    read: usize,
}

impl<'a> JobLines<'a> {
    /// The lines of a table with these columns, and which column is which field. A line that would
    /// be longer than `max_row_bytes` is longer, but not whole.
    ///
    /// # Errors
    /// A message if the options don't fit the columns, or a column has a type that JSON has no
    /// form for.
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
    /// What a batch fails with.
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

/// Which column is which field of the jobs, and which is which key of their payload.
struct JobColumns {
    fields: Vec<JobMember>,
    /// The keys of payload. A column that is the payload and a struct gives its own keys.
    payload: Vec<JobMember>,
}

/// One member of an object, and where its values are.
struct JobMember {
    key: String,
    /// The key as it is written.
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

/// A member's name, and what writes its values.
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

    /// Appends a line for each row, as long as there is not much text. Returns how many.
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

/// The keys of a payload that other columns are added to.
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
/// A message for a column whose type has no JSON form, or can't be a phone or a zone.
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

/// Whether a column of this type can be one of phones or zones. Its values may still break a rule
/// each, such as `phone-type`. A date would be a text of digits, and not all encodings that nest
/// are read as columns.
fn is_cell(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => {
            !matches!(**values, DataType::Dictionary(..)) && is_cell(values)
        }
        other => !other.is_temporal() && !matches!(other, DataType::RunEndEncoded(..)),
    }
}
