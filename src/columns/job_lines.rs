//! The rows of a table as lines of JSON, one job on each line.
//!
//! Columns are mapped to fields by their names and first rows, as in a delimited text. Unlike there,
//! cells have types: a null leaves the field out, an integer is a JSON number, a struct an object, a
//! timestamp a date-time by RFC 3339 ([`super::cell_json`]). If a field is an object or an array, a
//! text in its column may be JSON.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Read};

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StructArray};
use arrow_schema::{ArrowError, DataType, Fields};

use super::cell_json::{JsonEncoder, JsonText, Members, TextForm, has_json, member_name};
use super::convert::{TextOfRow, texts_of};
use super::parts;
use super::phone_numbers::{OtherRows, PhoneNumbers};
use super::table::VERDICT;
use crate::batch::{
    ChoiceRequest, ColumnChoice, ColumnMapping, ColumnUse, LINE_PREFIX, ListPurpose, SAMPLED_ROWS,
    TableRefusal, line_prefix,
};
use crate::job::KnownField;
use crate::phone::{self, PhoneOptions};

/// The name of the verdicts of an earlier check in a reject file. predial's own columns are left
/// out.
const OWN_VERDICT: &str = "predial_verdict";

/// Rows that are written at a time.
const ROWS: usize = 8192;

/// The most groups of so many rows that a thread reads phones of before the next ones are handed over.
const GROUPS: usize = 8;

/// Bytes of text after which a group of rows ends early: rows may share values in memory through a
/// dictionary, but not in text.
const TEXT: usize = 1 << 20;

/// The batches of a table in order, or the error that ends them. Each is an array of structs that
/// was validated in full.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<ArrayRef, BatchesError>> + Send + 'a>;

/// The error that ends the batches of a table.
pub type BatchesError = Box<dyn Error + Send + Sync>;

/// What has become of the phones of some rows.
pub(super) enum PhoneRows<'t> {
    /// So many rows had numbers.
    Numbers(usize),
    /// The other rows as lines of JSON.
    Lines(&'t [u8]),
}

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
        choice: &ChoiceRequest<'_>,
        max_row_bytes: u64,
    ) -> Result<(JobLines<'a>, ColumnChoice), TableRefusal> {
        let names = columns.iter().map(|column| match column.data_type() {
            DataType::Struct(_) if column.name() == VERDICT => OWN_VERDICT,
            _ => column.name().as_str(),
        });
        let names: Vec<&str> = names.collect();
        let (sampled, batches) = sample(batches);
        let texts: Vec<Vec<Box<TextOfRow<'_>>>> = sampled.iter().map(sampled_texts).collect();
        let rows: Vec<Vec<Cow<'_, str>>> = sampled
            .iter()
            .zip(&texts)
            .flat_map(|(rows, columns)| {
                let cells = |row| {
                    columns
                        .iter()
                        .map(move |text| text(row).unwrap_or_default())
                };
                (0..rows.len()).map(move |row| cells(row).collect())
            })
            .collect();
        let columns_choice = choice.columns(&names, &rows)?;
        let lines = JobLines {
            batches,
            columns: JobColumns {
                takes_all_phones: choice.options.purpose == ListPurpose::Exclusion,
                ..JobColumns::of(columns, &columns_choice.mapping)?
            },
            batch: None,
            text: JsonText::new(usize::try_from(max_row_bytes).unwrap_or(usize::MAX)),
            read: 0,
        };
        Ok((lines, columns_choice))
    }

    /// Whether each row has one phone, in one column, and that alone says what number it is.
    pub fn has_one_phone_column(&self) -> bool {
        self.columns.phone_column().is_some()
    }

    /// Hands over the phones of all rows: numbers to `take_numbers` where the fast path resolves them,
    /// on as many threads, and the lines of the other rows to `take`, in order and on the caller's.
    ///
    /// # Errors
    /// Those of a batch, and of `take`.
    pub(super) fn each_phone(
        &mut self,
        (options, threads): (&PhoneOptions, usize),
        take_numbers: &(dyn Fn(&[u64]) + Sync),
        take: &mut dyn FnMut(PhoneRows<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let column = self.columns.phone_column();
        let read = |phones: &mut PhoneNumbers, (rows, others): (&StructArray, &mut OtherRows)| {
            match column {
                Some(column) => {
                    phones.read(rows.column(column), options);
                    take_numbers(&phones.numbers);
                    others.clone_from(&phones.others);
                }
                None => *others = OtherRows::all(rows.len()),
            }
            Ok::<(), Infallible>(())
        };
        self.text.bytes.clear();
        let mut next = self.next_groups(threads, take);
        loop {
            let (groups, is_more) = next;
            let mut others = vec![OtherRows::default(); groups.len()];
            let items: Vec<_> = groups.iter().zip(&mut others).collect();
            let rows: usize = groups.iter().map(StructArray::len).sum();
            // To start a thread for a few rows takes longer than to read them.
            let on = threads.min(1 + rows / ROWS).min(items.len());
            // Other threads begin before the caller's has what comes next.
            let go_on = || matches!(is_more, Ok(true)).then(|| self.next_groups(threads, take));
            let Ok(following) = parts::each_after(items, on, PhoneNumbers::default, read, go_on);
            for (rows, others) in groups.iter().zip(&others) {
                self.write_others(rows, others, take)?;
            }
            is_more?;
            let Some(following) = following else { break };
            next = following;
        }
        take(PhoneRows::Lines(&self.text.bytes))
    }

    /// The next groups of rows, some for each thread, and whether there are more; or the error that ends
    /// them. Batches are in memory as long as one of their groups, so there are few: one for each thread,
    /// and more only if they are small.
    fn next_groups(
        &mut self,
        threads: usize,
        take: &mut dyn FnMut(PhoneRows<'_>) -> io::Result<()>,
    ) -> (Vec<StructArray>, io::Result<bool>) {
        let mut groups = Vec::new();
        let (mut batches, mut rows_read) = (0, 0);
        while groups.len() < threads * GROUPS {
            let is_new = self.batch.is_none();
            if is_new && batches >= threads && rows_read >= threads * ROWS {
                break;
            }
            batches += usize::from(is_new);
            let batch = match self.next_batch().map_err(io::Error::other) {
                Ok(Some(batch)) => batch,
                end => return (groups, end.map(|_| false)),
            };
            let rows = batch.len().min(ROWS);
            rows_read += rows;
            groups.push(batch.slice(0, rows));
            let rest = batch.len() - rows;
            self.batch = (rest > 0).then(|| batch.slice(rows, rest));
            if let Err(error) = take(PhoneRows::Numbers(0)) {
                return (groups, Err(error));
            }
        }
        (groups, Ok(true))
    }

    /// Hands over how many rows were resolved, and the lines of the others when there are enough.
    fn write_others(
        &mut self,
        rows: &StructArray,
        others: &OtherRows,
        take: &mut dyn FnMut(PhoneRows<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let count = others.count();
        take(PhoneRows::Numbers(rows.len() - count))?;
        let mut done = 0;
        while count > 0 && done < rows.len() {
            let rest = rows.slice(done, rows.len() - done);
            let is_wanted = |row: usize| others.has(done + row);
            done += (self.columns)
                .write(&rest, is_wanted, &mut self.text)
                .map_err(io::Error::other)?;
            if self.text.bytes.len() >= TEXT {
                take(PhoneRows::Lines(&self.text.bytes))?;
                self.text.bytes.clear();
            }
        }
        Ok(())
    }

    /// The rest of the current batch, or the next one.
    fn next_batch(&mut self) -> Result<Option<StructArray>, BatchesError> {
        match self.batch.take() {
            Some(batch) => Ok(Some(batch)),
            None => match self.batches.next() {
                Some(batch) => Ok(Some(batch?.as_struct().clone())),
                None => Ok(None),
            },
        }
    }

    /// Writes the next rows. Returns whether there were any.
    fn write_on(&mut self) -> Result<bool, BatchesError> {
        self.text.bytes.clear();
        self.read = 0;
        let Some(batch) = self.next_batch()? else {
            return Ok(false);
        };
        let rows = batch.slice(0, batch.len().min(ROWS));
        let written = self.columns.write(&rows, |_| true, &mut self.text)?;
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
            let before = match self.columns.dialled_in {
                Some(_) => LINE_PREFIX,
                None => 0,
            };
            lines
                .lines()
                .for_each(|line| texts.append_value(&line[before..]));
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

/// The first rows of a table, and all of its batches.
fn sample(mut batches: Batches<'_>) -> (Vec<StructArray>, Batches<'_>) {
    let (mut sampled, mut read) = (Vec::new(), Vec::new());
    let mut left = SAMPLED_ROWS;
    while left > 0 {
        let Some(batch) = batches.next() else { break };
        if let Ok(batch) = &batch {
            let rows = batch.len().min(left);
            sampled.push(batch.slice(0, rows).as_struct().clone());
            left -= rows;
        } else {
            left = 0;
        }
        read.push(batch);
    }
    (sampled, Box::new(read.into_iter().chain(batches)))
}

/// The texts of the columns of some rows. What is nested is not a phone and not a zone.
fn sampled_texts(rows: &StructArray) -> Vec<Box<TextOfRow<'_>>> {
    let texts = rows.columns().iter().map(|column| -> Box<TextOfRow<'_>> {
        match column.data_type().is_nested() {
            true => Box::new(|row| column.is_valid(row).then_some("{}".into())),
            false => texts_of(column.as_ref()),
        }
    });
    texts.collect()
}

/// The columns of the fields of a job, and of the keys of its payload.
struct JobColumns {
    /// The members of each field; the first with a value is written.
    fields: Vec<Vec<JobMember>>,
    /// The columns of the calling code and of the country of each row; `None` if there are none.
    dialled_in: Option<[Vec<usize>; 2]>,
    /// The keys of payload. If the column `payload` is a struct, its fields are keys too.
    payload: Vec<JobMember>,
    /// Whether a row is a line for each of its phones, if several columns have phones: no phone of a list
    /// of excluded phones is to be called.
    takes_all_phones: bool,
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
            dialled_in: mapping.has_row_regions().then(|| {
                [ColumnUse::CallingCode, ColumnUse::Region]
                    .map(|wanted| mapping.places_for(wanted).to_vec())
            }),
            payload: Vec::new(),
            takes_all_phones: false,
        };
        let has_keys = mapping.payload().next().is_some();
        for (known, places) in mapping.fields() {
            if known == KnownField::Payload && has_keys {
                jobs.payload = keys_of(columns, places[0])?;
                continue;
            }
            let form = match known.is_structured() {
                true => TextForm::MayBeJson,
                false => TextForm::Plain,
            };
            let member =
                |column: &usize| JobMember::new(known.name(), ColumnPath::Column(*column), form);
            jobs.fields.push(places.iter().map(member).collect());
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

    /// The column of the phones, if it is one and no other column says where they are dialled.
    fn phone_column(&self) -> Option<usize> {
        let is_phone = |member: &JobMember| member.key == KnownField::Phone.name();
        let mut fields = self.fields.iter().map(Vec::as_slice);
        let members = fields.find(|members| members.iter().any(is_phone))?;
        match (members, &self.dialled_in) {
            ([member], None) => match member.path {
                ColumnPath::Column(column) => Some(column),
                ColumnPath::Within(..) => None,
            },
            _ => None,
        }
    }

    /// Appends a line for each row that is wanted until there is enough text. Returns the number of
    /// rows that it has passed.
    fn write(
        &self,
        rows: &StructArray,
        is_wanted: impl Fn(usize) -> bool,
        into: &mut JsonText,
    ) -> Result<usize, ArrowError> {
        let fields: Result<Vec<FieldWriter<'_>>, ArrowError> = self
            .fields
            .iter()
            .map(|members| FieldWriter::new(members, rows))
            .collect();
        let fields = fields?;
        let payload = encoders(&self.payload, rows)?;
        let regions = self.dialled_in.as_ref().map(|columns| {
            columns.each_ref().map(|places| -> Vec<Box<TextOfRow<'_>>> {
                let text = |place: &usize| texts_of(rows.column(*place).as_ref());
                places.iter().map(text).collect()
            })
        });
        let name_of_payload = member_name(KnownField::Payload.name());
        for row in 0..rows.len() {
            if into.bytes.len() >= TEXT {
                return Ok(row);
            }
            if !is_wanted(row) {
                continue;
            }
            for others in 0..self.lines_of_row(&fields, row) {
                if let Some(regions) = &regions {
                    into.put(&prefix_of(regions, row));
                }
                into.begin_row();
                let mut job = Members::begin(into);
                for field in &fields {
                    write_members(field.of_row(row, others), row, &mut job);
                }
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
        }
        Ok(rows.len())
    }

    /// How many lines a row is.
    fn lines_of_row(&self, fields: &[FieldWriter<'_>], row: usize) -> usize {
        let values = |field: &FieldWriter<'_>| field.filled(row).count();
        match self.takes_all_phones {
            true => fields.iter().map(values).max().unwrap_or(1).max(1),
            false => 1,
        }
    }
}

/// What is before the job of a row if columns have its calling code or its country.
fn prefix_of(columns: &[Vec<Box<TextOfRow<'_>>>; 2], row: usize) -> [u8; LINE_PREFIX] {
    let [codes, countries] = columns
        .each_ref()
        .map(|texts| -> Vec<Cow<'_, str>> { texts.iter().filter_map(|text| text(row)).collect() });
    line_prefix(
        codes.iter().map(AsRef::as_ref),
        countries.iter().map(AsRef::as_ref),
    )
}

/// Writes one field, which may have several columns.
struct FieldWriter<'a> {
    members: Vec<MemberWriter<'a>>,
    /// The texts of the columns, if there are several.
    texts: Vec<Box<TextOfRow<'a>>>,
}

impl<'a> FieldWriter<'a> {
    fn new(members: &'a [JobMember], rows: &'a StructArray) -> Result<Self, ArrowError> {
        let texts = members.iter().map(|member| match member.path {
            ColumnPath::Column(column) => texts_of(rows.column(column).as_ref()),
            ColumnPath::Within(..) => Box::new(|_| None),
        });
        Ok(FieldWriter {
            members: encoders(members, rows)?,
            texts: match members.len() {
                1 => Vec::new(),
                _ => texts.collect(),
            },
        })
    }

    /// The member that is written in a row: the first whose cell has a value after so many others.
    fn of_row(&self, row: usize, others: usize) -> &[MemberWriter<'a>] {
        match self.members.len() {
            1 => &self.members,
            _ => {
                let filled = self.filled(row).nth(others).unwrap_or(0);
                &self.members[filled..=filled]
            }
        }
    }

    /// Which of several columns have a value in a row.
    fn filled(&self, row: usize) -> impl Iterator<Item = usize> {
        let is_filled = move |text: &TextOfRow<'_>| {
            text(row).is_some_and(|text| !text.trim().is_empty() && !phone::means_nothing(&text))
        };
        let places = self.texts.iter().enumerate();
        places.filter_map(move |(place, text)| is_filled(text.as_ref()).then_some(place))
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
        .flat_map(|(known, places)| places.iter().map(move |column| (Some(known), *column)));
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
