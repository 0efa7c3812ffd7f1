//! The zones where a job may be.

use crate::phone::plan::ZoneList;
use crate::zone::{Regions, Zone};

/// Where a job may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) enum Places {
    /// So many seconds east of UTC.
    Offset(i32),
    /// In the region of this index.
    Region(usize),
    /// In the zones of a phone, by the index of their list.
    Phone(ZoneList),
    /// Anywhere.
    World,
}

/// The offsets that are in use anywhere: from -12:00 to +14:00, by quarters of an hour.
const WORLD: std::ops::RangeInclusive<i32> = -12 * 4..=14 * 4;

impl Places {
    /// The place of a job whose zone is known.
    pub fn of_zone(zone: Zone<'_>) -> Self {
        match (zone.offset_seconds(), zone.region()) {
            (Some(seconds), _) => Places::Offset(seconds),
            (None, Some(region)) => Places::Region(region.index()),
            (None, None) => Places::World,
        }
    }

    /// Whether it is certainly one zone.
    pub fn is_one(self) -> bool {
        matches!(self, Places::Offset(_) | Places::Region(_))
    }

    /// The zones, each once; never none.
    pub fn zones(self, regions: &Regions) -> Vec<Zone<'_>> {
        let known = match self {
            Places::Offset(seconds) => vec![Zone::of_seconds(seconds)],
            Places::Region(index) => Zone::of_index(index, regions).into_iter().collect(),
            Places::Phone(list) => list
                .names()
                .filter_map(|id| Zone::recognize(id, regions))
                .collect(),
            Places::World => Vec::new(),
        };
        if known.is_empty() {
            WORLD
                .map(|quarters| Zone::of_seconds(quarters * 900))
                .collect()
        } else {
            known
        }
    }

    /// The offset that belongs to a local time, in seconds since 1970 of its clock, if the job is
    /// certainly in one zone. For a time that the clock shows twice it is one of the two offsets.
    pub fn offset_of_local(self, seconds: i64, regions: &Regions) -> Option<i32> {
        match *self.zones(regions) {
            [zone] => {
                let near = seconds - i64::from(zone.offset_at(seconds));
                Some(zone.offset_at(near))
            }
            _ => None,
        }
    }
}
