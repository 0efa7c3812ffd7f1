//! More about each phone than its digits.

use std::sync::{Arc, LazyLock};

use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    ArrayRef, DictionaryArray, LargeListArray, PrimitiveArray, StringArray, UInt16Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field;

use crate::phone::Phone;
use crate::phone::plan::{NumberType, Region, ZoneList};

/// More about the phones of an array, in arrays of the same length; null for a rejected phone.
#[derive(Clone, Debug)]
pub struct Details {
    /// The country calling codes.
    pub country_code: ArrayRef,
    /// The regions of valid numbers.
    pub region: ArrayRef,
    /// The types of valid numbers.
    pub kind: ArrayRef,
    /// The IANA IDs of the time zones of each phone; empty if they are unknown.
    pub time_zones: ArrayRef,
}

/// Buffers for the facts about each phone: the numbers from which the arrays are made.
pub(super) struct DetailsRoom {
    country_codes: Vec<u16>,
    /// The index of a region plus one; zero for none. The same for types.
    regions: Vec<u16>,
    kinds: Vec<u8>,
    zones: Vec<u16>,
}

/// The buffers of some of the rows.
pub(super) struct DetailsPart<'o> {
    country_codes: &'o mut [u16],
    regions: &'o mut [u16],
    kinds: &'o mut [u8],
    zones: &'o mut [u16],
}

impl DetailsPart<'_> {
    pub(super) fn note(&mut self, row: usize, phone: &Phone) {
        self.country_codes[row] = phone.country_code();
        self.regions[row] = phone.region().map_or(0, |region| region.index() as u16 + 1);
        self.kinds[row] = phone.kind().map_or(0, |kind| kind as u8 + 1);
        self.zones[row] = phone.zone_list().index() as u16;
    }
}

impl DetailsRoom {
    pub(super) fn new(rows: usize) -> Self {
        DetailsRoom {
            country_codes: vec![0; rows],
            regions: vec![0; rows],
            kinds: vec![0; rows],
            zones: vec![0; rows],
        }
    }

    /// The buffers of parts with this many rows each.
    pub(super) fn split(&mut self, rows: usize) -> impl Iterator<Item = DetailsPart<'_>> {
        let codes = self.country_codes.chunks_mut(rows);
        let regions = self.regions.chunks_mut(rows);
        let kinds = self.kinds.chunks_mut(rows);
        let zones = self.zones.chunks_mut(rows);
        codes.zip(regions.zip(kinds.zip(zones))).map(
            |(country_codes, (regions, (kinds, zones)))| DetailsPart {
                country_codes,
                regions,
                kinds,
                zones,
            },
        )
    }

    /// The arrays; `valid` has the rows that are phones.
    pub(super) fn arrays(self, valid: Option<&NullBuffer>) -> Details {
        let regions = self.regions.iter().map(|&place| place.checked_sub(1));
        let regions: PrimitiveArray<Int16Type> = regions
            .map(|place| place.map(|place| place as i16))
            .collect();
        let kinds = self.kinds.iter().map(|&place| place.checked_sub(1));
        let kinds: PrimitiveArray<Int8Type> =
            kinds.map(|place| place.map(|place| place as i8)).collect();
        let time_zones = time_zones(&self.zones, valid);
        Details {
            country_code: Arc::new(UInt16Array::new(self.country_codes.into(), valid.cloned())),
            region: Arc::new(DictionaryArray::new(regions, REGIONS.clone())),
            kind: Arc::new(DictionaryArray::new(kinds, KINDS.clone())),
            time_zones,
        }
    }
}

/// Lists of names. There are few different lists, so they are in a dictionary.
fn time_zones(zones: &[u16], valid: Option<&NullBuffer>) -> ArrayRef {
    let lists = &ZONES.lists;
    let mut ends = Vec::with_capacity(zones.len() + 1);
    ends.push(0);
    let mut names: Vec<i16> = Vec::with_capacity(zones.len());
    for &list in zones {
        names.extend_from_slice(&lists[usize::from(list)]);
        ends.push(names.len() as i64);
    }
    let names = PrimitiveArray::<Int16Type>::from(names);
    let names = DictionaryArray::new(names, ZONES.names.clone());
    let field = Arc::new(Field::new("item", names_type(), true));
    Arc::new(LargeListArray::new(
        field,
        OffsetBuffer::new(ends.into()),
        Arc::new(names),
        valid.cloned(),
    ))
}

fn names_type() -> arrow_schema::DataType {
    use arrow_schema::DataType::{Dictionary, Int16, Utf8};
    Dictionary(Box::new(Int16), Box::new(Utf8))
}

static REGIONS: LazyLock<ArrayRef> = LazyLock::new(|| {
    Arc::new(StringArray::from_iter_values(
        Region::all().map(Region::code),
    ))
});

static KINDS: LazyLock<ArrayRef> = LazyLock::new(|| {
    let names = NumberType::ALL.map(NumberType::name);
    Arc::new(StringArray::from_iter_values(names))
});

/// The lists of time zones in the plan, as indexes of names.
struct ZoneLists {
    names: ArrayRef,
    lists: Vec<Vec<i16>>,
}

static ZONES: LazyLock<ZoneLists> = LazyLock::new(|| {
    let mut names: Vec<&str> = ZoneList::all().flat_map(ZoneList::names).collect();
    names.sort_unstable();
    names.dedup();
    let place = |name| names.binary_search(&name).unwrap_or_default() as i16;
    ZoneLists {
        lists: ZoneList::all()
            .map(|list| list.names().map(place).collect())
            .collect(),
        names: Arc::new(StringArray::from_iter_values(&names)),
    }
});
