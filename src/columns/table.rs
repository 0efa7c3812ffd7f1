//! Tables of whole jobs, returned with the verdict on each row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBufferBuilder, Int8Builder, LargeStringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, StructArray};
use arrow_schema::{DataType, Field, FieldRef, Fields};

use super::answer::RULES;
use super::convert::{TextOfRow, text_array, texts_of};
use super::run::{ColumnError, ColumnRun};
use super::texts::Layout;
use super::{Answer, parts};
use crate::batch::{ColumnMapping, ColumnUse, REJECT_COLUMNS, RowOutcome, reject_cells};
use crate::job::{KnownField, Standing};
use crate::phone;
use crate::zone::RegionsAt;

/// The column of the verdicts in a checked table.
pub const VERDICT: &str = "predial";

/// The verdicts on the rows of a table, in order.
#[derive(Debug)]
pub struct TableVerdicts {
    rules: Int8Builder,
    messages: LargeStringBuilder,
    /// Why each row is rejected, in the words of a reject file, if that is wanted.
    reasons: Option<[LargeStringBuilder; 3]>,
    repaired: BooleanBufferBuilder,
    accepted: BooleanBufferBuilder,
    /// The row, the field, and the text that is sent in it as suggested.
    suggested: HashMap<(usize, Cow<'static, str>), String>,
}

impl Default for TableVerdicts {
    fn default() -> Self {
        TableVerdicts {
            rules: Int8Builder::new(),
            messages: LargeStringBuilder::new(),
            reasons: None,
            repaired: BooleanBufferBuilder::new(0),
            accepted: BooleanBufferBuilder::new(0),
            suggested: HashMap::new(),
        }
    }
}

impl TableVerdicts {
    /// The same with the reasons of all rejected rows.
    #[must_use]
    pub fn with_reasons(self) -> TableVerdicts {
        TableVerdicts {
            reasons: Some(Default::default()),
            ..self
        }
    }

    /// The rules that reject each row, what is wrong, and what would be right: columns with the names
    /// of those of a reject file, null in the rows that are sent. Nothing if they are not wanted.
    pub fn take_reasons(&mut self) -> Option<StructArray> {
        let columns = self.reasons.take()?.map(|mut texts| texts.finish());
        let columns = REJECT_COLUMNS.iter().zip(columns).map(|(name, texts)| {
            let field = Field::new(*name, DataType::LargeUtf8, true);
            (Arc::new(field), Arc::new(texts) as ArrayRef)
        });
        Some(StructArray::from(columns.collect::<Vec<_>>()))
    }

    /// Records the verdict on the next row.
    pub fn add(&mut self, row: &RowOutcome) {
        let number = self.accepted.len();
        for (field, text) in &row.sent_as_suggested {
            self.suggested.insert((number, field.clone()), text.clone());
        }
        let error = row.rejected_for.as_ref();
        self.rules.append_option(error.map(|(rule, _)| *rule as i8));
        self.messages
            .append_option(error.map(|(_, message)| message));
        if let Some(reasons) = &mut self.reasons {
            let cells = error.map(|_| reject_cells(row.found.iter().map(|found| &found.finding)));
            for (place, texts) in reasons.iter_mut().enumerate() {
                texts.append_option(cells.as_ref().map(|cells| &cells[place]));
            }
        }
        self.repaired.append(row.standing == Standing::Repaired);
        self.accepted.append(row.standing != Standing::Rejected);
    }

    /// Structs of the rule that rejects each row, the message, and whether the row is rewritten;
    /// and the rows that are sent.
    fn finish(mut self) -> (StructArray, BooleanArray) {
        let rules = DictionaryArray::<Int8Type>::new(self.rules.finish(), RULES.clone());
        let messages = self.messages.finish();
        let repaired = BooleanArray::new(self.repaired.finish(), None);
        let column = |name: &str, array: ArrayRef| -> (FieldRef, ArrayRef) {
            (
                Arc::new(Field::new(name, array.data_type().clone(), true)),
                array,
            )
        };
        let verdicts = StructArray::from(vec![
            column("rule", Arc::new(rules)),
            column("message", Arc::new(messages)),
            column("repaired", Arc::new(repaired)),
        ]);
        (verdicts, BooleanArray::new(self.accepted.finish(), None))
    }
}

/// Which values of the rows that are sent a checked table has in their normalized form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedValues {
    /// All phones and zones.
    Normalized,
    /// Those that a batch would rewrite.
    Repaired,
}

/// A table and the verdicts on its rows.
#[derive(Clone, Debug)]
pub struct CheckedTable {
    /// The columns: the original ones, and `predial`.
    pub columns: Fields,
    /// The rows, in the original batches.
    pub batches: Vec<ArrayRef>,
}

impl CheckedTable {
    /// The table of these rows with their verdicts, one for each row.
    ///
    /// In the rows that are sent, phones are digits and zones are normalized, or else, by `values`, only
    /// those that a batch would rewrite; everything else is unchanged.
    ///
    /// # Errors
    /// See [`ColumnError`].
    pub fn new(
        (columns, batches): (&Fields, &[StructArray]),
        (mapping, values): (&ColumnMapping, CheckedValues),
        verdicts: TableVerdicts,
        (phone, at): (&phone::PhoneOptions, RegionsAt<'_>),
        run: &ColumnRun<'_>,
    ) -> Result<CheckedTable, ColumnError> {
        let mut verdicts = verdicts;
        let suggested = std::mem::take(&mut verdicts.suggested);
        let (verdicts, accepted) = verdicts.finish();
        let mut table = Builder {
            columns: columns.iter().cloned().collect(),
            batches: batches
                .iter()
                .map(|batch| (batch.len(), batch.columns().to_vec()))
                .collect(),
            accepted,
            suggested,
            values,
        };
        let phones = mapping.places_for(ColumnUse::PHONE);
        for place in phones {
            table.normalize(KnownField::Phone, *place, phones, |column| {
                super::check_phones(&in_digits(column)?, phone, run)
            })?;
        }
        for place in mapping.places_for(ColumnUse::Field(KnownField::GmtZone)) {
            table.normalize(KnownField::GmtZone, *place, &[*place], |column| {
                super::check_zones(column, at, run)
            })?;
        }
        table.add(&verdicts);
        let columns = Fields::from(table.columns);
        let batches = table
            .batches
            .into_iter()
            .zip(batches)
            .map(|((_, arrays), batch)| {
                let nulls = batch.nulls().cloned();
                let made =
                    StructArray::try_new_with_length(columns.clone(), arrays, nulls, batch.len());
                Arc::new(made.expect("all columns are as long as the batch")) as ArrayRef
            });
        Ok(CheckedTable {
            batches: batches.collect(),
            columns,
        })
    }
}

struct Builder {
    columns: Vec<FieldRef>,
    /// The number of rows of each batch, and its columns.
    batches: Vec<(usize, Vec<ArrayRef>)>,
    accepted: BooleanArray,
    suggested: HashMap<(usize, Cow<'static, str>), String>,
    values: CheckedValues,
}

impl Builder {
    /// Replaces the values of a column by the normalized or suggested ones, in the rows that are sent.
    /// `places` are the columns of the field, of which the first with a value is taken. If there are
    /// several, values that are not valid were not taken, and stay.
    fn normalize(
        &mut self,
        field: KnownField,
        place: usize,
        places: &[usize],
        check: impl Fn(&[ArrayRef]) -> Result<Vec<Answer>, ColumnError>,
    ) -> Result<(), ColumnError> {
        let column: Vec<ArrayRef> = self
            .batches
            .iter()
            .map(|(_, batch)| batch[place].clone())
            .collect();
        let is_only = places.len() == 1;
        let mut from = 0;
        let mut data_type = None;
        for ((_, batch), answer) in self.batches.iter_mut().zip(check(&column)?) {
            let rows = answer.rows();
            let accepted = self.accepted.slice(from, rows);
            let texts: Vec<_> = places
                .iter()
                .map(|place| texts_of(batch[*place].as_ref()))
                .collect();
            let is_taken = |row: usize| is_only || places[first_filled(&texts, row)] == place;
            let suggested = |row: usize| {
                let key = (from + row, Cow::Borrowed(field.name()));
                let text = self.suggested.get(&key)?;
                Some(is_taken(row).then_some(text.as_str()))
            };
            let is_kept = |row: usize| {
                self.values == CheckedValues::Repaired && !answer.repaired.as_boolean().value(row)
            };
            let came = (&batch[place], is_kept);
            let values = chosen(&accepted, is_only, &answer.normalized, came, suggested)?;
            drop(texts);
            data_type = Some(values.data_type().clone());
            batch[place] = values;
            from += rows;
        }
        if let Some(data_type) = data_type {
            let name = self.columns[place].name();
            self.columns[place] = Arc::new(Field::new(name, data_type, true));
        }
        Ok(())
    }

    /// Adds the verdicts, replacing earlier ones.
    fn add(&mut self, verdicts: &StructArray) {
        let earlier = self
            .columns
            .iter()
            .position(|column| column.name() == VERDICT);
        let verdict: FieldRef = Arc::new(Field::new(VERDICT, verdicts.data_type().clone(), false));
        match earlier {
            Some(place) => self.columns[place] = verdict,
            None => self.columns.push(verdict),
        }
        let mut from = 0;
        for (rows, batch) in &mut self.batches {
            let array: ArrayRef = Arc::new(verdicts.slice(from, *rows));
            match earlier {
                Some(place) => batch[place] = array,
                None => batch.push(array),
            }
            from += *rows;
        }
    }
}

/// A column of phones. Decimals become the texts that they are in a job.
fn in_digits(column: &[ArrayRef]) -> Result<Vec<ArrayRef>, ColumnError> {
    let as_text = |array: &ArrayRef| match array.data_type().is_decimal() {
        true => {
            let texts = texts_of(array.as_ref());
            text_array(Layout::Large, (0..array.len()).map(texts))
        }
        false => Ok(array.clone()),
    };
    column.iter().map(as_text).collect()
}

/// The place of the first text of a row that is a value.
fn first_filled(texts: &[Box<TextOfRow<'_>>], row: usize) -> usize {
    let is_filled = |text: &TextOfRow<'_>| {
        text(row).is_some_and(|text| !text.trim().is_empty() && !phone::means_nothing(&text))
    };
    let first = texts.iter().position(|text| is_filled(text.as_ref()));
    first.unwrap_or(0)
}

/// The suggested or else the normalized values in accepted rows, and the original ones in the others and
/// where `is_kept` says so, all as text.
fn chosen<'a>(
    accepted: &BooleanArray,
    is_only: bool,
    normalized: &'a ArrayRef,
    (came, is_kept): (&'a ArrayRef, impl Fn(usize) -> bool),
    suggested: impl Fn(usize) -> Option<Option<&'a str>>,
) -> Result<ArrayRef, ColumnError> {
    let layout = Layout::of(match normalized.data_type() {
        DataType::Dictionary(_, values) => values.as_ref(),
        other => other,
    });
    let (normalized, came) = (texts_of(normalized.as_ref()), texts_of(came.as_ref()));
    let text = |row| match accepted.value(row) {
        true => match suggested(row) {
            Some(Some(text)) => Some(Cow::Borrowed(text)),
            // Another column has the phone of the row.
            Some(None) => came(row),
            None if is_kept(row) => came(row),
            None => normalized(row).or_else(|| came(row).filter(|_| !is_only)),
        },
        false => came(row),
    };
    text_array(layout, (0..accepted.len()).map(text))
}

/// The rows of a table in batches whose texts fit into one array each.
pub fn batches_within_offsets(batches: &[ArrayRef]) -> Vec<StructArray> {
    let pieces = batches.iter().flat_map(parts::within_offsets);
    pieces.map(|piece| piece.as_struct().clone()).collect()
}
