//! Elements of an array in the order of given places.

use std::sync::Arc;

use arrow_array::PrimitiveArray;
use arrow_array::cast::AsArray;
use arrow_array::types::ArrowDictionaryKeyType;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, DictionaryArray, LargeListArray};
use arrow_buffer::{ArrowNativeType, NullBuffer, OffsetBuffer};
use arrow_schema::DataType;

/// Places in an array; null if there is no element for a row.
pub(super) type Places = [Option<usize>];

/// The numbers in these places.
pub(super) fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef, places: &Places) -> ArrayRef {
    Arc::new(primitives(array.as_primitive::<T>(), places))
}

/// The keys in these places, into the same dictionary.
pub(super) fn keys<K: ArrowDictionaryKeyType>(array: &ArrayRef, places: &Places) -> ArrayRef {
    Arc::new(keys_of(array.as_dictionary::<K>(), places))
}

/// The lists of keys in these places.
pub(super) fn lists_of_keys<K: ArrowDictionaryKeyType>(
    array: &ArrayRef,
    places: &Places,
) -> ArrayRef {
    let lists = array.as_list::<i64>();
    let range = |place: &Option<usize>| {
        let place = place.filter(|&place| lists.is_valid(place))?;
        let offsets = &lists.value_offsets()[place..place + 2];
        Some(offsets[0].as_usize()..offsets[1].as_usize())
    };
    let ranges: Vec<_> = places.iter().map(range).collect();
    let items: Vec<Option<usize>> = ranges
        .iter()
        .flatten()
        .cloned()
        .flatten()
        .map(Some)
        .collect();
    let lengths = ranges
        .iter()
        .map(|range| range.as_ref().map_or(0, ExactSizeIterator::len));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls: NullBuffer = ranges.iter().map(Option::is_some).collect();
    let DataType::LargeList(field) = array.data_type() else {
        unreachable!("the array was taken for one of lists above");
    };
    let items = keys_of(lists.values().as_dictionary::<K>(), &items);
    Arc::new(LargeListArray::new(
        field.clone(),
        offsets,
        Arc::new(items),
        Some(nulls),
    ))
}

fn keys_of<K: ArrowDictionaryKeyType>(
    array: &DictionaryArray<K>,
    places: &Places,
) -> DictionaryArray<K> {
    DictionaryArray::new(primitives(array.keys(), places), array.values().clone())
}

fn primitives<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    places: &Places,
) -> PrimitiveArray<T> {
    let at = |place: &Option<usize>| {
        let place = place.filter(|&place| array.is_valid(place))?;
        Some(array.value(place))
    };
    places.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::{Int8Type, Int16Type, UInt16Type};
    use arrow_array::{UInt16Array, builder::LargeListBuilder, builder::StringDictionaryBuilder};

    const PLACES: [Option<usize>; 6] = [Some(2), None, Some(0), Some(1), Some(2), Some(3)];

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
            match place.filter(|&place| array.is_valid(place)) {
                Some(place) => assert_eq!(&found.value(row), &array.as_list::<i64>().value(place)),
                None => assert!(found.is_null(row)),
            }
        }
    }
}
