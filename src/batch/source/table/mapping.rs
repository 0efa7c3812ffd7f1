//! Which column of a table is which field of a job.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::job::KnownField;
use crate::{Rule, phone};

/// What the caller decided about tables.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// The columns of fields, by their headers; they stand above what the headers say.
    pub map: Vec<(KnownField, String)>,
    /// The columns that go into payload, by their headers; all that are no field where there is
    /// none.
    pub payload: Option<Vec<String>>,
    /// Whether an empty cell is left out of payload; else it is an empty text there.
    pub drop_empty: bool,
    /// The byte between two cells; told by the content where there is none.
    pub delimiter: Option<u8>,
}

impl TableOptions {
    /// The name of an option that was given and has no meaning but for a table.
    pub(crate) fn of_tables_only(&self) -> Option<&'static str> {
        match self {
            options if !options.map.is_empty() => Some("map"),
            options if options.payload.is_some() => Some("payload"),
            _ => None,
        }
    }
}

/// The field of that name, or in words why there is none.
pub fn field_of_name(name: &str) -> Result<KnownField, String> {
    KnownField::from_name(name.as_bytes()).ok_or_else(|| match KnownField::meant_by(name) {
        Some(meant) => format!(
            "{name:?} is no field of a job; did you mean {:?}?",
            meant.name()
        ),
        None => format!("{name:?} is no field of a job"),
    })
}

/// A column of a table, and what its cells become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappedColumn {
    /// Its header, without white space around it; `column2` where it has none.
    pub column: String,
    /// The field of the job.
    #[serde(serialize_with = "field_name")]
    pub field: Option<KnownField>,
    /// The key of payload.
    pub payload: Option<String>,
}

fn field_name<S: serde::Serializer>(field: &Option<KnownField>, to: S) -> Result<S::Ok, S::Error> {
    field.map(KnownField::name).serialize(to)
}

/// What the columns of a table are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMapping {
    columns: Vec<MappedColumn>,
    /// Whether the first row is none of the data.
    pub has_header: bool,
}

/// Begins the headers of a reject file's own columns.
const OWN: &str = "predial_";

impl ColumnMapping {
    /// Maps the columns of a table by its first row. `is_phone` tells a phone: a first row that
    /// has one, and no header that is known, is data. Fails, in words, where the options name a
    /// column that is not there or two columns are one field.
    ///
    /// ```
    /// use predial::batch::{ColumnMapping, TableOptions};
    /// let mapping = ColumnMapping::of(&["Имя", "Телефон"], &TableOptions::default(), |_| false)?;
    /// assert_eq!(mapping.to_string(), "phone ← \"Телефон\", payload ← \"Имя\"");
    /// # Ok::<(), String>(())
    /// ```
    pub fn of(
        first: &[&str],
        options: &TableOptions,
        is_phone: impl Fn(&str) -> bool,
    ) -> Result<ColumnMapping, String> {
        let first: Vec<&str> = first.iter().map(|header| header.trim()).collect();
        let mapped = options.map.iter().map(|(_, column)| column);
        let asked = mapped.chain(options.payload.iter().flatten());
        let asked: HashSet<&str> = asked.map(|column| column.trim()).collect();
        let is_known = |header: &&&str| {
            KnownField::from_header(header).is_some() || is_own(header) || asked.contains(**header)
        };
        let has_header = first.iter().any(|header| is_known(&header))
            || !first.iter().any(|cell| is_phone(cell));
        let named = |(index, header): (usize, &&str)| match has_header && !header.is_empty() {
            true => (*header).to_owned(),
            false => format!("column{}", index + 1),
        };
        let columns = first
            .iter()
            .enumerate()
            .map(named)
            .map(|column| MappedColumn {
                column,
                field: None,
                payload: None,
            });
        let mut mapping = ColumnMapping {
            columns: columns.collect(),
            has_header,
        };
        mapping.map_fields(options)?;
        mapping.map_payload(options)?;
        Ok(mapping)
    }

    fn map_fields(&mut self, options: &TableOptions) -> Result<(), String> {
        let headers = Headers::of(&self.columns);
        let mapped = options.map.iter();
        let mapped = mapped.map(|(field, column)| Ok((*field, headers.find(column)?)));
        for (field, index) in mapped.collect::<Result<Vec<_>, String>>()? {
            self.set_field(index, field)?;
        }
        for index in 0..self.columns.len() {
            let column = &self.columns[index];
            if column.field.is_some() || is_own(&column.column) {
                continue;
            }
            let from_header = KnownField::from_header(&column.column);
            let is_asked = |field| options.map.iter().any(|(asked, _)| *asked == field);
            if let Some(field) = from_header.filter(|field| !is_asked(*field)) {
                self.set_field(index, field)?;
            }
        }
        if self.column_of(KnownField::Phone).is_none() {
            let is_free = |column: &MappedColumn| column.field.is_none() && !is_own(&column.column);
            if let Some(first) = self.columns.iter_mut().find(|column| is_free(column)) {
                first.field = Some(KnownField::Phone);
            }
        }
        Ok(())
    }

    fn set_field(&mut self, index: usize, field: KnownField) -> Result<(), String> {
        let name = field.name();
        if let Some(other) = self.column_of(field).filter(|other| *other != index) {
            return Err(format!(
                "two columns are {name}: {:?} and {:?}; choose one, such as map={{\"{name}\": {:?}}}",
                self.columns[other].column, self.columns[index].column, self.columns[other].column,
            ));
        }
        let column = &mut self.columns[index];
        if let Some(other) = column.field.filter(|other| *other != field) {
            let (column, other) = (&column.column, other.name());
            return Err(format!(
                "the column {column:?} can't be both {other} and {name}"
            ));
        }
        column.field = Some(field);
        Ok(())
    }

    fn map_payload(&mut self, options: &TableOptions) -> Result<(), String> {
        let indices = match &options.payload {
            Some(asked) => {
                let headers = Headers::of(&self.columns);
                let found = asked.iter().map(|column| headers.find(column));
                found.collect::<Result<Vec<usize>, String>>()?
            }
            None => {
                let is_rest =
                    |column: &MappedColumn| column.field.is_none() && !is_own(&column.column);
                let all = self.columns.iter().enumerate();
                all.filter(|(_, column)| is_rest(column))
                    .map(|(index, _)| index)
                    .collect()
            }
        };
        for (index, key) in payload_keys(&self.columns, &indices) {
            self.columns[index].payload = Some(key);
        }
        Ok(())
    }

    /// The place of the column that is this field.
    pub fn place_of(&self, field: KnownField) -> Option<usize> {
        self.column_of(field)
    }

    fn column_of(&self, field: KnownField) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.field == Some(field))
    }

    /// The columns, in the order of the table.
    pub fn columns(&self) -> &[MappedColumn] {
        &self.columns
    }

    /// The fields and the place of each one's column, in the order of the API document.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (KnownField, usize)> + '_ {
        let all = KnownField::ALL.iter();
        all.filter_map(|field| Some((*field, self.column_of(*field)?)))
    }

    /// The keys of payload and the place of each one's column.
    pub(crate) fn payload(&self) -> impl Iterator<Item = (&str, usize)> {
        let all = self.columns.iter().enumerate();
        all.filter_map(|(index, column)| Some((column.payload.as_deref()?, index)))
    }

    /// How many columns at the beginning are those of a reject file.
    pub(super) fn own_columns(&self) -> usize {
        let own = self
            .columns
            .iter()
            .take_while(|column| is_own(&column.column));
        own.count()
    }
}

/// The key of payload for each of these columns, each column once: its header, and where an earlier
/// one has that, the header with the first number that gives a new name (`name`, then `name_2`).
///
/// The search for a number goes on where the last one for the same header ended. Each header is
/// passed by one search only, so the time is linear in the number of columns.
fn payload_keys(columns: &[MappedColumn], indices: &[usize]) -> Vec<(usize, String)> {
    let headers: HashSet<&str> = columns.iter().map(|column| &*column.column).collect();
    let mut next_numbers: HashMap<&str, u64> = HashMap::new();
    let mut placed = HashSet::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut keys = Vec::with_capacity(indices.len());
    for &index in indices {
        if !placed.insert(index) {
            continue;
        }
        let header = &*columns[index].column;
        let mut key = header.to_owned();
        if taken.contains(&key) {
            let next = next_numbers.entry(header).or_insert(2);
            loop {
                key = format!("{header}_{next}");
                *next += 1;
                if !taken.contains(&key) && !headers.contains(&*key) {
                    break;
                }
            }
        }
        taken.insert(key.clone());
        keys.push((index, key));
    }
    keys
}

/// Finds columns by their headers.
struct Headers<'c> {
    columns: &'c [MappedColumn],
    exact: HashMap<&'c str, usize>,
    /// By the header without case and spaces.
    folded: HashMap<String, usize>,
}

impl<'c> Headers<'c> {
    fn of(columns: &'c [MappedColumn]) -> Self {
        let (mut exact, mut alike) = (HashMap::new(), HashMap::new());
        for (index, column) in columns.iter().enumerate() {
            exact.entry(&*column.column).or_insert(index);
            alike.entry(folded(&column.column)).or_insert(index);
        }
        Headers {
            columns,
            exact,
            folded: alike,
        }
    }

    /// The first column of that header, to the letter or else but for case and spaces.
    fn find(&self, header: &str) -> Result<usize, String> {
        let header = header.trim();
        let alike = || self.folded.get(&folded(header));
        let found = self.exact.get(header).or_else(alike).copied();
        found.ok_or_else(|| {
            format!(
                "the table has no column {header:?}; it has {}",
                self.shown()
            )
        })
    }

    /// The headers in words, of a table with many the first.
    fn shown(&self) -> String {
        const MOST: usize = 50;
        let shown = self.columns.iter().take(MOST);
        let names: Vec<String> = shown.map(|column| format!("{:?}", column.column)).collect();
        let names = names.join(", ");
        match self.columns.len().saturating_sub(MOST) {
            0 => names,
            more => format!("{names} and {more} more"),
        }
    }
}

fn folded(header: &str) -> String {
    let letters = header.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a cell of the first row is a phone, be it one with a fault: then it is no header.
pub(super) fn is_phone(cell: &str, options: &phone::PhoneOptions) -> bool {
    /// Shorter numbers than these stand in headers, as years do.
    const DIGITS: usize = 7;
    let digits = cell.chars().filter(|c| c.is_numeric()).count();
    if digits == 0 {
        return false;
    }
    let is_long = digits >= DIGITS;
    match phone::resolve(cell, options).map_err(|fault| fault.rule) {
        Ok(_) => is_long,
        Err(Rule::PhoneScientific) => true,
        Err(
            Rule::PhoneNational
            | Rule::PhoneAmbiguous
            | Rule::PhoneLocalOnly
            | Rule::PhoneExtension
            | Rule::PhoneMultiple,
        ) => is_long,
        Err(_) => {
            is_long
                && cell
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'+')
        }
    }
}

/// Whether the header is that of a reject file's own column.
fn is_own(header: &str) -> bool {
    let begin = header.get(..OWN.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(OWN))
}

impl std::fmt::Display for ColumnMapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (field, index)) in self.fields().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(
                f,
                "{comma}{} ← {:?}",
                field.name(),
                self.columns[index].column
            )?;
        }
        for (at, (_, index)) in self.payload().enumerate() {
            let before = if at > 0 { ", " } else { ", payload ← " };
            write!(f, "{before}{:?}", self.columns[index].column)?;
        }
        Ok(())
    }
}
