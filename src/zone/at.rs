//! The regions at an instant: which offsets are in use then, and which zones keep one clock.

use super::regions::Regions;
use super::value::Zone;
use crate::{Fault, Rule};

/// The regions of the database at an instant. What is surely meant by `5.5` depends on both: it is
/// `+05:30` because some zone has that offset.
#[derive(Clone, Copy, Debug)]
pub struct RegionsAt<'r> {
    regions: &'r Regions,
    now: i64,
}

impl Regions {
    /// The regions at `now`, in seconds since 1970-01-01T00:00:00Z.
    pub fn at(&self, now: i64) -> RegionsAt<'_> {
        RegionsAt { regions: self, now }
    }
}

impl<'r> RegionsAt<'r> {
    /// The regions.
    pub fn regions(self) -> &'r Regions {
        self.regions
    }

    /// The instant, in seconds since 1970-01-01T00:00:00Z.
    pub(crate) fn now(self) -> i64 {
        self.now
    }

    /// The offset of a zone at the instant.
    pub(crate) fn offset(self, zone: Zone<'_>) -> i32 {
        zone.offset_at(self.now)
    }

    /// Whether some zone has this offset at the instant or within the 366 days after it.
    pub(super) fn is_in_use(self, seconds: i32) -> bool {
        let in_use = self.regions.offsets_in_use(self.now);
        in_use.binary_search(&seconds).is_ok()
    }

    /// Whether this zone has that offset then.
    pub(super) fn has_offset(self, zone: Zone<'_>, seconds: i32) -> bool {
        let year = self.year(zone);
        year.iter().any(|(_, offset)| *offset == seconds)
    }

    /// Whether two zones show the same time at the instant and for the 366 days after it.
    pub(super) fn is_same_clock(self, a: Zone<'_>, b: Zone<'_>) -> bool {
        a == b || self.year(a) == self.year(b)
    }

    /// Whether a zone is one of these, or keeps the clock of one for the next year: zones that agree in
    /// one season only are different places.
    pub(crate) fn is_clock_of(self, zone: Zone<'_>, others: &[Zone<'_>]) -> bool {
        let offset = self.offset(zone);
        // The offset now is quick to compare, and differs for most.
        others.contains(&zone)
            || others
                .iter()
                .any(|other| self.offset(*other) == offset && self.is_same_clock(zone, *other))
    }

    fn year(self, zone: Zone<'_>) -> Vec<(i64, i32)> {
        match zone.region() {
            Some(region) => region.year_from(self.now),
            None => vec![(self.now, self.offset(zone))],
        }
    }
}

impl Zone<'static> {
    /// The zone of a number of hours east of UTC, as a job's JSON or a column may give it: quarters of an
    /// hour, if some zone has that offset at the instant or within the 366 days after it.
    ///
    /// # Errors
    /// `zone-type` for all other numbers.
    pub fn from_decimal_hours(hours: f64, at: RegionsAt<'_>) -> Result<Self, Fault> {
        let quarters = hours * 4.0;
        if quarters.fract() != 0.0 || !(-12.0 * 4.0..=14.0 * 4.0).contains(&quarters) {
            return Err(Fault::new(Rule::ZoneType).because(
                "the gmtZone is a number, but not of quarters of an hour from -12 to 14",
            ));
        }
        let zone = Zone::of_seconds(quarters as i32 * 900);
        match at.is_in_use(quarters as i32 * 900) {
            true => Ok(zone),
            false => Err(Fault::new(Rule::ZoneType)
                .because(format!("no place has the offset {}", zone.normalized()))),
        }
    }
}
