//! Which record of a table is its header, and where its rows begin.
//!
//! The records up to the first that is surely data are looked at, 20 at the most. The header is the
//! last of them with the name of a phone over a column of phones; else the last with any name of the
//! word list; else the one before the data. What comes before it is passed over and named. A record
//! that may be data is never a header: a header that is taken for a row is one reject, a row that is
//! taken for a header is a person who is not called. If no column is the phone, [`later`] looks for a
//! header further down, which the caller may name.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Serialize;

use super::cell_kind::{CellKind, has_digits_of_a_phone, is_written_as_phone};
use super::dialect::DELIMITERS;
use super::mapping::is_own;
use super::names::{HeaderName, PhoneName};
use super::stats::ColumnStats;

/// So many records may be above the rows.
pub(super) const MOST: usize = 20;

/// One record of a sample.
pub(super) type RecordCells<'t> = Vec<Cow<'t, str>>;

/// Why a record is not a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassedOver {
    /// It has no value.
    Blank,
    /// It begins with `#`.
    Comment,
    /// It is the title of the list.
    Title,
    /// It is above the header.
    AboveHeader,
    /// It is the header again, further down.
    RepeatedHeader,
}

impl PassedOver {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            PassedOver::Blank => "blank",
            PassedOver::Comment => "comment",
            PassedOver::Title => "title",
            PassedOver::AboveHeader => "above-header",
            PassedOver::RepeatedHeader => "repeated-header",
        }
    }
}

/// Where the header and the rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HeaderChoice {
    /// The header.
    pub header: Option<usize>,
    /// The first record that is a row.
    pub first_row: usize,
    /// The records before it that are neither.
    pub passed: Vec<(usize, PassedOver)>,
    /// Whether a record above the rows is a row of a list with another delimiter.
    pub has_two_delimiters: bool,
}

/// How likely a record is the header.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The name of a phone is the only value, over a column of phones: perhaps a title.
    LoneNameOfPhone,
    BeforeData,
    KnownWord,
    /// The name of a phone is over phones, and no phone is valid.
    NameOfFaulty,
    /// The name of a phone and further words are over a column of phones: perhaps a remark.
    LongNameOfPhone,
    NameOfPhone,
}

/// Finds the header. `asked` are the headers that the caller has named.
pub(super) fn find(
    records: &[RecordCells<'_>],
    kinds: &[Vec<CellKind>],
    asked: &HashSet<&str>,
) -> HeaderChoice {
    let list = ListShape::of(records, kinds);
    let mut passed = Vec::new();
    let mut has_two_delimiters = false;
    let mut best: Option<(Likeness, usize)> = None;
    let end = list.body.min(records.len()).min(MOST);
    let mut first_row = end;
    let kinds: Vec<Vec<CellKind>> = (records.iter().zip(kinds).take(end))
        .map(|(record, kinds)| list.kinds_above(record, kinds))
        .collect();
    let names: Vec<Vec<HeaderName>> = (records.iter().zip(&kinds))
        .map(|(record, kinds)| names_of(record, kinds))
        .collect();
    let named = (0..end)
        .rev()
        .find_map(|place| Some((place, list.phone_name(&kinds[place], &names[place])?)));
    for place in 0..end {
        let (record, kinds, names) = (&records[place], &kinds[place], &names[place]);
        if record
            .iter()
            .any(|cell| is_own(cell) || asked.contains(cell.trim()))
        {
            best = Some((Likeness::NameOfPhone, place));
            break;
        }
        if record.is_empty() {
            // It can't be read, which is said where rows are judged.
            first_row = place;
            break;
        }
        if kinds.iter().all(|kind| *kind == CellKind::Blank) {
            passed.push((place, PassedOver::Blank));
            continue;
        }
        if is_comment(record, records.get(place + 1)) {
            passed.push((place, PassedOver::Comment));
            continue;
        }
        let below = named.filter(|(header, _)| place < *header);
        let likeness = if let Some(likeness) = list.phone_name(kinds, names) {
            likeness
        } else if list.has_one_value(kinds) && list.is_named(&list.like_phones, names) {
            Likeness::LoneNameOfPhone
        } else if list.is_named(&list.like_phones, names) {
            Likeness::NameOfFaulty
        } else if list.has_row_of_another_delimiter(records, place) {
            has_two_delimiters = true;
            first_row = place;
            break;
        } else if below.is_some_and(|(_, likeness)| list.is_above_header(kinds, likeness)) {
            passed.push((place, PassedOver::Title));
            continue;
        } else if list.is_data(kinds, names) {
            first_row = place;
            break;
        } else if list.is_title(kinds) {
            passed.push((place, PassedOver::Title));
            continue;
        } else if names.iter().any(HeaderName::is_known) {
            Likeness::KnownWord
        } else {
            Likeness::BeforeData
        };
        // Where no row is known, the first record is the likeliest header.
        let is_better =
            best.is_none_or(|(other, _)| likeness > other || (likeness == other && list.has_rows));
        if is_better {
            best = Some((likeness, place));
        }
    }
    let header = best.map(|(_, place)| place);
    let above = |place: usize| header.is_some_and(|header| place < header);
    let named: Vec<usize> = passed.iter().map(|(place, _)| *place).collect();
    let others = (0..first_row).filter(|place| above(*place) && !named.contains(place));
    passed.extend(others.map(|place| (place, PassedOver::AboveHeader)));
    match header {
        // What is below the header is a row, whatever it looks like, unless it is blank.
        Some(header) => {
            first_row = header + 1;
            passed.retain(|(place, _)| *place < header);
        }
        // Titles alone: the first row comes after them.
        None => passed.retain(|(place, _)| *place < first_row),
    }
    passed.sort_unstable_by_key(|(place, _)| *place);
    HeaderChoice {
        header,
        first_row,
        passed,
        has_two_delimiters,
    }
}

/// What the cells of a record say as headers. A phone, whatever word is beside it, is not the name of
/// one, and neither is a text that means no phone.
fn names_of(record: &RecordCells<'_>, kinds: &[CellKind]) -> Vec<HeaderName> {
    let name = |(cell, kind): (&Cow<'_, str>, &CellKind)| match kind {
        CellKind::Nothing | CellKind::Faulty => HeaderName::default(),
        _ => HeaderName::of(cell),
    };
    record.iter().zip(kinds).map(name).collect()
}

/// The first record from `first` on that has the name of a phone over phones: the header, if the
/// caller says so. Its column comes with it.
pub(super) fn later(
    records: &[RecordCells<'_>],
    kinds: &[Vec<CellKind>],
    first: usize,
) -> Option<(usize, usize)> {
    /// So many records below a header show what its columns are.
    const ROWS: usize = 20;
    let is_over_phones = |place: usize, column: usize| {
        let mut stats = ColumnStats::default();
        let below = kinds[place + 1..].iter().take(ROWS);
        below
            .filter_map(|kinds| kinds.get(column))
            .for_each(|kind| stats.add_kind(*kind));
        stats.is_mostly_phones()
    };
    (first..records.len()).find_map(|place| {
        let names = names_of(&records[place], &kinds[place]);
        let of_phones = (names.iter().enumerate())
            .filter(|(_, name)| name.claims_phone().is_some())
            .map(|(column, _)| column);
        let mut over = of_phones.filter(|column| is_over_phones(place, *column));
        Some((place, over.next()?))
    })
}

/// The first record with a value, for a caller who knows that there is a header.
pub(super) fn first_filled(kinds: &[Vec<CellKind>]) -> HeaderChoice {
    let is_filled = |kinds: &Vec<CellKind>| kinds.iter().any(|kind| *kind != CellKind::Blank);
    let header = kinds.iter().position(is_filled);
    HeaderChoice {
        header,
        first_row: header.map_or(0, |header| header + 1),
        passed: (0..header.unwrap_or(0))
            .map(|place| (place, PassedOver::Blank))
            .collect(),
        has_two_delimiters: false,
    }
}

/// What is known of a list from its records that are surely rows.
struct ListShape {
    /// The first record with a phone.
    body: usize,
    /// Whether there is one.
    has_rows: bool,
    /// How many cells most of them have.
    width: usize,
    /// The columns of phones, and all columns whose cells look like phones.
    phones: Vec<usize>,
    like_phones: Vec<usize>,
    /// The commonest kind in each column.
    kinds: Vec<Option<usize>>,
}

impl ListShape {
    fn of(records: &[RecordCells<'_>], kinds: &[Vec<CellKind>]) -> ListShape {
        let first = |is_it: fn(CellKind) -> bool| {
            let has_it = |kinds: &Vec<CellKind>| kinds.iter().any(|kind| is_it(*kind));
            kinds.iter().position(has_it)
        };
        let valid = first(CellKind::is_valid_phone);
        let body = valid.or_else(|| first(CellKind::is_phone));
        let has_rows = body.is_some();
        let body = body.unwrap_or(records.len());
        let mut columns: Vec<ColumnStats> = Vec::new();
        for (record, kinds) in records[body..].iter().zip(&kinds[body..]) {
            if columns.len() < record.len() {
                columns.resize(record.len(), ColumnStats::default());
            }
            for (kind, column) in kinds.iter().zip(&mut columns) {
                column.add_kind(*kind);
            }
        }
        // Other numbers look like phones with a fault: they count where no phone is valid.
        let has_valid = columns.iter().any(|column| column.valid() > 0);
        let like_phones: Vec<usize> = (columns.iter().enumerate())
            .filter(|(_, column)| column.is_mostly_phones())
            .map(|(place, _)| place)
            .collect();
        let is_phone = |place: &usize| columns[*place].valid() > 0 || !has_valid;
        ListShape {
            body,
            has_rows,
            width: usual_width(match body < records.len() {
                true => &records[body..],
                false => records,
            }),
            phones: like_phones.iter().copied().filter(is_phone).collect(),
            like_phones,
            kinds: columns.iter().map(ColumnStats::main_kind).collect(),
        }
    }

    /// What the cells of a record above the rows are. A text over the phones that has the digits of one
    /// is a phone with a fault: a word is joined to it, or some of its digits are masked.
    fn kinds_above(&self, record: &RecordCells<'_>, kinds: &[CellKind]) -> Vec<CellKind> {
        let mut kinds = kinds.to_vec();
        for place in &self.phones {
            if let (Some(cell), Some(kind @ CellKind::Text)) =
                (record.get(*place), kinds.get_mut(*place))
                && has_digits_of_a_phone(cell)
            {
                *kind = CellKind::Faulty;
            }
        }
        kinds
    }

    /// Whether one of these columns is named as a phone.
    fn is_named(&self, columns: &[usize], names: &[HeaderName]) -> bool {
        let is_phone = |column: &usize| {
            let name = names.get(*column);
            name.is_some_and(|name| name.phone.is_some())
        };
        columns.iter().any(is_phone)
    }

    /// How likely a record of several values is the header, if it has the name of a phone over a
    /// column of phones.
    fn phone_name(&self, kinds: &[CellKind], names: &[HeaderName]) -> Option<Likeness> {
        let of_phones = self.phones.iter();
        let mut found = of_phones
            .filter_map(|column| names.get(*column)?.phone)
            .peekable();
        if self.has_one_value(kinds) {
            return None;
        }
        found.peek()?;
        Some(match found.all(PhoneName::has_further_words) {
            true => Likeness::LongNameOfPhone,
            false => Likeness::NameOfPhone,
        })
    }

    /// Whether a record is a part of the title above a header of this likeness, which is below it:
    /// a label and its value, or values of no column.
    fn is_above_header(&self, kinds: &[CellKind], header: Likeness) -> bool {
        let is_filled = |kind: &CellKind| kind.is_filled();
        let filled = kinds.iter().filter(|kind| is_filled(kind)).count();
        let is_pair = self.width > 2 && filled == 2 && kinds.iter().take(2).all(is_filled);
        let has_phone = self.phones.iter().any(|column| {
            let kind = kinds.get(*column);
            kind.is_some_and(|kind| kind.is_phone() || *kind == CellKind::Nothing)
        });
        let is_of_no_kind = || header == Likeness::NameOfPhone && !self.has_usual_kind(kinds);
        !has_phone && (is_pair || is_of_no_kind())
    }

    /// Whether a cell is of its column's kind, and that is not a text.
    fn has_usual_kind(&self, kinds: &[CellKind]) -> bool {
        let is_of_kind = |(kind, usual): (&CellKind, &Option<usize>)| {
            kind.is_filled() && *kind != CellKind::Text && Some(kind.index()) == *usual
        };
        kinds.iter().zip(&self.kinds).any(is_of_kind)
    }

    /// Whether a record is a row of a list with another delimiter, whose header is above it: lists of
    /// two programs that were joined.
    fn has_row_of_another_delimiter(&self, records: &[RecordCells<'_>], place: usize) -> bool {
        let only = |place: usize| match &*records[place] {
            [cell] => Some(&**cell),
            _ => None,
        };
        let (Some(row), true) = (only(place), self.width > 1) else {
            return false;
        };
        let is_row_under = |header: &str| {
            DELIMITERS.iter().any(|delimiter| {
                let delimiter = char::from(*delimiter);
                let mut columns = header.split(delimiter).zip(row.split(delimiter));
                header.contains(delimiter)
                    && columns.any(|(name, cell)| {
                        is_written_as_phone(cell.trim()) && HeaderName::of(name).phone.is_some()
                    })
            })
        };
        (0..place).filter_map(only).any(is_row_under)
    }

    /// Whether a record is a row.
    fn is_data(&self, kinds: &[CellKind], names: &[HeaderName]) -> bool {
        let of_phones = self.phones.iter().map(|column| kinds.get(*column).copied());
        let is_value = |kind: Option<CellKind>| {
            kind.is_some_and(|kind| kind.is_phone() || kind == CellKind::Nothing)
        };
        // A row without a phone is far likelier than a header without a name for the phones.
        let lacks_phone = |kind: Option<CellKind>| kind.is_none_or(|kind| kind == CellKind::Blank);
        // The name of a phone over another column is a name of somebody, or a text.
        let is_known = |name: &HeaderName| match name.phone {
            Some(_) => name.never,
            None => name.is_known(),
        };
        let has_no_name = !names.iter().any(is_known) && !has_labels(kinds, names);
        let is_only = self.phones.len() == 1 && !self.is_title(kinds);
        of_phones.clone().any(is_value)
            || (is_only && has_no_name && of_phones.clone().all(lacks_phone))
            || self.has_usual_kind(kinds)
    }

    /// Whether a record of a list with several columns has one cell with a value, or values in fewer
    /// than half of its cells.
    fn is_title(&self, kinds: &[CellKind]) -> bool {
        let filled = kinds.iter().filter(|kind| kind.is_filled()).count();
        self.width > 1 && (self.has_one_value(kinds) || filled * 2 < kinds.len())
    }

    /// Whether a record of a list with several columns has one cell with a value.
    fn has_one_value(&self, kinds: &[CellKind]) -> bool {
        let filled = kinds.iter().filter(|kind| kind.is_filled()).count();
        self.width > 1 && filled <= 1
    }
}

/// Whether several cells of a record are words of headers, such as a name and a city, and as many as others
/// have a value.
fn has_labels(kinds: &[CellKind], names: &[HeaderName]) -> bool {
    let cells = kinds.iter().zip(names);
    let filled = cells.filter(|(kind, _)| kind.is_filled());
    let labels = filled.clone().filter(|(_, name)| name.is_label).count();
    labels > 1 && labels * 2 >= filled.count()
}

/// How many cells most records have; of several numbers the greatest.
pub(super) fn usual_width(records: &[RecordCells<'_>]) -> usize {
    let mut widths: Vec<usize> = records.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let groups = widths.chunk_by(|a, b| a == b);
    let most = groups.max_by_key(|group| group.len());
    most.map_or(0, |group| group[0])
}

/// Whether a record is a remark of whoever has exported the list, after which other records follow.
fn is_comment(record: &RecordCells<'_>, next: Option<&RecordCells<'_>>) -> bool {
    let begins = record
        .first()
        .is_some_and(|cell| cell.trim_start().starts_with('#'));
    begins && next.is_some_and(|next| next.len() != record.len())
}
