//! Columns of keys into a dictionary, whose values are judged once each.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, LargeStringArray, PrimitiveArray, StringArray,
    StringViewArray, downcast_integer,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer};
use arrow_schema::DataType;
use hashbrown::HashMap;

use super::answer::{self, Answer};
use super::details::Details;
use super::gather;
use super::judge::Judge;

/// Whether an array is of keys into a dictionary.
pub(super) fn is_one(array: &ArrayRef) -> bool {
    matches!(array.data_type(), DataType::Dictionary(..))
}

/// Judges arrays of keys on so many threads. The arrays of a column often share one dictionary,
/// which is then judged once.
pub(super) fn check<J: Judge>(
    arrays: &[ArrayRef],
    judge: &J,
    details: bool,
    threads: usize,
) -> Vec<Answer> {
    macro_rules! check_keys {
        ($key:ty) => {{
            let arrays: Vec<&DictionaryArray<$key>> = arrays
                .iter()
                .map(|array| array.as_dictionary::<$key>())
                .collect();
            let shared = arrays.chunk_by(|one, other| same_values(*one, *other));
            shared
                .flat_map(|arrays| check_shared(arrays, judge, details, threads))
                .collect()
        }};
    }
    let DataType::Dictionary(key, _) = arrays[0].data_type() else {
        return Vec::new();
    };
    downcast_integer! {
        key.as_ref() => (check_keys),
        _ => Vec::new(),
    }
}

/// Whether two arrays' dictionaries are one and the same memory.
fn same_values<K: ArrowDictionaryKeyType>(
    one: &DictionaryArray<K>,
    other: &DictionaryArray<K>,
) -> bool {
    one.values().to_data().ptr_eq(&other.values().to_data())
}

fn check_shared<K: ArrowDictionaryKeyType, J: Judge>(
    arrays: &[&DictionaryArray<K>],
    judge: &J,
    details: bool,
    threads: usize,
) -> Vec<Answer> {
    let values = arrays[0].values();
    let mut used = vec![false; values.len()];
    for array in arrays {
        for key in array.keys().iter().flatten() {
            if let Some(used) = used.get_mut(key.as_usize()) {
                *used = true;
            }
        }
    }
    let used = NullBuffer::new(BooleanBuffer::from(used));
    let judged = answer::check(&[(values.clone(), Some(used))], judge, details, threads);
    let distinct = Distinct::<K>::of(&judged[0]);
    arrays
        .iter()
        .map(|array| distinct.answer(array.keys()))
        .collect()
}

/// What the values of a dictionary came to.
struct Distinct<'a, K: ArrowDictionaryKeyType> {
    judged: &'a Answer,
    /// The normalized values, each of them once; two values may be normalized to one.
    normalized: ArrayRef,
    /// The key of each value's normalized form among those.
    keys: Vec<Option<K::Native>>,
}

impl<'a, K: ArrowDictionaryKeyType> Distinct<'a, K> {
    fn of(judged: &'a Answer) -> Self {
        let texts = Texts(judged.normalized.as_ref());
        let mut known: HashMap<&str, K::Native> = HashMap::new();
        let mut distinct = Vec::new();
        let keys = (0..judged.normalized.len()).map(|value| {
            let text = texts.get(value)?;
            Some(*known.entry(text).or_insert_with(|| {
                distinct.push(text);
                // There are no more of them than there were keys.
                K::Native::usize_as(distinct.len() - 1)
            }))
        });
        let keys = keys.collect();
        let normalized: ArrayRef = match judged.normalized.data_type() {
            DataType::LargeUtf8 => Arc::new(LargeStringArray::from_iter_values(distinct)),
            DataType::Utf8View => Arc::new(StringViewArray::from_iter_values(distinct)),
            _ => Arc::new(StringArray::from_iter_values(distinct)),
        };
        Distinct {
            judged,
            normalized,
            keys,
        }
    }

    fn answer(&self, keys: &PrimitiveArray<K>) -> Answer {
        let places: Vec<Option<usize>> = keys
            .iter()
            .map(|key| Some(key?.as_usize()).filter(|&key| key < self.keys.len()))
            .collect();
        let normalized: PrimitiveArray<K> =
            places.iter().map(|place| self.keys[(*place)?]).collect();
        let judged = self.judged;
        let repaired = judged.repaired.as_boolean();
        let repaired = places
            .iter()
            .map(|place| place.is_some_and(|place| repaired.value(place)));
        Answer {
            normalized: Arc::new(DictionaryArray::new(normalized, self.normalized.clone())),
            rules: gather::keys::<Int8Type>(&judged.rules, &places),
            repaired: Arc::new(BooleanArray::from_iter(repaired.map(Some))),
            details: judged.details.as_ref().map(|details| Details {
                country_code: gather::numbers::<UInt16Type>(&details.country_code, &places),
                region: gather::keys::<Int16Type>(&details.region, &places),
                kind: gather::keys::<Int8Type>(&details.kind, &places),
                time_zones: gather::lists_of_keys::<Int16Type>(&details.time_zones, &places),
            }),
        }
    }
}

/// The texts of an array of any layout.
struct Texts<'a>(&'a dyn Array);

impl<'a> Texts<'a> {
    fn get(&self, row: usize) -> Option<&'a str> {
        if self.0.is_null(row) {
            return None;
        }
        Some(match self.0.data_type() {
            DataType::LargeUtf8 => self.0.as_string::<i64>().value(row),
            DataType::Utf8View => self.0.as_string_view().value(row),
            _ => self.0.as_string::<i32>().value(row),
        })
    }
}
