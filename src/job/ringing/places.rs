//! The zones where a job may be.

use jiff::tz::AmbiguousOffset;

use crate::job::phone_zones::{PhonePlace, PhoneZones};
use crate::job::policy::LocalDateTime;
use crate::zone::{Regions, Zone};

/// Where a job may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::job) enum Places {
    /// This many seconds east of UTC.
    Offset(i32),
    /// In the region of this index.
    Region(usize),
    /// In the zones of a phone.
    Phone(PhonePlace),
    /// Anywhere.
    World,
}

impl Places {
    /// How many bits [`Places::packed`] has.
    pub const PACKED_BITS: u32 = 35;

    /// The place as one number, never 0: a kind, and a value of 32 bits.
    #[inline(always)]
    pub fn packed(self) -> u64 {
        let (kind, value) = match self {
            Places::Offset(seconds) => (1, seconds as u32),
            Places::Region(index) => (2, index as u32),
            Places::Phone(place) => (3, place.number()),
            Places::World => (4, 0),
        };
        kind << u32::BITS | u64::from(value)
    }

    /// The place of such a number.
    pub fn unpacked(number: u64) -> Places {
        let value = number as u32;
        match number >> u32::BITS {
            1 => Places::Offset(value as i32),
            2 => Places::Region(value as usize),
            3 => Places::Phone(PhonePlace::of_number(value)),
            _ => Places::World,
        }
    }

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
    pub fn zones<'r>(self, regions: &'r Regions, phones: &PhoneZones<'r>) -> Vec<Zone<'r>> {
        let known = match self {
            Places::Offset(seconds) => vec![Zone::of_seconds(seconds)],
            Places::Region(index) => Zone::of_index(index, regions).into_iter().collect(),
            Places::Phone(place) => phones.of(place).to_vec(),
            Places::World => Vec::new(),
        };
        match known.is_empty() {
            true => world().collect(),
            false => known,
        }
    }
}

/// The offsets in use anywhere, from -12:00 to +14:00 by quarters of an hour, as zones.
pub(super) fn world() -> impl Iterator<Item = Zone<'static>> {
    (-12 * 4..=14 * 4).map(|quarters| Zone::of_seconds(quarters * 900))
}

/// The offset for a local time, if it is the same in all of these zones and the clocks show the time
/// exactly once.
pub(super) fn offset_of_local(zones: &[Zone<'_>], local: &LocalDateTime) -> Option<i32> {
    let (first, others) = zones.split_first()?;
    let offset = offset_in(*first, local)?;
    let same = |zone: &Zone<'_>| offset_in(*zone, local) == Some(offset);
    others.iter().all(same).then_some(offset)
}

fn offset_in(zone: Zone<'_>, local: &LocalDateTime) -> Option<i32> {
    match zone.offset_of_local(local.seconds) {
        AmbiguousOffset::Unambiguous { offset } => Some(offset.seconds()),
        // The day begins when the clocks skip its midnight: with the offset before, this is that
        // instant.
        AmbiguousOffset::Gap { before, .. } if local.begins_a_day => {
            let before = before.seconds();
            let last = local.seconds - i64::from(before) - 1;
            (zone.offset_at(last) == before).then_some(before)
        }
        AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => None,
    }
}
