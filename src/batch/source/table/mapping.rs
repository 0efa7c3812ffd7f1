//! Which column of a table is which field of a job.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize, Serializer};

use crate::job::KnownField;

/// What the caller decided about tables.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// The columns of fields, by header or place, in the order in which the first filled one is
    /// taken; they come before what the headers say.
    pub map: Vec<(ColumnUse, Vec<String>)>,
    /// The columns that go into payload, by header or place; all that are not a field if there is
    /// none.
    pub payload: Option<Vec<String>>,
    /// Whether an empty cell is left out of payload; else it is an empty text there.
    pub drop_empty: bool,
    /// The byte between two cells; detected by the content if there is none.
    pub delimiter: Option<u8>,
    /// Whether there is a header; detected by the content if the caller does not say.
    pub header: Option<bool>,
    /// The line of the header, from 1.
    pub header_row: Option<u64>,
    /// What the phones of the list are for.
    pub purpose: ListPurpose,
}

/// What the phones of a list are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListPurpose {
    /// They are called.
    #[default]
    Calls,
    /// They are not to be called.
    Exclusion,
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

    /// The columns that the caller wants to be this.
    pub(super) fn columns_for(&self, wanted: ColumnUse) -> Option<&[String]> {
        let mut all = self.map.iter();
        let found = all.find(|(column_use, _)| *column_use == wanted);
        found.map(|(_, columns)| columns.as_slice())
    }

    /// The headers that the caller has named.
    pub(super) fn named_headers(&self) -> HashSet<&str> {
        let mapped = self.map.iter().flat_map(|(_, columns)| columns);
        let all = mapped.chain(self.payload.iter().flatten());
        let headers = all.filter_map(|column| match ColumnName::of(column) {
            Ok(ColumnName::Header(header)) => Some(header),
            _ => None,
        });
        headers.collect()
    }
}

/// The field of that name, or in words why there is none.
pub(in crate::batch) fn field_of_name(name: &str) -> Result<KnownField, String> {
    KnownField::from_name(name.as_bytes()).ok_or_else(|| match KnownField::meant_by(name) {
        Some(meant) => format!(
            "{name:?} is not a field of a job; did you mean {:?}?",
            meant.name()
        ),
        None => format!("{name:?} is not a field of a job"),
    })
}

/// What the cells of a column are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnUse {
    /// They are a field of the job.
    Field(KnownField),
    /// They are the country in which the phone of the row may be dialled. They are not sent.
    Region,
    /// They are the calling code of the phone of the row. They are not sent.
    CallingCode,
}

impl ColumnUse {
    /// The column of phones.
    pub const PHONE: ColumnUse = ColumnUse::Field(KnownField::Phone);

    /// The name of the field, `region` or `callingCode`.
    pub const fn name(self) -> &'static str {
        match self {
            ColumnUse::Field(field) => field.name(),
            ColumnUse::Region => "region",
            ColumnUse::CallingCode => "callingCode",
        }
    }

    /// The use of that name, or in words why there is none.
    ///
    /// # Errors
    /// A message with the name that was perhaps meant.
    pub fn from_name(name: &str) -> Result<ColumnUse, String> {
        match name {
            "region" => Ok(ColumnUse::Region),
            "callingCode" => Ok(ColumnUse::CallingCode),
            _ => field_of_name(name).map(ColumnUse::Field),
        }
    }

    /// The field, if it is one.
    pub const fn field(self) -> Option<KnownField> {
        match self {
            ColumnUse::Field(field) => Some(field),
            ColumnUse::Region | ColumnUse::CallingCode => None,
        }
    }
}

/// Why a column is used for what it is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MappingReason {
    /// Its header says so.
    Name,
    /// Its cells say so.
    Content,
    /// The caller says so.
    Option,
}

impl MappingReason {
    /// `name`, `content` or `option`.
    pub const fn name(self) -> &'static str {
        match self {
            MappingReason::Name => "name",
            MappingReason::Content => "content",
            MappingReason::Option => "option",
        }
    }
}

/// A column of a table, and what its cells become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappedColumn {
    /// Its header, without white space around it; `column2` if it has none.
    pub column: String,
    /// Its place in the table, from 1.
    pub place: usize,
    /// What it is used for.
    #[serde(rename = "field", serialize_with = "use_name")]
    pub column_use: Option<ColumnUse>,
    /// The key of payload.
    pub payload: Option<String>,
    /// Why it is used for that.
    pub why: Option<MappingReason>,
    /// How many of its sampled cells are what it is used for, and how many have a value.
    #[serde(skip)]
    pub sampled: Option<(u32, u32)>,
}

impl MappedColumn {
    /// The share of the sampled cells that are what the column is used for.
    pub fn share(&self) -> Option<f64> {
        let (fitting, all) = self.sampled.filter(|(_, all)| *all > 0)?;
        Some(f64::from(fitting) / f64::from(all))
    }
}

fn use_name<S: Serializer>(column_use: &Option<ColumnUse>, to: S) -> Result<S::Ok, S::Error> {
    column_use.map(ColumnUse::name).serialize(to)
}

/// What the columns of a table are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMapping {
    columns: Vec<MappedColumn>,
    /// The places of the columns of each use, the preferred one first.
    uses: Vec<(ColumnUse, Vec<usize>)>,
    /// Whether the table has a header.
    pub has_header: bool,
    /// How many of the last columns have no cell in the header.
    pub beyond_header: usize,
}

/// Begins the headers of a reject file's own columns.
const OWN: &str = "predial_";

/// A column of a reject file: which column is what, so that the next round takes the same columns: the few rows that were rejected
/// may look otherwise than the list did.
pub(super) const COLUMN_USES: &str = "predial_columns";

impl ColumnMapping {
    /// The columns of a table with this header, or of so many columns without one. None is used for
    /// anything yet.
    pub(super) fn unused(header: Option<&[&str]>, width: usize) -> ColumnMapping {
        let header = header.unwrap_or_default();
        // In a reject file the columns of the list keep their names.
        let mut own = 0;
        let mut named = |place: usize| match header.get(place).map(|name| name.trim()) {
            Some(name) if !name.is_empty() => {
                own += usize::from(is_own(name));
                name.to_owned()
            }
            _ => format!("column{}", place + 1 - own),
        };
        let columns = (0..width.max(header.len())).map(|place| MappedColumn {
            column: named(place),
            place: place + 1,
            column_use: None,
            payload: None,
            why: None,
            sampled: None,
        });
        ColumnMapping {
            columns: columns.collect(),
            uses: Vec::new(),
            has_header: !header.is_empty(),
            beyond_header: match header.is_empty() {
                true => 0,
                false => width.saturating_sub(header.len()),
            },
        }
    }

    /// Uses columns as the caller has said. Fails, in words, if the options name a column that is not
    /// there, or one column for two uses.
    pub(super) fn use_as_asked(&mut self, options: &TableOptions) -> Result<(), String> {
        for (column_use, names) in &options.map {
            let headers = Headers::of(&self.columns);
            let places: Result<Vec<usize>, String> = names
                .iter()
                .map(|name| headers.find_one(name, *column_use))
                .collect();
            for place in places? {
                self.use_for(place, *column_use, MappingReason::Option)?;
            }
        }
        Ok(())
    }

    /// Uses columns as the run did that rejected these rows, but for what the caller has said. Fails as
    /// [`ColumnMapping::use_as_asked`] does: a column that is no longer there is not searched for anew.
    pub(super) fn use_as_before(
        &mut self,
        before: &[(ColumnUse, Vec<String>)],
        options: &TableOptions,
    ) -> Result<(), String> {
        for (column_use, names) in before {
            if let Some(asked) = options.columns_for(*column_use) {
                self.refuse_moved(*column_use, asked, names)?;
                continue;
            }
            for place in self.places_of(names)? {
                if self.columns[place].column_use.is_none() {
                    self.use_for(place, *column_use, MappingReason::Option)?;
                }
            }
        }
        Ok(())
    }

    /// Refuses places that no longer are the columns of the run before: somebody has moved them.
    fn refuse_moved(
        &self,
        column_use: ColumnUse,
        asked: &[String],
        before: &[String],
    ) -> Result<(), String> {
        let is_place = |name: &String| matches!(ColumnName::of(name), Ok(ColumnName::Place(_)));
        let are_places = asked.iter().all(is_place) && !before.iter().all(is_place);
        match are_places && self.places_of(asked)? != self.places_of(before)? {
            true => Err(format!(
                "map says that {} is {}, and these rejects were made with {}: the columns were moved; \
                 name the column by its header",
                column_use.name(),
                asked.join(", "),
                before.join(", "),
            )),
            false => Ok(()),
        }
    }

    fn places_of(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let headers = Headers::of(&self.columns);
        names.iter().map(|name| headers.find(name)).collect()
    }

    /// Uses one more column for this, after those that are used for it already.
    pub(super) fn use_for(
        &mut self,
        place: usize,
        column_use: ColumnUse,
        why: MappingReason,
    ) -> Result<(), String> {
        let column = &mut self.columns[place];
        if let Some(other) = column.column_use {
            let (column, other, name) = (&column.column, other.name(), column_use.name());
            return match other == name {
                true => Err(format!("map names the column {column:?} twice for {name}")),
                false => Err(format!(
                    "the column {column:?} can't be both {other} and {name}"
                )),
            };
        }
        column.column_use = Some(column_use);
        column.why = Some(why);
        match self.uses.iter_mut().find(|(other, _)| *other == column_use) {
            Some((_, places)) => places.push(place),
            None => self.uses.push((column_use, vec![place])),
        }
        Ok(())
    }

    /// Notes how many of the sampled cells of a column are what it is used for.
    pub(super) fn set_sampled(&mut self, place: usize, fitting: u32, all: u32) {
        self.columns[place].sampled = Some((fitting, all));
    }

    pub(super) fn map_payload(&mut self, options: &TableOptions) -> Result<(), String> {
        let indices = match &options.payload {
            Some(asked) => {
                let headers = Headers::of(&self.columns);
                let found = asked.iter().map(|column| headers.find(column));
                found.collect::<Result<Vec<usize>, String>>()?
            }
            None => {
                let is_rest =
                    |column: &MappedColumn| column.column_use.is_none() && !is_own(&column.column);
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

    /// The places of the columns of this use, the preferred one first.
    pub fn places_for(&self, column_use: ColumnUse) -> &[usize] {
        let mut all = self.uses.iter();
        let found = all.find(|(other, _)| *other == column_use);
        found.map_or(&[], |(_, places)| places)
    }

    /// The columns, in the order of the table.
    pub fn columns(&self) -> &[MappedColumn] {
        &self.columns
    }

    /// The fields and the places of the columns of each, in the order of the API document.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (KnownField, &[usize])> + '_ {
        let all = KnownField::ALL.iter();
        all.filter_map(|field| {
            let places = self.places_for(ColumnUse::Field(*field));
            (!places.is_empty()).then_some((*field, places))
        })
    }

    /// The keys of payload and the place of each one's column.
    pub(crate) fn payload(&self) -> impl Iterator<Item = (&str, usize)> {
        let all = self.columns.iter().enumerate();
        all.filter_map(|(index, column)| Some((column.payload.as_deref()?, index)))
    }

    /// Whether columns have the country or the calling code of each row.
    pub fn has_row_regions(&self) -> bool {
        let uses = [ColumnUse::Region, ColumnUse::CallingCode];
        uses.iter()
            .any(|wanted| !self.places_for(*wanted).is_empty())
    }

    /// How many columns at the beginning are those of a reject file.
    pub(super) fn own_columns(&self) -> usize {
        let own = self
            .columns
            .iter()
            .take_while(|column| is_own(&column.column));
        own.count()
    }

    /// Columns as a caller can name them together: by their headers, or all by their places if the headers
    /// would be longer than a line of a terminal.
    pub(super) fn asked_names(&self, places: &[usize]) -> Vec<String> {
        let names: Vec<String> = places.iter().map(|place| self.asked_name(*place)).collect();
        let columns: usize = names.iter().map(|name| shown_columns(name) + 3).sum();
        match columns > LONGEST_NAME + 20 {
            true => places
                .iter()
                .map(|place| format!("#{}", list_place(&self.columns, *place)))
                .collect(),
            false => names,
        }
    }

    /// The column as a caller can name it: by its header, or by its place if that is shorter than to
    /// quote the header, if the header is long, or if another column has the same.
    pub(super) fn asked_name(&self, place: usize) -> String {
        let name = &self.columns[place].column;
        // What nobody can see can't be typed; white space of any kind is found by a plain space.
        let is_seen = |c: char| c.is_whitespace() || c.escape_debug().count() == 1;
        let is_plain = name.chars().all(is_seen)
            && !name.starts_with('#')
            && !name.contains([',', ';', '"', '\'', '\\', '{', '}', '\n'])
            && shown_columns(name) <= LONGEST_NAME;
        let same = self
            .columns
            .iter()
            .filter(|other| folded(&other.column) == folded(name));
        match self.has_header && is_plain && same.count() == 1 {
            true => name.clone(),
            false => format!("#{}", list_place(&self.columns, place)),
        }
    }

    /// Which column is used for what, as a text: `phone=Mobile,Phone; gmtZone=Timezone`. It is read by
    /// [`uses_of_text`].
    pub(super) fn uses_as_text(&self) -> String {
        let uses = self.uses.iter().map(|(column_use, places)| {
            let names = places.iter().map(|place| match self.has_header {
                true => Cow::Owned(self.asked_name(*place)),
                // The header of a reject file names the columns by their uses.
                false if places.len() == 1 => Cow::Borrowed(column_use.name()),
                false => Cow::Owned(self.asked_name(*place)),
            });
            let names: Vec<Cow<'_, str>> = names.collect();
            format!("{}={}", column_use.name(), names.join(","))
        });
        uses.collect::<Vec<String>>().join("; ")
    }
}

/// What each column was used for in the run that rejected these rows, if they say so. Fails, in words,
/// if the rows are of several runs that used other columns.
pub(super) fn earlier_uses(
    mapping: &ColumnMapping,
    rows: &[Vec<Cow<'_, str>>],
) -> Result<Vec<(ColumnUse, Vec<String>)>, String> {
    let Some(place) = place_of_uses(mapping) else {
        return Ok(Vec::new());
    };
    let mut texts = filled_cells(rows, place);
    let Some(text) = texts.next() else {
        return Ok(Vec::new());
    };
    match texts.find(|other| *other != text && *other != COLUMN_USES) {
        Some(other) => Err(format!(
            "these rejects are of several runs with other columns ({text:?} and {other:?}); give the file \
             of each run alone"
        )),
        None => Ok(uses_of_text(text)),
    }
}

/// The place of [`COLUMN_USES`] in a reject file.
fn place_of_uses(mapping: &ColumnMapping) -> Option<usize> {
    let mut columns = mapping.columns().iter();
    let place = columns.position(|column| column.column.eq_ignore_ascii_case(COLUMN_USES));
    place.filter(|_| mapping.has_header)
}

/// The cells of a column that have a value.
fn filled_cells<'r>(rows: &'r [Vec<Cow<'_, str>>], place: usize) -> impl Iterator<Item = &'r str> {
    let cells = rows.iter().filter_map(move |row| row.get(place));
    let texts = cells.map(|cell| cell.trim());
    texts.filter(|text| !text.is_empty())
}

/// Where the rows of a reject file say what each column was used for, and what the first of them says.
pub(super) fn text_of_uses(
    mapping: &ColumnMapping,
    rows: &[Vec<Cow<'_, str>>],
) -> Option<(usize, String)> {
    let place = place_of_uses(mapping)?;
    let text = filled_cells(rows, place).next()?;
    Some((place, text.to_owned()))
}

/// The uses that such a text names. What is not such a text has none.
fn uses_of_text(text: &str) -> Vec<(ColumnUse, Vec<String>)> {
    let of_use = |part: &str| {
        let (name, columns) = part.split_once('=')?;
        let column_use = ColumnUse::from_name(name.trim()).ok()?;
        Some((column_use, columns.split(',').map(str::to_owned).collect()))
    };
    text.split("; ").filter_map(of_use).collect()
}

/// The place of a column in the list, from 1: the columns that a reject file has beside those of its
/// list don't count, so a place means the same column in every round.
fn list_place(columns: &[MappedColumn], place: usize) -> usize {
    let before = &columns[..place];
    let of_list = before.iter().filter(|column| !is_own(&column.column));
    of_list.count() + 1
}

/// A longer header is not a part of an option that somebody should type.
const LONGEST_NAME: usize = 40;

/// About how many columns of a terminal a text takes: letters of East Asia take two.
fn shown_columns(text: &str) -> usize {
    let columns = |char: char| if char >= '\u{1100}' { 2 } else { 1 };
    text.chars().map(columns).sum()
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

/// How a caller names a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnName<'n> {
    Header(&'n str),
    /// The place from 1, written `#3`.
    Place(usize),
}

impl<'n> ColumnName<'n> {
    /// Reads a name. A header that begins with `#` is written with one more.
    fn of(name: &'n str) -> Result<ColumnName<'n>, String> {
        let name = name.trim();
        match name.strip_prefix('#') {
            Some(header) if header.starts_with('#') => Ok(ColumnName::Header(header)),
            Some(place) => match place.parse() {
                Ok(place) if place > 0 => Ok(ColumnName::Place(place)),
                _ => Err(format!(
                    "{name:?} is not the place of a column, such as \"#3\"; a header that begins \
                     with # is written with two: \"#{name}\""
                )),
            },
            None => Ok(ColumnName::Header(name)),
        }
    }
}

/// Finds columns as callers name them.
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

    /// The column of that place, or the first one of that header: to the letter, or else but for case
    /// and spaces.
    fn find(&self, name: &str) -> Result<usize, String> {
        let header = match ColumnName::of(name)? {
            ColumnName::Header(header) => header,
            ColumnName::Place(wanted) => {
                let of_list = self.columns.iter().filter(|column| !is_own(&column.column));
                let mut of_list = of_list.map(|column| column.place - 1);
                let count = of_list.clone().count();
                let found = of_list.nth(wanted - 1);
                return found
                    .ok_or_else(|| format!("the table has no column #{wanted}; it has {count}"));
            }
        };
        let alike = || self.folded.get(&folded(header));
        let found = self.exact.get(header).or_else(alike).copied();
        found.ok_or_else(|| {
            format!(
                "the table has no column {header:?}; it has {}",
                self.shown()
            )
        })
    }

    /// The same, if only one column has that header.
    fn find_one(&self, name: &str, column_use: ColumnUse) -> Result<usize, String> {
        let found = self.find(name)?;
        let header = &self.columns[found].column;
        if is_own(header) {
            return Err(format!(
                "{header:?} is a column that predial wrote; it can't be {}",
                column_use.name()
            ));
        }
        if matches!(ColumnName::of(name), Ok(ColumnName::Place(_))) {
            return Ok(found);
        }
        let same = self
            .columns
            .iter()
            .filter(|column| column.column == *header);
        let places: Vec<String> = same
            .map(|column| format!("\"#{}\"", list_place(self.columns, column.place - 1)))
            .collect();
        match &*places {
            [_] => Ok(found),
            [first, ..] => Err(format!(
                "the header {header:?} is that of the columns {}; choose by place, such as \
                 map={{\"{}\": {first}}}",
                places.join(", "),
                column_use.name(),
            )),
            [] => Ok(found),
        }
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

/// Whether the header is that of a reject file's own column.
pub(super) fn is_own(header: &str) -> bool {
    let header = header.trim_start();
    let begin = header.get(..OWN.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(OWN))
}
