//! Collects elements of an array in the order of given places.

use std::sync::Arc;

use arrow_array::PrimitiveArray;
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowDictionaryKeyType;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, DictionaryArray, LargeListArray};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer, OffsetBuffer};
use arrow_schema::Field;

/// Places in an array, one for each row; `None` if the row has no element.
pub(super) type RowPlaces = [Option<u32>];

/// The numbers at these places.
pub(super) fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef, places: &RowPlaces) -> ArrayRef {
    Arc::new(primitives(array.as_primitive::<T>(), places))
}

/// The keys at these places, into the same dictionary.
pub(super) fn keys<K: ArrowDictionaryKeyType>(array: &ArrayRef, places: &RowPlaces) -> ArrayRef {
    let array = array.as_dictionary::<K>();
    let keys = primitives(array.keys(), places);
    Arc::new(with_keys_of(array, keys))
}

/// The lists of keys at these places. No key in them is null.
pub(super) fn lists_of_keys<K: ArrowDictionaryKeyType>(
    array: &ArrayRef,
    places: &RowPlaces,
) -> ArrayRef {
    let lists = array.as_list::<i64>();
    let items = lists.values().as_dictionary::<K>();
    let (offsets, keys) = (lists.value_offsets(), items.keys().values());
    let mut gathered = Vec::with_capacity(places.len());
    let mut ends = Vec::with_capacity(places.len() + 1);
    ends.push(0);
    for place in places {
        if let Some(place) = place.map(|place| place as usize)
            && lists.is_valid(place)
        {
            let list = offsets[place].as_usize()..offsets[place + 1].as_usize();
            gathered.extend_from_slice(&keys[list]);
        }
        ends.push(gathered.len() as i64);
    }
    let gathered = PrimitiveArray::<K>::new(gathered.into(), None);
    let gathered = with_keys_of(items, gathered);
    let field = Field::new("item", items.data_type().clone(), true);
    Arc::new(LargeListArray::new(
        Arc::new(field),
        OffsetBuffer::new(ends.into()),
        Arc::new(gathered),
        Some(validity(lists, places)),
    ))
}

/// A dictionary array whose keys all come from another one. Checking each key again would take half
/// as long as collecting them.
fn with_keys_of<K: ArrowDictionaryKeyType>(
    array: &DictionaryArray<K>,
    keys: PrimitiveArray<K>,
) -> DictionaryArray<K> {
    #[expect(unsafe_code, reason = "the keys were checked when `array` was made")]
    // SAFETY: each key that is not null is a key of `array`, so it is the index of one of its
    // values, and the new array has the same values.
    unsafe {
        DictionaryArray::new_unchecked(keys, array.values().clone())
    }
}

fn primitives<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    places: &RowPlaces,
) -> PrimitiveArray<T> {
    let values = array.values();
    let value =
        |place: &Option<u32>| place.map_or_else(T::Native::default, |at| values[at as usize]);
    let gathered: Vec<T::Native> = places.iter().map(value).collect();
    PrimitiveArray::new(gathered.into(), Some(validity(array, places)))
}

/// Which rows have an element that is not null.
fn validity(array: &dyn Array, places: &RowPlaces) -> NullBuffer {
    let nulls = array.nulls();
    let is_there = |place: u32| nulls.is_none_or(|nulls| nulls.is_valid(place as usize));
    let is_valid = |row: usize| places[row].is_some_and(is_there);
    NullBuffer::new(BooleanBuffer::collect_bool(places.len(), is_valid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::{Int8Type, Int16Type, UInt16Type};
    use arrow_array::{UInt16Array, builder::LargeListBuilder, builder::StringDictionaryBuilder};

    const PLACES: [Option<u32>; 6] = [Some(2), None, Some(0), Some(1), Some(2), Some(3)];

    #[test]
    fn numbers_and_keys_come_in_the_order_of_their_places() {
        let array: ArrayRef = Arc::new(UInt16Array::from(vec![Some(7), None, Some(44), Some(1)]));
        let found = numbers::<UInt16Type>(&array, &PLACES);
        let found: Vec<_> = found.as_primitive::<UInt16Type>().iter().collect();
        assert_eq!(found, [Some(44), None, Some(7), None, Some(44), Some(1)]);

        let names = vec![Some("RU"), None, Some("GB"), Some("RU")];
        let array: ArrayRef = Arc::new(names.into_iter().collect::<DictionaryArray<Int8Type>>());
        let found = keys::<Int8Type>(&array, &PLACES);
        let found = found.as_dictionary::<Int8Type>();
        let found: Vec<_> = found
            .downcast_dict::<arrow_array::StringArray>()
            .unwrap()
            .into_iter()
            .collect();
        assert_eq!(
            found,
            [Some("GB"), None, Some("RU"), None, Some("GB"), Some("RU")]
        );
    }

    #[test]
    fn lists_come_in_the_order_of_their_places() {
        let mut lists = LargeListBuilder::new(StringDictionaryBuilder::<Int16Type>::new());
        lists.append_value([Some("Europe/Moscow")]);
        lists.append_null();
        lists.append_value([Some("Europe/London"), Some("Europe/Moscow")]);
        lists.append_value([] as [Option<&str>; 0]);
        let array: ArrayRef = Arc::new(lists.finish());
        let found = lists_of_keys::<Int16Type>(&array, &PLACES);
        found.to_data().validate_full().unwrap();
        let found = found.as_list::<i64>();
        for (row, place) in PLACES.into_iter().enumerate() {
            match place.map(|at| at as usize).filter(|&at| array.is_valid(at)) {
                Some(place) => assert_eq!(&found.value(row), &array.as_list::<i64>().value(place)),
                None => assert!(found.is_null(row)),
            }
        }
    }
}
