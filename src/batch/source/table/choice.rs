//! Which column is the phone, which the zone: by the names of the columns and by what their cells
//! are. A column is what its cells are, and its header says which one was meant; a column is never
//! used for its place.

use std::borrow::Cow;

use super::cell_kind::{CellJudge, CellKind};
use super::country;
use super::header::{self, PassedOver, RecordCells};
use super::mapping::{
    ColumnMapping, ColumnUse, ListPurpose, MappingReason, TableOptions, earlier_uses, is_own,
};
use super::names::{HeaderName, PhoneName};
use super::stats::{ColumnStats, calling_code, is_area_code};
use super::text_memo::TextMemo;
use crate::batch::refusal::{LaterHeader, ListRefusal, PhoneCandidate, TableRefusal};

use crate::batch::place::RowRegion;
use crate::batch::source::row::RowCountry;
use crate::job::KnownField;
use crate::job::ZoneNames;
use crate::phone::{self, PhoneOptions, regions_of};
use crate::zone::Regions;

/// So many rows are sampled.
pub const ROWS: usize = 1000;

/// What the choice of columns depends on, beside the table.
#[derive(Clone, Copy)]
pub struct ChoiceRequest<'a> {
    /// What the caller decided about tables.
    pub options: &'a TableOptions,
    /// Which reading of a phone is meant.
    pub phone: &'a PhoneOptions,
    /// The regions of the world.
    pub regions: &'a Regions,
    /// What texts of the list mean as zones.
    pub zones: Option<&'a ZoneNames>,
}

/// The first records of a table.
#[derive(Clone, Copy)]
pub(super) struct SampledTable<'a, 't> {
    pub records: &'a [RecordCells<'t>],
    /// The line of each.
    pub lines: &'a [u64],
    /// Whether they are rows of a sheet, in which each cell has its column.
    pub is_sheet: bool,
    /// Whether there are no others.
    pub is_whole: bool,
}

impl SampledTable<'_, '_> {
    /// How many columns a table has below a header of so many cells, whose first row is this one.
    fn width(&self, header: usize, first_row: usize) -> usize {
        /// A cell far out is a slip of the hand. Its row is rejected, and the others stay as they are.
        const MOST_MORE: usize = 64;
        if !self.is_sheet {
            return header;
        }
        let last = |record: &RecordCells<'_>| {
            let last = record.iter().rposition(|cell| !cell.trim().is_empty());
            last.map_or(0, |last| last + 1)
        };
        let widths = self.records[first_row..].iter().map(last);
        let near = widths.filter(|width| *width <= header + MOST_MORE);
        near.max().unwrap_or(0).max(header)
    }
}

/// What was found of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct TableChoice {
    /// The record that is the header.
    pub header: Option<usize>,
    /// The record that is the first row.
    pub first_row: usize,
    /// The records before the rows that are neither.
    pub passed: Vec<(usize, PassedOver)>,
    pub columns: ColumnChoice,
}

/// What was found of the columns of a table.
#[derive(Clone, Debug, Default)]
pub struct ColumnChoice {
    /// What each column is used for.
    pub mapping: ColumnMapping,
    /// Columns that are not used and look as if they could be.
    pub unused: Vec<UnusedColumn>,
}

/// A column that is not used and looks as if it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedColumn {
    /// Why, as a clause.
    pub text: String,
    /// What the option would use it for, if one would help.
    pub column_use: Option<ColumnUse>,
    /// The option that uses it, as an argument of Python, if one would help.
    pub option: Option<String>,
    /// How many of the sampled rows it would help.
    pub rows: u64,
}

/// What a header says of a column without a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EmptyClaims {
    /// Nothing: the phones of the list are elsewhere.
    Dropped,
    /// The same as of others, if no column has phones: the rows may be a part of a data frame.
    Kept,
}

impl ChoiceRequest<'_> {
    fn judge(&self) -> CellJudge<'_> {
        CellJudge {
            phone: *self.phone,
            regions: self.regions,
            zones: self.zones,
        }
    }

    /// Finds the header and the columns of a table that begins so.
    pub(super) fn table(&self, sampled: SampledTable<'_, '_>) -> Result<TableChoice, TableRefusal> {
        let SampledTable { records, lines, .. } = sampled;
        let mut kinds = self.judge().kinds(records);
        let found = match (self.options.header_row, self.options.header) {
            (Some(line), _) => header_at(line, lines)?,
            (None, Some(false)) => header::HeaderChoice::default(),
            (None, wanted) => {
                let asked = self.options.named_headers();
                let found = header::find(records, &kinds, &asked);
                match wanted == Some(true) && found.header.is_none() {
                    true => header::first_filled(&kinds),
                    false => found,
                }
            }
        };
        let first_row = found.first_row.min(records.len());
        let (rows, mut kinds) = (&records[first_row..], kinds.split_off(first_row));
        if let Some(header) = found.header {
            pass_over_headers(&records[header], rows, &mut kinds);
        }
        let names: Option<Vec<&str>> = found
            .header
            .map(|header| records[header].iter().map(|cell| &**cell).collect());
        let width = match &names {
            Some(names) => sampled.width(names.len(), first_row),
            None => header::usual_width(rows),
        };
        let mapping = ColumnMapping::unused(names.as_deref(), width);
        let sample = RowSample {
            rows,
            kinds,
            is_whole: sampled.is_whole,
        };
        let mut columns = self.choose(mapping, sample, EmptyClaims::Dropped);
        if let Err(TableRefusal::List(why)) = &mut columns
            && self.options.header_row.is_none()
            && !found.has_two_delimiters
        {
            why.header = self.later_header(records, lines, first_row);
        }
        Ok(TableChoice {
            header: found.header,
            first_row,
            passed: found.passed,
            columns: columns?,
        })
    }

    /// A header below the first row, as far as the names of its phones say.
    fn later_header(
        &self,
        records: &[RecordCells<'_>],
        lines: &[u64],
        first_row: usize,
    ) -> Option<LaterHeader> {
        let kinds = self.judge().kinds(records);
        let (place, column) = header::later(records, &kinds, first_row)?;
        Some(LaterHeader {
            line: *lines.get(place)?,
            column: records[place][column].trim().to_owned(),
        })
    }

    /// Finds the columns of a table with these names and these first rows.
    ///
    /// # Errors
    /// The options don't fit the table, or no column is surely the phone.
    pub fn columns(
        &self,
        names: &[&str],
        rows: &[Vec<Cow<'_, str>>],
    ) -> Result<ColumnChoice, TableRefusal> {
        let kinds = self.judge().kinds(rows);
        let mapping = ColumnMapping::unused(Some(names), names.len());
        let sample = RowSample {
            rows,
            kinds,
            is_whole: rows.len() < ROWS,
        };
        self.choose(mapping, sample, EmptyClaims::Kept)
    }

    fn choose(
        &self,
        mapping: ColumnMapping,
        sample: RowSample<'_, '_>,
        empty_claims: EmptyClaims,
    ) -> Result<ColumnChoice, TableRefusal> {
        let mut chooser = Chooser::new(*self, mapping, sample)?;
        chooser.use_named_fields()?;
        if chooser.is_second_round {
            chooser.note_countries();
        } else {
            chooser.use_calling_code()?;
            chooser.use_phone(empty_claims)?;
            chooser.note_codes();
            chooser.note_countries();
            chooser.use_zone()?;
        }
        chooser.note_shares();
        chooser.mapping.map_payload(self.options)?;
        Ok(ColumnChoice {
            mapping: chooser.mapping,
            unused: chooser.unused,
        })
    }
}

/// Counts rows that are the header again, as joined lists have them, as rows without a value.
fn pass_over_headers(
    header: &RecordCells<'_>,
    rows: &[RecordCells<'_>],
    kinds: &mut [Vec<CellKind>],
) {
    let without_mark = |cell: &str| cell.strip_prefix('\u{FEFF}').unwrap_or(cell).to_owned();
    let is_header = |row: &RecordCells<'_>| {
        row.len() == header.len()
            && row
                .iter()
                .zip(header)
                .all(|(cell, name)| cell == name || without_mark(cell) == **name)
    };
    for (row, kinds) in rows.iter().zip(kinds) {
        if is_header(row) {
            kinds.fill(CellKind::Blank);
        }
    }
}

/// The header in the line that the caller has named.
fn header_at(line: u64, lines: &[u64]) -> Result<header::HeaderChoice, TableRefusal> {
    let Some(header) = lines.iter().position(|other| *other == line) else {
        let message = format!("header_row is about line {line}, and no record begins in that line");
        return Err(TableRefusal::Usage(message));
    };
    Ok(header::HeaderChoice {
        header: Some(header),
        first_row: header + 1,
        passed: (0..header)
            .map(|place| (place, PassedOver::AboveHeader))
            .collect(),
        has_two_delimiters: false,
    })
}

/// The first rows of a table.
struct RowSample<'r, 't> {
    rows: &'r [RecordCells<'t>],
    kinds: Vec<Vec<CellKind>>,
    /// Whether there are no others.
    is_whole: bool,
}

/// Decides over the columns of one table.
struct Chooser<'a, 'r, 't> {
    request: ChoiceRequest<'a>,
    rows: &'r [RecordCells<'t>],
    kinds: Vec<Vec<CellKind>>,
    /// Whether the table has no other rows.
    is_whole: bool,
    names: Vec<HeaderName>,
    stats: Vec<ColumnStats>,
    mapping: ColumnMapping,
    unused: Vec<UnusedColumn>,
    /// Whether the rows say themselves which column is the phone: an earlier run rejected them.
    is_second_round: bool,
}

impl<'a, 'r, 't> Chooser<'a, 'r, 't> {
    fn new(
        request: ChoiceRequest<'a>,
        mut mapping: ColumnMapping,
        sample: RowSample<'r, 't>,
    ) -> Result<Self, TableRefusal> {
        mapping.use_as_asked(request.options)?;
        let earlier = earlier_uses(&mapping, sample.rows)?;
        mapping.use_as_before(&earlier, request.options)?;
        let is_called = request.options.purpose == ListPurpose::Calls;
        let name = |column: &super::mapping::MappedColumn| match mapping.has_header {
            true => {
                let name = HeaderName::of(&column.column);
                HeaderName {
                    no_call: name.no_call && is_called,
                    former: name.former && is_called,
                    ..name
                }
            }
            false => HeaderName::default(),
        };
        let names = mapping.columns().iter().map(name).collect();
        let is_before = !earlier.is_empty();
        let has_phone = !mapping.places_for(ColumnUse::PHONE).is_empty();
        let mut chooser = Chooser {
            request,
            rows: sample.rows,
            kinds: sample.kinds,
            is_whole: sample.is_whole,
            names,
            stats: Vec::new(),
            is_second_round: is_before && has_phone,
            mapping,
            unused: Vec::new(),
        };
        chooser.count();
        if !chooser.mapping.places_for(ColumnUse::Region).is_empty()
            || !chooser
                .mapping
                .places_for(ColumnUse::CallingCode)
                .is_empty()
        {
            chooser.judge_by_row();
        }
        Ok(chooser)
    }

    /// Counts what the cells of each column are.
    fn count(&mut self) {
        let judge = self.request.judge();
        let mut zones = TextMemo::default();
        self.stats = vec![ColumnStats::default(); self.names.len()];
        for (row, kinds) in self.rows.iter().zip(&self.kinds) {
            let columns = self.stats.iter_mut().zip(&self.names);
            for ((cell, kind), (stats, name)) in row.iter().zip(kinds).zip(columns) {
                stats.add(cell, *kind);
                if !kind.is_filled() {
                    continue;
                }
                if name.calling_code || name.area_code {
                    stats.calling_codes += u32::from(calling_code(cell).is_some());
                    stats.area_codes += u32::from(is_area_code(cell));
                } else if name.zone.is_some() {
                    let is_zone = zones.get(cell, |cell| judge.is_meant_as_zone(cell));
                    let has_name = cell.contains(char::is_alphabetic);
                    stats.zones += u32::from(is_zone);
                    stats.named_zones += u32::from(is_zone && has_name);
                }
            }
        }
    }

    /// Judges all cells again, each by the region of its row.
    fn judge_by_row(&mut self) {
        let judge = self.request.judge();
        let places = |wanted| self.mapping.places_for(wanted).to_vec();
        let (regions, codes) = (places(ColumnUse::Region), places(ColumnUse::CallingCode));
        for (row, kinds) in self.rows.iter().zip(&mut self.kinds) {
            let cell = |place: &usize| row.get(*place).map(|cell| &**cell);
            let country = row_country(
                codes.iter().filter_map(cell),
                regions.iter().filter_map(cell),
            );
            let region = country.region();
            if region.is_some() {
                *kinds = row.iter().map(|cell| judge.kind(cell, region)).collect();
            }
        }
        self.count();
    }

    /// Whether a column is still free to be used.
    fn is_free(&self, place: usize) -> bool {
        let column = &self.mapping.columns()[place];
        column.column_use.is_none() && !is_own(&column.column)
    }

    /// Whether the earlier run of these rows has decided which column this is.
    fn is_used_before(&self, column_use: ColumnUse) -> bool {
        self.is_second_round && !self.mapping.places_for(column_use).is_empty()
    }

    fn places(&self) -> std::ops::Range<usize> {
        0..self.names.len()
    }

    /// Uses the columns that have the names of fields, but for the phone, which has to have phones.
    fn use_named_fields(&mut self) -> Result<(), TableRefusal> {
        for place in self.places() {
            let named = self.names[place]
                .field
                .filter(|field| *field != KnownField::Phone);
            let Some(field) = named.filter(|_| self.is_free(place)) else {
                continue;
            };
            let column_use = ColumnUse::Field(field);
            if self.request.options.columns_for(column_use).is_some()
                || self.is_used_before(column_use)
            {
                continue;
            }
            if let [other, ..] = self.mapping.places_for(column_use) {
                return Err(self.two_columns(*other, place, field));
            }
            self.mapping
                .use_for(place, column_use, MappingReason::Name)?;
        }
        Ok(())
    }

    fn two_columns(&self, first: usize, second: usize, field: KnownField) -> TableRefusal {
        let header = |place: usize| &self.mapping.columns()[place].column;
        let (name, asked) = (field.name(), self.mapping.asked_name(first));
        TableRefusal::Usage(format!(
            "two columns are {name}: {:?} and {:?}; choose one, such as map={{\"{name}\": {asked:?}}}",
            header(first),
            header(second),
        ))
    }

    /// Uses a column of calling codes: it is named so, and all of its cells are.
    fn use_calling_code(&mut self) -> Result<(), TableRefusal> {
        let is_asked = |wanted| self.request.options.columns_for(wanted).is_some();
        if is_asked(ColumnUse::CallingCode) || is_asked(ColumnUse::Region) {
            return Ok(());
        }
        let are_codes = |place: &usize| {
            let stats = &self.stats[*place];
            let filled = stats.filled();
            self.names[*place].calling_code && filled > 0 && stats.calling_codes == filled
        };
        let mut found = self
            .places()
            .filter(|place| self.is_free(*place))
            .filter(are_codes);
        let (Some(place), None) = (found.next(), found.next()) else {
            return Ok(());
        };
        self.mapping
            .use_for(place, ColumnUse::CallingCode, MappingReason::Name)?;
        self.judge_by_row();
        Ok(())
    }

    fn use_phone(&mut self, empty_claims: EmptyClaims) -> Result<(), TableRefusal> {
        if self.request.options.columns_for(ColumnUse::PHONE).is_some() {
            return Ok(());
        }
        let mut claims = self.claims(|stats| stats.filled() > 0 && stats.keeps_name_of_phone());
        if self.request.options.purpose == ListPurpose::Exclusion {
            let places = self.all_excluded(&claims);
            for (place, why) in &places {
                self.mapping.use_for(*place, ColumnUse::PHONE, *why)?;
            }
            if !places.is_empty() {
                return Ok(());
            }
        }
        if claims.is_empty() {
            match self.by_content() {
                Some(place) => {
                    return Ok(self.mapping.use_for(
                        place,
                        ColumnUse::PHONE,
                        MappingReason::Content,
                    )?);
                }
                // Nothing is dialled from it as far as the sample goes.
                None if !self.has_phones() => {
                    let has_all = self.is_without_cells() || empty_claims == EmptyClaims::Kept;
                    claims = self.claims(|stats| has_all || stats.filled() > 0);
                }
                None => {}
            }
        }
        match &*claims {
            [] if self.rows.is_empty() => Ok(()),
            [] => Err(TableRefusal::List(self.refusal(&[]))),
            [(first, _), (second, _), ..] if first == second => {
                let tied = claims.iter().filter(|(name, _)| name == first);
                let tied: Vec<usize> = tied.map(|(_, place)| *place).collect();
                Err(TableRefusal::List(self.refusal(&tied)))
            }
            [(_, place), others @ ..] => {
                let others: Vec<usize> = others.iter().map(|(_, place)| *place).collect();
                let place = *place;
                self.mapping
                    .use_for(place, ColumnUse::PHONE, MappingReason::Name)?;
                self.note_other_phones(place, &others);
                self.note_unseen_phones(place, &others);
                Ok(())
            }
        }
    }

    /// The columns whose headers claim phones and whose cells keep the claim, the preferred first.
    fn claims(&self, keeps: impl Fn(&ColumnStats) -> bool) -> Vec<(PhoneName, usize)> {
        let claim = |place: usize| {
            let name = self.names[place].claims_phone()?;
            (self.is_free(place) && keeps(&self.stats[place])).then_some((name, place))
        };
        let mut claims: Vec<(PhoneName, usize)> = self.places().filter_map(claim).collect();
        claims.sort();
        claims
    }

    /// Whether the sample shows no cell with a value: there are no rows, or none can be read.
    fn is_without_cells(&self) -> bool {
        let columns = self.mapping.columns().iter().zip(&self.stats);
        // What predial writes into a reject file is not of the list.
        let mut of_list = columns.filter(|(column, _)| !is_own(&column.column));
        of_list.all(|(_, stats)| stats.filled() == 0)
    }

    /// Whether any column that may be the phone has a valid one.
    fn has_phones(&self) -> bool {
        let has = |place: usize| self.may_be_phone(place) && self.stats[place].valid() > 0;
        self.places().any(has)
    }

    /// Whether the header of a column leaves it to its cells whether it is the phone.
    fn may_be_phone(&self, place: usize) -> bool {
        let name = &self.names[place];
        let is_other = name.why_not_taken().is_some() || name.zone.is_some() || name.calling_code;
        self.is_free(place) && !is_other
    }

    /// The only column whose cells say that it is the phone, if no other could be.
    fn by_content(&self) -> Option<usize> {
        let filled = self.stats.iter().filter(|stats| stats.filled() > 0).count();
        let fits = |place: &usize| self.fits_by_content(*place, filled > 1);
        let found = self.places().find(fits)?;
        let rows = self.rows.len();
        // Somebody's phone may be the only phone of a list, and the other column its numbers.
        let is_rival = |place: usize| {
            let is_phone = self.names[place].phone.is_some() && self.is_free(place);
            place != found
                && (is_phone || self.may_be_phone(place))
                && self.stats[place].is_rival(&self.stats[found], rows)
        };
        (!self.places().any(is_rival)).then_some(found)
    }

    /// All columns of phones of a list of excluded phones, none of which is to be called: those that
    /// their headers claim, those whose cells say so, and, beside any of these, those that are named as
    /// phones and have no value in the sample, because they may have one below it.
    fn all_excluded(&self, claims: &[(PhoneName, usize)]) -> Vec<(usize, MappingReason)> {
        let filled = self.stats.iter().filter(|stats| stats.filled() > 0).count();
        let named = claims.iter().map(|(_, place)| *place);
        let is_claimed = |place: &usize| named.clone().any(|claimed| claimed == *place);
        let by_content = self
            .places()
            .filter(|place| !is_claimed(place) && self.fits_by_content(*place, filled > 1));
        let mut found: Vec<(usize, MappingReason)> = (named.clone())
            .map(|place| (place, MappingReason::Name))
            .chain(by_content.map(|place| (place, MappingReason::Content)))
            .collect();
        if !found.is_empty() {
            let blank = self.claims(|stats| stats.filled() == 0);
            found.extend((blank.iter()).map(|(_, place)| (*place, MappingReason::Name)));
        }
        found
    }

    /// Whether the cells of a column say that it is the phone. `is_list`: other columns have values, too.
    fn fits_by_content(&self, place: usize, is_list: bool) -> bool {
        let stats = &self.stats[place];
        self.may_be_phone(place)
            && match is_list {
                true => {
                    let is_unnamed = self.mapping.has_header && !self.names[place].is_known();
                    stats.are_phones_of_list(is_unnamed)
                }
                false => stats.are_phones_of_only_column(),
            }
    }

    /// Why no column is the phone; `tied` are equally good.
    fn refusal(&self, tied: &[usize]) -> ListRefusal {
        let mut places: Vec<usize> = match tied {
            [] => self
                .places()
                .filter(|place| self.could_be_phone(*place))
                .collect(),
            tied => tied.to_vec(),
        };
        if places.is_empty() {
            let has = |place: &usize| self.is_free(*place) && self.stats[*place].phones() > 0;
            places = self.places().filter(has).collect();
        }
        places.sort_by_key(|place| {
            let (name, stats) = (&self.names[*place], &self.stats[*place]);
            let share =
                |count: u32| u64::from(count) * 1_000_000 / u64::from(stats.filled().max(1));
            let likeness = (
                name.phone.is_some(),
                name.why_not_taken().is_none(),
                stats.is_written_as_phones(),
                share(stats.valid()),
                share(stats.phones()),
            );
            std::cmp::Reverse(likeness)
        });
        let names = self.mapping.asked_names(&places);
        let together = (!tied.is_empty()).then(|| format!("map={{\"phone\": {names:?}}}"));
        ListRefusal {
            region: places.first().and_then(|place| self.helpful_region(*place)),
            candidates: places.iter().map(|place| self.candidate(*place)).collect(),
            together,
            header: None,
            columns: self.names.len(),
        }
    }

    fn could_be_phone(&self, place: usize) -> bool {
        let (name, stats) = (&self.names[place], &self.stats[place]);
        let is_named = name.phone.is_some();
        let is_weak = name.weak && !name.never && stats.phones() > 0;
        let is_likely = self.may_be_phone(place) && stats.is_mostly_phones();
        self.is_free(place) && (is_named || is_weak || is_likely)
    }

    fn candidate(&self, place: usize) -> PhoneCandidate {
        let (name, stats) = (&self.names[place], &self.stats[place]);
        PhoneCandidate {
            header: self.mapping.columns()[place].column.clone(),
            place: place + 1,
            is_named: name.phone.is_some(),
            phones: stats.phones(),
            valid: stats.valid(),
            filled: stats.filled(),
            rows: self.rows.len(),
            why_not: name.why_not_taken(),
            option: format!("map={{\"phone\": {:?}}}", self.mapping.asked_name(place)),
        }
    }

    /// The option for the region in which most cells of a column are valid, if they are not
    /// valid without it.
    fn helpful_region(&self, place: usize) -> Option<(String, usize)> {
        let stats = &self.stats[place];
        if self.request.phone.region.is_some() || stats.valid() * 2 >= stats.filled() {
            return None;
        }
        let cells = self.rows.iter().filter_map(|row| row.get(place));
        let cells: Vec<&str> = cells.map(|cell| &**cell).take(100).collect();
        let (region, count) = *regions_of(&cells).first()?;
        (count * 2 > cells.len()).then(|| (format!("region=\"{region}\""), count))
    }

    /// Notes the other columns that are named as phones of the same person.
    fn note_other_phones(&mut self, taken: usize, others: &[usize]) {
        let is_filled = |kinds: &[CellKind], place: usize| {
            kinds.get(place).is_some_and(|kind| kind.is_filled())
        };
        let lacks = self.kinds.iter().filter(|kinds| !is_filled(kinds, taken));
        let helped = lacks.filter(|kinds| others.iter().any(|place| is_filled(kinds, *place)));
        let rows = helped.count() as u64;
        let filled = others
            .iter()
            .filter(|place| self.stats[**place].filled() > 0);
        let shown: Vec<String> = filled
            .map(|place| format!("{:?}", self.mapping.columns()[*place].column))
            .collect();
        if shown.is_empty() {
            return;
        }
        let all: Vec<usize> = std::iter::once(taken)
            .chain(others.iter().copied())
            .collect();
        let all = self.mapping.asked_names(&all);
        let shown = shown.join(", ");
        self.unused.push(UnusedColumn {
            text: match rows {
                0 => format!("takes a phone of {shown} where the first column has none"),
                _ => format!("with a phone in {shown} only"),
            },
            column_use: Some(ColumnUse::PHONE),
            option: Some(format!("map={{\"phone\": {all:?}}}")),
            rows,
        });
    }

    /// Notes the columns that are named as phones of the same person and have no value in the sample.
    fn note_unseen_phones(&mut self, taken: usize, others: &[usize]) {
        if self.is_whole {
            return;
        }
        let unseen: Vec<usize> = (self.claims(|stats| stats.filled() == 0).iter())
            .map(|(_, place)| *place)
            .collect();
        if unseen.is_empty() {
            return;
        }
        let headers = unseen
            .iter()
            .map(|place| format!("{:?}", self.mapping.columns()[*place].column));
        let shown = headers.collect::<Vec<String>>().join(", ");
        let all: Vec<String> = std::iter::once(&taken)
            .chain(others)
            .chain(&unseen)
            .map(|place| self.mapping.asked_name(*place))
            .collect();
        let (has, rows) = (
            if unseen.len() == 1 { "has" } else { "have" },
            self.rows.len(),
        );
        self.unused.push(UnusedColumn {
            text: format!("{shown} {has} no value in the first {rows} rows, and is not used"),
            column_use: Some(ColumnUse::PHONE),
            option: Some(format!("map={{\"phone\": {all:?}}}")),
            rows: 0,
        });
    }

    /// Notes columns of calling codes and area codes that are not used. They change how every phone
    /// of the list is read.
    fn note_codes(&mut self) {
        let is_asked = |wanted| self.request.options.columns_for(wanted).is_some();
        if is_asked(ColumnUse::CallingCode) || is_asked(ColumnUse::Region) {
            return;
        }
        let has_code = !self.mapping.places_for(ColumnUse::CallingCode).is_empty();
        let phone = self.mapping.places_for(ColumnUse::PHONE).first().copied();
        let Some(phone) = phone.filter(|_| !has_code) else {
            return;
        };
        for place in self.places() {
            let (name, stats) = (&self.names[place], &self.stats[place]);
            let filled = stats.filled();
            let header = &self.mapping.columns()[place].column;
            if !self.is_free(place) || filled == 0 || !(name.calling_code || name.area_code) {
                continue;
            }
            if name.calling_code && stats.calling_codes * 2 > filled {
                let others = filled - stats.calling_codes;
                let why = match others {
                    0 => "of several columns of calling codes, this one".to_owned(),
                    1 => "1 cell is not a calling code, so the column".to_owned(),
                    _ => format!("{others} cells are not calling codes, so the column"),
                };
                let asked = self.mapping.asked_name(place);
                self.unused.push(UnusedColumn {
                    text: format!("{why} {header:?} is not used"),
                    column_use: Some(ColumnUse::CallingCode),
                    option: Some(format!("map={{\"callingCode\": {asked:?}}}")),
                    rows: 0,
                });
            } else if stats.area_codes * 2 > filled
                && (!name.is_bare_code
                    || self.stats[phone].valid() * 2 < self.stats[phone].filled())
            {
                let phone = &self.mapping.columns()[phone].column;
                self.unused.push(UnusedColumn {
                    text: format!(
                        "the column {header:?} may have the area codes of {phone:?}, and is not used; if \
                         so, join the two columns"
                    ),
                    column_use: None,
                    option: None,
                    rows: 0,
                });
            }
        }
    }

    /// Notes a column of countries, if more phones are valid in the country of their row.
    fn note_countries(&mut self) {
        let phone = self.mapping.places_for(ColumnUse::PHONE).first().copied();
        let Some(phone) = phone.filter(|_| !self.mapping.has_row_regions()) else {
            return;
        };
        for place in self.places() {
            let name = &self.names[place];
            if !self.is_free(place) || !(name.country || name.calling_code) {
                continue;
            }
            let rows = self.helped_by_country(phone, place);
            if rows > 0 {
                let asked = self.mapping.asked_name(place);
                let header = &self.mapping.columns()[place].column;
                self.unused.push(UnusedColumn {
                    text: format!("written as dialled in the country of {header:?}"),
                    column_use: Some(ColumnUse::Region),
                    option: Some(format!("map={{\"region\": {asked:?}}}")),
                    rows,
                });
                return;
            }
        }
    }

    /// How many more phones are valid in the country that a column has for their row.
    fn helped_by_country(&self, phone: usize, place: usize) -> u64 {
        let judge = self.request.judge();
        let is_helped = |row: &RecordCells<'_>, kinds: &[CellKind]| {
            let cell = |place: usize| row.get(place).map_or("", |cell| &**cell);
            let is_faulty = kinds
                .get(phone)
                .is_some_and(|kind| *kind == CellKind::Faulty);
            let region = is_faulty.then(|| country::region(cell(place))).flatten();
            region.is_some_and(|region| {
                let region = RowRegion {
                    region,
                    is_calling_code: false,
                };
                judge.kind(cell(phone), Some(region)).is_valid_phone()
            })
        };
        let rows = self.rows.iter().zip(&self.kinds);
        rows.filter(|(row, kinds)| is_helped(row, kinds)).count() as u64
    }

    fn use_zone(&mut self) -> Result<(), TableRefusal> {
        const ZONE: ColumnUse = ColumnUse::Field(KnownField::GmtZone);
        if !self.mapping.places_for(ZONE).is_empty() {
            return Ok(());
        }
        let mut claims = Vec::new();
        let mut empty = Vec::new();
        for place in self.places() {
            let (name, stats) = (&self.names[place], &self.stats[place]);
            let filled = stats.filled();
            let Some(is_whole) = name.zone.filter(|_| self.is_free(place)) else {
                // `Zone` is often one of deliveries or prices, whose numbers are not offsets.
                let is_zone = name.weak_zone && stats.of_kind(CellKind::Zone) * 2 > filled;
                if is_zone && self.is_free(place) {
                    claims.push((2, place));
                }
                continue;
            };
            let rank = u8::from(!is_whole);
            // A zone with its name is not relative to the name in the header.
            if name.moscow && stats.named_zones < filled.max(1) {
                let text = "counts from Moscow, and is not used";
                self.unused.push(self.unused_zone(place, text, None));
            } else if filled == 0 {
                empty.push((rank, place));
            } else if stats.zones * 2 > filled {
                claims.push((rank, place));
            } else {
                let text = "is named as a time zone, and its cells are not, so it is not used";
                let asked = self.mapping.asked_name(place);
                let option = format!("map={{\"gmtZone\": {asked:?}}}");
                self.unused
                    .push(self.unused_zone(place, text, Some(option)));
            }
        }
        // A column without a value says nothing against its name, and has no zone to lose.
        if claims.is_empty() {
            claims.extend(empty);
        }
        claims.sort();
        match &*claims {
            [] => {
                self.note_unnamed_zones();
                Ok(())
            }
            [(first, place), (second, other), ..] if first == second => {
                Err(self.two_columns(*place, *other, KnownField::GmtZone))
            }
            [(_, place), ..] => Ok(self.mapping.use_for(*place, ZONE, MappingReason::Name)?),
        }
    }

    fn unused_zone(&self, place: usize, why: &str, option: Option<String>) -> UnusedColumn {
        let header = &self.mapping.columns()[place].column;
        UnusedColumn {
            text: format!("the column {header:?} {why}"),
            column_use: (option.as_ref()).map(|_| ColumnUse::Field(KnownField::GmtZone)),
            option,
            rows: 0,
        }
    }

    /// Notes columns of zones that no header claims.
    fn note_unnamed_zones(&mut self) {
        for place in self.places() {
            let stats = &self.stats[place];
            let zones = stats.of_kind(CellKind::Zone);
            let is_unnamed = self.is_free(place) && self.names[place].zone.is_none();
            if is_unnamed && zones * 2 > stats.filled() {
                let asked = self.mapping.asked_name(place);
                let header = &self.mapping.columns()[place].column;
                self.unused.push(UnusedColumn {
                    text: format!("the cells of {header:?} are time zones"),
                    column_use: Some(ColumnUse::Field(KnownField::GmtZone)),
                    option: Some(format!("map={{\"gmtZone\": {asked:?}}}")),
                    rows: 0,
                });
            }
        }
    }

    /// Notes how many of the cells of the used columns are what these are used for.
    fn note_shares(&mut self) {
        let judge = self.request.judge();
        let mut zones = TextMemo::default();
        for place in self.places() {
            let stats = &self.stats[place];
            let fitting = match self.mapping.columns()[place].column_use {
                Some(ColumnUse::PHONE) => stats.phones(),
                Some(ColumnUse::Field(KnownField::GmtZone)) => {
                    let cells = self.rows.iter().filter_map(|row| row.get(place));
                    let mut is_zone =
                        |cell: &'r str| zones.get(cell, |cell| judge.is_meant_as_zone(cell));
                    cells.filter(|cell| is_zone(cell)).count() as u32
                }
                Some(ColumnUse::CallingCode) => stats.calling_codes,
                _ => continue,
            };
            let filled = stats.filled();
            self.mapping.set_sampled(place, fitting, filled);
        }
    }
}

/// What a row says of the country of its phone, by the cells of its calling codes and of its countries.
pub(in crate::batch) fn row_country<'c>(
    codes: impl Iterator<Item = &'c str>,
    countries: impl Iterator<Item = &'c str>,
) -> RowCountry<'c> {
    let region = |region, is_calling_code| {
        RowCountry::Region(RowRegion {
            region,
            is_calling_code,
        })
    };
    let is_filled = |cell: &&str| !phone::means_nothing(cell);
    let mut unknown = RowCountry::Unsaid;
    for cell in codes.filter(is_filled) {
        match calling_code(cell) {
            Some(of_code) => return region(of_code, true),
            None if unknown == RowCountry::Unsaid => unknown = RowCountry::Unknown(Some(cell)),
            None => {}
        }
    }
    for cell in countries.filter(is_filled) {
        match country::region(cell) {
            Some(found) => return region(found, false),
            None if unknown == RowCountry::Unsaid => unknown = RowCountry::Unknown(Some(cell)),
            None => {}
        }
    }
    unknown
}
