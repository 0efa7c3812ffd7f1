//! Checks the counts and pointers of an array in the C data interface before anything uses them.
//!
//! arrow-array trusts an exporter: a missing buffer, a negative count or a negative last offset
//! ends in a panic there, or in memory outside of the array. The checks here find these, in time
//! that does not depend on the length of the array.

use std::ffi::{CStr, c_char, c_void};

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_data::layout;
use arrow_schema::{ArrowError, DataType};

/// Arrow's `struct ArrowArray`, whose layout the C data interface fixes.
#[repr(C)]
struct RawArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *const *mut RawArray,
    dictionary: *mut RawArray,
    release: *const c_void,
    private_data: *const c_void,
}

/// Arrow's `struct ArrowSchema`.
#[repr(C)]
struct RawSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *const *const RawSchema,
    dictionary: *const RawSchema,
    release: *const c_void,
    private_data: *const c_void,
}

/// Checks a schema that is not released: its texts and its children exist.
///
/// # Errors
/// What is wrong with it.
///
/// # Safety
/// The pointers of the schema that are not null are as the interface says: `format` and `name`
/// point to C strings, `children` to as many schemas as it counts.
pub(crate) unsafe fn check_schema(schema: &FFI_ArrowSchema) -> Result<(), ArrowError> {
    let schema: *const FFI_ArrowSchema = schema;
    // SAFETY: the layout is the same; the caller guarantees the rest.
    unsafe { check_nested_schema(schema.cast(), 0) }
        .map_err(|why| ArrowError::CDataInterface(format!("the Arrow schema is broken: {why}")))
}

/// # Safety
/// See [`check_schema`].
unsafe fn check_nested_schema(schema: *const RawSchema, depth: usize) -> Result<(), String> {
    // SAFETY: the caller guarantees that the pointer is to a schema.
    let Some(schema) = (unsafe { schema.as_ref() }) else {
        return Err("a child is missing".to_owned());
    };
    if depth > MOST_NESTED {
        return Err(format!("more than {MOST_NESTED} types are nested"));
    }
    let text = |text: *const c_char, what: &str| match text.is_null() {
        true => Ok(None),
        // SAFETY: it is a C string.
        false => unsafe { CStr::from_ptr(text) }
            .to_str()
            .map(Some)
            .map_err(|_| format!("a {what} is not UTF-8")),
    };
    text(schema.name, "name")?;
    let format = text(schema.format, "type")?.ok_or("a type is missing")?;
    let count = schema.n_children;
    let needed = match format {
        "+l" | "+L" | "+vl" | "+vL" | "+m" => 1,
        "+r" => 2,
        _ if format.starts_with("+w:") => 1,
        _ => 0,
    };
    if count < needed || count > MOST_ROWS || (count > 0 && schema.children.is_null()) {
        return Err(format!("the type {format:?} has {count} children"));
    }
    for place in 0..count as usize {
        // SAFETY: there are as many pointers as the schema counts children.
        unsafe { check_nested_schema(*schema.children.add(place), depth + 1)? };
    }
    match schema.dictionary.is_null() {
        true => Ok(()),
        // SAFETY: a dictionary is a schema.
        false => unsafe { check_nested_schema(schema.dictionary, depth + 1) },
    }
}

/// How deep types may be nested.
const MOST_NESTED: usize = 256;

/// More rows than any array has; the bytes of so many rows can still be counted.
const MOST_ROWS: i64 = i64::MAX >> 16;

/// Rows of some types take no memory in an array, so it can count any number of them, but take memory
/// when they are read. So there is a limit on the items of lists of a fixed size, whose nulls are
/// written out for each item, and on the values of a dictionary, which are judged one by one.
const MOST_ITEMS_WITHOUT_BYTES: i64 = 1 << 28;
const MOST_VALUES_WITHOUT_BYTES: i64 = 1 << 16;

/// Checks an array that is not released against its type. Removes the buffer that Polars gives to
/// arrays of nulls: such arrays have none, and arrow-array refuses it.
///
/// # Errors
/// What is wrong, if it is not an array of the type.
///
/// # Safety
/// The pointers of the array that are not null are as the interface says: `buffers` points to as
/// many pointers as it counts, `children` to as many arrays, and an offset buffer to one offset
/// more than there are rows.
pub(crate) unsafe fn check(
    array: &mut FFI_ArrowArray,
    data_type: &DataType,
) -> Result<(), ArrowError> {
    let array: *mut FFI_ArrowArray = array;
    // SAFETY: the layout is the same; the caller guarantees the rest.
    unsafe { check_nested(array.cast(), data_type, 0) }
        .map_err(|why| ArrowError::CDataInterface(format!("the Arrow array is broken: {why}")))
}

/// # Safety
/// See [`check`].
unsafe fn check_nested(
    array: *mut RawArray,
    data_type: &DataType,
    depth: usize,
) -> Result<(), String> {
    // SAFETY: the caller guarantees that the pointer is to an array.
    let Some(array) = (unsafe { array.as_mut() }) else {
        return Err(format!("an array of {data_type} is missing"));
    };
    if depth > MOST_NESTED {
        return Err(format!("more than {MOST_NESTED} arrays are nested"));
    }
    check_counts(array)?;
    check_sizes(data_type)?;
    check_items(array, data_type)?;
    if *data_type == DataType::Null {
        array.n_buffers = 0;
    }
    // SAFETY: as above.
    unsafe {
        check_buffers(array, data_type)?;
        check_children(array, data_type, depth + 1)
    }
}

fn check_counts(array: &RawArray) -> Result<(), String> {
    let counts = [
        ("length", array.length),
        ("offset", array.offset),
        ("number of buffers", array.n_buffers),
        ("number of children", array.n_children),
    ];
    for (name, count) in counts {
        if !(0..=MOST_ROWS).contains(&count) {
            return Err(format!("its {name} is {count}"));
        }
    }
    if array.null_count < -1 || array.null_count > array.length {
        let (nulls, rows) = (array.null_count, array.length);
        return Err(format!("it counts {nulls} nulls in {rows} rows"));
    }
    Ok(())
}

/// Checks sizes inside a type that arrow-array takes for granted.
fn check_sizes(data_type: &DataType) -> Result<(), String> {
    match data_type {
        DataType::FixedSizeBinary(size) | DataType::FixedSizeList(_, size) if *size < 0 => {
            Err(format!("{data_type} has a negative size"))
        }
        DataType::Dictionary(keys, _) if !keys.is_integer() => {
            Err(format!("{keys} is not a type of keys"))
        }
        DataType::Union(fields, _) if fields.iter().any(|(id, _)| id < 0) => {
            Err(format!("{data_type} has a negative type ID"))
        }
        _ => Ok(()),
    }
}

/// The items of all lists together, if each list has as many.
fn check_items(array: &RawArray, data_type: &DataType) -> Result<(), String> {
    let DataType::FixedSizeList(item, size) = data_type else {
        return Ok(());
    };
    let most = match takes_no_bytes(item.data_type()) {
        true => MOST_ITEMS_WITHOUT_BYTES,
        false => MOST_ROWS,
    };
    let rows = array.length + array.offset;
    match rows.checked_mul(i64::from(*size)) {
        Some(items) if items <= most => Ok(()),
        _ => Err(format!("it has {rows} lists of {size} items")),
    }
}

/// Whether the rows of a type take no memory, but for a bit in which they are null.
fn takes_no_bytes(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::RunEndEncoded(..) => true,
        DataType::FixedSizeBinary(size) => *size == 0,
        DataType::FixedSizeList(item, size) => *size == 0 || takes_no_bytes(item.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| takes_no_bytes(field.data_type())),
        _ => false,
    }
}

/// # Safety
/// See [`check`].
unsafe fn check_buffers(array: &RawArray, data_type: &DataType) -> Result<(), String> {
    let layout = layout(data_type);
    let expected = layout.buffers.len()
        + usize::from(layout.can_contain_null_mask)
        + usize::from(layout.variadic);
    let count = array.n_buffers as usize;
    if count < expected || (count > expected && !layout.variadic) {
        return Err(format!("{data_type} has {expected} buffers, not {count}"));
    }
    if count == 0 {
        return Ok(());
    }
    if array.buffers.is_null() {
        return Err("its buffers are missing".to_owned());
    }
    // SAFETY: there are as many pointers as the array counts buffers.
    let buffers = unsafe { std::slice::from_raw_parts(array.buffers, count) };
    // SAFETY: the buffers of these types are what the interface says.
    unsafe {
        match data_type {
            DataType::Utf8 | DataType::Binary => check_last_offset::<i32>(array, buffers[1]),
            DataType::LargeUtf8 | DataType::LargeBinary => {
                check_last_offset::<i64>(array, buffers[1])
            }
            DataType::Utf8View | DataType::BinaryView => check_lengths(buffers),
            _ => Ok(()),
        }
    }
}

/// Checks the last offset, which arrow-array takes as the size of the bytes.
///
/// # Safety
/// The pointer, if it is not null, is to one offset more than there are rows.
unsafe fn check_last_offset<O: Copy + Into<i64>>(
    array: &RawArray,
    offsets: *const c_void,
) -> Result<(), String> {
    let rows = array.length + array.offset;
    if rows == 0 {
        return Ok(());
    }
    if offsets.is_null() {
        return Err("its offsets are missing".to_owned());
    }
    // SAFETY: the last offset is the one after all rows.
    let last: i64 = unsafe { offsets.cast::<O>().add(rows as usize).read_unaligned() }.into();
    match last < 0 {
        true => Err(format!("its last offset is {last}")),
        false => Ok(()),
    }
}

/// Checks the lengths of the buffers that views refer to.
///
/// # Safety
/// The last of the buffers, if it is not null, is of as many lengths as there are buffers of bytes.
unsafe fn check_lengths(buffers: &[*const c_void]) -> Result<(), String> {
    // The bitmap and the views come before them, and their lengths after them.
    let [_, _, bytes @ .., lengths] = buffers else {
        return Err("its buffers are missing".to_owned());
    };
    if bytes.is_empty() {
        return Ok(());
    }
    if lengths.is_null() {
        return Err("the lengths of its buffers are missing".to_owned());
    }
    for place in 0..bytes.len() {
        // SAFETY: there is a length for each of them.
        let length = unsafe { lengths.cast::<i64>().add(place).read_unaligned() };
        if length < 0 {
            return Err(format!("the length of a buffer is {length}"));
        }
    }
    Ok(())
}

/// # Safety
/// See [`check`].
unsafe fn check_children(
    array: &RawArray,
    data_type: &DataType,
    depth: usize,
) -> Result<(), String> {
    let children: Vec<&DataType> = match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::Union(fields, _) => fields.iter().map(|(_, field)| field.data_type()).collect(),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => vec![item.data_type()],
        DataType::RunEndEncoded(ends, values) => vec![ends.data_type(), values.data_type()],
        _ => Vec::new(),
    };
    if array.n_children as usize != children.len() {
        let (expected, count) = (children.len(), array.n_children);
        return Err(format!("{data_type} has {expected} children, not {count}"));
    }
    if !children.is_empty() && array.children.is_null() {
        return Err("its children are missing".to_owned());
    }
    for (place, child) in children.into_iter().enumerate() {
        // SAFETY: there are as many pointers as the array counts children.
        unsafe { check_nested(*array.children.add(place), child, depth)? };
    }
    match data_type {
        // SAFETY: a dictionary is an array.
        DataType::Dictionary(_, values) => unsafe {
            check_nested(array.dictionary, values, depth)?;
            check_values(&*array.dictionary, values)
        },
        _ if !array.dictionary.is_null() => Err(format!("{data_type} has a dictionary")),
        _ => Ok(()),
    }
}

/// The values of a dictionary.
fn check_values(dictionary: &RawArray, values: &DataType) -> Result<(), String> {
    let count = dictionary.length;
    match takes_no_bytes(values) && count > MOST_VALUES_WITHOUT_BYTES {
        true => Err(format!("its dictionary has {count} values of {values}")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow_array::builder::{ListBuilder, StringViewBuilder};
    use arrow_array::types::Int8Type;
    use arrow_array::{
        Array, ArrayRef, DictionaryArray, Int8Array, NullArray, StringArray, StringViewArray,
        StructArray, new_empty_array,
    };
    use arrow_schema::{Field, Fields};

    const LONG: &str = "a text that does not fit into a view";

    /// The result for an array whose struct was changed.
    fn checked(array: &dyn Array, spoil: impl FnOnce(&mut RawArray)) -> Result<(), ArrowError> {
        let mut exported = FFI_ArrowArray::new(&array.to_data());
        let raw: *mut RawArray = (&raw mut exported).cast();
        // SAFETY: the struct is valid, and is put back as it was before it is released.
        unsafe {
            let before = std::ptr::read(raw);
            spoil(&mut *raw);
            let verdict = check(&mut exported, array.data_type());
            std::ptr::write((&raw mut exported).cast(), before);
            verdict
        }
    }

    fn arrays() -> [ArrayRef; 5] {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["79123456789", "x"]));
        let mut lists = ListBuilder::new(StringViewBuilder::new());
        lists.append_value([Some(LONG)]);
        let keys: DictionaryArray<Int8Type> = ["a", "b"].into_iter().collect();
        let structs = StructArray::try_from(vec![("a", texts.clone())]).unwrap();
        [
            texts,
            Arc::new(lists.finish()),
            Arc::new(keys),
            Arc::new(structs),
            Arc::new(NullArray::new(3)),
        ]
    }

    /// The verdict over the schema of a list of texts that was changed.
    fn checked_schema(spoil: impl FnOnce(&mut RawSchema)) -> Result<(), ArrowError> {
        let item = Arc::new(Field::new("item", DataType::Utf8, true));
        let mut exported = FFI_ArrowSchema::try_from(DataType::List(item)).unwrap();
        let raw: *mut RawSchema = (&raw mut exported).cast();
        // SAFETY: the struct is valid, and is put back as it was before it is released.
        unsafe {
            let before = std::ptr::read(raw);
            spoil(&mut *raw);
            let verdict = check_schema(&exported);
            std::ptr::write((&raw mut exported).cast(), before);
            verdict
        }
    }

    #[test]
    fn a_schema_has_its_texts_and_its_children() {
        checked_schema(|_| ()).unwrap();
        checked_schema(|raw| raw.name = std::ptr::null()).unwrap();
        let none: [*const RawSchema; 1] = [std::ptr::null()];
        let spoils: [&dyn Fn(&mut RawSchema); 8] = [
            &|raw| raw.format = std::ptr::null(),
            &|raw| raw.format = c"\xff".as_ptr(),
            &|raw| raw.name = c"\xff".as_ptr(),
            &|raw| raw.n_children = 0,
            &|raw| raw.n_children = -1,
            &|raw| raw.n_children = i64::MAX,
            &|raw| raw.children = std::ptr::null(),
            &|raw| raw.children = none.as_ptr(),
        ];
        for (place, spoil) in spoils.into_iter().enumerate() {
            assert!(checked_schema(spoil).is_err(), "{place}");
        }
    }

    #[test]
    fn counts_are_those_of_the_type() {
        for array in arrays() {
            let array = array.as_ref();
            checked(array, |_| ()).unwrap();
            let spoils: [fn(&mut RawArray); 8] = [
                |raw| raw.length = -1,
                |raw| raw.length = i64::MAX,
                |raw| raw.offset = -1,
                |raw| raw.null_count = -2,
                |raw| raw.null_count = raw.length + 1,
                |raw| raw.n_children += 1,
                |raw| raw.n_children = -1,
                |raw| raw.n_buffers = -1,
            ];
            for (place, spoil) in spoils.into_iter().enumerate() {
                let data_type = array.data_type();
                assert!(checked(array, spoil).is_err(), "{place} {data_type}");
            }
            if *array.data_type() != DataType::Null {
                assert!(checked(array, |raw| raw.n_buffers -= 1).is_err());
                assert!(checked(array, |raw| raw.n_buffers += 1).is_err());
                assert!(checked(array, |raw| raw.buffers = std::ptr::null()).is_err());
            }
        }
    }

    #[test]
    fn what_takes_no_bytes_has_a_bound() {
        let lists = |item: DataType, size| {
            let item = Arc::new(Field::new("item", item, true));
            DataType::FixedSizeList(item, size)
        };
        let empty = DataType::Struct(Fields::empty());
        let list = |data_type: DataType, rows: i64| {
            let array = new_empty_array(&data_type);
            checked(array.as_ref(), |raw| raw.length = rows)
        };
        for (item, size, most) in [
            (DataType::Null, 1 << 10, 1 << 18),
            (empty, 1 << 10, 1 << 18),
            (lists(DataType::Int8, 0), 1 << 10, 1 << 18),
            (DataType::FixedSizeBinary(0), i32::MAX, 0),
            (DataType::Int8, 1 << 10, MOST_ROWS >> 10),
            (DataType::Utf8, i32::MAX, 1 << 16),
        ] {
            list(lists(item.clone(), size), most).unwrap();
            for more in [most + 1, MOST_ROWS] {
                assert!(
                    list(lists(item.clone(), size), more).is_err(),
                    "{item} {more}"
                );
            }
        }
        let keys = Int8Array::from(vec![0, 1]);
        for (count, is_good) in [(1 << 16, true), ((1 << 16) + 1, false)] {
            let nulls = DictionaryArray::new(keys.clone(), Arc::new(NullArray::new(count)));
            assert_eq!(checked(&nulls, |_| ()).is_ok(), is_good);
        }
    }

    #[test]
    fn a_missing_part_is_an_error() {
        let [_, lists, keys, structs, _] = &arrays();
        let without_children = |raw: &mut RawArray| raw.children = std::ptr::null();
        assert!(checked(lists, without_children).is_err());
        assert!(checked(structs, without_children).is_err());
        assert!(checked(keys, |raw| raw.dictionary = std::ptr::null_mut()).is_err());
        let none: [*mut RawArray; 1] = [std::ptr::null_mut()];
        assert!(checked(structs, |raw| raw.children = none.as_ptr()).is_err());
    }

    #[test]
    fn sizes_of_buffers_are_not_negative() {
        let null = std::ptr::null();
        let texts = StringArray::from(vec!["a", "b"]);
        for (last, is_good) in [(2_i32, true), (0, true), (-1, false), (i32::MIN, false)] {
            let offsets = [0_i32, 1, last];
            let buffers = [null, offsets.as_ptr().cast::<c_void>(), null];
            let verdict = checked(&texts, |raw| raw.buffers = buffers.as_ptr());
            assert_eq!(verdict.is_ok(), is_good, "{last}");
        }
        let missing = [null; 3];
        assert!(checked(&texts, |raw| raw.buffers = missing.as_ptr()).is_err());
        let views = StringViewArray::from(vec![LONG]);
        let lengths = [-1_i64];
        for last in [lengths.as_ptr().cast::<c_void>(), null] {
            let buffers = [null, null, null, last];
            assert!(checked(&views, |raw| raw.buffers = buffers.as_ptr()).is_err());
        }
    }

    #[test]
    fn an_array_of_nulls_has_no_buffers() {
        let mut exported = FFI_ArrowArray::new(&NullArray::new(2).to_data());
        let raw: *mut RawArray = (&raw mut exported).cast();
        // SAFETY: the struct is valid; the count is set back by the check.
        unsafe {
            (*raw).n_buffers = 1;
            check(&mut exported, &DataType::Null).unwrap();
            assert_eq!((*raw).n_buffers, 0);
        }
    }
}
