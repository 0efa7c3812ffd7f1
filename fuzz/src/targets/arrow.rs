//! Arrow columns of any type over buffers of any bytes. Data that pass predial's validation are
//! read without a fault, and a column cut in two gives the same result.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray, make_array};
use arrow_buffer::{Buffer, NullBuffer};
use arrow_data::{ArrayData, ArrayDataBuilder, layout};
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit, UnionFields, UnionMode};
use predial::batch::{ChoiceRequest, ColumnUse, TableOptions};
use predial::columns::{self, Answer, ColumnRun, JobLines};
use predial::phone::PhoneOptions;

use crate::world::{NOW, regions};

const NAMES: [&str; 6] = [
    "phone",
    "gmtZone",
    "name",
    "payload",
    "allowedTime",
    "maxAttempts",
];

pub fn run(data: &[u8]) -> Option<()> {
    let mut bytes = Unstructured::new(data);
    let rows = bytes.int_in_range(0..=6).ok()?;
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let mut is_valid = true;
    for name in &NAMES[..bytes.int_in_range(1..=NAMES.len()).ok()?] {
        let data = array(&mut bytes, rows, 0).ok()?;
        columns::validate_column(&data).ok()?;
        is_valid &= data.validate_full().is_ok();
        fields.push(Field::new(*name, data.data_type().clone(), true));
        arrays.push(make_array(data));
    }
    for array in &arrays {
        assert_cut(array);
    }
    if !is_valid {
        return Some(());
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema, arrays).ok()?;
    let table = StructArray::from(batch);
    let cut = rows / 2;
    let whole = lines(&[Arc::new(table.clone())]);
    let parts = lines(&[
        Arc::new(table.slice(0, cut)) as ArrayRef,
        Arc::new(table.slice(cut, rows - cut)),
    ]);
    assert_eq!(whole, parts);
    if let Ok(lines) = whole {
        assert_eq!(lines.len(), rows);
        for line in lines {
            let job = serde_json::from_str::<&serde_json::value::RawValue>(&line);
            assert!(job.is_ok(), "{line}");
        }
    }
    Some(())
}

/// Every row of a table as JSON; or the reason why it has no JSON.
fn lines(batches: &[ArrayRef]) -> Result<Vec<String>, String> {
    let DataType::Struct(columns) = batches[0].data_type() else {
        unreachable!("a table is made of structs");
    };
    let batches = batches.to_vec().into_iter().map(Ok);
    // A list without a phone is refused as a whole: its first column is taken for it.
    let options = TableOptions {
        map: vec![(ColumnUse::PHONE, vec!["#1".to_owned()])],
        ..TableOptions::default()
    };
    let phone = PhoneOptions::default();
    let choice = ChoiceRequest {
        zones: None,
        options: &options,
        phone: &phone,
        regions: regions(),
    };
    let lines = JobLines::new(columns, Box::new(batches), &choice, 1 << 20);
    let (lines, _) = lines.map_err(|refusal| format!("{refusal:?}"))?;
    let texts = lines.texts().map_err(|error| error.to_string())?;
    Ok(texts.iter().flatten().map(str::to_owned).collect())
}

/// A column gives the same result in one piece and in two, on one thread and on several.
fn assert_cut(array: &ArrayRef) {
    let cut = array.len() / 2;
    let parts = [array.slice(0, cut), array.slice(cut, array.len() - cut)];
    let options = PhoneOptions::default();
    let of = |threads| ColumnRun {
        details: true,
        threads: NonZeroUsize::new(threads),
        ..ColumnRun::default()
    };
    let phones = |column: &[ArrayRef], threads| {
        columns::check_phones(column, &options, &of(threads)).map(|answers| shown(&answers))
    };
    let zones = |column: &[ArrayRef], threads| {
        columns::check_zones(column, regions().at(NOW), &of(threads)).map(|answers| shown(&answers))
    };
    let whole = std::slice::from_ref(array);
    assert_eq!(phones(whole, 1), phones(&parts, 3));
    assert_eq!(zones(whole, 1), zones(&parts, 3));
}

/// The results for the rows of a column: the value, the rule, whether it was rewritten.
fn shown(answers: &[Answer]) -> Vec<(Option<String>, Option<String>, Option<bool>)> {
    let rows = answers.iter().flat_map(|answer| {
        let texts = text_of(&answer.normalized);
        let rules = text_of(&answer.rules);
        let repaired = answer.repaired.as_boolean().iter();
        texts.into_iter().zip(rules).zip(repaired)
    });
    rows.map(|((text, rule), repaired)| (text, rule, repaired))
        .collect()
}

fn text_of(array: &ArrayRef) -> Vec<Option<String>> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().map(own).collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(own).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(own).collect(),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = text_of(dictionary.values());
            if values.is_empty() {
                return vec![None; array.len()];
            }
            let keys = dictionary.normalized_keys();
            let value = |(row, key): (usize, &usize)| {
                let value = dictionary.is_valid(row).then(|| values.get(*key))?;
                value.cloned().flatten()
            };
            keys.iter().enumerate().map(value).collect()
        }
        other => panic!("a column is answered as {other}"),
    }
}

/// An array of some type with this many rows, not validated.
fn array(bytes: &mut Unstructured<'_>, rows: usize, depth: usize) -> Result<ArrayData> {
    const KINDS: u8 = 20;
    let last = if depth > 2 { 10 } else { KINDS - 1 };
    let kind = bytes.int_in_range(0..=last)?;
    let mut children = Vec::new();
    let mut child = |bytes: &mut Unstructured<'_>, rows| -> Result<DataType> {
        let data = array(bytes, rows, depth + 1)?;
        let data_type = data.data_type().clone();
        children.push(data);
        Ok(data_type)
    };
    let (data_type, buffers) = match kind {
        0 | 1 => (
            DataType::Utf8,
            vec![offsets(bytes, rows, 4)?, content(bytes)?],
        ),
        2 => (
            DataType::LargeUtf8,
            vec![offsets(bytes, rows, 8)?, content(bytes)?],
        ),
        3 => {
            let views = buffer(bytes, rows * 16)?;
            (DataType::Utf8View, vec![views, content(bytes)?])
        }
        4 => (DataType::Int64, vec![buffer(bytes, rows * 8)?]),
        5 => (DataType::Float64, vec![buffer(bytes, rows * 8)?]),
        6 => (DataType::Boolean, vec![buffer(bytes, 1)?]),
        7 => {
            let unit = bytes.choose(&[
                TimeUnit::Second,
                TimeUnit::Millisecond,
                TimeUnit::Microsecond,
                TimeUnit::Nanosecond,
            ])?;
            let zone = bytes.choose(&[None, Some("+03:00"), Some("Europe/Moscow"), Some("x")])?;
            let data_type = DataType::Timestamp(*unit, zone.map(Into::into));
            (data_type, vec![buffer(bytes, rows * 8)?])
        }
        8 => (
            DataType::Binary,
            vec![offsets(bytes, rows, 4)?, content(bytes)?],
        ),
        9 => (DataType::Date32, vec![buffer(bytes, rows * 4)?]),
        10 => (DataType::Null, vec![]),
        11 | 12 => {
            let values = bytes.int_in_range(0..=4)?;
            let values = child(bytes, values)?;
            let keys = buffer(bytes, rows)?;
            let data_type = DataType::Dictionary(Box::new(DataType::Int8), Box::new(values));
            (data_type, vec![keys])
        }
        13 => {
            let mut fields = Vec::new();
            for name in &["default", "localTimeFrom", "localTimeTo"][..bytes.int_in_range(0..=3)?] {
                fields.push(Field::new(*name, child(bytes, rows)?, true));
            }
            (DataType::Struct(Fields::from(fields)), vec![])
        }
        14 => {
            let values = bytes.int_in_range(0..=8)?;
            let field = Field::new("item", child(bytes, values)?, true);
            (
                DataType::List(Arc::new(field)),
                vec![offsets(bytes, rows, 4)?],
            )
        }
        15 => {
            let size = bytes.int_in_range(0..=3)?;
            let field = Field::new("item", child(bytes, rows * size)?, true);
            (
                DataType::FixedSizeList(Arc::new(field), size as i32),
                vec![],
            )
        }
        16 => {
            let is_dense = bool::arbitrary(bytes)?;
            let values = if is_dense { 4 } else { rows };
            let fields = [child(bytes, values)?, child(bytes, values)?];
            let fields = fields.map(|data_type| Field::new("", data_type, true));
            let fields = UnionFields::try_new([0, 5], fields).expect("the IDs differ");
            let ids = (0..rows).map(|_| Ok(*bytes.choose(&[0, 5, 0, 5, 0, 5, 3, 0xFF])?));
            let mut buffers = vec![Buffer::from_iter(ids.collect::<Result<Vec<u8>>>()?)];
            if is_dense {
                buffers.push(places(bytes, rows)?);
            }
            let mode = match is_dense {
                true => UnionMode::Dense,
                false => UnionMode::Sparse,
            };
            (DataType::Union(fields, mode), buffers)
        }
        17 => {
            let field = Field::new("item", child(bytes, 4)?, true);
            let buffers = vec![places(bytes, rows)?, places(bytes, rows)?];
            (DataType::ListView(Arc::new(field)), buffers)
        }
        18 => {
            let runs = bytes.int_in_range(0..=4)?;
            let values = Arc::new(Field::new("values", child(bytes, runs)?, true));
            let ends = Arc::new(Field::new("run_ends", DataType::Int32, false));
            // The first offset is 0, where no run ends.
            let places = offsets(bytes, runs, 4)?;
            let places = places.slice(places.len().min(4));
            let numbers = ArrayDataBuilder::new(DataType::Int32)
                .len(runs)
                .add_buffer(places);
            // SAFETY: nothing reads it before it was validated in full.
            children.insert(0, unsafe { numbers.build_unchecked() });
            (DataType::RunEndEncoded(ends, values), vec![])
        }
        _ => {
            let count = bytes.int_in_range(0..=4)?;
            let keys = Field::new("keys", child(bytes, count)?, false);
            let values = Field::new("values", child(bytes, count)?, true);
            let members = DataType::Struct(Fields::from(vec![keys, values]));
            let entries = ArrayDataBuilder::new(members.clone())
                .len(count)
                .child_data(std::mem::take(&mut children));
            // SAFETY: as above.
            children.push(unsafe { entries.build_unchecked() });
            let entries = Arc::new(Field::new("entries", members, false));
            (
                DataType::Map(entries, false),
                vec![offsets(bytes, rows, 4)?],
            )
        }
    };
    let has_nulls = layout(&data_type).can_contain_null_mask && bool::arbitrary(bytes)?;
    let nulls = match has_nulls {
        true => Some(NullBuffer::from(
            (0..rows)
                .map(|_| bool::arbitrary(bytes))
                .collect::<Result<Vec<bool>>>()?,
        )),
        false => None,
    };
    let builder = ArrayDataBuilder::new(data_type)
        .len(rows)
        .nulls(nulls)
        .buffers(buffers)
        .child_data(children);
    // SAFETY: nothing reads it before it is validated in full.
    Ok(unsafe { builder.build_unchecked() })
}

/// Bytes as a buffer, aligned like Arrow's own.
fn buffer(bytes: &mut Unstructured<'_>, length: usize) -> Result<Buffer> {
    let length = if bytes.ratio(1, 32)? {
        length / 2
    } else {
        length
    };
    let mut content = vec![0; length];
    bytes.fill_buffer(&mut content)?;
    Ok(Buffer::from_slice_ref(&content))
}

/// Offsets that mostly rise by a little.
fn offsets(bytes: &mut Unstructured<'_>, rows: usize, size: usize) -> Result<Buffer> {
    if bytes.ratio(1, 16)? {
        return buffer(bytes, (rows + 1) * size);
    }
    let mut offset = 0_u64;
    let mut content = Vec::new();
    for _ in 0..=rows {
        content.extend_from_slice(&offset.to_le_bytes()[..size]);
        offset += u64::from(u8::arbitrary(bytes)? % 16);
    }
    Ok(Buffer::from_slice_ref(&content))
}

/// Numbers of which most are places in a few values.
fn places(bytes: &mut Unstructured<'_>, rows: usize) -> Result<Buffer> {
    let place = |_| {
        Ok(bytes
            .choose(&[0, 1, 2, 3, 0, 1, 2, 3, 4, -1, i32::MAX, i32::MIN])?
            .to_le_bytes())
    };
    let content: Vec<[u8; 4]> = (0..rows).map(place).collect::<Result<_>>()?;
    Ok(Buffer::from_slice_ref(content.as_flattened()))
}

fn content(bytes: &mut Unstructured<'_>) -> Result<Buffer> {
    let length = bytes.int_in_range(0..=64)?;
    buffer(bytes, length)
}
