//! The time that a clock shows at an instant, for messages.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::zone::{self, Zone, ZoneRegion};

/// A zone at one instant: its offset, and its ID if predial has a number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) struct Clock {
    /// Seconds east of UTC.
    pub offset: i32,
    /// The number of a region's ID; [`Clock::NO_ID`] for an offset.
    pub id: u16,
}

impl Clock {
    /// The number of a clock without an ID.
    pub const NO_ID: u16 = u16::MAX;

    /// The clock of a zone during a period with this offset.
    pub fn of(zone: Zone<'_>, offset: i32) -> Self {
        let id = zone.region().and_then(ZoneRegion::known_number);
        Clock {
            offset,
            id: id.unwrap_or(Clock::NO_ID),
        }
    }

    /// The time that the clock shows at an instant, in seconds since 1970. Outside of the years
    /// -9999 to 9999 it shows the nearest time inside.
    pub fn shown_at(self, seconds: i64) -> DateTime {
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let local = (seconds + i64::from(self.offset)).clamp(first, last);
        let shown = Timestamp::from_second(local).unwrap_or(Timestamp::UNIX_EPOCH);
        Offset::UTC.to_datetime(shown)
    }

    /// The ID, or the offset of a clock without an ID.
    pub fn name(self) -> String {
        match zone::known_id(self.id) {
            Some(id) => id.to_owned(),
            None => Zone::of_seconds(self.offset).id().to_string(),
        }
    }
}
