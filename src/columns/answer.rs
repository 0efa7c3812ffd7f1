//! The answer for an array of values, and how it is assembled.

use std::sync::{Arc, LazyLock};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::bits::{self, WORD};
use super::cells;
use super::details::{Details, DetailsRoom};
use super::judge::ColumnJudge;
use super::parts;
use super::room;
use super::rows::Notes;
use super::run::{ColumnError, ColumnRun};
use super::texts::{Layout, Texts, TextsPart};
use crate::Rule;

/// The answer for an array of values: arrays of the same length.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The normalized values, in the layout of the values; null for a value that was rejected or
    /// null.
    pub normalized: ArrayRef,
    /// The names of the rules that the values break; null for a value that breaks none.
    pub rules: ArrayRef,
    /// Whether a batch would rewrite the value.
    pub repaired: ArrayRef,
    /// More about each phone, if the caller asked for it.
    pub details: Option<Details>,
}

/// About how many bytes an answer takes for a row: a text with its place, the key of a rule and
/// three bits; of the details three keys and numbers, and a list of keys.
pub(super) fn bytes_of_a_row(with_details: bool) -> usize {
    if with_details { 40 } else { 20 }
}

impl Answer {
    /// How many values there were.
    pub fn rows(&self) -> usize {
        self.rules.len()
    }

    /// How many values are rejected.
    pub fn rejected(&self) -> usize {
        self.rules.len() - self.rules.null_count()
    }

    /// How many values a batch would rewrite.
    pub fn repaired(&self) -> usize {
        self.repaired.as_boolean().true_count()
    }
}

// The names of the rules have signed keys of one byte, which every reader of Arrow accepts.
const _: () = assert!(Rule::ALL.len() <= i8::MAX as usize);

/// The names of all rules, as the values of a dictionary.
pub(super) static RULES: LazyLock<ArrayRef> = LazyLock::new(|| {
    let names = Rule::ALL.iter().map(|rule| rule.name());
    Arc::new(StringArray::from_iter_values(names))
});

/// The names of rules, given their numbers. arrow-array's own check goes through the numbers one at
/// a time; this check takes them all at once.
///
/// # Panics
/// If a number is not that of a rule, or if the bits and the numbers differ in count.
fn rule_names(rules: Vec<i8>, valid: Option<NullBuffer>) -> DictionaryArray<Int8Type> {
    let is_rule = |&rule: &i8| (0..Rule::ALL.len() as i8).contains(&rule);
    let are_rules = rules.iter().fold(true, |all, rule| all & is_rule(rule));
    let keys = PrimitiveArray::new(rules.into(), valid);
    if !are_rules {
        return DictionaryArray::new(keys, RULES.clone());
    }
    #[expect(unsafe_code, reason = "the check that it leaves out was made above")]
    // SAFETY: each key is the place of a name in `RULES`, which has as many as there are rules.
    unsafe {
        DictionaryArray::new_unchecked(keys, RULES.clone())
    }
}

/// Buffers for the answer to one array.
struct Room {
    /// How many rows a part has.
    part: usize,
    texts: Texts,
    rules: Vec<i8>,
    accepted: Vec<u64>,
    rejected: Vec<u64>,
    repaired: Vec<u64>,
    details: Option<DetailsRoom>,
}

/// Some rows of an array, and the buffers for their answer.
struct AnswerPart<'o> {
    values: ArrayRef,
    nulls: Option<NullBuffer>,
    texts: TextsPart<'o>,
    notes: Notes<'o>,
}

impl Room {
    fn new(values: &dyn Array, part: usize, with_details: bool) -> Room {
        let rows = values.len();
        Room {
            part,
            texts: Texts::room(Layout::of(values.data_type()), rows, part),
            rules: room::zeroed(rows),
            accepted: bits::room(rows),
            rejected: bits::room(rows),
            repaired: bits::room(rows),
            details: with_details.then(|| DetailsRoom::new(rows)),
        }
    }

    /// Divides an array into parts.
    fn split(&mut self, (values, wanted): &Values) -> Vec<AnswerPart<'_>> {
        let rows = self.part;
        let words = rows / WORD;
        let mut details = self.details.as_mut().map(|details| details.split(rows));
        let mut rules = self.rules.chunks_mut(rows);
        let mut accepted = self.accepted.chunks_mut(words);
        let mut rejected = self.rejected.chunks_mut(words);
        let mut repaired = self.repaired.chunks_mut(words);
        let texts = self.texts.split(rows).into_iter();
        let parts = texts.enumerate().map(|(part, texts)| {
            let from = part * rows;
            let len = rows.min(values.len() - from);
            let values = values.slice(from, len);
            let wanted = wanted.as_ref().map(|wanted| wanted.slice(from, len));
            AnswerPart {
                nulls: NullBuffer::union(values.logical_nulls().as_ref(), wanted.as_ref()),
                values,
                texts,
                notes: Notes {
                    rules: rules.next().unwrap_or_default(),
                    accepted: accepted.next().unwrap_or_default(),
                    rejected: rejected.next().unwrap_or_default(),
                    repaired: repaired.next().unwrap_or_default(),
                    details: details.as_mut().and_then(Iterator::next),
                },
            }
        });
        parts.collect()
    }

    /// The answer, after all parts are judged.
    fn answer(self, threads: usize) -> Answer {
        let rows = self.rules.len();
        let valid = bits::valid(self.accepted, rows);
        let details = self.details.map(|details| details.arrays(valid.as_ref()));
        let rejected = bits::valid(self.rejected, rows);
        Answer {
            normalized: self.texts.array(self.part, valid, threads),
            rules: Arc::new(rule_names(self.rules, rejected)),
            repaired: Arc::new(bits::booleans(self.repaired, rows)),
            details,
        }
    }
}

/// An array, and which of its rows are needed; the others count as null.
pub(super) type Values = (ArrayRef, Option<NullBuffer>);

/// Judges arrays that are not dictionaries, on this many threads.
///
/// # Errors
/// See [`ColumnError`].
pub(super) fn check<J: ColumnJudge>(
    arrays: &[Values],
    judge: &J,
    threads: usize,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    let rows_of = |(array, _): &Values| match threads {
        1 => array.len().next_multiple_of(WORD).max(WORD),
        _ => parts::ROWS,
    };
    let mut rooms: Vec<Room> = arrays
        .iter()
        .map(|values| Room::new(&values.0, rows_of(values), run.details))
        .collect();
    let parts = rooms
        .iter_mut()
        .zip(arrays)
        .flat_map(|(room, values)| room.split(values))
        .collect();
    parts::each(
        parts,
        threads,
        J::Memory::default,
        |memory, part: AnswerPart<'_>| part.check((judge, memory), run),
    )?;
    let answers = rooms.into_iter().map(|room| room.answer(threads));
    Ok(answers.collect())
}

impl AnswerPart<'_> {
    fn check<J: ColumnJudge>(
        self,
        judge: (&J, &mut J::Memory),
        run: &ColumnRun<'_>,
    ) -> Result<(), ColumnError> {
        let (values, nulls) = (&self.values, self.nulls.as_ref());
        // The common types have loops of their own.
        match self.texts {
            TextsPart::Large(writer) => {
                let cells = values.as_string::<i64>();
                self.notes.judge(cells, nulls, judge, writer, run)
            }
            TextsPart::Views(writer) => {
                let cells = values.as_string_view();
                self.notes.judge(cells, nulls, judge, writer, run)
            }
            TextsPart::Small(writer) => match values.data_type() {
                DataType::Utf8 => {
                    let cells = values.as_string::<i32>();
                    self.notes.judge(cells, nulls, judge, writer, run)
                }
                DataType::Int64 => {
                    let cells = values.as_primitive::<Int64Type>();
                    self.notes.judge(cells, nulls, judge, writer, run)
                }
                _ => self
                    .notes
                    .judge(cells::of(values), nulls, judge, writer, run),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_rules_become_their_names() {
        let numbers: Vec<i8> = (0..Rule::ALL.len() as i8).collect();
        let names = rule_names(numbers, None);
        names.to_data().validate_full().unwrap();
        let names = names.downcast_dict::<StringArray>().unwrap();
        let known = Rule::ALL.iter().map(|rule| Some(rule.name()));
        assert!(names.into_iter().eq(known));
        for number in [-1, Rule::ALL.len() as i8, i8::MAX, i8::MIN] {
            let refused = std::panic::catch_unwind(|| rule_names(vec![0, number], None));
            assert!(refused.is_err());
        }
    }
}
