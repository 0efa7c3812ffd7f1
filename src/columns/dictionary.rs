//! Columns of keys into a dictionary. Each value of the dictionary is judged once.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray, downcast_integer,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer};
use arrow_schema::DataType;
use hashbrown::HashMap;

use super::answer::{self, Answer};
use super::convert::{text_array, texts_in_layout};
use super::details::Details;
use super::gather;
use super::judge::ColumnJudge;
use super::run::{ColumnError, ColumnRun};
use super::texts::Layout;

/// Whether an array consists of keys into a dictionary.
pub(super) fn is_one(array: &ArrayRef) -> bool {
    matches!(array.data_type(), DataType::Dictionary(..))
}

/// How many values of an array are judged, or gathered from those that are.
pub(super) fn judged(array: &ArrayRef) -> usize {
    let values = array.as_any_dictionary_opt();
    let values = values.map_or(0, |dictionary| dictionary.values().len());
    array.len().saturating_add(values)
}

/// Judges arrays of keys on this many threads. The arrays of a column often share one dictionary,
/// which is then judged once.
///
/// # Errors
/// See [`ColumnError`].
pub(super) fn check<J: ColumnJudge>(
    arrays: &[ArrayRef],
    judge: &J,
    threads: usize,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    macro_rules! check_keys {
        ($key:ty) => {{
            let arrays: Vec<&DictionaryArray<$key>> = arrays
                .iter()
                .map(|array| array.as_dictionary::<$key>())
                .collect();
            let mut answers = Vec::with_capacity(arrays.len());
            for shared in arrays.chunk_by(|one, other| same_values(*one, *other)) {
                answers.extend(check_shared(shared, judge, threads, run)?);
            }
            Ok(answers)
        }};
    }
    let DataType::Dictionary(key, _) = arrays[0].data_type() else {
        return Ok(Vec::new());
    };
    downcast_integer! {
        key.as_ref() => (check_keys),
        _ => Ok(Vec::new()),
    }
}

/// Whether two arrays share the memory of their dictionary.
fn same_values<K: ArrowDictionaryKeyType>(
    one: &DictionaryArray<K>,
    other: &DictionaryArray<K>,
) -> bool {
    one.values().to_data().ptr_eq(&other.values().to_data())
}

fn check_shared<K: ArrowDictionaryKeyType, J: ColumnJudge>(
    arrays: &[&DictionaryArray<K>],
    judge: &J,
    threads: usize,
    run: &ColumnRun<'_>,
) -> Result<Vec<Answer>, ColumnError> {
    let values = arrays[0].values();
    let mut used = vec![false; values.len()];
    for array in arrays {
        for key in array.keys().iter().flatten() {
            *used.get_mut(key.as_usize()).ok_or(ColumnError::Broken)? = true;
        }
    }
    let used = NullBuffer::new(BooleanBuffer::from(used));
    let judged = answer::check(&[(values.clone(), Some(used))], judge, threads, run)?;
    let distinct = Distinct::<K>::of(&judged[0])?;
    let answers = arrays.iter().map(|array| distinct.answer(array.keys()));
    Ok(answers.collect())
}

/// The answers for the values of a dictionary.
struct Distinct<'a, K: ArrowDictionaryKeyType> {
    judged: &'a Answer,
    /// The normalized values without repetition: two values may have the same normalized form.
    normalized: ArrayRef,
    /// The key of each value's normalized form.
    keys: Vec<Option<K::Native>>,
}

impl<'a, K: ArrowDictionaryKeyType> Distinct<'a, K> {
    fn of(judged: &'a Answer) -> Result<Self, ColumnError> {
        let texts = texts_in_layout(judged.normalized.as_ref());
        let mut known: HashMap<&str, K::Native> = HashMap::new();
        let mut distinct = Vec::new();
        let keys = (0..judged.normalized.len()).map(|value| {
            let text = texts(value)?;
            Some(*known.entry(text).or_insert_with(|| {
                distinct.push(Some(text));
                // They are at most as many as the keys were.
                K::Native::usize_as(distinct.len() - 1)
            }))
        });
        let keys = keys.collect();
        let layout = Layout::of(judged.normalized.data_type());
        let normalized = text_array(layout, distinct.into_iter())?;
        Ok(Distinct {
            judged,
            normalized,
            keys,
        })
    }

    fn answer(&self, keys: &PrimitiveArray<K>) -> Answer {
        let places: Vec<Option<u32>> = keys
            .iter()
            .map(|key| key.map(|key| key.as_usize() as u32))
            .collect();
        let key_of = |place: &Option<u32>| self.keys[(*place)? as usize];
        let normalized: PrimitiveArray<K> = places.iter().map(key_of).collect();
        let judged = self.judged;
        let repaired = judged.repaired.as_boolean();
        let repaired = BooleanBuffer::collect_bool(places.len(), |row| {
            places[row].is_some_and(|place| repaired.value(place as usize))
        });
        Answer {
            normalized: Arc::new(DictionaryArray::new(normalized, self.normalized.clone())),
            rules: gather::keys::<Int8Type>(&judged.rules, &places),
            repaired: Arc::new(BooleanArray::new(repaired, None)),
            details: judged.details.as_ref().map(|details| Details {
                country_code: gather::numbers::<UInt16Type>(&details.country_code, &places),
                region: gather::keys::<Int16Type>(&details.region, &places),
                kind: gather::keys::<Int8Type>(&details.kind, &places),
                time_zones: gather::lists_of_keys::<Int16Type>(&details.time_zones, &places),
            }),
        }
    }
}
