//! From cells to the JSON text of their job.

use std::ops::Range;

use super::mapping::{Mapping, TableOptions};
use crate::batch::error::Halt;
use crate::batch::source::preset::Preset;
use crate::batch::source::row::{Content, OnRow, Row};
use crate::job::{Field, KnownField, Name, RawJob, parse_whole};
use crate::json::{is_array_or_object, needs_no_escape, quoted};
use crate::{Fault, Rule};

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Its text.
    Text(&'a str),
    /// Its text, in which each quote stands doubled.
    Doubled(&'a str),
}

impl Cell<'_> {
    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        let (Cell::Text(text) | Cell::Doubled(text)) = self;
        text.is_empty()
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(self) -> bool {
        let (Cell::Text(text) | Cell::Doubled(text)) = self;
        text.bytes().all(|byte| byte.is_ascii_whitespace())
    }
}

/// How the rows of one table are written as jobs. It holds nothing that a row could change.
#[derive(Debug)]
pub struct Plan {
    /// How many columns the table has.
    columns: usize,
    /// How many of them, from the first, hold something that is written.
    needed: usize,
    fields: Vec<PlannedField>,
    /// What stands before each text of payload, `,"name":"`, and the place of its column.
    payload: Vec<(String, usize)>,
    /// The column whose cells are whole payloads.
    whole_payload: Option<usize>,
    /// The fields of the whole list, each with what stands before its value.
    preset: Vec<(KnownField, String, String)>,
    drop_empty: bool,
    /// Whether payload is written: no finding comes of it.
    with_payload: bool,
    /// The columns of the phone and the zone, where nothing else is judged or written.
    judged_alone: Option<(usize, Option<usize>)>,
}

#[derive(Debug)]
struct PlannedField {
    field: KnownField,
    /// What stands before a text, `,"phone":"`.
    open: String,
    column: usize,
}

impl Plan {
    /// A plan for a table mapped so.
    pub fn of(
        mapping: &Mapping,
        options: &TableOptions,
        preset: &Preset,
        with_payload: bool,
    ) -> Plan {
        let before = |name: &str| format!(",{}:", quoted(name));
        let open = |name: &str| before(name) + "\"";
        let is_whole = |field| field == KnownField::Payload;
        let fields = mapping.fields().filter(|(field, _)| !is_whole(*field));
        let whole_payload = mapping.fields().find(|(field, _)| is_whole(*field));
        let of_list = preset.fields().iter();
        let with_payload = with_payload || whole_payload.is_some();
        let written = mapping.columns().iter().rposition(|column| {
            column.field.is_some() || (with_payload && column.payload.is_some())
        });
        let is_judged_alone = !with_payload
            && preset.fields().is_empty()
            && !mapping.fields().any(|(field, _)| field.is_policy());
        let column_of = |field| mapping.place_of(field);
        let judged_alone = column_of(KnownField::Phone)
            .filter(|_| is_judged_alone)
            .map(|phone| (phone, column_of(KnownField::GmtZone)));
        Plan {
            columns: mapping.columns().len(),
            needed: written.map_or(0, |last| last + 1),
            fields: fields
                .map(|(field, column)| PlannedField {
                    field,
                    open: open(field.name()),
                    column,
                })
                .collect(),
            payload: mapping
                .payload()
                .map(|(key, column)| (open(key), column))
                .collect(),
            whole_payload: whole_payload.map(|(_, column)| column),
            preset: of_list
                .map(|(field, value)| (*field, before(field.name()), value.clone()))
                .collect(),
            drop_empty: options.drop_empty,
            with_payload,
            judged_alone,
        }
    }

    /// The phone of a record of so many cells and its zone, if there is one: where nothing else of
    /// it is judged or written, and they stand in it as they are.
    pub fn glimpse<'c>(
        &self,
        cells: usize,
        cell: impl Fn(usize) -> Option<Cell<'c>>,
    ) -> Option<(&'c str, Option<&'c str>)> {
        let (phone, zone) = self.judged_alone.filter(|_| cells <= self.columns)?;
        let Some(Cell::Text(phone)) = cell(phone) else {
            return None;
        };
        match zone.and_then(cell) {
            None => Some((phone, None)),
            Some(zone) if zone.is_blank() => Some((phone, None)),
            Some(Cell::Text(zone)) => Some((phone, Some(zone))),
            Some(Cell::Doubled(_)) => None,
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
    /// Hands over a row of cells, which came from `record`: its job, or why there is none.
    pub fn row(
        &mut self,
        plan: &Plan,
        cells: &[Cell<'_>],
        (offset, record): (Option<u64>, &[u8]),
        on_row: &mut OnRow<'_>,
    ) -> Result<(), Halt> {
        let mut surplus = cells.iter().skip(plan.columns);
        let composed = match surplus.all(|cell| cell.is_blank()) {
            true => self.job(plan, cells, |job| {
                on_row(Row {
                    offset,
                    content: Content::Composed { job, record },
                })
            }),
            false => Err(surplus_fault(cells.len(), plan.columns)),
        };
        composed.unwrap_or_else(|fault| {
            on_row(Row {
                offset,
                content: Content::Refused(record, fault),
            })
        })
    }

    /// Hands over the job of a row; a cell that is missing is empty. Fails where the cells can
    /// make no job.
    fn job<T>(
        &mut self,
        plan: &Plan,
        cells: &[Cell<'_>],
        take: impl FnOnce(RawJob<'_>) -> T,
    ) -> Result<T, Fault> {
        self.text.clear();
        self.text.push('{');
        self.places.clear();
        for planned in &plan.fields {
            if let Some(cell) = cells.get(planned.column).filter(|cell| !cell.is_blank()) {
                let start = self.cell(&planned.open, *cell, planned.field.is_structured());
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
        Ok(self.hand_over(take))
    }

    /// Writes the name of a member; behind the brace that opens the object, without its comma.
    fn push_name(&mut self, before: &str) {
        let is_first = self.text.ends_with('{');
        self.text
            .push_str(if is_first { &before[1..] } else { before });
    }

    fn payload(&mut self, plan: &Plan, cells: &[Cell<'_>]) -> Result<(), Fault> {
        let (begin, mut keys) = (self.text.len(), Vec::new());
        self.push_name(",\"payload\":");
        let start = self.text.len();
        let whole = plan.whole_payload.and_then(|column| cells.get(column));
        match whole.filter(|cell| !cell.is_blank()) {
            Some(cell) => keys = self.whole_payload(*cell)?,
            None => self.text.push('{'),
        }
        for (open, column) in &plan.payload {
            let cell = cells.get(*column).copied().unwrap_or(Cell::Text(""));
            if plan.drop_empty && cell.is_empty() {
                continue;
            }
            let key = open[1..].trim_end_matches(":\"");
            if keys.iter().any(|other| other == key) {
                return Err(doubled_key(key));
            }
            self.cell(open, cell, false);
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
    fn whole_payload(&mut self, cell: Cell<'_>) -> Result<Vec<String>, Fault> {
        let text = self.plain(cell).trim().to_owned();
        let mut fields = Vec::new();
        match parse_whole(&text, &mut fields) {
            Ok(RawJob {
                text,
                fields: Some(fields),
            }) => {
                let open = text.strip_suffix('}').unwrap_or(text);
                let open = open.trim_end();
                self.text.push_str(open);
                let keys = fields.iter().map(|field| quoted(&field.name.text()));
                Ok(keys.collect())
            }
            _ => Err(Fault::new(Rule::PayloadType)
                .because("the cell of the column payload is no JSON object")),
        }
    }

    /// Appends a member whose name stands in `open`, up to the quote of its text: a cell as a JSON
    /// string or, where that may be and it is one, as the JSON that it holds. Answers where the
    /// value begins.
    fn cell(&mut self, open: &str, cell: Cell<'_>, is_structured: bool) -> usize {
        match cell {
            Cell::Text(text) if !is_structured && needs_no_escape(text.as_bytes()) => {
                self.push_name(open);
                let start = self.text.len() - 1;
                self.text.push_str(text);
                self.text.push('"');
                start
            }
            Cell::Text(_) | Cell::Doubled(_) => {
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
        }
    }

    /// The text of a cell, its quotes no longer doubled.
    fn plain<'c>(&'c mut self, cell: Cell<'c>) -> &'c str {
        match cell {
            Cell::Text(text) => text,
            Cell::Doubled(text) => {
                self.cell.clear();
                let mut pieces = text.split("\"\"");
                self.cell.push_str(pieces.next().unwrap_or_default());
                for piece in pieces {
                    self.cell.push('"');
                    self.cell.push_str(piece);
                }
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

fn surplus_fault(cells: usize, columns: usize) -> Fault {
    Fault::new(Rule::RecordExtraCells).because(format!(
        "the record has {cells} cells, and the table {columns} columns"
    ))
}

fn doubled_key(key: &str) -> Fault {
    Fault::new(Rule::JobDuplicateKey).because(format!(
        "the key {key} is in the column payload and is a header itself"
    ))
}
