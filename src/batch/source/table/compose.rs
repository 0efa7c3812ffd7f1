//! From cells to the JSON text of their job.

use std::collections::HashSet;
use std::io;
use std::ops::Range;

use super::choice::row_country;
use super::dialect::unescaped;
use super::mapping::{ColumnMapping, ColumnUse, ListPurpose, TableOptions};
use crate::batch::source::limit::{MOST_CELLS, RowLimit, has_spare_memory};
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::row::{OnRow, Row, RowContent, RowCountry, Taken};
use crate::fault::counted;
use crate::job::{Field, KnownField, Name, RawJob};
use crate::json::{escaped_length, is_array_or_object, members, needs_no_escape, quoted};
use crate::phone;
use crate::{Fault, Rule};

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposedCell<'a> {
    /// Its text.
    Text(&'a str),
    /// Its text, in which each quote is doubled.
    Doubled(&'a str),
    /// Its text, in which a backslash is before each quote.
    Escaped(&'a str),
}

impl<'a> ComposedCell<'a> {
    /// The cell as it is between its quotes.
    fn as_it_came(self) -> &'a str {
        match self {
            ComposedCell::Text(text)
            | ComposedCell::Doubled(text)
            | ComposedCell::Escaped(text) => text,
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.as_it_came().is_empty()
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(self) -> bool {
        self.as_it_came().chars().all(char::is_whitespace)
    }
}

/// How the rows of one table are written as jobs. It holds nothing that a row could change.
#[derive(Debug)]
pub struct ColumnPlan {
    /// How many columns the table has.
    columns: usize,
    /// How many of them, from the first, hold something that is written.
    needed: usize,
    fields: Vec<PlannedField>,
    /// What is written before each text of payload, `,"name":"`, and the place of its column.
    payload: Vec<(String, usize)>,
    /// The column whose cells are whole payloads.
    whole_payload: Option<usize>,
    /// The fields of the whole list, each with what is written before its value.
    preset: Vec<(KnownField, String, String)>,
    drop_empty: bool,
    /// Whether payload is written: no finding comes of it.
    with_payload: bool,
    /// The columns of most rows, where nothing but a phone and a zone is judged or written.
    judged_alone: Option<JudgedColumns>,
    /// The columns of the calling code and the country of a row's phone.
    dialled_in: Option<(Vec<usize>, Vec<usize>)>,
    /// The column of a reject file that says which columns the run of a row has used, and what it says in
    /// the first rows.
    uses: Option<(usize, String)>,
    /// What the limit on rows leaves for a job.
    limit: RowLimit,
}

/// The columns of a phone and a zone, and those of policies: most of their cells are empty.
#[derive(Debug)]
struct JudgedColumns {
    phone: usize,
    zone: Option<usize>,
    policies: Vec<usize>,
}

#[derive(Debug)]
struct PlannedField {
    field: KnownField,
    /// What is written before a text, `,"phone":"`.
    open: String,
    /// The columns; the first with a value is taken.
    columns: Vec<usize>,
    /// Whether all that have a value are taken: no phone of a list of excluded phones is to be called.
    takes_all: bool,
}

impl PlannedField {
    /// The cell of a row that is taken.
    #[inline(always)]
    fn cell<'c>(&self, cells: &[ComposedCell<'c>]) -> Option<ComposedCell<'c>> {
        let cell = |column: &usize| cells.get(*column).copied().filter(|cell| !cell.is_blank());
        match &*self.columns {
            [column] => cell(column),
            columns => {
                let mut filled = columns.iter().filter_map(cell).peekable();
                let first = filled.peek().copied();
                filled.find(|cell| self.has_value(*cell)).or(first)
            }
        }
    }

    /// All cells of a row that have a value.
    fn all_cells<'c>(&self, cells: &[ComposedCell<'c>]) -> impl Iterator<Item = ComposedCell<'c>> {
        let columns = self.columns.iter();
        let cells = columns.filter_map(|column| cells.get(*column).copied());
        cells.filter(|cell| !cell.is_blank() && self.has_value(*cell))
    }

    /// Whether a cell says more than that there is no value.
    fn has_value(&self, cell: ComposedCell<'_>) -> bool {
        self.field != KnownField::Phone || !phone::means_nothing(cell.as_it_came())
    }
}

impl ColumnPlan {
    /// A plan for a table mapped so.
    pub fn of(
        mapping: &ColumnMapping,
        options: &TableOptions,
        preset: &ListDefaults,
        with_payload: bool,
        limit: RowLimit,
    ) -> ColumnPlan {
        let before = |name: &str| format!(",{}:", quoted(name));
        let open = |name: &str| before(name) + "\"";
        let is_whole = |field| field == KnownField::Payload;
        let fields = mapping.fields().filter(|(field, _)| !is_whole(*field));
        let whole_payload = mapping.fields().find(|(field, _)| is_whole(*field));
        let of_list = preset.fields().iter();
        let with_payload = with_payload || whole_payload.is_some();
        let written = mapping.columns().iter().rposition(|column| {
            column.column_use.is_some() || (with_payload && column.payload.is_some())
        });
        let is_judged_alone = !with_payload && preset.fields().is_empty();
        let places = |column_use| mapping.places_for(column_use);
        let (codes, countries) = (places(ColumnUse::CallingCode), places(ColumnUse::Region));
        let has_region = !codes.is_empty() || !countries.is_empty();
        let judged_alone = match (
            places(ColumnUse::PHONE),
            places(ColumnUse::Field(KnownField::GmtZone)),
        ) {
            _ if !is_judged_alone || has_region => None,
            ([phone], [] | [_]) => {
                let policies = mapping.fields().filter(|(field, _)| field.is_policy());
                Some(JudgedColumns {
                    phone: *phone,
                    zone: places(ColumnUse::Field(KnownField::GmtZone))
                        .first()
                        .copied(),
                    policies: policies.flat_map(|(_, columns)| columns.to_vec()).collect(),
                })
            }
            _ => None,
        };
        ColumnPlan {
            columns: mapping.columns().len(),
            needed: written.map_or(0, |last| last + 1),
            fields: fields
                .map(|(field, columns)| PlannedField {
                    field,
                    open: open(field.name()),
                    columns: columns.to_vec(),
                    takes_all: field == KnownField::Phone
                        && columns.len() > 1
                        && options.purpose == ListPurpose::Exclusion,
                })
                .collect(),
            payload: mapping
                .payload()
                .map(|(key, column)| (open(key), column))
                .collect(),
            whole_payload: whole_payload.map(|(_, columns)| columns[0]),
            preset: of_list
                .map(|(field, value)| (*field, before(field.name()), value.clone()))
                .collect(),
            drop_empty: options.drop_empty,
            with_payload,
            judged_alone,
            dialled_in: has_region.then(|| (codes.to_vec(), countries.to_vec())),
            uses: None,
            limit,
        }
    }

    /// The same for the reject file of a run whose rows say in this column that it has used these
    /// columns. Rows that say something else are refused.
    pub fn of_run(self, uses: Option<(usize, String)>) -> ColumnPlan {
        let Some((place, _)) = &uses else {
            return self;
        };
        ColumnPlan {
            needed: self.needed.max(place + 1),
            judged_alone: None,
            uses,
            ..self
        }
    }

    /// What a row says of the country of its phone.
    fn country<'c>(&self, cells: &[ComposedCell<'c>]) -> RowCountry<'c> {
        let Some((codes, countries)) = self.dialled_in.as_ref() else {
            return RowCountry::Unsaid;
        };
        let text = |column: &usize| Some(cells.get(*column)?.as_it_came());
        row_country(
            codes.iter().filter_map(text),
            countries.iter().filter_map(text),
        )
    }

    /// The phone of a record of so many cells and its zone, if there is one: where nothing else of
    /// it is judged or written, and the record has both as they are.
    pub fn fast_compose<'c>(
        &self,
        cells: usize,
        cell: impl Fn(usize) -> Option<ComposedCell<'c>>,
    ) -> Option<(&'c str, Option<&'c str>)> {
        let judged = self.judged_alone.as_ref();
        let judged = judged.filter(|_| cells <= self.columns)?;
        let is_empty = |column: &usize| cell(*column).is_none_or(|cell| cell.is_blank());
        if !judged.policies.iter().all(is_empty) {
            return None;
        }
        let Some(ComposedCell::Text(phone)) = cell(judged.phone) else {
            return None;
        };
        match judged.zone.and_then(cell) {
            None => Some((phone, None)),
            Some(zone) if zone.is_blank() => Some((phone, None)),
            Some(ComposedCell::Text(zone)) => Some((phone, Some(zone))),
            Some(ComposedCell::Doubled(_) | ComposedCell::Escaped(_)) => None,
        }
    }

    /// How many columns, from the first, hold something that is written.
    pub fn needed(&self) -> usize {
        self.needed
    }
}

/// Writes rows of cells as jobs, one at a time and all in the same room.
#[derive(Debug, Default)]
pub struct Composer {
    text: String,
    places: Vec<(KnownField, Range<usize>)>,
    /// Empty between two rows.
    fields: Vec<Field<'static>>,
    /// Room for one cell.
    cell: String,
}

impl Composer {
    /// Hands over a row of `count` cells, which came from `record`: its job, or why there is none.
    pub fn row(
        &mut self,
        plan: &ColumnPlan,
        (cells, count): (&[ComposedCell<'_>], usize),
        (offset, record): (Option<u64>, &[u8]),
        on_row: &mut OnRow<'_>,
    ) -> Taken {
        let mut surplus = cells.iter().skip(plan.columns);
        let are_all = count <= MOST_CELLS;
        let composed = match are_all && surplus.all(|cell| cell.is_blank()) {
            true if self.is_of_other_run(plan, cells) => {
                Err(ComposeFailure::Fault(Fault::new(Rule::RecordOtherRun)))
            }
            true => self.job(plan, cells),
            false => Err(ComposeFailure::Fault(surplus_fault(count, plan.columns))),
        };
        match composed {
            Ok(()) => {
                let country = plan.country(cells);
                self.hand_over(|job| {
                    on_row(Row {
                        offset,
                        first: None,
                        country,
                        content: RowContent::Composed { job, record },
                    })
                })
            }
            Err(ComposeFailure::Fault(fault)) => on_row(Row {
                offset,
                first: None,
                country: RowCountry::Unsaid,
                content: RowContent::Refused(record, fault),
            }),
            Err(ComposeFailure::NoMemory) => {
                Err(io::Error::from(io::ErrorKind::OutOfMemory).into())
            }
        }
    }

    /// Whether a row says that its run has used other columns.
    fn is_of_other_run(&mut self, plan: &ColumnPlan, cells: &[ComposedCell<'_>]) -> bool {
        let Some((place, uses)) = &plan.uses else {
            return false;
        };
        let cell = cells.get(*place).map(|cell| self.plain(*cell).trim());
        cell.is_some_and(|cell| !cell.is_empty() && cell != uses)
    }

    /// The text of the last job.
    pub fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Writes the job of a row; a cell that is missing is empty. Fails where the cells can make no
    /// job.
    fn job(&mut self, plan: &ColumnPlan, cells: &[ComposedCell<'_>]) -> Result<(), ComposeFailure> {
        self.text.clear();
        if self.text.capacity() > LONG {
            // That of a long row before.
            self.text = String::new();
        }
        self.text.push('{');
        self.places.clear();
        for planned in &plan.fields {
            if planned.takes_all {
                let all = planned
                    .all_cells(cells)
                    .map(|cell| self.plain(cell).to_owned());
                let all = all.collect::<Vec<String>>().join("; ");
                if !all.is_empty() {
                    let cell = ComposedCell::Text(&all);
                    let start = self.cell(&planned.open, cell, false, plan.limit)?;
                    self.places.push((planned.field, start..self.text.len()));
                }
            } else if let Some(cell) = planned.cell(cells) {
                let is_structured = planned.field.is_structured();
                let start = self.cell(&planned.open, cell, is_structured, plan.limit)?;
                self.places.push((planned.field, start..self.text.len()));
            }
        }
        for (field, before, value) in &plan.preset {
            if self.places.iter().all(|(other, _)| other != field) {
                self.push_name(before);
                let start = self.text.len();
                self.text.push_str(value);
                self.places.push((*field, start..self.text.len()));
            }
        }
        if plan.with_payload {
            self.payload(plan, cells)?;
        }
        self.text.push('}');
        Ok(())
    }

    /// Writes the name of a member; after the brace that opens the object, without its comma.
    fn push_name(&mut self, before: &str) {
        let is_first = self.text.ends_with('{');
        self.text
            .push_str(if is_first { &before[1..] } else { before });
    }

    fn payload(
        &mut self,
        plan: &ColumnPlan,
        cells: &[ComposedCell<'_>],
    ) -> Result<(), ComposeFailure> {
        let (begin, mut keys) = (self.text.len(), HashSet::new());
        self.push_name(",\"payload\":");
        let start = self.text.len();
        let whole = plan.whole_payload.and_then(|column| cells.get(column));
        match whole.filter(|cell| !cell.is_blank()) {
            Some(cell) => keys = self.whole_payload(*cell)?,
            None => self.text.push('{'),
        }
        for (open, column) in &plan.payload {
            let cell = cells
                .get(*column)
                .copied()
                .unwrap_or(ComposedCell::Text(""));
            if plan.drop_empty && cell.is_empty() {
                continue;
            }
            if !keys.is_empty() {
                let key = open[1..].trim_end_matches(":\"");
                if keys.contains(key) {
                    return Err(doubled_key(key).into());
                }
            }
            self.cell(open, cell, false, plan.limit)?;
        }
        if self.text.len() == start + 1 {
            // Nothing is in it: a job without payload.
            self.text.truncate(begin);
            return Ok(());
        }
        self.text.push('}');
        self.places
            .push((KnownField::Payload, start..self.text.len()));
        Ok(())
    }

    /// Writes a cell that is an object without its closing brace, and answers the keys in it.
    fn whole_payload(&mut self, cell: ComposedCell<'_>) -> Result<HashSet<String>, Fault> {
        let text = self.plain(cell).trim().to_owned();
        let is_object = text.starts_with('{') && is_array_or_object(&text);
        match text.strip_suffix('}').filter(|_| is_object) {
            Some(open) => {
                self.text.push_str(open.trim_end());
                let keys = members(&text).into_iter();
                Ok(keys.map(|member| quoted(&member.name.text())).collect())
            }
            None => Err(Fault::new(Rule::PayloadType)
                .because("the cell of the column payload is not a JSON object")),
        }
    }

    /// Appends a member whose name is in `open`, up to the quote of its text: a cell as a JSON
    /// string or, where that may be and it is one, as the JSON that it holds. Answers where the
    /// value begins. Fails where the job would be longer than the limit.
    fn cell(
        &mut self,
        open: &str,
        cell: ComposedCell<'_>,
        is_structured: bool,
        limit: RowLimit,
    ) -> Result<usize, ComposeFailure> {
        self.make_room(open, cell, limit)?;
        Ok(match cell {
            ComposedCell::Text(text) if !is_structured && needs_no_escape(text.as_bytes()) => {
                self.push_name(open);
                let start = self.text.len() - 1;
                self.text.push_str(text);
                self.text.push('"');
                start
            }
            ComposedCell::Text(_) | ComposedCell::Doubled(_) | ComposedCell::Escaped(_) => {
                let text = self.plain(cell);
                let is_json = is_structured && is_array_or_object(text.trim());
                let value = match is_json {
                    true => text.trim().to_owned(),
                    false => quoted(text),
                };
                self.push_name(&open[..open.len() - 1]);
                let start = self.text.len();
                self.text.push_str(&value);
                start
            }
        })
    }

    /// Makes room for one more member. Fails where there is none, or the job would be longer than the
    /// limit.
    #[inline(always)]
    fn make_room(
        &mut self,
        open: &str,
        cell: ComposedCell<'_>,
        limit: RowLimit,
    ) -> Result<(), ComposeFailure> {
        let text = cell.as_it_came();
        let more = open.len() + text.len();
        match self.text.len() + more < LONG {
            true => Ok(()),
            false => self.make_much_room(open, text, limit),
        }
    }

    #[cold]
    fn make_much_room(
        &mut self,
        open: &str,
        text: &str,
        limit: RowLimit,
    ) -> Result<(), ComposeFailure> {
        // Two quotes, a comma or a brace.
        let more = open.len() + escaped_length(text) + 4;
        let length = self.text.len() + more;
        if length > limit.job() {
            return Err(limit.fault_of_job(length as u64).into());
        }
        if self.text.capacity() < length {
            // Half of twice a long text would be empty.
            let room = more.max(self.text.len() / 8);
            let reserved = self.text.try_reserve_exact(room);
            if reserved.is_err() || !has_spare_memory() {
                return Err(ComposeFailure::NoMemory);
            }
        }
        Ok(())
    }

    /// The text of a cell, its quotes no longer doubled or escaped.
    fn plain<'c>(&'c mut self, cell: ComposedCell<'c>) -> &'c str {
        match cell {
            ComposedCell::Text(text) => text,
            ComposedCell::Doubled(text) => {
                self.cell.clear();
                let mut pieces = text.split("\"\"");
                self.cell.push_str(pieces.next().unwrap_or_default());
                for piece in pieces {
                    self.cell.push('"');
                    self.cell.push_str(piece);
                }
                &self.cell
            }
            ComposedCell::Escaped(text) => {
                self.cell = unescaped(text);
                &self.cell
            }
        }
    }

    fn hand_over<T>(&mut self, take: impl FnOnce(RawJob<'_>) -> T) -> T {
        let text = self.text.as_str();
        let field = |(field, range): &(KnownField, Range<usize>)| Field {
            name: Name::Known(*field),
            value: &text[range.clone()],
            at: range.start,
        };
        let job = |fields| {
            take(RawJob {
                text,
                fields: Some(fields),
            })
        };
        // Most tables have a phone and a zone: their fields need no room but the stack's.
        match &*self.places {
            [one] => job(&[field(one)]),
            [one, two] => job(&[field(one), field(two)]),
            [one, two, three] => job(&[field(one), field(two), field(three)]),
            many => {
                let mut fields = Field::recycled(std::mem::take(&mut self.fields));
                fields.extend(many.iter().map(field));
                let taken = job(&fields);
                self.fields = Field::recycled(fields);
                taken
            }
        }
    }
}

/// Why there is no job of a row.
enum ComposeFailure {
    Fault(Fault),
    NoMemory,
}

impl From<Fault> for ComposeFailure {
    fn from(fault: Fault) -> Self {
        ComposeFailure::Fault(fault)
    }
}

/// A job that is longer is rare, and the room for it is not kept.
const LONG: usize = 1 << 20;

fn surplus_fault(cells: usize, columns: usize) -> Fault {
    let (cells, columns) = (counted(cells, "cell"), counted(columns, "column"));
    Fault::new(Rule::RecordExtraCells)
        .because(format!("the record has {cells}, and the table {columns}"))
}

fn doubled_key(key: &str) -> Fault {
    Fault::new(Rule::JobDuplicateKey).because(format!(
        "the key {key} is in the column payload and is a header itself"
    ))
}
